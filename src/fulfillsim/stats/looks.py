"""How often one may look at growing results without calling differences that are not there.

Plain intervals looked at after every replication call a difference between equal alternatives in more than a quarter
of studies. Here the error rate is spent over looks fixed beforehand, in proportion to replications, so that all looks
together call one as often as a single look at the end would.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats, check_prob

#: Nodes of the quadrature between the boundaries; 64 give seven digits for twenty looks.
_N_NODES = 96
#: Share of the error rate that is spent. Variances are estimated from few replications, which the theory takes as
#: known: with normal values that adds up to a fourteenth of what is spent. The rest is for values that are not
#: normal, and lets 2,000 studies of equal alternatives show the promised rate (0.05 less 2.33 standard errors: 0.0386).
SPENT = 0.7


def look_sizes(n_first: int = 10, n_most: int = 200, growth: float = 1.5) -> tuple[int, ...]:
    """Numbers of replications at which to look: growing in proportion, the last one the budget.

    Examples
    --------
    >>> look_sizes(10, 100)
    (10, 15, 23, 35, 53, 80, 100)
    """
    if not 2 <= n_first <= n_most:
        raise InputError(f"looks: the first must lie between 2 and the budget {n_most} (got {n_first})")
    if growth <= 1:
        raise InputError(f"looks: growth must be > 1 (got {growth}) - 1.5 looks again after half as many more")
    sizes = [n_first]
    while sizes[-1] < n_most:
        sizes.append(min(math.ceil(sizes[-1] * growth), n_most))
    # a last step of a few replications is not worth a look of its own
    if len(sizes) > 1 and sizes[-1] < 1.15 * sizes[-2]:
        del sizes[-2]
    return tuple(sizes)


@lru_cache(maxsize=256)
def look_levels(sizes: tuple[int, ...], alpha: float = 0.05) -> tuple[float, ...]:
    """Level of the interval at each look, so that all looks together err with the probability ``alpha``.

    Parameters
    ----------
    sizes
        Replications at the looks, increasing.
    alpha
        Two-sided error rate over all looks; for m comparisons at once pass alpha / m.

    Returns
    -------
    tuple of float
        For Student's t intervals at the looks; the last is a little above ``1 - alpha``.

    References
    ----------
    Lan, DeMets (1983), Discrete sequential boundaries for clinical trials, Biometrika 70. Kim, DeMets (1987), linear
    spending. Armitage, McPherson, Rowe (1969), the recursion. Jennison, Turnbull (2000), Group sequential methods,
    sections 3.8 (t quantiles at the nominal levels) and 9 (repeated confidence intervals).

    Examples
    --------
    >>> [round(level, 4) for level in look_levels((10, 20, 40))]
    [0.9912, 0.989, 0.978]
    """
    from scipy.special import ndtr

    bounds = boundaries(tuple(n / sizes[-1] for n in sizes), SPENT * check_prob("alpha", alpha))
    return tuple(1 - 2 * float(ndtr(-bound)) for bound in bounds)


def boundaries(times: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    """Standard normal bounds at information times in (0, 1], spending ``alpha`` in proportion to time, two-sided."""
    from scipy.special import ndtri

    spent = alpha * np.diff(np.asarray([0.0, *times]))
    bounds = [-float(ndtri(spent[0] / 2))]
    nodes, density = _first(bounds[0] * math.sqrt(times[0]), times[0])
    for at in range(1, len(times)):
        step = math.sqrt(times[at] - times[at - 1])
        reach = _crossed_with(nodes, density, step, spent[at])
        bounds.append(reach / math.sqrt(times[at]))
        nodes, density = _next(nodes, density, step, reach)
    return tuple(bounds)


def _first(reach: float, time: float) -> tuple[Floats, Floats]:
    """Nodes inside the bounds, and the weighted density of the process there."""
    nodes, weights = _quadrature(reach)
    return nodes, weights * np.exp(-(nodes**2) / (2 * time)) / math.sqrt(2 * math.pi * time)


def _next(nodes: Floats, density: Floats, step: float, reach: float) -> tuple[Floats, Floats]:
    """Density one step later of what has stayed inside until then."""
    fresh, weights = _quadrature(reach)
    kernel = np.exp(-(((fresh[:, None] - nodes[None, :]) / step) ** 2) / 2) / (step * math.sqrt(2 * math.pi))
    return fresh, weights * (kernel @ density)


def _crossed_with(nodes: Floats, density: Floats, step: float, chance: float) -> float:
    """Bound that the process crosses at the next step, for the first time, with the given probability."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def excess(reach: float) -> float:
        crossed = ndtr((nodes - reach) / step) + ndtr((-nodes - reach) / step)
        return float(density @ crossed) - chance

    return float(brentq(excess, 0.0, 40.0, xtol=1e-12))


def _quadrature(reach: float) -> tuple[Floats, Floats]:
    nodes, weights = _legendre()
    return nodes * reach, weights * reach


@lru_cache(maxsize=1)
def _legendre() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(_N_NODES)
    return nodes, weights
