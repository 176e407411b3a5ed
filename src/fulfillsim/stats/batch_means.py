"""Interval for the mean of one long run, whose observations depend on each other."""

import math

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.stats.arrays import one_sample
from fulfillsim.stats.intervals import Interval, mean_interval, t_quantile


def batch_means_interval(values: ArrayLike, n_batches: int = 20, level: float = 0.95) -> Interval:
    """Student's t interval from the means of non-overlapping batches of equal length.

    The batches must be long against the correlation of the values; transients are cut off by the caller.

    Parameters
    ----------
    values
        Shape (n,), finite, in the order of time. The first ``n % n_batches`` are left out, so that batches
        are of equal length: they are nearest to the start.
    n_batches
        From 2 to n; 10 to 30 serves most. `Interval.n` holds it.
    level
        Coverage, in (0, 1).

    Raises
    ------
    ValueError
        If there are fewer values than batches, fewer than 2 batches, or a value is not finite.

    References
    ----------
    Schmeiser (1982), Batch size effects in the analysis of simulation output, Operations Research 30(3).

    Examples
    --------
    >>> print(batch_means_interval([9, 1, 3, 2, 4, 3, 5], n_batches=3))
    3.0 ± 2.5
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise ValueError(f"values must have one dimension (got shape {series.shape}) - give one run")
    if not 2 <= n_batches <= series.size:
        rule = f"n_batches must lie between 2 and the number of values, {series.size}"
        raise ValueError(f"{rule} (got {n_batches}) - run longer or take fewer batches")
    length = series.size // n_batches
    batches = series[series.size - length * n_batches :].reshape(n_batches, length)
    return mean_interval((math.fsum(batch.tolist()) / length for batch in batches), level)


def overlapping_batch_means_interval(values: ArrayLike, n_batches: int = 20, level: float = 0.95) -> Interval:
    """Interval from the means of all stretches of one length, overlapping: a third less variable than batch means.

    Parameters
    ----------
    values
        Shape (n,), finite, in the order of time, transient cut off.
    n_batches
        How many stretches would lie side by side, from 2 to n; a stretch has floor(n / n_batches) values.
    level
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        With 1.5 (n_batches - 1) degrees of freedom; ``n`` holds the number of batches side by side.

    References
    ----------
    Meketon, Schmeiser (1984), Overlapping batch means: something for nothing?, Winter Simulation Conference.

    Examples
    --------
    >>> print(overlapping_batch_means_interval([1, 3, 2, 4, 3, 5], n_batches=3))
    3.0 ± 1.6
    """
    series = one_sample(values, 2, "overlapping batch means")
    if not 2 <= n_batches <= series.size:
        rule = f"n_batches must lie between 2 and the number of values, {series.size}"
        raise ValueError(f"{rule} (got {n_batches}) - run longer or take fewer batches")
    n, mean = series.size, math.fsum(series.tolist()) / series.size
    length = n // n_batches
    sums = np.cumsum(np.concatenate(([0.0], series - mean)))
    stretches = (sums[length:] - sums[:-length]) / length
    variance = n * length / ((n - length + 1) * (n - length)) * float(stretches @ stretches)
    return Interval(mean, t_quantile(1.5 * (n_batches - 1), level) * math.sqrt(variance / n), level, n_batches)
