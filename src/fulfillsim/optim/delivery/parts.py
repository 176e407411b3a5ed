"""What a delivery problem is made of: depots, stops, vehicles, and how figures are rounded and compared."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

Window = tuple[float, float]
Objective = Literal["cost", "vehicles_then_cost"]
ANY_TIME: tuple[Window, ...] = ((0.0, inf),)
TIMES = frozenset({"window", "opens", "closes", "shift", "duration", "break"})
"""Rules whose amounts are times; those of ``distance`` are lengths."""


@dataclass(frozen=True)
class Depot:
    """A place where vehicles load, start, end or reload.

    Parameters
    ----------
    window_s
        When vehicles may leave and must be back.
    service_s
        Loading before each trip.
    """

    name: str = "depot"
    window_s: Window = (0.0, inf)
    service_s: float = 0.0


@dataclass(frozen=True)
class DeliveryStop:
    """A customer's door.

    Parameters
    ----------
    demand
        What is brought from the depot, one figure per dimension (weight, volume, parcels ...).
    pickup
        What is taken along to the end of the trip, in the same dimensions; empty means nothing.
    service_s
        Time at the door.
    windows_s
        Service may begin inside one of them, bounds included; rising, not overlapping.
    release_s
        When the goods can leave the depot.
    prize
        None where the stop must be served; otherwise what leaving it out costs.
    """

    name: str
    demand: tuple[float, ...] = (1.0,)
    pickup: tuple[float, ...] = ()
    service_s: float = 0.0
    windows_s: tuple[Window, ...] = ANY_TIME
    release_s: float = 0.0
    prize: float | None = None


@dataclass(frozen=True)
class Break:
    """Rest of a driver that begins inside ``[earliest_s, latest_s]``, at a stop, waiting or on the road."""

    duration_s: float
    earliest_s: float
    latest_s: float


@dataclass(frozen=True)
class Vehicle:
    """One van with its driver.

    Parameters
    ----------
    capacity
        In the dimensions of demand; holds at every moment of a trip.
    start_depot, end_depot
        Indices of depots.
    shift_s
        Earliest departure and latest end.
    fixed_cost, cost_per_m, cost_per_s
        Of using it at all, of driving, and from departure to end.
    max_distance_m, max_duration_s
        Of all its trips together; duration counts waiting and breaks.
    reload_depot
        Where it may load again for another trip; None for one trip only.
    breaks
        Rests, each taken once if the van is used.
    allowed
        Indices of the stops that it may serve; None for all.
    committed
        Stops with which its plan begins whatever happens: loaded, or already driven to.
    """

    capacity: tuple[float, ...]
    name: str = "van"
    start_depot: int = 0
    end_depot: int = 0
    shift_s: Window = (0.0, inf)
    fixed_cost: float = 0.0
    cost_per_m: float = 1.0
    cost_per_s: float = 0.0
    max_distance_m: float = inf
    max_duration_s: float = inf
    reload_depot: int | None = None
    breaks: tuple[Break, ...] = ()
    allowed: frozenset[int] | None = None
    committed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Convention:
    """How figures are rounded, compared and printed; figures of different conventions are never compared.

    Parameters
    ----------
    name
        ``dimacs``, ``vehicles_first``, ``nint`` ...
    rounding, fleet_rule
        What was done to distances and whether the number of vehicles is free, for the tables.
    objective
        Least cost, or fewest vehicles and then least cost.
    divisor
        A printed value is a cost divided by this.
    n_decimals
        Of a printed value.
    scale
        Times and distances are those of the file times this; they are told as the file counts them.
    is_metric
        Whether times are seconds and distances meters; published instances have units without a name.
    """

    name: str = "exact"
    rounding: str = "none"
    objective: Objective = "cost"
    fleet_rule: str = "at most the vehicles given"
    divisor: float = 1.0
    n_decimals: int = 2
    scale: float = 1.0
    is_metric: bool = True

    def told(self, rule: str, amount: float) -> str:
        """The amount by which a rule is broken or must give way, in words.

        Examples
        --------
        >>> EXACT.told("window", 90.0), Convention(scale=10.0, is_metric=False).told("window", 90.0)
        ('1.5 min (90 s)', '9 units')
        """
        if amount == inf or rule not in {*TIMES, "distance"}:
            return f"{amount:g}"
        if not self.is_metric:
            return f"{amount / self.scale:.6g} units"
        if rule == "distance":
            return f"{amount / 1000:.1f} km ({amount:.0f} m)"
        return f"{amount / 60:.1f} min ({amount:.0f} s)"

    def __str__(self) -> str:
        goal = "fewest vehicles, then distance" if self.objective == "vehicles_then_cost" else "least cost"
        return f"{self.name}: {self.rounding}; {goal}; {self.fleet_rule}"


EXACT = Convention()
"""Figures as they are, least cost."""
