"""What becomes of the parcels of a pickup: a parcel handed over is resolved at once.

Transit, attempts, loss, damage, scans and price of a whole pickup are computed together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.delivery import Carrier, CarrierService
from fulfillsim.domain.records import Scan
from fulfillsim.sim.cartons import Boxes
from fulfillsim.sim.lookout import LOADING_S
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Mark
from fulfillsim.sim.waiting import Lot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
APART = 1000
"""Parcels of a piece of an order that are told apart in names of random numbers; the first keeps the piece's name."""


class Handover:
    """A carrier as the dock sees it: it takes parcels, counts them, and brings them.

    Attributes
    ----------
    today, this_week
        Parcels taken on the day of the last pickup, and since its Monday.
    """

    def __init__(self, model: Model, carrier: Carrier) -> None:
        assert model.world.delivery is not None
        self.model, self.carrier = model, carrier
        self.delivery = model.world.delivery
        self.working = np.flatnonzero(carrier.calendar.working)
        self.midnight_s = np.asarray(model.world.days.midnight_s)
        self.uniforms: dict[str, Floats] = {}
        self.surcharge_index = {name: index for index, name in enumerate(self.delivery.surcharges)}
        self._day, self.today = -1, 0

    def room(self, capacity: int | None, now: float) -> int | None:
        """Parcels that a truck of a capacity takes now, by what its carrier takes on this day; None: any number."""
        daily = self.carrier.daily_capacity
        if daily is None:
            return capacity
        day = self.model.world.days.of(now)
        left = max(0, daily[day] - (self.today if day == self._day else 0))
        return left if capacity is None else min(capacity, left)

    def count(self, n_parcels: int, now: float) -> None:
        """Parcels leave."""
        day = self.model.world.days.of(now)
        self.today = n_parcels + (self.today if day == self._day else 0)
        self._day = day

    def take(self, lane: int, leaving: Lot, now: float) -> None:
        """Resolve all orders of one service on a pickup, parcel by parcel."""
        model, service, boxes = self.model, self.delivery.services[lane], leaving.boxes
        rows, marks = leaving["row"][boxes.order], leaving["marks"][boxes.order]
        parcels = leaving["piece"][boxes.order] + APART * boxes.number
        zones = model.tape.zone[rows]
        quoted = np.asarray(service.quoted_days)[zones]
        attempted, delivered = self._times(service, lane, rows, parcels, quoted, marks, now)
        lost = self._u("loss", rows, parcels) < service.loss_prob
        damaged = self._damaged(service, rows, parcels) & ~lost
        wrong = (marks & Mark.ERROR > 0) & (marks & Mark.WRONG_ADDRESS == 0) | (marks & Mark.MISPICK > 0) | damaged
        delivered = np.where(lost, np.nan, delivered)
        first, model.n_parcels = model.n_parcels, model.n_parcels + len(rows)
        billed_kg, cost = self._bill(lane, boxes, rows, zones, first, now)
        model.trace.tables["parcels"].add_block(
            rows,
            lane,
            boxes.units,
            boxes.weight_kg,
            cost,
            leaving["staged_s"][boxes.order],
            now,
            quoted,
            attempted,
            delivered,
            lost,
            wrong,
            boxes.carton,
            boxes.content_l,
            billed_kg,
            damaged,
        )
        self._scans(first, now, attempted, delivered, lost)
        for order in leaving.orders:
            model.gone(order)
        if model.returns is not None:
            model.returns.delivered(leaving.orders, _together(boxes.order, delivered, lost, len(leaving)))
        if model.communication is not None:
            n = len(leaving)
            last = _last_to_come(boxes.order, np.where(lost, np.inf, attempted), n)
            complete = _together(boxes.order, delivered, lost, n)
            any_wrong = np.bincount(boxes.order, wrong, minlength=n) > 0
            told = (quoted[last], attempted[last], complete, any_wrong)
            model.communication.shipped(leaving, lane, now, *told, self)

    def _bill(
        self, lane: int, boxes: Boxes, rows: Ints, zones: NDArray[np.int16], first: int, now: float
    ) -> tuple[Floats, Floats]:
        """Billed kilograms and price of each parcel; surcharges are written down."""
        pricer, doors = self.model.carriers.prices.pricers[lane], self.model.book.residential[rows]
        goods = boxes.weight_kg, boxes.volume_l
        charges = pricer.consigned(boxes.order, zones, *goods, now, doors)
        if pricer.tariff.per_consignment:
            self._consignments(boxes.order, rows, now, charges.total, pricer.charges(zones, *goods, now, doors).total)
        table = self.model.trace.tables["surcharges"]
        for name, amounts in zip(pricer.names, charges.surcharges, strict=True):
            due = np.flatnonzero(amounts)
            table.add_block(first + due, self.surcharge_index[name], amounts[due])
        return charges.billed_kg, charges.total

    def _consignments(self, order: Ints, rows: Ints, now: float, cost: Floats, apart: Floats) -> None:
        """Write down orders of several parcels, what they cost, and what each parcel by itself would have cost."""
        n_parcels = np.bincount(order)
        several, first = n_parcels > 1, np.flatnonzero(np.diff(order, prepend=-1))
        sums = np.bincount(order, cost)[several], np.bincount(order, apart)[several]
        self.model.trace.tables["consignments"].add_block(rows[first][several], now, n_parcels[several], *sums)

    def _damaged(self, service: CarrierService, rows: Ints, parcels: Ints) -> NDArray[np.bool_]:
        if not service.damage_prob:
            return np.zeros(len(rows), np.bool_)
        return np.asarray(self._u("damage", rows, parcels) < service.damage_prob)

    def _u(self, purpose: str, rows: NDArray[np.int64], parcels: NDArray[np.int64]) -> Floats:
        """Uniforms of parcels: the order's own for its first, hashed ones for further parcels."""
        if purpose not in self.uniforms:
            self.uniforms[purpose] = self.model.tape.uniforms(purpose)
        u = self.uniforms[purpose][rows]
        later = parcels > 0
        if later.any():
            u[later] = self.model.tape.streams.hashed_uniforms(purpose, rows[later], parcels[later])
        return u

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
        again = self._at_the_door(self.next_working(day), u_hour, now)
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

    def next_working(self, day: NDArray[np.int64]) -> NDArray[np.int64]:
        """Working day of the carrier after each day; shape (n,)."""
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


def _last_to_come(order: Ints, time_s: Floats, n: int) -> Ints:
    """Parcel of each order that comes last, shape (n,)."""
    if len(order) == n:
        return order
    last = np.zeros(n, np.int64)
    by_time = np.argsort(time_s, kind="stable")
    last[order[by_time]] = by_time
    return last


def _together(order: Ints, delivered_s: Floats, lost: NDArray[np.bool_], n: int) -> Floats:
    """When all parcels of each order are there, shape (n,); NaN where one is lost."""
    if len(order) == n:
        return delivered_s
    there = np.full(n, -np.inf)
    np.maximum.at(there, order, np.where(lost, np.inf, delivered_s))
    return np.where(np.isinf(there), np.nan, there)
