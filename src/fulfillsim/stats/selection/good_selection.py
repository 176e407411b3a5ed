"""GSP: screening in rounds, then Rinott's last stage, for hundreds or thousands of alternatives on many workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.stats.arrays import Floats
from fulfillsim.stats.selection.constants import gsp_eta, rinott_h
from fulfillsim.stats.selection.procedure import Indices, Samples, Selection, check_numbers, good, refuse_crn


class GSP:
    """Good selection for many independent alternatives.

    First stage: variances. Screening rounds: each survivor gets a batch in proportion to its standard deviation, and
    is out when another is ahead by more than a boundary that a difference of equals crosses with a known small
    probability in all rounds together. Last stage: Rinott's totals for who is left. Within a round all replications
    are independent of each other and can run at once.

    Parameters
    ----------
    alternatives
        Names, two or more.
    delta
        Good is who is within delta of the best, in the KPI's unit.
    level
        Probability of a good selection.
    n_first
        Replications of the first stage; 20 or more.
    crn
        Must be False: refused otherwise.
    is_larger_better
        Direction of the KPI.
    n_rounds
        Screening rounds.
    batch
        Replications of an alternative in a round, on average.

    References
    ----------
    Ni, Ciocan, Henderson, Hunter (2017), Efficient ranking and selection in parallel computing environments,
    Operations Research 65(3). All survivors are screened against each other, where the paper does so worker by worker.
    """

    def __init__(
        self,
        alternatives: Sequence[str],
        delta: float,
        level: float = 0.95,
        n_first: int = 20,
        crn: bool = False,
        is_larger_better: bool = True,
        n_rounds: int = 10,
        batch: int = 20,
    ) -> None:
        refuse_crn("GSP", crn)
        check_numbers(delta, level, n_first, 3)
        self._samples = Samples(alternatives, is_larger_better)
        self.delta, self.level, self.n_first = delta, level, n_first
        self.n_rounds, self.batch = n_rounds, batch
        self._alive: Indices = np.arange(self._samples.k)
        self._totals = np.full(self._samples.k, n_first)
        self._round = -1
        self._variances: Floats = np.empty(0)
        self._batches = np.zeros(self._samples.k, dtype=np.int64)

    def ask(self) -> dict[str, int]:
        """Replications of the next stage or round; empty when the choice is made."""
        if len(self._alive) == 1:
            return {}
        return self._samples.asked(self._alive, (self._totals - self._samples.n)[self._alive])

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the replications of a whole stage or round."""
        told = self._samples.take(values, self.ask())
        if not self._variances.size:
            self._variances = np.array([row.var(ddof=1) for _, row in told])
            deviations = np.sqrt(self._variances)
            shares = deviations / max(float(deviations.mean()), 1e-300)
            self._batches = np.maximum(np.ceil(self.batch * shares), 1).astype(np.int64)
        self._round += 1
        if self._round <= self.n_rounds:
            self._screen()
            self._plan()

    def _plan(self) -> None:
        """Totals of the next round, or of the last stage."""
        if self._round < self.n_rounds:
            self._totals = self._samples.n + self._batches
            return
        h = rinott_h(self._samples.k, 1 - (1 - self.level) / 2, self.n_first)
        wanted = np.ceil((h / self.delta) ** 2 * self._variances).astype(np.int64)
        self._totals = np.maximum(wanted, self._samples.n)

    def _screen(self) -> None:
        """Put out whom another leaves behind by more than the boundary."""
        a = self._alive
        variances, means = self._variances[a], self._samples.means[a]
        last = self.n_first + self.n_rounds * self._batches[a]
        eta = gsp_eta(self._samples.k, (1 - self.level) / 2, self.n_first)
        now, end = (_information(variances / n) for n in (self._samples.n[a], last))
        boundary = eta * np.sqrt((self.n_first - 1) * end)
        ahead = now * (means[:, None] - means[None, :])
        np.fill_diagonal(ahead, 0.0)
        self._alive = a[(ahead >= -boundary).all(axis=1)]

    @property
    def result(self) -> Selection:
        """The choice."""
        return self._samples.chosen(self._alive, "none yet" if self.ask() else good(self.level, self.delta))


def _information(variances: Floats) -> Floats:
    """One over the variance of the difference of every two, shape (k, k)."""
    return 1.0 / np.maximum(variances[:, None] + variances[None, :], 1e-300)
