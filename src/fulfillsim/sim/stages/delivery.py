"""Delivery: parcels are staged by carrier, leave with its pickups and travel by its calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from fulfillsim.domain.delivery import Delivery, Departure
from fulfillsim.domain.records import Milestone
from fulfillsim.sim.carriers import Carriers
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.handover import Handover
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.waiting import Lot

Staged = tuple[float, float, int, Order]
"""An order at the dock: its due departure, since when it is there, carrier service."""


class Staging(Protocol):
    """Where orders of a carrier, or of several, wait for it.

    Attributes
    ----------
    departed
        Called whenever other departures come next.
    """

    departed: Callable[[], None]

    def stage(self, order: Order, lane: int, now: float) -> None:
        """Take in a packed order that is meant for a carrier service."""
        ...


def build(model: Model, onward: Intake) -> Intake:
    """Wire staging and the pickups of each carrier; with delivery, the journey ends here."""
    plan = model.world.delivery
    if plan is None:
        return onward
    if model.carriers is None:
        model.carriers = Carriers(model.world, model.book, model.packing)
    model.entries["dock"] = _dock(model, plan)
    return model.entries["dock"]


def _dock(model: Model, plan: Delivery) -> Intake:
    """Where packed orders go; parts of split orders may wait there for each other first."""
    if plan.consolidate_s is None:
        return _desk(model, plan)
    from fulfillsim.sim.consignments import Gathering, PartsPacked

    model.packing = PartsPacked(model.packing)
    return Gathering(model, plan.consolidate_s, _desk(model, plan)).intake


def _desk(model: Model, plan: Delivery) -> Intake:
    """Where packed orders go: to one desk for all carriers or to a lane for each, and to own vans."""
    desk = None
    if plan.assignment is not None:
        from fulfillsim.sim.carrier_desk import CarrierDesk

        desk = CarrierDesk(model, plan.assignment)
        if plan.fleet is None:
            return desk.intake
    own = plan.fleet.carrier if plan.fleet is not None else None
    others = [index for index in range(len(plan.carriers)) if index != own]
    docks: dict[int, Staging] = {index: desk or _Dock(model, index) for index in others}
    if plan.fleet is not None:
        from fulfillsim.sim.fleet.depot import FleetDepot

        model.vans = docks[plan.fleet.carrier] = FleetDepot(model, plan.fleet, desk)
    return _staging(model, model.carriers, docks)


def _staging(model: Model, carriers: Carriers, docks: Mapping[int, Staging]) -> Intake:
    """Choose the carrier service of a packed parcel and put it on its lane."""
    (record, pack), kind = model.milestones.hot, int(Milestone.STAGED)
    price_class = carriers.prices.price_class
    known: dict[tuple[int, int, int, int, float], int] = {}
    progress = model.progress
    lanes = [docks[service.carrier].stage for service in carriers.delivery.services]
    for dock in docks.values():
        dock.departed = known.clear

    def stage(order: Order, now: float) -> None:
        row = order.row
        record(pack(row, kind, now))
        key = (order.service, order.zone, price_class[row], order.marks & Mark.HAZMAT, order.promise_s)
        lane = known.get(key)
        if lane is None:
            options = carriers.options(*key[:3], bool(key[3]), now)
            if not options:
                model.refuse(order, now)
                return
            promise_s = order.promise_s if order.promise_s < float("inf") else None
            lane = known[key] = carriers.choose(options, promise_s).lane
        if progress is not None:
            progress.staged(order, lane, now)
        lanes[lane](order, lane, now)

    return stage


class _Dock:
    """Staging lane of a carrier, emptied by its pickups."""

    def __init__(self, model: Model, index: int) -> None:
        assert model.world.delivery is not None
        self.model, self.index = model, index
        self.carrier = model.world.delivery.carriers[index]
        self.handover = Handover(model, self.carrier)
        self.leaves = _leaves(model, index)
        self.staged: list[Staged] = []
        self.departed: Callable[[], None] = lambda: None
        self._plan_next(0)

    def stage(self, order: Order, lane: int, now: float) -> None:
        """Put a packed order on the lane."""
        self.staged.append((order.due_departure_s, now, lane, order))

    def _plan_next(self, place: int) -> None:
        if place < len(self.carrier.departures):
            departure = self.carrier.departures[place]
            if departure.time_s <= self.model.world.days.end_s:
                self.model.engine.call_at(
                    departure.time_s, Rank.DECIDE, lambda now: self._pickup(place, departure, now)
                )

    def _pickup(self, place: int, departure: Departure, now: float) -> None:
        """Take what is staged, the earliest due departure first, up to the truck's capacity."""
        self._plan_next(place + 1)
        taken, others = self.staged, []
        if self.leaves:
            others = [parcel for parcel in taken if now not in self.leaves.get(parcel[2], (now,))]
            taken = [parcel for parcel in taken if now in self.leaves.get(parcel[2], (now,))]
        room = self.handover.room(departure.capacity, now)
        taken, left = (taken, []) if room is None else _fitting(self.model, taken, room)
        self.staged = others + left
        total, left_behind = self.model.packing.total, [parcel[3] for parcel in left]
        n_taken, n_left = total([parcel[3] for parcel in taken]), total(left_behind)
        self.model.trace.tables["pickups"].add(self.index, now, n_taken, n_left, departure.capacity != 0)
        self.handover.count(n_taken, now)
        self.departed()
        lanes: dict[int, list[Staged]] = {}
        for parcel in taken:
            lanes.setdefault(parcel[2], []).append(parcel)
        for lane, parcels in lanes.items():
            self.handover.take(lane, Lot.of([p[3] for p in parcels], [p[1] for p in parcels], self.model.packing), now)
        if self.model.communication is not None:
            self.model.communication.left_behind(left_behind, now)


def _leaves(model: Model, carrier: int) -> dict[int, frozenset[float]]:
    """Departures of those services of a carrier that do not go with all of them."""
    assert model.world.delivery is not None
    services = enumerate(model.world.delivery.services)
    return {
        lane: frozenset(service.departures_s)
        for lane, service in services
        if service.carrier == carrier and service.departures_s is not None
    }


def _fitting(model: Model, staged: list[Staged], room: int) -> tuple[list[Staged], list[Staged]]:
    """Orders that a truck has room for, by due departure, and those that it leaves; an order goes whole."""
    count = model.packing.count
    if model.packing.total([parcel[3] for parcel in staged]) <= room:
        return staged, []
    taken: list[Staged] = []
    left: list[Staged] = []
    for parcel in sorted(staged, key=lambda parcel: parcel[:2]):
        needed = count(parcel[3])
        (taken if needed <= room else left).append(parcel)
        room -= needed if needed <= room else 0
    return taken, left
