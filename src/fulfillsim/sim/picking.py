"""Picking: waiting orders become tours when a picker is free; one tour is one piece of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fulfillsim.domain.fulfillment import Batch, Picking, PickZone, WalkedTour
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.work import WorkTime
from fulfillsim.optim.pick_routing import ROUTING, router
from fulfillsim.policies.batching import BATCHING, Load
from fulfillsim.sampling.distributions import make
from fulfillsim.sim.engine import Item
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.queues import FirstCome


class Tour(Item):
    """A cart with the orders it collects."""

    __slots__ = ("orders",)

    def __init__(self, row: int, orders: list[Order]) -> None:
        super().__init__(row, min(order.rank for order in orders))
        self.orders = orders


TourTime = Callable[[list[Order]], tuple[float, float, float, float]]
"""Orders of a tour -> metres, set-up, walking and searching seconds."""


def build_picking(model: Model, plan: Picking, onward: Intake) -> Intake:
    """Wire the zones; with several, an order goes on when its last part is picked."""
    counter = _Counter()
    picked = _picked(model, onward)
    pools = [_zone(model, plan, index, zone, counter, picked) for index, zone in enumerate(plan.zones)]
    if len(pools) == 1:
        only = pools[0]

        def intake(order: Order, now: float) -> None:
            order.n_parts = 1
            only(order, now)

        return intake
    return _split(model, plan, pools)


class _Counter:
    """Numbers the tours of all zones."""

    n = 0

    def next(self) -> int:
        self.n += 1
        return self.n - 1


class Part(Order):
    """What one zone picks of an order."""

    __slots__ = ("whole",)

    whole: Order

    @classmethod
    def of(cls, whole: Order, lines: list[tuple[int, int]], work: list[float]) -> Part:
        """The lines of one zone and the work that they ask for, with everything else as in the whole order."""
        part = cls(
            whole.row,
            whole.placed_s,
            whole.channel,
            whole.zone,
            whole.service,
            whole.rank,
            whole.marks,
            work,
            lines,
        )
        part.n_attempts, part.whole = whole.n_attempts, whole
        return part


def _split(model: Model, plan: Picking, pools: list[Intake]) -> Intake:
    """Send each zone its part."""
    zone_of = model.world.catalog.zone.tolist() if model.world.catalog is not None else []
    everywhere, work_of = plan.split == "all", model.book.work_of

    def intake(order: Order, now: float) -> None:
        wanted: dict[int, list[tuple[int, int]]] = {z: [] for z in range(len(pools))} if everywhere else {}
        for line in order.lines:
            wanted.setdefault(zone_of[line[0]] if zone_of else 0, []).append(line)
        order.n_parts = len(wanted)
        for zone, lines in wanted.items():
            pools[zone](Part.of(order, lines, work_of(order, lines)), now)

    return intake


def _picked(model: Model, onward: Intake) -> Callable[[Order, float], None]:
    """Goods leave the shelf; the last part completes the order."""
    (record, pack), kind = model.milestones.hot, int(Milestone.PICKED)
    stocked = model.world.inventory is not None
    record_move, pack_move = model.trace.tables["stock"].hot
    taken = int(StockMove.PICKED)

    def picked(part: Order, now: float) -> None:
        if stocked and not part.n_attempts:  # what is picked anew replaces what goes back
            for sku, units in part.lines:
                record_move(pack_move(sku, taken, units, now))
        order = part.whole if isinstance(part, Part) else part
        order.n_parts -= 1
        if order.n_parts == 0:
            record(pack(order.row, kind, now))
            onward(order, now)

    return picked


def _zone(model: Model, plan: Picking, index: int, zone: PickZone, counter: _Counter, picked: Intake) -> Intake:
    """Station and pool of waiting orders of one zone."""

    def done(tour: Tour, now: float) -> None:
        for order in tour.orders:
            picked(order, now)

    station = model.station(zone.station, done, "tour")
    timed = _timing(model, plan, zone)
    pool = PickPool(model, station.queue, plan.batch, timed, index, counter, _loads(model, plan.batch))
    station.queue = pool
    station.pop = pool.pop
    push = pool.waiting.push

    def intake(order: Order, now: float) -> None:
        order.queued_s = now
        push(order)
        station.wake(now)

    return intake


class PickPool:
    """Orders that wait to be picked; a free picker takes the next batch as a tour.

    It stands where other stations have their queue: tours that were interrupted wait before all orders.
    """

    def __init__(
        self,
        model: Model,
        waiting: Any,
        batch: Batch,
        timed: TourTime,
        zone: int,
        counter: _Counter,
        loads: Callable[[Order], Load] | None,
    ) -> None:
        self.waiting, self.batch, self.timed, self.zone = waiting, batch, timed, zone
        self.counter, self.loads, self.interrupted = counter, loads, FirstCome()
        self.take = BATCHING[batch.policy]
        self.enough = max(batch.min_orders, 1)
        self.tours = model.trace.tables["tours"]
        self.tour_orders = model.trace.tables["tour_orders"]

    def __bool__(self) -> bool:
        return len(self.waiting) >= self.enough or bool(self.interrupted)

    def back(self, tour: Tour) -> None:
        """An interrupted tour is the next to be taken."""
        self.interrupted.back(tour)

    def pop(self) -> Tour:
        """The next tour for a picker who is free."""
        if self.interrupted:
            return self.interrupted.pop()  # type: ignore[return-value]
        return self._tour(self._batch())

    def _batch(self) -> list[Order]:
        waiting = self.waiting
        n = min(len(waiting), self.batch.max_orders or len(waiting))
        head: list[Order] = [waiting.pop() for _ in range(n)]
        if self.loads is None:
            return head
        n = self.take([self.loads(order) for order in head], self.batch)
        for order in reversed(head[n:]):
            waiting.back(order)
        return head[:n]

    def _tour(self, orders: list[Order]) -> Tour:
        tour = Tour(self.counter.next(), orders)
        metres, setup_s, walk_s, search_s = self.timed(orders)
        tour.seconds = setup_s + walk_s + search_s
        tour.queued_s = min(order.queued_s for order in orders)
        n_lines = n_units = 0
        for order in orders:
            self.tour_orders.add(tour.row, order.row)
            for _, units in order.lines:
                n_lines += 1
                n_units += units
        self.tours.add(
            tour.row,
            self.zone,
            len(orders),
            n_lines,
            n_units,
            metres,
            setup_s,
            walk_s,
            search_s,
        )
        return tour


def _loads(model: Model, batch: Batch) -> Callable[[Order], Load] | None:
    """What orders weigh on a cart; None where only their number is limited."""
    if (batch.max_lines, batch.max_units, batch.max_weight_kg, batch.max_volume_l) == (None,) * 4:
        return None
    catalog = model.world.catalog
    weight = catalog.weight_kg.tolist() if catalog else []
    volume = catalog.volume_l.tolist() if catalog else []

    def load(order: Order) -> Load:
        n_units, weight_kg, volume_l = 0, 0.0, 0.0
        for sku, units in order.lines:
            n_units += units
            weight_kg += units * weight[sku]
            volume_l += units * volume[sku]
        return Load(len(order.lines), n_units, weight_kg, volume_l)

    return load


def _timing(model: Model, plan: Picking, zone: PickZone) -> TourTime:
    """How long a tour takes: walked through the layout, or an all-in time."""
    if plan.tour is not None:
        return _walked(model, plan.tour)
    assert zone.station.time is not None
    column = model.book.column(zone.station.name, zone.station.time)
    if plan.per == "tour":
        return lambda orders: (0.0, 0.0, 0.0, orders[0].work[column])
    return lambda orders: (0.0, 0.0, 0.0, sum(order.work[column] for order in orders))


def _walked(model: Model, tour: WalkedTour) -> TourTime:
    """Set-up, the walk by the routing policy, search and grab."""
    catalog = model.world.catalog
    assert catalog is not None
    aisle, position = catalog.aisle.tolist(), catalog.position_m.tolist()
    length, speed = router(tour.layout, ROUTING[tour.routing]), tour.speed_m_per_s
    setup_s, search_s, unit_s = tour.setup_s, tour.search_s, tour.unit_s
    shape = make("gamma", mean=1.0, cv=tour.cv) if tour.cv > 0 else make("deterministic", mean=1.0)
    column = model.book.column("picking.search", WorkTime(1.0, shape))

    def timed(orders: list[Order]) -> tuple[float, float, float, float]:
        aisles: list[int] = []
        positions: list[float] = []
        grab_s = 0.0
        for order in orders:
            seconds = 0.0
            for sku, units in order.lines:
                aisles.append(aisle[sku])
                positions.append(position[sku])
                seconds += search_s + unit_s * (units - 1)
            grab_s += seconds * order.work[column]
        metres = length(aisles, positions) if aisles else 0.0
        return metres, setup_s, metres / speed, grab_s

    return timed
