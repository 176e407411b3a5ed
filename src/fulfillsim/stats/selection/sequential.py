"""KN and KN++: a replication of each survivor at a time, and out goes who is clearly worse than another.

Both compare alternatives pair by pair, so that common random numbers make them faster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.stats.arrays import Floats
from fulfillsim.stats.selection.constants import kn_h_squared
from fulfillsim.stats.selection.procedure import Indices, Samples, Selection, check_numbers, correct

Flags = NDArray[np.bool_]


class KN:
    """Fully sequential selection of the best (c = 1, a triangular region for each pair).

    Parameters
    ----------
    alternatives
        Names, two or more.
    delta
        Indifference zone: the least difference worth detecting, in the KPI's unit.
    level
        Probability of correct selection.
    n_first
        Replications from which variances of differences are estimated.
    crn
        Whether alternatives run on the same random numbers: eta is Bonferroni's, which holds for every dependence.
    is_larger_better
        Direction of the KPI.
    batch
        Replications of each survivor between two screenings; more keep more workers busy and cost a little.

    References
    ----------
    Kim, Nelson (2001), A fully sequential procedure for indifference-zone selection in simulation, ACM TOMACS 11(3).
    """

    def __init__(
        self,
        alternatives: Sequence[str],
        delta: float,
        level: float = 0.95,
        n_first: int = 10,
        crn: bool = True,
        is_larger_better: bool = True,
        batch: int = 1,
    ) -> None:
        check_numbers(delta, level, n_first)
        self._samples = Samples(alternatives, is_larger_better)
        self.delta, self.level, self.n_first, self.crn, self.batch = delta, level, n_first, crn, max(batch, 1)
        self._alive: Indices = np.arange(self._samples.k)
        self._variances: Floats = np.empty((0, 0))
        self._is_over = False

    def ask(self) -> dict[str, int]:
        """Further replications of each survivor; empty when the choice is made."""
        if self._is_over:
            return {}
        return dict.fromkeys((self._samples.names[i] for i in self._alive), self.batch if self.n else self.n_first)

    @property
    def n(self) -> int:
        """Replications told of each survivor."""
        return int(self._samples.n[self._alive[0]])

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the replications asked for, and screen."""
        told = self._samples.take(values, self.ask())
        self._learn(np.stack([row for _, row in told]))
        self._screen()

    def _learn(self, rows: Floats) -> None:
        """Variances of all differences, from the first stage."""
        if not self._variances.size:
            self._variances = difference_variances(np.cov(rows))

    def _h_squared(self) -> float:
        return kn_h_squared(self._samples.k, 1 - self.level, self.n_first, self.crn)

    def _screen(self) -> None:
        """Put out whose sum lies below another's by more than the region allows."""
        sums = self._samples.sums[self._alive]
        region = np.maximum(self._h_squared() * self._variances / self.delta - self.delta * self.n, 0.0) / 2
        is_out: Flags = np.any(sums[:, None] - sums[None, :] < -region, axis=1)
        # when all regions are closed only the largest sum is left, or several equal ones
        self._is_over = bool(not region.any() or np.count_nonzero(~is_out) == 1)
        if is_out.any():
            self._keep(~is_out)

    def _keep(self, kept: Flags) -> None:
        self._alive = self._alive[kept]
        self._variances = self._variances[np.ix_(kept, kept)]

    @property
    def result(self) -> Selection:
        """The choice."""
        return self._samples.chosen(self._alive, self._guarantee() if self._is_over else "none yet")

    def _guarantee(self) -> str:
        return correct(self.level, self.delta, self.crn)


class KNpp(KN):
    """KN++: variances, and with them the region, are renewed as replications come in; fewer replications than KN.

    The guarantee holds for many replications (a small indifference zone). So that few keep it as well, only four
    fifths of the error rate are spent; `bench.coverage` measures what comes of it. Variances are renewed whenever
    replications have grown by a tenth.

    References
    ----------
    Kim, Nelson (2006), On the asymptotic validity of fully sequential selection procedures for steady-state
    simulation, Operations Research 54(3).
    """

    GROWTH = 1.1
    SPENT = 0.8

    def _learn(self, rows: Floats) -> None:
        """Sums of products around the first means, from which variances are renewed."""
        if not self._variances.size:
            self._center = rows.mean(axis=1, keepdims=True)
            self._products: Floats = np.zeros((len(rows), len(rows)))
            self._n_learned = 0
        away = rows - self._center
        self._products += away @ away.T
        if self.n >= self.GROWTH * self._n_learned:
            self._n_learned = self.n
            means = self._samples.sums[self._alive] / self.n - self._center[:, 0]
            self._variances = difference_variances((self._products - self.n * np.outer(means, means)) / (self.n - 1))

    def _h_squared(self) -> float:
        return kn_h_squared(self._samples.k, self.SPENT * (1 - self.level), self._n_learned, self.crn)

    def _keep(self, kept: Flags) -> None:
        super()._keep(kept)
        self._products, self._center = self._products[np.ix_(kept, kept)], self._center[kept]

    def _guarantee(self) -> str:
        return correct(self.level, self.delta, self.crn, asymptotic=True)


def difference_variances(covariances: Floats) -> Floats:
    """Variance of the difference of every two, shape (k, k), from their covariances."""
    own = np.diag(covariances)
    return np.maximum(own[:, None] + own[None, :] - 2 * covariances, 0.0)
