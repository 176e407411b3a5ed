"""What own vans do at a door: bring a parcel, or fetch one."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, nan
from typing import TYPE_CHECKING

from fulfillsim.domain.fleet import Point
from fulfillsim.sim.order import Order

if TYPE_CHECKING:
    from fulfillsim.sim.stages.returns import Return

Size = tuple[float, float, float]
PRIZE = 1e5
"""Of bringing a parcel at all: more than any detour costs."""
FETCHING = 1e4
"""Of fetching one: less, so that what is fetched takes nobody's place."""


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
    size: Size
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

    @property
    def demand(self) -> Size:
        """What it takes of the van from the depot to its door."""
        return self.size

    @property
    def pickup(self) -> tuple[float, ...]:
        """What it takes of the van from its door to the depot."""
        return ()

    @property
    def prize(self) -> float:
        """What a plan gains by it."""
        return PRIZE

    def window_s(self, from_s: float) -> tuple[float, float]:
        """Hours in which a plan has to come; any time where the promise has passed before a van could leave."""
        return (self.opens_s, self.closes_s) if self.closes_s > from_s else (0.0, inf)


@dataclass(slots=True, eq=False)
class Collection(Parcel):
    """Goods that a van fetches from a customer, at any hour, and brings home.

    Attributes
    ----------
    is_fetched
        Whether they are on the van.
    """

    back: Return | None = None
    is_fetched: bool = False

    @property
    def keys(self) -> tuple[int, int, int]:
        """Others than those of the parcel that was brought."""
        return self.order.row, -1 - self.order.n_parcel, self.n_attempts

    @property
    def demand(self) -> Size:
        """Nothing on the way there."""
        return 0.0, 0.0, 0.0

    @property
    def pickup(self) -> tuple[float, ...]:
        """All of it on the way back."""
        return self.size

    @property
    def prize(self) -> float:
        """What a plan gains by it."""
        return FETCHING
