"""What a tape of orders asks of each station, without letting the clock run."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.assembly import Assembly
from fulfillsim.domain.fulfillment import Picking
from fulfillsim.domain.world import World
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Mark, Order, Part
from fulfillsim.sim.paths import Paths
from fulfillsim.sim.pick_pool import PickPool
from fulfillsim.sim.replication import build
from fulfillsim.tape import Tape

Floats = NDArray[np.float64]
MOST_TOGETHER = 1_000_000
CALL_S = 3600.0
"""Customers on the line are to be served within the hour."""


@dataclass(frozen=True)
class OrderWork:
    """Seconds of work by station and order of a tape.

    Parameters
    ----------
    seconds
        Station -> work of each order, shape (n_orders,), by somebody of speed 1; tours with full carts.
    due_s
        When each order has to be ready for its truck, shape (n_orders,); infinite where nothing is promised.
    calls
        Stations at which customers wait themselves.
    ahead
        Stations whose work is done for orders to come: nobody waits for it.
    not_counted
        Staffed stations whose work does not follow from orders alone.
    """

    seconds: dict[str, Floats]
    due_s: Floats
    calls: frozenset[str]
    ahead: frozenset[str] = frozenset()
    not_counted: tuple[str, ...] = field(default=())

    def due_of(self, station: str, placed_s: Floats) -> Floats:
        """When the work of each order at a station is due, shape (n_orders,)."""
        if station in self.calls:
            return np.asarray(placed_s + CALL_S)
        return np.full(len(placed_s), inf) if station in self.ahead else self.due_s


def order_work(world: World, tape: Tape) -> OrderWork:
    """Work of all orders of a tape at all staffed stations."""
    model = Model(world, tape)
    build(model)
    orders = list(model.book.orders())
    paths = Paths(model)
    seconds: dict[str, Floats] = {}
    calls = set()
    for index, channel in enumerate(world.demand.channels):
        if channel.capture is not None:
            calls.add(channel.capture.name)
            _add(seconds, channel.capture.name, _booked(model, orders, channel.capture.name) * (tape.channel == index))
    manual = world.processing.verification.manual if world.processing else None
    if manual is not None:
        seconds[manual.name] = _booked(model, orders, manual.name) * (model.book.marks & Mark.CLERK > 0)
    if world.fulfillment is not None:
        for name, picked in _picking(model, _as_picked(model, orders), paths).items():
            _add(seconds, name, picked)
        for step in world.fulfillment.steps:
            if step.station.staffed:
                passes = np.ones(len(tape)) if step.only is None else paths.meets(step.only) * 1.0
                again = 1.0 / (1.0 - step.rework_prob) if step.rework_to == step.station.name else 1.0
                _add(seconds, step.station.name, _booked(model, orders, step.station.name) * passes * again)
    if world.assembly is not None:
        seconds |= _assembled(world.assembly, tape)
    refills = _refills(world, tape)
    seconds |= refills
    counted = {info.name for info in model.infos if info.name in seconds or not info.staffed}
    rest = tuple(info.name for info in model.infos if info.name not in counted and info.name in model.stations)
    return OrderWork(seconds, _due(model, orders), frozenset(calls), frozenset(refills), rest)


def _refills(world: World, tape: Tape) -> dict[str, Floats]:
    """Work of refilling the slots that orders empty: each refill brings what lies between capacity and minimum.

    A line of more units than fit into its slot comes from the reserve.
    """
    plan = world.inventory.forward if world.inventory is not None else None
    if plan is None or plan.replenishment is None or plan.replenishment.time is None:
        return {}
    brought = np.where(plan.has_slot, np.maximum(plan.capacity - plan.minimum, 1), 1)
    per_unit_s = np.where(plan.has_slot, plan.replenishment.time.per_order_s / brought + plan.per_unit_s, 0.0)
    by_line = per_unit_s[tape.sku] * tape.quantity * (tape.quantity <= plan.capacity[tape.sku])
    return {plan.replenishment.name: np.asarray(tape.per_order(by_line), dtype=np.float64)}


def _add(seconds: dict[str, Floats], name: str, more: Floats) -> None:
    seconds[name] = seconds[name] + more if name in seconds else more


def _booked(model: Model, orders: list[Order], station: str) -> Floats:
    """Work contents of the book at a station."""
    column = model.stations[station].column
    return np.fromiter((order.work[column] for order in orders), np.float64, len(orders))


def _as_picked(model: Model, orders: list[Order]) -> list[Order]:
    """Orders with the components of kits made to order in their place."""
    assembly = model.world.assembly
    if assembly is None or not assembly.to_order:
        return orders
    from_shelf, work_of = assembly.from_shelf, model.book.work_of
    lines = [from_shelf(order.lines) for order in orders]
    pairs = zip(orders, lines, strict=True)
    return [order if parts is order.lines else Part.of(order, parts, work_of(order, parts)) for order, parts in pairs]


def _assembled(assembly: Assembly, tape: Tape) -> dict[str, Floats]:
    """Work at each bench that the kits of an order ask for sooner or later, those made to stock included."""
    found: dict[str, Floats] = {}
    for index, bench in enumerate(assembly.benches):
        per_unit: dict[int, float] = {}
        for kit in assembly.kits:
            own_s = kit.time.mean + kit.setup_s / (kit.lot if kit.to_stock else 1)
            below_s = sum(units * per_unit.get(part, 0.0) for part, units in kit.components)
            per_unit[kit.sku] = own_s * (kit.bench == index) + below_s
        by_line = np.array([per_unit.get(sku, 0.0) for sku in tape.sku.tolist()]) * tape.quantity
        found[bench.station.name] = np.asarray(tape.per_order(by_line), dtype=np.float64)
    return found


def _picking(model: Model, orders: list[Order], paths: Paths) -> dict[str, Floats]:
    """Work of picking by station: tours of as many orders as a cart holds, in order of arrival."""
    plan = model.world.fulfillment
    assert plan is not None
    found: dict[str, Floats] = {}
    ways = [path.picking or plan.picking for path in plan.paths] + [plan.picking]
    for picking in dict.fromkeys(way for way in ways if way is not None):
        mine = [order for order in orders if ways[paths.number[order.row]] is picking]
        for zone, parts in enumerate(_parts(model, picking, mine)):
            station = picking.zones[zone].station.name
            _add(found, station, _toured(model, model.stations[station].queue, parts))
    return found


def _parts(model: Model, picking: Picking, orders: list[Order]) -> list[list[Order]]:
    """What each zone picks of these orders."""
    if len(picking.zones) == 1:
        return [orders]
    zone_of = model.world.catalog.zone.tolist() if model.world.catalog is not None else []
    parts: list[list[Order]] = [[] for _ in picking.zones]
    for order in orders:
        wanted: dict[int, list[tuple[int, int]]] = {z: [] for z in range(len(parts))} if picking.split == "all" else {}
        for line in order.lines:
            wanted.setdefault(zone_of[line[0]] if zone_of else 0, []).append(line)
        for zone, lines in wanted.items():
            parts[zone].append(Part.of(order, lines, model.book.work_of(order, lines)))
    return parts


def _toured(model: Model, pool: PickPool, parts: list[Order]) -> Floats:
    """Seconds of each order: its share of a tour of as many orders as a cart holds."""
    seconds = np.zeros(len(model.tape))
    together = pool.batch.max_orders or MOST_TOGETHER
    for first in range(0, len(parts), together):
        tour = parts[first : first + together]
        _, *times_s = pool.timed(tour)
        for part in tour:
            seconds[part.row] += sum(times_s) / len(tour)
    return seconds


def _due(model: Model, orders: list[Order]) -> Floats:
    """Close-out of the departure that each order would be promised as it is placed."""
    if model.desk is None:
        return np.full(len(orders), inf)
    quotes = (model.desk.quote(order, order.placed_s, order.placed_s) for order in orders)
    return np.array([quote.due_staged_s if quote is not None else inf for quote in quotes])
