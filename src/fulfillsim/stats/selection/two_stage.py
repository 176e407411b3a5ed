"""Two stages: variances from the first say how many replications the second needs. Independent alternatives only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.stats.arrays import Floats
from fulfillsim.stats.intervals import t_quantile
from fulfillsim.stats.selection.constants import dudewicz_dalal_h, rinott_h
from fulfillsim.stats.selection.procedure import (
    Indices,
    Samples,
    Selection,
    check_numbers,
    correct,
    good,
    refuse_crn,
)


class Rinott:
    """Rinott's two stages, all alternatives to the end: whole of the second stage can run at once.

    Parameters
    ----------
    alternatives
        Names, two or more.
    delta
        Indifference zone, in the KPI's unit.
    level
        Probability of correct selection, and of a selection within delta of the best.
    n_first
        Replications of the first stage.
    crn
        Must be False: refused otherwise.
    is_larger_better
        Direction of the KPI.

    References
    ----------
    Rinott (1978), On two-stage selection procedures and related probability-inequalities, Communications in
    Statistics A7.
    """

    def __init__(
        self,
        alternatives: Sequence[str],
        delta: float,
        level: float = 0.95,
        n_first: int = 20,
        crn: bool = False,
        is_larger_better: bool = True,
    ) -> None:
        refuse_crn(type(self).__name__, crn)
        check_numbers(delta, level, n_first)
        self._samples = Samples(alternatives, is_larger_better)
        self.delta, self.level, self.n_first = delta, level, n_first
        self._alive: Indices = np.arange(self._samples.k)
        self._variances: Floats = np.empty(0)
        self._totals = np.full(self._samples.k, n_first)

    def ask(self) -> dict[str, int]:
        """Replications of the stage that comes next; empty when the choice is made."""
        return self._samples.asked(self._alive, (self._totals - self._samples.n)[self._alive])

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the replications of a whole stage."""
        told = self._samples.take(values, self.ask())
        if not self._variances.size:
            self._variances = np.array([row.var(ddof=1) for _, row in told])
            self._plan()

    def _plan(self) -> None:
        """Totals of the second stage."""
        wanted = np.ceil((self._h() / self.delta) ** 2 * self._variances).astype(np.int64)
        self._totals = np.maximum(wanted, self.n_first)

    def _h(self) -> float:
        return rinott_h(self._samples.k, self.level, self.n_first)

    @property
    def result(self) -> Selection:
        """The choice."""
        return self._samples.chosen(self._alive, "none yet" if self.ask() else good(self.level, self.delta))


class DudewiczDalal(Rinott):
    """Two stages and weighted means: the least replications of two-stage procedures without screening.

    The weights make every weighted mean equally precise whatever the variances are, so that with normal values and
    all others one delta below the best the probability of correct selection is exactly what the factor is made for.
    Other procedures have slack there; this one would be below its level with the least departure from normal values.
    So four fifths of the error rate are spent.

    References
    ----------
    Dudewicz, Dalal (1975), Allocation of observations in ranking and selection with unequal variances, Sankhya B37.
    Law (2015), Simulation modeling and analysis, 5th ed., section 10.4.1.
    """

    SPENT = 0.8

    def _plan(self) -> None:
        """Totals of the second stage: at least one more replication, on which the weights turn."""
        self._first_means = self._samples.means.copy()
        wanted = np.ceil((self._h() / self.delta) ** 2 * self._variances).astype(np.int64)
        self._totals = np.maximum(wanted, self.n_first + 1)

    def _h(self) -> float:
        return dudewicz_dalal_h(self._samples.k, 1 - self.SPENT * (1 - self.level), self.n_first)

    def _weighted(self) -> Floats:
        """Weighted means of the two stages."""
        n, n0, scale = self._totals, self.n_first, (self._h() / self.delta) ** 2 * self._variances
        inside = 1 - n / n0 * (1 - (n - n0) / np.maximum(scale, 1e-300))
        weight = np.where(scale > 0, n0 / n * (1 + np.sqrt(np.maximum(inside, 0.0))), n0 / n)
        second = (self._samples.sums - n0 * self._first_means) / (n - n0)
        weighted: Floats = weight * self._first_means + (1 - weight) * second
        return weighted

    @property
    def result(self) -> Selection:
        """The choice, by weighted means; ``means`` are plain ones."""
        if self.ask():
            return self._samples.chosen(self._alive, "none yet")
        return self._samples.chosen(self._alive, correct(self.level, self.delta, crn=False), self._weighted())


class NSGS(Rinott):
    """Screening after the first stage, then Rinott's second stage for who is left; half of the error rate each.

    References
    ----------
    Nelson, Swann, Goldsman, Song (2001), Simple procedures for selecting the best simulated system when the number
    of alternatives is large, Operations Research 49(6).
    """

    def _plan(self) -> None:
        self._screen()
        super()._plan()
        if len(self._alive) == 1:
            self._totals = self._samples.n.copy()

    def _screen(self) -> None:
        """Keep who is not worse than another by more than the screening width."""
        each = (1 - (1 - self.level) / 2) ** (1 / (self._samples.k - 1))
        factor = t_quantile(self.n_first - 1, 2 * each - 1)
        widths = factor * np.sqrt((self._variances[:, None] + self._variances[None, :]) / self.n_first)
        means = self._samples.means
        allowed = np.maximum(widths - self.delta, 0.0)
        self._alive = np.flatnonzero((means[:, None] >= means[None, :] - allowed).all(axis=1))

    def _h(self) -> float:
        return rinott_h(self._samples.k, 1 - (1 - self.level) / 2, self.n_first)
