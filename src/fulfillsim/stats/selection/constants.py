"""Constants of ranking and selection by numeric integration.

All integrals are sums over equally spaced points after a substitution that makes the integrand fall off on both
sides exponentially: for smooth integrands such sums gain digits with every point (the trapezoidal rule on the line).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from fulfillsim.stats.arrays import Floats, check_prob


def _root(excess: Callable[[float], float], high: float = 1.0) -> float:
    """Zero of an increasing function on (0, inf)."""
    from scipy.optimize import brentq

    while excess(high) < 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-13, rtol=1e-13))


@lru_cache(maxsize=64)
def _normal() -> tuple[Floats, Floats]:
    """Points and weights for expectations of a standard normal."""
    z = np.linspace(-9.0, 9.0, 289)
    return z, np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])


@lru_cache(maxsize=64)
def _chi_square(n_degrees: int) -> tuple[Floats, Floats]:
    """Points and weights for expectations of a chi-square, equally spaced in its logarithm."""
    from scipy.special import gammaln

    half = n_degrees / 2
    logs = np.linspace(math.log(n_degrees) - 40 / half - 4, math.log(n_degrees + 40 + 12 * math.sqrt(n_degrees)), 700)
    density = np.exp(half * logs - np.exp(logs) / 2 - half * math.log(2) - gammaln(half))
    return np.exp(logs), density * (logs[1] - logs[0])


def indifference_pcs(k: int, distance: float) -> float:
    """Probability that the best of k means is selected, known equal variances, all others one distance worse.

    Parameters
    ----------
    distance
        delta sqrt(n) / sigma.

    References
    ----------
    Bechhofer (1954), A single-sample multiple decision procedure for ranking means, Annals of Math. Statistics 25.

    Examples
    --------
    >>> round(indifference_pcs(10, 40**0.5 / 3), 6)
    0.706171
    """
    from scipy.special import ndtr

    z, weights = _normal()
    return float(weights @ ndtr(z + distance) ** (k - 1))


@lru_cache(maxsize=256)
def bechhofer_h(k: int, prob: float) -> float:
    """Factor of n = ceil((h sigma / delta)**2) with known variance; Gupta's subset constant as well.

    Examples
    --------
    >>> round(bechhofer_h(10, 0.95), 6)
    3.418179
    """
    return _root(lambda h: indifference_pcs(k, h) - check_prob("prob", prob))


@lru_cache(maxsize=256)
def rinott_h(k: int, prob: float, n_first: int) -> float:
    """Rinott's factor of n_i = ceil((h S_i / delta)**2), variances unknown and unequal.

    Parameters
    ----------
    k, prob, n_first
        Alternatives, >= 2; probability of correct selection; replications of the first stage, >= 2.

    References
    ----------
    Rinott (1978), On two-stage selection procedures and related probability-inequalities, Communications in
    Statistics A7.

    Examples
    --------
    >>> round(rinott_h(10, 0.95, 20), 6)
    3.875277
    """
    from scipy.special import ndtr

    freedom = n_first - 1
    x, weights = _chi_square(freedom)
    scale = np.sqrt(freedom * (1 / x[:, None] + 1 / x[None, :]))

    def pcs(h: float) -> float:
        return float(weights @ (ndtr(h / scale) @ weights) ** (k - 1))

    return _root(lambda h: pcs(h) - check_prob("prob", prob))


@lru_cache(maxsize=256)
def dudewicz_dalal_h(k: int, prob: float, n_first: int) -> float:
    """Dudewicz and Dalal's h1, for weighted means after two stages.

    References
    ----------
    Dudewicz, Dalal (1975), Allocation of observations in ranking and selection with unequal variances, Sankhya B37.

    Examples
    --------
    >>> round(dudewicz_dalal_h(10, 0.95, 20), 6)
    3.678803
    """
    from scipy.special import gammaln, stdtr

    freedom = n_first - 1
    s = np.linspace(-1, 1, 2001) * (36 / min(freedom, 18) + 3)
    t = np.sinh(s)
    log_density = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - math.log(freedom * math.pi) / 2
    weights = np.exp(log_density - (freedom + 1) / 2 * np.log1p(t**2 / freedom)) * np.cosh(s) * (s[1] - s[0])
    return _root(lambda h: float(weights @ stdtr(freedom, t + h) ** (k - 1)) - check_prob("prob", prob))


def kn_eta(k: int, alpha: float, n_first: int, crn: bool = True) -> float:
    """Kim and Nelson's eta for c = 1.

    Parameters
    ----------
    k, alpha, n_first
        Alternatives, error rate, replications from which variances are estimated.
    crn
        Bonferroni's share of the error rate, which holds for every dependence; otherwise independence is used.

    References
    ----------
    Kim, Nelson (2001), A fully sequential procedure for indifference-zone selection in simulation, ACM TOMACS 11(3).

    Examples
    --------
    >>> round(kn_eta(10, 0.05, 10), 6), round(kn_eta(10, 0.05, 10, crn=False), 6)
    (0.859083, 0.852248)
    """
    share = alpha / (k - 1) if crn else 1 - (1 - alpha) ** (1 / (k - 1))
    return (math.pow(2 * share, -2 / (n_first - 1)) - 1) / 2


def kn_h_squared(k: int, alpha: float, n_first: int, crn: bool = True) -> float:
    """Kim and Nelson's h**2 = 2 c eta (n0 - 1) for c = 1.

    Examples
    --------
    >>> round(kn_h_squared(10, 0.05, 10, crn=False), 6)
    15.340469
    """
    return 2 * kn_eta(k, alpha, n_first, crn) * (n_first - 1)


@lru_cache(maxsize=256)
def gsp_eta(k: int, alpha: float, n_first: int) -> float:
    """Constant of the screening boundary of GSP: E[2 (1 - Phi(eta sqrt(R)))] equals one alternative's error rate.

    R is the smaller one of two independent chi-squares with n_first - 1 degrees of freedom.

    References
    ----------
    Ni, Ciocan, Henderson, Hunter (2017), Efficient ranking and selection in parallel computing environments,
    Operations Research 65(3), section 4.
    """
    from scipy.special import chdtrc, ndtr

    x, weights = _chi_square(n_first - 1)
    least = 2 * weights * chdtrc(n_first - 1, x)
    share = 1 - (1 - alpha) ** (1 / (k - 1))
    return _root(lambda eta: share - 2 * float(least @ ndtr(-eta * np.sqrt(x))))


@lru_cache(maxsize=64)
def tukey_q(k: int, n_degrees: float, level: float = 0.95) -> float:
    """Quantile of the studentized range of k means.

    Examples
    --------
    >>> round(tukey_q(5, 45), 5)
    4.01842
    """
    from scipy.stats import studentized_range

    return float(studentized_range.ppf(check_prob("level", level), k, n_degrees))
