"""Own vans: what they carry and cost, where they start, when they leave, which hours customers may choose."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sampling.distributions import Distribution

Point = tuple[float, float]
"""Meters east and north; where ways are listed, the index of a place and 0."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Listed ways between places, row = from; the diagonal holds those between two customers of one place.

    Parameters
    ----------
    distance_m, time_s
        Shape (n_places, n_places), at usual speed; may differ by direction.
    """

    distance_m: NDArray[np.float64]
    time_s: NDArray[np.float64]


@dataclass(frozen=True)
class Slot:
    """Hours of a day between which a customer is served: the product ``lane`` of the fleet.

    Parameters
    ----------
    lane
        Index into `fulfillsim.domain.delivery.Delivery.services`.
    opens_s, closes_s
        Clock times; service at the door begins between them.
    """

    name: str
    lane: int
    opens_s: float
    closes_s: float


@dataclass(frozen=True)
class Rest:
    """A driver's break, begun between two clock times."""

    duration_s: float
    from_s: float
    until_s: float


@dataclass(frozen=True)
class Van:
    """One van with its driver.

    Parameters
    ----------
    capacity
        Parcels, kilograms, litres.
    from_s, until_s
        Shift, as clock times; what is driven after it is overtime.
    cost_per_day
        For a day on which it is used at all.
    overtime_per_s
        On top of ``cost_per_s``.
    rests
        The driver's breaks, by the time from which they may be taken.
    most_m
        Longest way of a day, all its routes together.
    starts_m, ends_m
        Where its first route of a day begins, empty to the depot, and where routes of the last wave end; None for the
        depot.
    reloads
        Whether it may come back and load again within a wave.
    """

    name: str
    capacity: tuple[float, float, float]
    from_s: float
    until_s: float
    cost_per_m: float = 0.0
    cost_per_s: float = 0.0
    cost_per_day: float = 0.0
    overtime_per_s: float = 0.0
    rests: tuple[Rest, ...] = ()
    most_m: float = inf
    starts_m: Point | None = None
    ends_m: Point | None = None
    reloads: bool = False


@dataclass(frozen=True)
class FleetWave:
    """Vans leaving: routes are planned at ``cutoff_s``, no van leaves before ``time_s``; which slots it serves."""

    time_s: float
    cutoff_s: float
    day: int
    slots: frozenset[int]


@dataclass(frozen=True)
class Fleet:
    """Own vans.

    Parameters
    ----------
    carrier
        Index of the fleet among `fulfillsim.domain.delivery.Delivery.carriers`.
    waves
        In order of time.
    depot_m
        East and north on a plane map.
    zone_m, spread_m
        Middle of each destination zone, shape (n_zones, 2), and standard deviation of its customers' places in either
        direction, shape (n_zones,); NaN where no van goes.
    speed_m_per_s, circuity
        Usual speed, and road over straight line.
    speeds
        (second, multiple of the usual speed) from which each holds, rising, the first 0; empty where it never changes.
    latitude_deg
        Of the origin of the map, where distances are those of the globe; None on a plane.
    loading_s
        At the dock before each trip.
    ways
        How far places are from each other; None where the map tells.
    travel, at_door
        Noise of a leg (mean 1), and seconds at a door.
    failed_attempt_prob, n_attempts
        Chance that nobody opens, and how often a parcel is taken out before it goes back.
    solver, budget
        Planner and its steps; steps again for the rest of a late van's route.
    replan_after_s
        A van so late re-orders the rest of its route; None for never.
    insert_cost
        A parcel that is ready after the cutoff joins a loaded van if it costs no more than this; None for never.
    tell_after_s
        Customers are told of a new time if it differs so much from the one they know.
    """

    carrier: int
    slots: tuple[Slot, ...]
    vans: tuple[Van, ...]
    waves: tuple[FleetWave, ...]
    depot_m: Point
    zone_m: NDArray[np.float64]
    spread_m: NDArray[np.float64]
    travel: Distribution
    at_door: Distribution
    speed_m_per_s: float = 25 / 3.6
    circuity: float = 1.3
    failed_attempt_prob: float = 0.0
    n_attempts: int = 2
    solver: str = "ortools"
    budget: int = 300
    replan_after_s: float | None = 900.0
    insert_cost: float | None = None
    tell_after_s: float = 900.0
    speeds: tuple[tuple[float, float], ...] = ()
    latitude_deg: float | None = None
    loading_s: float = 0.0
    ways: Ways | None = None
