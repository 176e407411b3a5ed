"""Narrower intervals from what is known besides the values: control variates and antithetic pairs."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.stats.arrays import all_finite, one_sample
from fulfillsim.stats.intervals import Interval, mean_interval, t_quantile


@dataclass(frozen=True, slots=True)
class Reduced:
    """An interval made narrower.

    Attributes
    ----------
    interval
        Of the mean.
    variance_ratio
        Estimated variance of the plain mean over that of this one, > 1 where it helped; losses for estimating
        coefficients are counted.
    coefficients
        Of the control variates, 0 for one that is constant or repeats others; empty for antithetic pairs.
    """

    interval: Interval
    variance_ratio: float
    coefficients: tuple[float, ...] = ()


def controlled_interval(values: ArrayLike, controls: ArrayLike, expected: ArrayLike, level: float = 0.95) -> Reduced:
    """Interval for a mean, corrected by how far quantities of known mean fell from it.

    Parameters
    ----------
    values
        Independent replications, shape (n,).
    controls
        Shape (n, n_controls), or (n,) for one: what was drawn in the same replications, such as orders that arrived
        or hours of work that they carried.
    expected
        Shape (n_controls,) or a number: exact means of the controls, never estimated from the same replications.

    Raises
    ------
    TooFewReplicationsError
        If n < n_controls + 3.
    ValueError
        If shapes do not agree or a number is not finite.

    References
    ----------
    Lavenberg, Welch (1981), A perspective on the use of control variables to increase the efficiency of Monte Carlo
    simulations, Management Science 27(3).

    Examples
    --------
    >>> found = controlled_interval([10.1, 12.0, 14.1, 11.9, 8.0], [5, 6, 7, 6, 4], 6.0)
    >>> print(found.interval, round(found.coefficients[0], 1))
    12.02 ± 0.15 2.0
    """
    table = np.atleast_2d(np.asarray(controls, dtype=np.float64).T).T
    means = np.atleast_1d(np.asarray(expected, dtype=np.float64))
    sample = one_sample(values, table.shape[1] + 3, f"a mean with {table.shape[1]} control variates")
    if table.shape != (sample.size, means.size):
        rule = f"controls must have the shape ({sample.size}, {means.size}) of values and expected means"
        raise ValueError(f"{rule} (got {table.shape}) - give a column for each control")
    away = all_finite(table) - means
    slopes, freedom = _slopes(sample, away)
    residuals = sample - away @ slopes
    center, rest = float(residuals.mean()), residuals - residuals.mean()
    # the mean of the controls is itself off, which the intercept's variance takes into account
    spread = away - away.mean(axis=0)
    leverage = 1 / sample.size + float(away.mean(axis=0) @ np.linalg.pinv(spread.T @ spread) @ away.mean(axis=0))
    variance = float(rest @ rest) / freedom * leverage
    reach = t_quantile(freedom, level) * math.sqrt(variance)
    plain = float(sample.var(ddof=1)) / sample.size
    ratio = plain / variance if variance > 0 else math.inf
    return Reduced(Interval(center, reach, level, sample.size), ratio, tuple(slopes.tolist()))


def _slopes(sample: np.ndarray, away: np.ndarray) -> tuple[np.ndarray, int]:
    """Least-squares coefficients, and degrees of freedom that remain; controls without variance get 0."""
    spread = away - away.mean(axis=0)
    scale = np.where((found := spread.std(axis=0)) > 1e-12 * np.abs(away).max(initial=1e-300), found, np.inf)
    slopes, _, rank, _ = np.linalg.lstsq(spread / scale, sample - sample.mean(), rcond=1e-10)
    return slopes / scale, int(sample.size - 1 - rank)


def antithetic_interval(pairs: ArrayLike, level: float = 0.95) -> Reduced:
    """Interval for a mean from pairs of replications, the second run with uniforms 1 - u.

    Parameters
    ----------
    pairs
        Shape (n_pairs, 2), n_pairs >= 2. Pairs are independent of each other; the two of a pair are not.

    Returns
    -------
    Reduced
        ``variance_ratio`` compares with pairs of independent replications; below 1 the pairing did harm.

    Examples
    --------
    >>> found = antithetic_interval([[1.0, 5.1], [2.0, 4.0], [3.0, 2.8]])
    >>> print(found.interval, found.variance_ratio > 50)
    2.98 ± 0.19 True
    """
    table = np.asarray(pairs, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 2:
        raise ValueError(f"pairs must have the shape (n_pairs, 2) (got {table.shape}) - one row per pair")
    means = one_sample(table.mean(axis=1), 2, "an interval from pairs")
    together = float(means.var(ddof=1))
    apart = float(table.var(axis=0, ddof=1).sum()) / 4
    return Reduced(mean_interval(means, level), apart / together if together > 0 else math.inf)
