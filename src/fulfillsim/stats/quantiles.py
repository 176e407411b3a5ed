"""Intervals for a quantile: by ranks for independent values, by batches for one long run."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.stats.arrays import check_prob, one_sample
from fulfillsim.stats.bounds import Bounds
from fulfillsim.stats.intervals import Interval, half_width


def quantile_interval(values: ArrayLike, prob: float, level: float = 0.95) -> Bounds:
    """Interval for a quantile between two of the ordered values; holds for every distribution.

    Parameters
    ----------
    values
        Independent, shape (n,), n >= 2, finite.
    prob
        Which quantile, in (0, 1).
    level
        Coverage, in (0, 1); the true one is the least that ranks offer at or above it.

    Returns
    -------
    Bounds
        The estimate is the value of rank ceil(n prob). An end is infinite where no value is extreme enough.

    References
    ----------
    David, Nagaraja (2003), Order statistics, 3rd ed., section 7.1.

    Examples
    --------
    >>> print(quantile_interval(range(1, 201), 0.95))
    190.0 (185.0 to 198.0)
    """
    sample = np.sort(one_sample(values, 2, "an interval for a quantile"))
    low, high = quantile_ranks(sample.size, check_prob("prob", prob), check_prob("level", level))
    ends = np.concatenate(([-np.inf], sample, [np.inf]))
    return Bounds(float(ends[rank_of(sample.size, prob)]), float(ends[low]), float(ends[high]), level, sample.size)


def rank_of(n: int, prob: float) -> int:
    """Rank of the quantile among n ordered values, ceil(n prob), from 1."""
    return min(max(int(np.ceil(n * prob * (1 - 1e-12))), 1), n)


def rank_coverage(n: int, prob: float, low: int, high: int) -> float:
    """Exact probability that the quantile lies between the values of rank ``low`` and ``high``.

    Parameters
    ----------
    low, high
        Ranks from 1; 0 and n + 1 stand for minus and plus infinity.

    Examples
    --------
    >>> round(rank_coverage(200, 0.95, 184, 197), 6)
    0.967152
    """
    from scipy.special import bdtr

    above = bdtr(high - 1, n, prob) if high <= n else 1.0
    return float(above - (bdtr(low - 1, n, prob) if low > 0 else 0.0))


@lru_cache(maxsize=4096)
def quantile_ranks(n: int, prob: float, level: float = 0.95) -> tuple[int, int]:
    """Ranks between which the quantile lies with at least the probability ``level``, and as little more as can be.

    Starts from tails of equal weight and looks a few ranks around; 0 and n + 1 mean that there is no bound.
    """
    from scipy.stats import binom

    tail = (1 - level) / 2
    low, high = int(binom.ppf(tail, n, prob)), int(binom.isf(tail, n, prob)) + 1
    near = [(i, j) for i in range(low - 1, low + 3) for j in range(high - 2, high + 2) if 0 <= i < j <= n + 1]
    covered = {ranks: rank_coverage(n, prob, *ranks) for ranks in near}
    enough = {ranks: chance for ranks, chance in covered.items() if chance >= level}
    # of equal coverage the narrower pair, then the lower one
    return min(enough, key=lambda ranks: (enough[ranks], ranks[1] - ranks[0], ranks), default=(0, n + 1))


def least_n_for_quantile(prob: float, level: float = 0.95) -> int:
    """Fewest values from which both ends of `quantile_interval` are finite.

    Examples
    --------
    >>> least_n_for_quantile(0.5), least_n_for_quantile(0.95)
    (6, 60)
    """
    n = 2
    while not _is_bounded(n, prob, level):
        n += 1
    return n


def _is_bounded(n: int, prob: float, level: float) -> bool:
    low, high = quantile_ranks(n, prob, level)
    return low >= 1 and high <= n


def batch_quantile_interval(values: ArrayLike, prob: float, n_batches: int = 20, level: float = 0.95) -> Interval:
    """Interval for a quantile of one long run: t interval from the quantiles of its batches.

    Parameters
    ----------
    values
        Shape (n,), in the order of time, transient cut off.
    prob
        Which quantile, in (0, 1).
    n_batches
        From 2 to n / 2; a batch must be long against the correlation and hold several values beyond the quantile.

    Returns
    -------
    Interval
        Around the quantile of all values, which is less biased than the mean of those of the batches.

    References
    ----------
    Nakayama (2014), Confidence intervals for quantiles using sectioning when applying variance-reduction
    techniques, ACM TOMACS 24(4).
    """
    series = one_sample(values, 4, "a quantile by batches")
    if not 2 <= n_batches <= series.size // 2:
        rule = f"n_batches must lie between 2 and half the number of values, {series.size // 2}"
        raise ValueError(f"{rule} (got {n_batches}) - run longer or take fewer batches")
    length = series.size // n_batches
    used = series[series.size - length * n_batches :]
    whole = float(np.sort(used)[rank_of(used.size, prob) - 1])
    batches = np.sort(used.reshape(n_batches, length), axis=1)[:, rank_of(length, check_prob("prob", prob)) - 1]
    # spread around the whole run's quantile, so that the bias of the batches widens the interval (sectioning)
    excess = float(((batches - whole) ** 2).sum() / max(((batches - batches.mean()) ** 2).sum(), 1e-300))
    return Interval(whole, half_width(batches, level) * excess**0.5, level, n_batches)
