"""Differences between alternatives that ran on the same random numbers, one pair or many at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.stats.arrays import Floats, check_prob, one_sample
from fulfillsim.stats.intervals import Interval, mean_interval

Word = Literal["better", "worse", "equivalent", "no evidence"]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """What replications say of one alternative minus another.

    Attributes
    ----------
    interval
        Of the expected difference.
    p_value
        Two-sided, of no difference; adjusted where several were compared at once.
    correlation
        Between the two, replication by replication; NaN where one of them does not vary.
    variance_ratio
        Variance that independent runs would have given over that of the paired ones: how many times fewer
        replications common random numbers took. NaN where the difference does not vary.
    """

    interval: Interval
    p_value: float
    correlation: float
    variance_ratio: float

    def verdict(self, is_larger_better: bool = True, equivalent: float = 0.0) -> Word:
        """Verdict on the alternative in one word.

        Parameters
        ----------
        is_larger_better
            Direction of the KPI.
        equivalent
            Differences up to this size do not matter; an interval inside them is ``equivalent``, whether or not it
            holds 0.
        """
        if equivalent > 0 and max(abs(self.interval.low), abs(self.interval.high)) <= equivalent:
            return "equivalent"
        if not self.p_value <= 1 - self.interval.level + 1e-15 or self.interval.estimate == 0:
            return "no evidence"
        return "better" if (self.interval.estimate > 0) == is_larger_better else "worse"


def paired_difference(values: ArrayLike, baseline: ArrayLike, level: float = 0.95) -> Difference:
    """Difference of two alternatives, replication by replication.

    Parameters
    ----------
    values, baseline
        Shape (n,) each; row i of both ran on the same random numbers. Rows where one is NaN are left out.

    Raises
    ------
    TooFewReplicationsError
        If fewer than two rows have both values.

    Examples
    --------
    >>> found = paired_difference([11.0, 13.1, 12.0], [10.0, 12.0, 11.1])
    >>> print(found.interval, found.verdict(), round(found.correlation, 3))
    1.00 ± 0.25 better 0.996
    """
    first, second = (np.asarray(side, dtype=np.float64) for side in (values, baseline))
    if first.shape != second.shape:
        raise ValueError(f"values and baseline must be of one length (got {first.shape} and {second.shape})")
    known = ~(np.isnan(first) | np.isnan(second))
    first, second = first[known], second[known]
    gaps = one_sample(first - second, 2, "a paired difference")
    interval = mean_interval(gaps, level)
    together, apart = float(gaps.var(ddof=1)), float(first.var(ddof=1) + second.var(ddof=1))
    ratio = apart / together if together > 0 else math.nan
    return Difference(interval, _p_value(interval.estimate, together, gaps.size), _correlation(first, second), ratio)


def _p_value(mean: float, variance: float, n: int) -> float:
    from scipy.special import stdtr

    if variance == 0:
        return 1.0 if mean == 0 else 0.0
    return 2 * float(stdtr(n - 1, -abs(mean) / math.sqrt(variance / n)))


def _correlation(first: Floats, second: Floats) -> float:
    a, b = first - first.mean(), second - second.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / scale if scale > 0 else math.nan


def pairs_of(n: int, baseline: int | None = None) -> list[Pair]:
    """Pairs (alternative, reference) to compare: all others with a baseline, or all pairs.

    Examples
    --------
    >>> pairs_of(3, baseline=1), pairs_of(3)
    ([(0, 1), (2, 1)], [(1, 0), (2, 0), (2, 1)])
    """
    if baseline is None:
        return [(i, j) for i in range(n) for j in range(i)]
    return [(i, baseline) for i in range(n) if i != baseline]


def simultaneous_differences(
    values: ArrayLike,
    pairs: Sequence[Pair],
    level: float = 0.95,
    method: Literal["bonferroni", "holm"] = "holm",
    n_families: int = 1,
) -> list[Difference]:
    """Differences whose statements hold together with the probability ``level``, for a fixed number of replications.

    Parameters
    ----------
    values
        Shape (n, k): row i of all columns ran on the same random numbers.
    pairs
        Columns (alternative, reference), from `pairs_of`.
    method
        Intervals are Bonferroni's in both; ``holm`` adjusts the p-values, and with them the verdicts, step by step,
        which finds more differences at the same error rate.
    n_families
        How many tables like this one (KPIs) are to hold together.

    Returns
    -------
    list of Difference
        In the order of the pairs; ``interval.level`` is the joint one.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    table = np.asarray(values, dtype=np.float64)
    m = len(pairs) * n_families
    single = 1 - (1 - check_prob("level", level)) / m
    found = [paired_difference(table[:, i], table[:, j], single) for i, j in pairs]
    raw = [difference.p_value for difference in found]
    adjust = holm if method == "holm" else bonferroni
    return [
        Difference(_relevel(difference.interval, level), p, difference.correlation, difference.variance_ratio)
        for difference, p in zip(found, adjust(raw, n_families), strict=True)
    ]


def _relevel(interval: Interval, level: float) -> Interval:
    return Interval(interval.estimate, interval.half_width, level, interval.n)


def bonferroni(p_values: Sequence[float], n_families: int = 1) -> list[float]:
    """p-values times their number.

    Examples
    --------
    >>> bonferroni([0.01, 0.04, 0.5])
    [0.03, 0.12, 1.0]
    """
    return [min(1.0, p * len(p_values) * n_families) for p in p_values]


def holm(p_values: Sequence[float], n_families: int = 1) -> list[float]:
    """Holm's adjusted p-values; the largest keeps its own.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, p_values[at] * (len(p_values) - rank) * n_families))
        adjusted[at] = highest
    return adjusted
