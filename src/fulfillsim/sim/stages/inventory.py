"""Inventory and acceptance: goods are reserved, a promise is given, and an order that lacks goods waits for them.

Without stock everything is there; without processing nothing is promised.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from fulfillsim.domain.records import Milestone
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.work import Station as StationPlan
from fulfillsim.sim.carriers import Carriers
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.opening_stock import daily_units, draw_steady
from fulfillsim.sim.order import Order
from fulfillsim.sim.promises import PromiseDesk
from fulfillsim.sim.purchasing import SupplierDelivery
from fulfillsim.sim.slots import Slots
from fulfillsim.sim.stock import Stock


def build(model: Model, onward: Intake) -> Intake:
    """Wire reserve -> accept -> (wait) -> onward."""
    world = model.world
    accept = _acceptance(model)
    if world.inventory is None:
        if accept:
            onward = model.entries["promise"] = _accepted_at_once(accept, onward)
        return onward
    stock = Stock(world, world.inventory, model.tape, model.engine, model.trace)
    model.stock = stock
    _receiving(model, world.inventory, stock)
    if world.inventory.start == "steady" and world.inventory.rule != "none":
        draw_steady(stock, daily_units(world, model.tape))
    if model.slots is not None:
        model.slots.open(stock)
    stock.open()
    model.afterwards.append(stock.close)
    return _reservation(model, world.inventory, stock, accept, onward)


Accept = Callable[[Order, float, float], bool]
"""Promise an order that can be worked on from a time on; false if nobody can deliver it."""


def _accepted_at_once(accept: Accept, onward: Intake) -> Intake:
    def intake(order: Order, now: float) -> None:
        if accept(order, now, now):
            onward(order, now)

    return intake


def _acceptance(model: Model) -> Accept | None:
    """``accept(order, now, ready_s) -> bool``: promise and note it; None where nothing is promised."""
    world = model.world
    if world.processing is None or world.delivery is None:
        return None
    if model.carriers is None:
        model.carriers = Carriers(world, model.book, model.packing)
    desk = model.desk = PromiseDesk(model)
    (record, pack), promises = model.milestones.hot, model.trace.tables["promises"]
    from_placed = world.processing.clock_start == "placed"
    by_departure = world.fulfillment is not None and world.fulfillment.order_priority == "due_departure"
    accepted, communication, due_lanes = int(Milestone.ACCEPTED), model.communication, model.due_lanes
    progress = model.progress

    def accept(order: Order, now: float, ready_s: float) -> bool:
        begin_s = max(ready_s, now)
        quote = desk.quote(order, order.placed_s if from_placed and ready_s <= now else begin_s, begin_s)
        if quote is None:
            model.close(order, Milestone.REFUSED, now)
            return False
        order.promise_s = quote.promise_s
        order.due_departure_s, order.due_staged_s = quote.due_departure_s, quote.due_staged_s
        if by_departure:
            order.rank = quote.due_departure_s
        if due_lanes is not None:
            due_lanes[order.row] = quote.lane
        if progress is not None:
            progress.accepted(order, quote.lane, now)
        record(pack(order.row, accepted, now))
        promises.add(order.row, now, quote.promise_s, quote.due_departure_s, quote.lane, quote.quoted_days)
        if communication is not None:
            communication.accepted(order, now)
        return True

    return accept


def _reservation(model: Model, plan: Inventory, stock: Stock, accept: Accept | None, onward: Intake) -> Intake:
    """Reserve, or do with the shortage what the scenario says."""
    (record, pack), free, take = model.milestones.hot, stock.free, stock.take
    allocated, shortage, book = int(Milestone.ALLOCATED), plan.shortage, model.book
    progress = model.progress

    def intake(order: Order, now: float) -> None:
        for sku, units in order.lines:
            if free[sku] < units:
                short_of(order, now)
                return
        if accept is not None and not accept(order, now, now):
            return
        for sku, units in order.lines:
            take(sku, units, now)
        record(pack(order.row, allocated, now))
        onward(order, now)

    def short_of(order: Order, now: float) -> None:
        if shortage == "cancel":
            model.close(order, Milestone.OUT_OF_STOCK, now)
            return
        missing = [(sku, units) for sku, units in order.lines if free[sku] < units]
        ready_s = now
        if shortage == "later":
            ready_s = max(stock.available_s(sku, units, now) for sku, units in missing)
            if ready_s == inf:
                model.close(order, Milestone.OUT_OF_STOCK, now)
                return
        if accept is not None and not accept(order, now, ready_s):
            return
        model.note(order, Milestone.BACKORDERED, now)
        if progress is not None:
            progress.waits(order, now)
        there = [line for line in order.lines if line not in missing]
        waiting = order
        if shortage == "split" and there:
            waiting = order.rest(missing, book.work_of(order, missing))
            order.work = book.work_of(order, there)
            order.lines = there
            model.in_two(order)
        waiting.n_missing = len(missing)
        for sku, units in missing:
            stock.want(waiting, sku, units, now)
        for sku, units in there:
            take(sku, units, now)
        if waiting is not order:
            record(pack(order.row, allocated, now))
            onward(order, now)

    def woken(order: Order, now: float) -> None:
        order.n_missing -= 1
        if order.n_missing == 0:
            if progress is not None:
                progress.ready(order, now)
            record(pack(order.row, allocated, now))
            onward(order, now)

    stock.woken = woken if model.slots is None else model.slots.or_join(woken)  # type: ignore[assignment]
    model.entries["promise"], model.entries["backorder"] = intake, _still_waiting(model, stock)
    return intake


def _still_waiting(model: Model, stock: Stock) -> Intake:
    """Intake of orders that wait for goods when the run begins."""
    snapshot = model.world.snapshot

    def waits(order: Order, now: float) -> None:
        assert snapshot is not None, "only a run that begins with open orders comes here"
        missing = snapshot.not_set_aside(order.row)
        model.note(order, Milestone.BACKORDERED, now)
        order.n_missing = max(1, len(missing))
        for sku, units in missing:
            stock.ask_again(order, sku, units, now)
        if not missing:
            stock.woken(order, now)

    return waits


Arrival = Callable[[SupplierDelivery, float], None]


def _receiving(model: Model, plan: Inventory, stock: Stock) -> None:
    """Dock -> receiving -> putaway -> shelf, as far as there are people for it."""

    def work(station: StationPlan, onward: Arrival) -> Arrival:
        offer = model.station(station, onward, "delivery").offer
        per_unit_s = plan.putaway_per_unit_s if station is plan.putaway else 0.0

        def intake(delivery: SupplierDelivery, now: float) -> None:
            assert station.time is not None
            content = model.book.content(station.time, f"work:{station.name}", *delivery.keys)
            delivery.work = (content + per_unit_s * delivery.units,)
            offer(delivery, now)

        return intake

    stock.arrive = stock.put_away if model.slots is None else _to_the_slots(model.slots, stock.put_away)
    if plan.putaway is not None:
        stock.arrive = work(plan.putaway, stock.arrive)
    if plan.receiving is not None:
        stock.arrive = work(plan.receiving, stock.arrive)


def _to_the_slots(slots: Slots, onward: Arrival) -> Arrival:
    """Lay goods down where they can be picked before anybody is told that they are there."""

    def put_away(delivery: SupplierDelivery, now: float) -> None:
        slots.put_away(delivery, now)
        onward(delivery, now)

    return put_away
