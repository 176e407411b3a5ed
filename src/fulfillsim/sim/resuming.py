"""A run that begins with open orders: each is put where it stood, with its goods, its promise and its past.

Work in hand at that moment begins anew. Everything before the moment is left out by the world itself: no truck, shift,
wave or customer comes earlier.
"""

from __future__ import annotations

from math import isfinite, isnan

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.assembly import shelf_lines
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.snapshot import TRANSIT, Snapshot, is_on_the_shelf, milestones_of, passed
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.in_transit import arrive
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.stages.processing import conflicting_services, other_service

Floats = NDArray[np.float64]
STAGED_LONG_AGO = ("dock", "hold")
"""Places whose intake may be told the true time of arrival, because nobody works there."""


def resume(model: Model, snapshot: Snapshot) -> None:
    """Put all open orders and deliveries into the model at the moment of the snapshot."""
    model.engine.call_at(snapshot.at_s, Rank.ARRIVE, lambda now: _begin(model, snapshot, now))


def _begin(model: Model, snapshot: Snapshot, now: float) -> None:
    orders = list(model.book.orders(0, model.n_given))
    if model.stock is not None:
        _goods(model, snapshot, orders, now)
    past, conflicts = _past(model, snapshot), conflicting_services(model)
    for row in np.lexsort((np.arange(len(orders)), snapshot.since_s)).tolist():
        order, stage = orders[row], snapshot.stage[row]
        if stage == "receipt" and not model.world.demand.channels[order.channel].is_waited_in:
            model.note(order, Milestone.RECEIVED, order.placed_s)
        done = passed(model.world, stage)
        if order.marks & Mark.HAZMAT and order.service in conflicts and Milestone.CLEARED in done:
            order.service = other_service(model, order.service) or 0  # as a clerk has decided
        for kind in done:
            _note(model, order, kind, float(past[kind][row]))
        if Milestone.ACCEPTED in done or (stage == "backorder" and model.desk is not None):
            _promise(model, snapshot, order, float(past[Milestone.ACCEPTED][row]), now)
        if stage == TRANSIT:
            continue
        model.entries[stage](order, snapshot.since_s[row] if stage in STAGED_LONG_AGO else now)
    on_its_way = [row for row, stage in enumerate(snapshot.stage) if stage == TRANSIT]
    if on_its_way:
        arrive(model, snapshot, [orders[row] for row in on_its_way], now)
    if model.stock is not None and model.stock.continuous:
        model.stock.review(now)


def _goods(model: Model, snapshot: Snapshot, orders: list[Order], now: float) -> None:
    """Deliveries under way, and the units that are set aside for orders whose goods still lie in their slots."""
    stock, from_shelf = model.stock, shelf_lines(model.world.assembly)
    inbound = (snapshot.inbound_sku, snapshot.inbound_units, snapshot.inbound_due_s)
    for sku, units, due_s in zip(*(column.tolist() for column in inbound), strict=True):
        stock.expect(stock.purchasing.under_way(sku, units, max(due_s, now), now), now)
    for order, stage in zip(orders, snapshot.stage, strict=True):
        if is_on_the_shelf(model.world, stage):
            waiting = snapshot.not_set_aside(order.row) if stage == "backorder" else []
            for sku, units in from_shelf([line for line in order.lines if line not in waiting]):
                stock.set_aside(sku, units, now)


def _past(model: Model, snapshot: Snapshot) -> dict[Milestone, Floats]:
    """When each order passed its milestones: as known, else when it was placed, the last one when it came there."""
    placed_s, known = snapshot.orders.arrival_s, snapshot.moments
    past: dict[Milestone, Floats] = {}
    last = [(passed(model.world, stage) or (None,))[-1] for stage in snapshot.stage]
    reached = placed_s
    for kind in milestones_of(model.world):
        usual = np.where([kind is each for each in last], snapshot.since_s, placed_s)
        given = known.get(kind, np.full(len(usual), np.nan))
        reached = np.maximum(np.where(np.isnan(given), usual, given), reached)
        past[kind] = reached = np.minimum(reached, snapshot.at_s)
    return past


def _note(model: Model, order: Order, kind: Milestone, time_s: float) -> None:
    """Write a milestone down, unless that is done for all orders alike when the clock has stopped."""
    plan = model.world.fulfillment
    if kind is Milestone.RELEASED and plan is not None and plan.releases_on_arrival:
        return
    model.note(order, kind, time_s)


def _promise(model: Model, snapshot: Snapshot, order: Order, made_s: float, now: float) -> None:
    """What the customer was told; an order without a promise gets one now."""
    promise_s = float(snapshot.promise_s[order.row])
    due_s = float(snapshot.due_departure_s[order.row])
    quote = model.desk.quote(order, now, now)
    lane = int(snapshot.lane[order.row])
    if lane < 0:
        lane = quote.lane if quote is not None else 0
    days = model.carriers.delivery.services[lane].quoted_days[order.zone]
    if isnan(promise_s) and quote is not None:
        promise_s, due_s = quote.promise_s, quote.due_departure_s
    elif isnan(due_s):
        lane, due_s, days = _departure_for(model, order, promise_s, now)
    if not isfinite(promise_s):
        return
    carrier = model.carriers.delivery.carriers[model.carriers.delivery.services[lane].carrier]
    order.promise_s, order.due_departure_s, order.due_staged_s = promise_s, due_s, due_s - carrier.close_out_s
    plan = model.world.fulfillment
    if plan is not None and plan.order_priority == "due_departure":
        order.rank = due_s
    if model.due_lanes is not None:
        model.due_lanes[order.row] = lane
    model.trace.tables["promises"].add(order.row, made_s, promise_s, due_s, lane, days)
    if model.progress is not None:
        model.progress.resumed(order, snapshot.stage[order.row], lane, now)
    if model.communication is not None and snapshot.stage[order.row] != TRANSIT:
        model.communication.resumed(order, now)


def _departure_for(model: Model, order: Order, promise_s: float, now: float) -> tuple[int, float, int]:
    """Carrier service, last departure by which the promise can be kept, and quoted days.

    Where none is left, the promise itself counts as the departure: what is overdue stays so.
    """
    carriers, price_class = model.carriers, model.carriers.prices.price_class[order.row]
    best, ready_s = (0, min(promise_s, now), 0), now
    for _ in range(len(model.world.days)):
        options = carriers.options(order.service, order.zone, price_class, bool(order.marks & Mark.HAZMAT), ready_s)
        in_time = [option for option in options if option.arrival_s <= promise_s]
        if not in_time:
            break
        option = min(in_time, key=lambda each: each.departure_s)
        product = carriers.delivery.services[option.lane]
        best, ready_s = (option.lane, option.departure_s, product.quoted_days[order.zone]), option.departure_s + 1.0
    return best
