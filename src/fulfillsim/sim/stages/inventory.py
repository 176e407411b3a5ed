"""Inventory and acceptance: goods are reserved, a promise is given, and an order that lacks goods waits for them.

Without stock everything is there; without processing nothing is promised.
"""

from __future__ import annotations

from collections.abc import Callable

from fulfillsim.domain.records import Milestone
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.work import Station as StationPlan
from fulfillsim.sim.benches import benches_of
from fulfillsim.sim.carriers import Carriers
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.opening_stock import daily_units, draw_steady
from fulfillsim.sim.order import Order
from fulfillsim.sim.promises import PromiseDesk
from fulfillsim.sim.purchasing import SupplierDelivery
from fulfillsim.sim.reservation import Accept, build_reservation
from fulfillsim.sim.slots import Slots
from fulfillsim.sim.stock import Stock
from fulfillsim.sim.work_orders import WorkOrders


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
    intake = build_reservation(model, world.inventory, stock, accept, onward)
    if world.assembly is not None and world.assembly.to_stock:
        WorkOrders(model, world.assembly, stock, benches_of(model, world.assembly))
    if world.inventory.start == "steady" and world.inventory.rule != "none":
        draw_steady(stock, daily_units(world))
    if model.slots is not None:
        model.slots.open(stock)
    stock.open()
    model.afterwards.append(stock.close)
    return intake


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
    (record, pack), (promise, pack_promise) = model.milestones.hot, model.trace.tables["promises"].hot
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
        order.promise_s, due_s, order.due_staged_s, lane, quoted_days = quote
        order.due_departure_s = due_s
        if by_departure:
            order.rank = due_s
        if due_lanes is not None:
            due_lanes[order.row] = lane
        if progress is not None:
            progress.accepted(order, lane, now)
        record(pack(order.row, accepted, now))
        promise(pack_promise(order.row, now, order.promise_s, due_s, lane, quoted_days))
        if communication is not None:
            communication.accepted(order, now)
        return True

    return accept


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
    stock.shelve = stock.arrive
    if plan.receiving is not None:
        stock.arrive = work(plan.receiving, stock.arrive)


def _to_the_slots(slots: Slots, onward: Arrival) -> Arrival:
    """Lay goods down where they can be picked before anybody is told that they are there."""

    def put_away(delivery: SupplierDelivery, now: float) -> None:
        slots.put_away(delivery, now)
        onward(delivery, now)

    return put_away
