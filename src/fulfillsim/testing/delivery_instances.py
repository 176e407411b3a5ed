"""Delivery instances of the published kinds, drawn from a seed, on which solvers are measured without being known.

Solomon (1987): stops at random (R), in clusters (C) or half and half (RC); short horizon and small vans (1) or long
horizon and large vans (2); a share of the stops has windows. Uchoa et al. (2017), New benchmark instances for the
capacitated vehicle routing problem, Eur. J. Oper. Res. 257: depot, positions and demand each of several kinds.
Distances are rounded as those of the published ones.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.delivery.instance import Convention, DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.travel import euclidean

Kind = Literal["R1", "R2", "C1", "C2", "RC1", "RC2"]
Points = NDArray[np.float64]

DIMACS = Convention(
    "dimacs", "distance and time x10, truncated", divisor=10.0, n_decimals=1, scale=10.0, is_metric=False
)
NEAREST = Convention("nint", "distance to the nearest integer", n_decimals=0, is_metric=False)
TENFOLD = 10.0


def solomon_like(kind: Kind, n_stops: int, seed: int) -> DeliveryInstance:
    """Stops with windows in a square of 100, in Solomon's manner; times and distances x10, whole."""
    rng = np.random.default_rng(seed)
    long = kind.endswith("2")
    horizon = float(rng.integers(900, 1100) if long else rng.integers(220, 260))
    clustered = {"R": 0.0, "C": 1.0, "RC": 0.5}[kind[:-1]]
    if kind[0] == "C":
        horizon *= 3.2
    service = 90.0 if kind[0] == "C" else 10.0
    points = np.vstack([[40.0, 50.0] if clustered else [35.0, 35.0], _positions(rng, n_stops, clustered)])
    way = np.hypot(*(points[1:] - points[0]).T)
    share, width = rng.choice([0.5, 0.75, 1.0]), rng.choice([30.0, 60.0, 120.0]) * (4.0 if long else 0.5)
    stops = tuple(
        DeliveryStop(str(i + 1), (float(rng.integers(1, 4)) * 10.0,), (), service * TENFOLD, ((a, b),))
        for i, (a, b) in enumerate(_windows(rng, way, horizon, service, share, width))
    )
    capacity = float(rng.choice([700.0, 1000.0]) if long else 200.0)
    vans = (Vehicle((capacity,), shift_s=(0.0, horizon * TENFOLD)),) * n_stops
    depot = Depot(window_s=(0.0, horizon * TENFOLD))
    travel = euclidean(points, lambda d: np.trunc(d * TENFOLD))
    return DeliveryInstance(f"{kind}-{n_stops}-{seed}", (depot,), stops, vans, travel, DIMACS, points)


def _positions(rng: np.random.Generator, n: int, clustered: float) -> Points:
    """Whole coordinates, a share of them around seeds."""
    n_near = round(clustered * n)
    seeds = rng.uniform(10, 90, (max(4, n // 12), 2))
    near = seeds[rng.integers(0, len(seeds), n_near)] + rng.normal(0, 4.0, (n_near, 2))
    there = np.vstack([near, rng.uniform(0, 80, (n - n_near, 2))])
    return np.round(np.clip(there, 0.0, 100.0)).astype(np.float64)


def _windows(
    rng: np.random.Generator, way: Points, horizon: float, service: float, share: float, width: float
) -> list[tuple[float, float]]:
    """Windows in which each stop alone can be served, whole after multiplication."""
    windows = []
    for distance in way:
        first, last = np.ceil(distance) + 1, np.floor(horizon - distance - service) - 2
        opens, closes = 0.0, last
        if rng.random() < share:
            center, half = rng.uniform(first, last), max(5.0, rng.normal(width, width / 4)) / 2
            opens, closes = max(0.0, np.round(center - half)), min(last, np.round(max(center + half, first)))
        windows.append((float(opens) * TENFOLD, float(max(closes, opens)) * TENFOLD))
    return windows


def x_like(n_stops: int, seed: int) -> DeliveryInstance:
    """Stops without windows on a grid of 1000, capacity such that a route has 3 to 25 stops on average."""
    rng = np.random.default_rng(seed)
    depot = [(500, 500), (0, 0), tuple(rng.integers(0, 1001, 2))][rng.integers(0, 3)]
    n_far = [0, n_stops // 2, n_stops][rng.integers(0, 3)]
    seeds = rng.integers(0, 1001, (int(rng.integers(3, 9)), 2))
    spread = seeds[rng.integers(0, len(seeds), n_far)] + rng.normal(0, 60.0, (n_far, 2))
    places = np.vstack([spread, rng.integers(0, 1001, (n_stops - n_far, 2))])
    points = np.vstack([depot, np.clip(np.round(places), 0, 1000)])
    low, high = [(1, 1), (1, 10), (5, 10), (1, 100), (50, 100)][rng.integers(0, 5)]
    demand = rng.integers(low, high + 1, n_stops).astype(float)
    capacity = float(max(np.ceil(rng.triangular(3, 6, 25) * demand.mean()), demand.max()))
    stops = tuple(DeliveryStop(str(i + 1), (float(d),)) for i, d in enumerate(demand))
    travel = euclidean(points, lambda d: np.floor(d + 0.5))
    vans = (Vehicle((capacity,)),) * n_stops
    return DeliveryInstance(f"X-{n_stops}-{seed}", (Depot(),), stops, vans, travel, NEAREST, points)
