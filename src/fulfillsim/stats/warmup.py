"""How much of the beginning of a run to leave out: MSER-5 and Welch's curve, on whole cycles where there are any.

Under a daily or weekly cycle values within the cycle are never steady, so that both methods would take a Monday
morning for a transient: `cycle_means` turns a series into one value per whole cycle first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats, all_finite, one_sample
from fulfillsim.stats.intervals import Interval, mean_interval


@dataclass(frozen=True, eq=False)
class Warmup:
    """Where a transient ends.

    Attributes
    ----------
    n_cut
        Values to leave out at the beginning.
    mean
        Of the values after the cut.
    curve
        Shape (n_points,): what the choice was made by, to be drawn; MSER's statistic, or Welch's moving average.
    step
        Values between two points of the curve.
    is_settled
        Whether the cut lies clearly inside the first half; if not, the run is too short to tell.
    """

    n_cut: int
    mean: float
    curve: Floats
    step: int
    is_settled: bool


def mser(values: ArrayLike, batch: int = 5) -> Warmup:
    """Cut that makes the standard error of what remains least: MSER-5 for batches of 5.

    Parameters
    ----------
    values
        One run, or the mean of several at each time, shape (n,), in the order of time, without a cycle: pass
        `cycle_means`, with ``batch=1`` where these are few.
    batch
        Values averaged first; a rest at the end that fills no batch is left out.

    Returns
    -------
    Warmup
        Cut by whole batches, at most half of them; of equal statistics the least cut.

    References
    ----------
    White (1997), An effective truncation heuristic for bias reduction in simulation output, Simulation 69(6).
    White, Cobb, Spratt (2000), A comparison of five steady-state truncation heuristics for simulation, WSC.

    Examples
    --------
    >>> mser([90, 80, 1, 2, 1, 2, 1, 2], batch=1).n_cut
    2
    """
    series = one_sample(values, 4 * batch, "MSER")
    n = series.size // batch
    means = series[: n * batch].reshape(n, batch).mean(axis=1)
    # sums of the last m means around the overall one, for every m at once
    centered = means - means.mean()
    n_left = np.arange(n, 0, -1)
    first, second = (np.cumsum(centered[::-1] ** power)[::-1] for power in (1, 2))
    curve = (np.maximum(second - first**2 / n_left, 0.0) / n_left**2)[: n // 2 + 1]
    cut = int(np.argmin(curve))
    return Warmup(cut * batch, float(means[cut:].mean()), curve, batch, cut < n // 2)


def welch(runs: ArrayLike, window: int = 5, tolerance: float = 0.02) -> Warmup:
    """Welch's moving average of the mean over replications, and where it first stays near its final level.

    Parameters
    ----------
    runs
        Shape (n_replications, n), replications of equal length in the order of time; 5 or more replications serve.
    window
        Values averaged on each side; fewer near the beginning, as Welch does.
    tolerance
        How near, as a share of the curve's range from its beginning to its final level, its mean over the last half.

    Returns
    -------
    Warmup
        A proposal: the eye decides on the curve, whose smoothness is the window's business.

    References
    ----------
    Welch (1983), The statistical analysis of simulation results, in Lavenberg (ed.), Computer performance modeling
    handbook. Law (2015), Simulation modeling and analysis, 5th ed., section 9.5.1.
    """
    table = all_finite(np.asarray(runs, dtype=np.float64))
    if table.ndim != 2 or table.shape[1] < 4:
        raise ValueError(f"runs must have the shape (n_replications, n), n >= 4 (got {table.shape})")
    means = table.mean(axis=0)
    curve = _smoothed(means, window)
    final = float(means[means.size // 2 :].mean())
    outside = np.abs(curve - final) > _band(curve, final, tolerance)
    n_cut = int(np.flatnonzero(outside)[-1]) + 1 if outside.any() else 0
    settled = n_cut <= curve.size // 2
    n_cut = min(n_cut, means.size // 2)
    return Warmup(n_cut, float(means[n_cut:].mean()), curve, 1, settled)


def replication_deletion_interval(runs: ArrayLike, n_cut: int, level: float = 0.95) -> Interval:
    """Interval for a steady-state mean from several runs, each without its first values.

    Parameters
    ----------
    runs
        Shape (n_replications, n), n_replications >= 2.
    n_cut
        From `welch`, or `mser` of the mean over replications: the same for all, so that they stay alike.

    Examples
    --------
    >>> print(replication_deletion_interval([[9, 1, 3], [8, 2, 4], [9, 3, 3]], n_cut=1))
    2.7 ± 1.4
    """
    table = np.asarray(runs, dtype=np.float64)
    if table.ndim != 2 or not 0 <= n_cut < table.shape[1]:
        raise ValueError(f"n_cut must lie between 0 and the length of the runs (got {n_cut} for shape {table.shape})")
    return mean_interval(table[:, n_cut:].mean(axis=1), level)


def _band(curve: Floats, final: float, tolerance: float) -> float:
    """Share of the climb, but never less than what the last half of the curve itself wanders."""
    wander = float(np.abs(curve[curve.size // 2 :] - final).max())
    return max(tolerance * float(np.abs(curve - final).max()), wander)


def _smoothed(means: Floats, window: int) -> Floats:
    """Centered moving average over ``2 window + 1`` values; near the beginning over as many as lie on both sides."""
    if not 0 <= window <= means.size // 4:
        raise ValueError(f"window must lie between 0 and a quarter of the length, {means.size // 4} (got {window})")
    sums = np.concatenate(([0.0], np.cumsum(means)))
    at = np.arange(means.size - window)
    reach = np.minimum(at, window)
    smoothed: Floats = (sums[at + reach + 1] - sums[at - reach]) / (2 * reach + 1)
    return smoothed


def cycle_means(values: ArrayLike, n_per_cycle: int) -> Floats:
    """One mean per whole cycle, such as a day of 24 hours or a week of 7 days: what batches and cuts may be made of.

    Parameters
    ----------
    values
        Shape (n,), in the order of time, beginning with a cycle.
    n_per_cycle
        Values in a cycle.

    Raises
    ------
    InputError
        If n is not a multiple: a part of a cycle would count its mornings twice.

    Examples
    --------
    >>> cycle_means([5, 1, 6, 2], 2).tolist()
    [3.0, 4.0]
    """
    series = one_sample(values, 1, "a mean per cycle")
    if n_per_cycle < 1 or series.size % n_per_cycle:
        rule = f"{series.size} values must be whole cycles of {n_per_cycle}, or the mean leans to a part of the cycle"
        raise InputError(f"{rule} - run whole cycles, or cut the rest off")
    means: Floats = series.reshape(-1, n_per_cycle).mean(axis=1)
    return means
