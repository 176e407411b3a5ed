"""How far each alternative may be from the best of the others: multiple comparisons with the best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import TooFewReplicationsError
from fulfillsim.stats.arrays import Floats, all_finite, check_prob
from fulfillsim.stats.intervals import Interval, t_quantile


@dataclass(frozen=True, slots=True)
class GapToBest:
    """Expected value of an alternative minus that of the best of the others, on the side of "better".

    Attributes
    ----------
    estimate, low, high
        In the unit of the values, positive where it is better than all others.
    can_be_best
        Whether it is not shown to be worse than another; one that equals another exactly is not worse.
    """

    estimate: float
    low: float
    high: float
    can_be_best: bool

    @property
    def is_best(self) -> bool:
        """Whether it is shown to be the best."""
        return self.low >= 0 and self.high > 0


def compare_with_best(values: ArrayLike, level: float = 0.95, is_larger_better: bool = True) -> list[GapToBest]:
    """Simultaneous intervals for "how much better than the best of the others", a fixed number of replications.

    Valid under common random numbers: pairs of alternatives are compared replication by replication, each with its
    own variance, at Bonferroni's one-sided level for k - 1 comparisons.

    Parameters
    ----------
    values
        Shape (n, k), k >= 2, finite: row i of all columns ran on the same random numbers.
    level
        Probability that all k statements hold.

    References
    ----------
    Hsu (1984), Constrained simultaneous confidence intervals for multiple comparisons with the best, Annals of
    Statistics 12. Edwards, Hsu (1983), Multiple comparisons with the best treatment, JASA 78 (unequal widths).
    Nelson, Matejcik (1995), Using common random numbers for indifference-zone selection, Management Science 41.
    """
    table = all_finite(np.asarray(values, dtype=np.float64)) * (1 if is_larger_better else -1)
    n, k = table.shape
    if n < 2:
        raise TooFewReplicationsError("a comparison with the best", 2, n)
    if k < 2:
        raise ValueError(f"values must have two columns or more (got {k}) - give another alternative")
    factor = t_quantile(n - 1, 1 - 2 * (1 - check_prob("level", level)) / (k - 1))
    deviation: Floats = (table[:, :, None] - table[:, None, :]).std(axis=0, ddof=1)
    gaps, widths = table.mean(axis=0)[:, None] - table.mean(axis=0)[None, :], factor * deviation / math.sqrt(n)
    others = ~np.eye(k, dtype=bool)
    highs = np.where(others, gaps + widths, np.inf).min(axis=1)
    candidates = highs >= 0
    return [_gap(i, gaps, widths, highs[i], candidates & others[i]) for i in range(k)]


def _gap(i: int, gaps: Floats, widths: Floats, high: float, rivals: np.ndarray) -> GapToBest:
    """Lower end against those that can be best; without a rival it is 0, since then this one is."""
    low = min(0.0, float((gaps[i] - widths[i])[rivals].min(initial=0.0)))
    estimate = float(np.delete(gaps[i], i).min())
    return GapToBest(estimate, low, max(0.0, float(high)), bool(high >= 0))


def tukey_differences(values: ArrayLike, level: float = 0.95) -> dict[tuple[int, int], Interval]:
    """All pairwise differences of INDEPENDENT alternatives with equal variances, holding together (Tukey, Kramer).

    Parameters
    ----------
    values
        Shape (n, k), independent in rows and columns.

    Returns
    -------
    dict
        (i, j), i < j -> interval of column i minus column j.
    """
    from scipy.stats import studentized_range

    table = all_finite(np.asarray(values, dtype=np.float64))
    n, k = table.shape
    pooled = math.sqrt(float(table.var(axis=0, ddof=1).mean()) / n)
    reach = float(studentized_range.ppf(check_prob("level", level), k, k * (n - 1))) * pooled
    means = table.mean(axis=0)
    return {(i, j): Interval(float(means[i] - means[j]), reach, level, n) for i, j in combinations(range(k), 2)}
