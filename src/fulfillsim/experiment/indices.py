"""Morris effects and Sobol indices of tables of replications, with the noise of replications taken apart.

SALib draws the points and computes the indices; it knows one value per point. Here a point has a value per
replication, so that what varies because inputs vary can be told from what varies by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError, MissingExtraError
from fulfillsim.stats.intervals import mean_interval

Floats = NDArray[np.float64]
LEVELS = 4
"""Of a Morris design: each factor is tried at 0, 1/3, 2/3 and 1 of its range."""

ROUNDING = 1e-12
"""Means that differ by no more than this share of their size are the same."""


@dataclass(frozen=True)
class Effect:
    """What one factor does to a KPI.

    Parameters
    ----------
    factor
        Its name.
    size, half_width
        How much it matters: ``mu*`` of Morris, the total index of Sobol; and its 95 % half-width.
    direct
        ``mu`` of Morris, signed; the first-order index of Sobol.
    spread
        ``sigma`` of Morris, chance taken off: how much the effect depends on the other factors. For Sobol the
        total less the first-order index: its share in interactions.
    noise
        Standard deviation of an elementary effect by chance alone; for Sobol, chance as a share of the variance
        between points, which is taken off the indices.
    """

    factor: str
    size: float
    half_width: float
    direct: float
    spread: float
    noise: float


def salib(part: str) -> Any:
    """A module of SALib.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return import_module(f"SALib.{part}")
    except ImportError as error:
        raise MissingExtraError("sensitivity analysis", "sensitivity") from error


def problem_of(factors: Sequence[str]) -> dict[str, Any]:
    """What SALib calls a problem: factors on the unit cube."""
    return {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}


def morris_points(factors: Sequence[str], n: int, seed: int) -> Floats:
    """Points of ``n`` trajectories in the unit cube, shape (n * (k + 1), k)."""
    made = salib("sample.morris").sample(problem_of(factors), n, num_levels=LEVELS, seed=seed)
    return np.asarray(made, dtype=np.float64)


def sobol_points(factors: Sequence[str], n: int, seed: int) -> Floats:
    """Points for Sobol indices in the unit cube, shape (n * (k + 2), k)."""
    if n < 2 or n & (n - 1):
        raise InputError(f"sensitivity: the points of a Sobol design must be a power of 2 (got {n}) - take 64 or 256")
    drawn = salib("sample.sobol").sample(problem_of(factors), n, calc_second_order=False, seed=seed)
    return np.asarray(drawn, dtype=np.float64)


def morris_effects(factors: Sequence[str], points: Floats, values: Floats, level: float = 0.95) -> list[Effect]:
    """Elementary effects over the whole range of each factor.

    Parameters
    ----------
    points
        Where the runs were made, in the unit cube, shape (n * (k + 1), k): whole numbers make them differ from those
        that were drawn.
    values
        Shape (n * (k + 1), n_replications).

    References
    ----------
    Morris (1991), Factorial sampling plans for preliminary computational experiments, Technometrics 33(2).
    Campolongo, Cariboni, Saltelli (2007), An effective screening design, Environmental Modelling & Software 22(10).
    """
    k = len(factors)
    steps = np.diff(points.reshape(-1, k + 1, k), axis=1)
    gaps = np.diff(values.reshape(-1, k + 1, values.shape[1]), axis=1)
    moved = np.abs(steps).argmax(axis=2)
    found = []
    for place, factor in enumerate(factors):
        rows = moved == place
        effects = gaps[rows] / steps[rows][:, place, None]
        means = effects.mean(axis=1)
        by_chance = effects.var(axis=1, ddof=1).mean() / effects.shape[1] if effects.shape[1] > 1 else 0.0
        size = mean_interval(np.abs(means), level)
        spread = float(np.sqrt(max(0.0, means.var(ddof=1) - by_chance)))
        noise = float(np.sqrt(by_chance))
        found.append(Effect(factor, size.estimate, size.half_width, float(means.mean()), spread, noise))
    return found


def sobol_effects(factors: Sequence[str], values: Floats, seed: int, level: float = 0.95) -> list[Effect]:
    """Total and first-order indices of the expected value, chance taken off.

    Means over ``R`` replications vary between points by ``V + W / R``: ``V`` because inputs vary, ``W`` by chance;
    chance that all points share (common random numbers) cancels. ``W`` is the residual of points and replications in
    two ways. The numerator of a first-order index is free of ``W``, that of a total index holds it once.

    Parameters
    ----------
    values
        At `sobol_points`, shape (n * (k + 2), n_replications).

    References
    ----------
    Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics Communications 181(2).
    """
    means, noise = values.mean(axis=1), _chance(values)
    between = float(means.var(ddof=1))
    if np.ptp(means) <= ROUNDING * np.abs(means).max():
        return [Effect(name, 0.0, 0.0, 0.0, 0.0, 0.0) for name in factors]
    if between <= noise:
        unknown = float("nan")
        return [Effect(name, unknown, unknown, unknown, unknown, 1.0) for name in factors]
    options = {"calc_second_order": False, "conf_level": level, "seed": seed}
    found = salib("analyze.sobol").analyze(problem_of(factors), means, **options)
    share = noise / between
    total = (np.asarray(found["ST"]) - share) / (1.0 - share)
    first = np.asarray(found["S1"]) / (1.0 - share)
    half = np.asarray(found["ST_conf"]) / (1.0 - share)
    columns = zip(factors, total.tolist(), half.tolist(), first.tolist(), strict=True)
    return [Effect(name, size, width, direct, size - direct, share) for name, size, width, direct in columns]


def _chance(values: Floats) -> float:
    """Variance of a point's mean by chance that it does not share with the other points."""
    n, r = len(values), values[0].size
    if r < 2:
        return 0.0
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()
    squares: list[float] = (rest**2).ravel().tolist()
    return math.fsum(squares) / float((n - 1) * (r - 1) * r)
