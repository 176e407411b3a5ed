"""A parcel that own vans bring to a door."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, nan

from fulfillsim.domain.fleet import Point
from fulfillsim.sim.order import Order


@dataclass(slots=True, eq=False)
class Parcel:
    """What stands at the dock for a van, rides in it, or has come back.

    Attributes
    ----------
    place_m, size
        Where its customer lives; parcels, kilograms, litres.
    wave
        Index of the wave it is meant for: it goes with this one or a later one.
    opens_s, closes_s
        Hours promised to its customer.
    planned_s
        Begin of service at the door, by the present plan of its route.
    told_s
        The time that its customer knows.
    n_attempts
        How often nobody opened.
    scans
        (kind, second) of what tracking shows.
    """

    order: Order
    lane: int
    place_m: Point
    size: tuple[float, float, float]
    staged_s: float
    wave: int
    opens_s: float
    closes_s: float
    planned_s: float = inf
    told_s: float = inf
    departed_s: float = nan
    attempted_s: float = nan
    n_attempts: int = 0
    scans: list[tuple[int, float]] = field(default_factory=list)

    @property
    def keys(self) -> tuple[int, int, int]:
        """What chance is drawn by: the order, its parcel and the attempt, whoever brings it."""
        return self.order.row, self.order.n_parcel, self.n_attempts

    def window_s(self, from_s: float) -> tuple[float, float]:
        """Hours in which a plan has to come; any time where the promise has passed before a van could leave."""
        return (self.opens_s, self.closes_s) if self.closes_s > from_s else (0.0, inf)
