"""Delivery: parcels are staged by carrier, leave with its pickups and travel by its calendar.

A parcel handed over is resolved at once: transit, attempts, scans and price of a whole pickup are computed together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.delivery import Carrier, CarrierService, Departure
from fulfillsim.domain.records import Milestone, Scan
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.lookout import LOADING_S
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.promises import Carriers

if TYPE_CHECKING:
    from fulfillsim.sim.fleet.depot import FleetDepot

Floats = NDArray[np.float64]


def build(model: Model, onward: Intake) -> Intake:
    """Wire staging and the pickups of each carrier; with delivery, the journey ends here."""
    plan = model.world.delivery
    if plan is None:
        return onward
    if model.carriers is None:
        model.carriers = Carriers(model.world, model.book)
    if plan.fleet is None:
        docks = {index: _Dock(model, index, carrier) for index, carrier in enumerate(plan.carriers)}
        model.entries["dock"] = _staging(model, model.carriers, docks, None)
        return model.entries["dock"]
    from fulfillsim.sim.fleet.depot import FleetDepot

    own = plan.fleet.carrier
    docks = {index: _Dock(model, index, carrier) for index, carrier in enumerate(plan.carriers) if index != own}
    model.entries["dock"] = _staging(model, model.carriers, docks, FleetDepot(model, plan.fleet))
    return model.entries["dock"]


def _staging(model: Model, carriers: Carriers, docks: dict[int, _Dock], fleet: FleetDepot | None) -> Intake:
    """Choose the carrier service of a packed parcel and put it on its lane."""
    (record, pack), kind = model.milestones.hot, int(Milestone.STAGED)
    price_class = carriers.prices.price_class
    known: dict[tuple[int, int, int, int, float], int] = {}
    progress = model.progress
    services = carriers.delivery.services
    for dock in docks.values():
        dock.departed = known.clear
    if fleet is not None:
        fleet.departed = known.clear

    def stage(order: Order, now: float) -> None:
        row = order.row
        record(pack(row, kind, now))
        key = (order.service, order.zone, price_class[row], order.marks & Mark.HAZMAT, order.promise_s)
        lane = known.get(key)
        if lane is None:
            options = carriers.options(*key[:3], bool(key[3]), now)
            if not options:
                model.close(order, Milestone.REFUSED, now)
                if model.communication is not None:
                    model.communication.cancelled(order, now)
                return
            promise_s = order.promise_s if order.promise_s < float("inf") else None
            lane = known[key] = carriers.choose(options, promise_s).lane
        if progress is not None:
            progress.staged(order, lane, now)
        carrier = services[lane].carrier
        if carrier in docks:
            docks[carrier].staged.append((order.due_departure_s, now, lane, order))
        elif fleet is not None:
            fleet.stage(order, lane, now)

    return stage


@dataclass
class _Load:
    """Parcels of one carrier service on one pickup."""

    orders: list[Order] = field(default_factory=list)
    staged_s: list[float] = field(default_factory=list)


class _Dock:
    """Staging lane of a carrier, emptied by its pickups."""

    def __init__(self, model: Model, index: int, carrier: Carrier) -> None:
        assert model.world.delivery is not None
        self.model, self.index, self.carrier = model, index, carrier
        self.services = model.world.delivery.services
        self.staged: list[tuple[float, float, int, Order]] = []
        self.departed: Callable[[], None] = lambda: None
        self.working = np.flatnonzero(carrier.calendar.working)
        self.midnight_s = np.asarray(model.world.days.midnight_s)
        self.uniforms: dict[str, Floats] = {}
        self.n_parcels = _shared_counter(model)
        self._plan_next(0)

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
        taken, left = self.staged, []
        if departure.capacity is not None and len(taken) > departure.capacity:
            taken = sorted(taken, key=lambda parcel: parcel[:2])
            taken, left = taken[: departure.capacity], taken[departure.capacity :]
        self.staged = left
        self.model.trace.tables["pickups"].add(self.index, now, len(taken), len(left))
        self.departed()
        loads: dict[int, _Load] = {}
        for _, staged_s, lane, order in taken:
            load = loads.setdefault(lane, _Load())
            load.orders.append(order)
            load.staged_s.append(staged_s)
        for lane, load in loads.items():
            self._travel(lane, load, now)
        if self.model.communication is not None:
            self.model.communication.left_behind([parcel[3] for parcel in left], now)

    def _u(self, purpose: str, rows: NDArray[np.int64], parcels: NDArray[np.int64]) -> Floats:
        """Uniforms of parcels: the order's own for its first, hashed ones for further parcels."""
        if purpose not in self.uniforms:
            self.uniforms[purpose] = self.model.tape.uniforms(purpose)
        u = self.uniforms[purpose][rows]
        later = parcels > 0
        if later.any():
            u[later] = self.model.tape.streams.hashed_uniforms(purpose, rows[later], parcels[later])
        return u

    def _travel(self, lane: int, load: _Load, now: float) -> None:
        """Resolve all parcels of one service on this pickup."""
        service, orders, trace = self.services[lane], load.orders, self.model.trace
        rows = np.fromiter((order.row for order in orders), np.int64, len(orders))
        parcels = np.fromiter((order.n_parcel for order in orders), np.int64, len(orders))
        zones = self.model.tape.zone[rows]
        quoted = np.asarray(service.quoted_days)[zones]
        marks = np.fromiter((order.marks for order in orders), np.int64, len(orders))
        units, weights, volumes = self._contents(orders)
        attempted, delivered = self._times(service, lane, rows, parcels, quoted, marks, now)
        lost = self._u("loss", rows, parcels) < service.loss_prob
        wrong = (marks & Mark.ERROR > 0) & (marks & Mark.WRONG_ADDRESS == 0) | (marks & Mark.MISPICK > 0)
        book, pricer = self.model.book, self.model.carriers.prices.pricers[lane]
        charges = pricer.charges(zones, weights, volumes, now, book.residential[rows])
        first = self.n_parcels(len(orders))
        delivered = np.where(lost, np.nan, delivered)
        trace.tables["parcels"].add_block(
            rows,
            lane,
            units,
            weights,
            charges.total,
            np.asarray(load.staged_s),
            now,
            quoted,
            attempted,
            delivered,
            lost,
            wrong,
        )
        self._scans(first, now, attempted, delivered, lost)
        for order in orders:
            self.model.gone(order)
        if self.model.communication is not None:
            self.model.communication.shipped(orders, rows, lane, now, quoted, attempted, delivered, wrong, self)

    def _contents(self, orders: list[Order]) -> tuple[Floats, Floats, Floats]:
        """Units, kilograms and litres of each parcel."""
        book = self.model.book
        rows = np.fromiter((order.row for order in orders), np.int64, len(orders))
        units, weights, volumes = book.n_units[rows].astype(float), book.weight_kg[rows], book.volume_l[rows]
        catalog = self.model.world.catalog
        n_lines = self.model.tape.n_lines[rows]
        for place, order in enumerate(orders):
            if len(order.lines) != n_lines[place]:
                units[place] = sum(n for _, n in order.lines)
                weights[place] = sum(n * catalog.weight_kg[sku] for sku, n in order.lines) if catalog else 0.0
                volumes[place] = sum(n * catalog.volume_l[sku] for sku, n in order.lines) if catalog else 0.0
        return units, weights, volumes

    def _times(
        self,
        service: CarrierService,
        lane: int,
        rows: NDArray[np.int64],
        parcels: NDArray[np.int64],
        quoted: NDArray[np.int64],
        marks: NDArray[np.int64],
        now: float,
    ) -> tuple[Floats, Floats]:
        """First attempt and delivery of each parcel (seconds)."""
        offsets = np.asarray(service.day_offsets)
        u = self._shocked(self._u("transit", rows, parcels), lane, now)
        chances = np.cumsum(service.day_probs)
        late = offsets[np.minimum(np.searchsorted(chances / chances[-1], u, side="right"), len(offsets) - 1)]
        late = late + int(sum(delay.at(now) for delay in self.carrier.delays))
        day = self.arrival_days(now, np.maximum(quoted + late, np.minimum(quoted, 1)))
        u_hour = self._u("delivery_hour", rows, parcels)
        attempted = self._at_the_door(day, u_hour, now)
        failed = self._u("first_attempt", rows, parcels) < service.failed_attempt_prob
        failed |= (marks & Mark.ERROR > 0) & (marks & Mark.WRONG_ADDRESS > 0)
        again = self._at_the_door(self._next_working(day), u_hour, now)
        return attempted, np.where(failed, again, attempted)

    def _at_the_door(self, day: NDArray[np.int64], u: Floats, now: float) -> Floats:
        """Seconds between the delivery hours of days; what leaves and arrives on one day arrives after it has left."""
        next_midnight_s = self.midnight_s[day + 1]  # counted back from, as in `Days.second`
        opens_s = np.maximum(next_midnight_s - (DAY_S - self.carrier.delivery_from_s), now)
        closes_s = np.maximum(next_midnight_s - (DAY_S - self.carrier.delivery_until_s), opens_s)
        return np.asarray(opens_s + (closes_s - opens_s) * u)

    def arrival_days(self, departure_s: float, working_days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Days so many working days after the pickup day, which is day 0; shape (n,)."""
        day = self.model.world.days.of(departure_s)
        before = int(np.searchsorted(self.working, day, side="left"))
        today = int(before < len(self.working) and self.working[before] == day)
        place = before + np.where(working_days > 0, today + working_days - 1, 0)
        return np.asarray(self.working[np.minimum(place, len(self.working) - 1)])

    def _next_working(self, day: NDArray[np.int64]) -> NDArray[np.int64]:
        place = np.searchsorted(self.working, day, side="right")
        return self.working[np.minimum(place, len(self.working) - 1)]

    def _shocked(self, u: Floats, lane: int, now: float) -> Floats:
        """Correlate the transit of all parcels of a pickup day through a Gaussian copula; the law stays the same."""
        share = self.carrier.shock_correlation
        if share <= 0.0:
            return u
        from scipy.special import ndtr, ndtri

        ordinal = self.model.world.days.ordinal(self.model.world.days.of(now))
        name = f"transit_shock:{self.carrier.name}"
        common = ndtri(self.model.tape.streams.hashed_uniform(name, ordinal))
        return np.asarray(ndtr(np.sqrt(share) * common + np.sqrt(1.0 - share) * ndtri(u)))

    def _scans(self, first: int, now: float, attempted: Floats, delivered: Floats, lost: NDArray[np.bool_]) -> None:
        """What tracking shows: pickup, the morning's loading, the attempts, the door."""
        table = self.model.trace.tables["scans"]
        number = np.arange(first, first + len(attempted), dtype=float)
        table.add_block(number, Scan.PICKED_UP, now)
        there = ~lost
        table.add_block(number[there], Scan.OUT_FOR_DELIVERY, np.maximum(attempted - LOADING_S, now)[there])
        failed = there & (delivered > attempted)
        table.add_block(number[failed], Scan.FAILED_ATTEMPT, attempted[failed])
        table.add_block(number[failed], Scan.OUT_FOR_DELIVERY, delivered[failed] - LOADING_S)
        table.add_block(number[there], Scan.DELIVERED, delivered[there])
        table.add_block(number[lost], Scan.LOST, attempted[lost])


def _shared_counter(model: Model) -> Callable[[int], int]:
    """Numbers of parcels across all carriers, as rows of the table."""

    def take(n: int) -> int:
        first = model.n_parcels
        model.n_parcels += n
        return first

    return take
