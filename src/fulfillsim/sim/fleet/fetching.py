"""What own vans fetch from customers: it joins the next wave's routes, and the desk for returns gets it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from fulfillsim.sim.fleet.parcel import Collection
from fulfillsim.sim.stages.returns import Return

if TYPE_CHECKING:
    from fulfillsim.sim.fleet.depot import FleetDepot

AT_ANY_TIME = (-1, 0.0, 0.0)
"""Wave and hours of a collection: the next wave, at any hour."""


class Fetching:
    """Collections of a fleet.

    Attributes
    ----------
    waiting
        What no route has taken yet.
    """

    def __init__(self, depot: FleetDepot) -> None:
        self.depot, self.fleet = depot, depot.fleet
        self.waiting: list[Collection] = []

    def collect(self, back: Return, now: float) -> bool:
        """Fetch goods with the next wave; false where no van goes."""
        order, depot = back.order, self.depot
        place = depot.place_of(order)
        if isnan(place[0]):
            return False
        lane, size = self.fleet.slots[0].lane, depot.size_of(order)
        self.waiting.append(Collection(order, lane, place, size, now, *AT_ANY_TIME, back=back))
        return True

    def taken(self, taken: set[int]) -> None:
        """Routes have taken those of these identities."""
        self.waiting = [each for each in self.waiting if id(each) not in taken]

    def opens(self, collection: Collection) -> bool:
        """Whether somebody is there and gives it."""
        u = self.depot.streams.hashed_uniform("first_attempt", *collection.keys)
        return u >= self.fleet.failed_attempt_prob

    def attempted(self, collection: Collection, opened: bool) -> None:
        """A van was at the door."""
        collection.is_fetched = opened
        collection.n_attempts += 1

    def brought_home(self, collection: Collection, now: float) -> None:
        """What was fetched goes to the desk; what was not is tried again, or its customer sends it off."""
        assert collection.back is not None, "made with the goods that it is about"
        if not collection.is_fetched and collection.n_attempts < self.fleet.n_attempts:
            self.waiting.append(collection)
            return
        collection.back.is_collected = collection.is_fetched
        self.depot.model.returns.arrive(collection.back, now)
