"""OCBA: spend a fixed number of replications where they help most to tell the best from the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats
from fulfillsim.stats.selection.procedure import Samples, Selection, refuse_crn


def ocba_fractions(means: ArrayLike, deviations: ArrayLike) -> Floats:
    """Shares of a budget that are best for telling the largest mean from the others.

    Parameters
    ----------
    means, deviations
        Shape (k,): larger is better; standard deviations >= 0. Equal means count as very near, and where nothing
        varies all shares are equal.

    Returns
    -------
    NDArray
        Shape (k,), sum 1.

    References
    ----------
    Chen, Lin, Yucesan, Chick (2000), Simulation budget allocation for further enhancing the efficiency of ordinal
    optimization, Discrete Event Dynamic Systems 10.

    Examples
    --------
    >>> ocba_fractions([-1.0, -2.0, -3.0, -4.0, -5.0], [6.0] * 5).round(6).tolist()
    [0.421823, 0.406134, 0.101534, 0.045126, 0.025383]
    """
    mean, deviation = np.asarray(means, dtype=np.float64), np.asarray(deviations, dtype=np.float64)
    if not deviation.any():
        return np.full(mean.size, 1 / mean.size)
    best = int(np.argmax(mean))
    others = np.arange(mean.size) != best
    # two means that agree to a thousandth of a standard deviation would take all of the budget
    least = 1e-3 * float(deviation.max())
    gaps, spread = np.maximum(mean[best] - mean, least), np.maximum(deviation, least)
    shares = np.where(others, (spread / gaps) ** 2, 0.0)
    shares[best] = spread[best] * np.sqrt(((shares / spread)[others] ** 2).sum())
    fractions: Floats = shares / shares.sum()
    return fractions


class OCBA:
    """Fixed budget, no guarantee: the choice is the largest mean when the budget is spent.

    Parameters
    ----------
    alternatives
        Names, two or more.
    budget
        Replications of all alternatives together.
    n_first
        Replications of each before the first allocation, >= 3.
    crn
        Must be False: refused otherwise.
    is_larger_better
        Direction of the KPI.
    step
        Replications handed out between two allocations; default as many as there are alternatives.

    Raises
    ------
    InputError
        If the budget does not cover the first stage.
    """

    def __init__(
        self,
        alternatives: Sequence[str],
        budget: int,
        n_first: int = 10,
        crn: bool = False,
        is_larger_better: bool = True,
        step: int | None = None,
    ) -> None:
        refuse_crn("OCBA", crn)
        self._samples = Samples(alternatives, is_larger_better)
        k = self._samples.k
        if n_first < 3 or budget < k * n_first:
            rule = f"budget: must cover {max(n_first, 3)} first replications of {k} alternatives"
            raise InputError(f"{rule} (got {budget} with {n_first} each) - raise the budget")
        self.budget, self.n_first, self.step = budget, n_first, step or k
        self._squares: Floats = np.zeros(k)
        self._shift: Floats = np.zeros(k)

    def ask(self) -> dict[str, int]:
        """Replications of the next step; empty when the budget is spent."""
        n, everyone = self._samples.n, range(self._samples.k)
        if not n.any():
            return dict.fromkeys(self._samples.names, self.n_first)
        left = min(self.step, self.budget - int(n.sum()))
        if left <= 0:
            return {}
        wanted = ocba_fractions(self._samples.means, self._deviations()) * (n.sum() + left)
        return self._samples.asked(everyone, handed_out(np.maximum(wanted - n, 0.0), left))

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the replications of a step."""
        is_first = not self._samples.n.any()
        for i, row in self._samples.take(values, self.ask()):
            if is_first:
                self._shift[i] = row.mean()
            self._squares[i] += ((row - self._shift[i]) ** 2).sum()

    def _deviations(self) -> Floats:
        n, away = self._samples.n, self._samples.means - self._shift
        deviations: Floats = np.sqrt(np.maximum(self._squares - n * away**2, 0.0) / (n - 1))
        return deviations

    @property
    def result(self) -> Selection:
        """The choice."""
        said = f"no guarantee: the largest mean after a budget of {self.budget} replications"
        return self._samples.chosen(np.arange(self._samples.k), "none yet" if self.ask() else said)


def handed_out(wanted: Floats, n: int) -> list[int]:
    """Whole numbers in proportion to what is wanted that sum to ``n``; of equal remainders the first.

    Examples
    --------
    >>> handed_out(np.array([1.0, 1.0, 2.0]), 5)
    [1, 1, 3]
    """
    share = wanted / wanted.sum() * n if wanted.sum() > 0 else np.full(wanted.size, n / wanted.size)
    whole = np.floor(share).astype(np.int64)
    order = np.argsort(whole - share, kind="stable")
    whole[order[: n - int(whole.sum())]] += 1
    return [int(count) for count in whole]
