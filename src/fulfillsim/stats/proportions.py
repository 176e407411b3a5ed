"""Intervals for a probability from so many hits in so many independent trials."""

import math

from fulfillsim.stats.arrays import check_prob
from fulfillsim.stats.bounds import Bounds


def wilson_interval(n_hits: int, n: int, level: float = 0.95) -> Bounds:
    """Wilson's score interval: coverage near the level on average over probabilities.

    Parameters
    ----------
    n_hits, n
        Trials that came out so, from 0 to n, and all trials, >= 1.
    level
        Coverage, in (0, 1).

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    Examples
    --------
    >>> print(wilson_interval(470, 500))
    0.940 (0.916 to 0.958)
    """
    from scipy.special import ndtri

    _check_counts(n_hits, n, level)
    z2, share = float(ndtri((1 - level) / 2)) ** 2, n_hits / n
    center = (n_hits + z2 / 2) / (n + z2)
    reach = math.sqrt(z2 * (n * share * (1 - share) + z2 / 4)) / (n + z2)
    # with no or only hits the end is 0 or 1 exactly, which rounding would miss
    low = 0.0 if n_hits == 0 else center - reach
    return Bounds(share, low, 1.0 if n_hits == n else center + reach, level, n)


def clopper_pearson_interval(n_hits: int, n: int, level: float = 0.95) -> Bounds:
    """Clopper and Pearson's interval: coverage never below the level, and often above.

    Parameters
    ----------
    n_hits, n
        Trials that came out so, from 0 to n, and all trials, >= 1.
    level
        Coverage, in (0, 1).

    References
    ----------
    Clopper, Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial,
    Biometrika 26.

    Examples
    --------
    >>> print(clopper_pearson_interval(470, 500))
    0.940 (0.915 to 0.959)
    """
    from scipy.special import betaincinv

    _check_counts(n_hits, n, level)
    tail = (1 - level) / 2
    low = float(betaincinv(n_hits, n - n_hits + 1, tail)) if n_hits else 0.0
    high = float(betaincinv(n_hits + 1, n - n_hits, 1 - tail)) if n_hits < n else 1.0
    return Bounds(n_hits / n, low, high, level, n)


def _check_counts(n_hits: int, n: int, level: float) -> None:
    check_prob("level", level)
    if not 0 <= n_hits <= n or n < 1:
        raise ValueError(f"n_hits must lie between 0 and n, and n be 1 or more (got {n_hits} of {n})")
