"""Stock on the shelf, who waits for it, and when more is ordered.

``free`` is what may still be promised: on hand less reserved. The inventory position counts what is on order:
free + on order - backordered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import StockMove
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.world import World
from fulfillsim.sim.engine import Engine, Item, Rank
from fulfillsim.sim.trace import Trace
from fulfillsim.tape import Tape

RESERVED = int(StockMove.RESERVED)
DAY_S = 86_400.0
MORNING_S = 7 * 3600.0


class SupplierDelivery(Item):
    """Goods of one SKU on their way from a supplier to the shelf."""

    __slots__ = ("arrived_s", "ordered_s", "sku", "supplier", "units")

    def __init__(self, row: int, sku: int, supplier: int, units: int, ordered_s: float) -> None:
        super().__init__(row)
        self.sku, self.supplier, self.units = sku, supplier, units
        self.ordered_s, self.arrived_s = ordered_s, ordered_s


class Stock:
    """Units of every SKU; plain lists by SKU number, because single figures change all the time.

    Attributes
    ----------
    free, on_order, backlog
        Units, by SKU.
    due_s
        Expected arrival of the delivery last ordered, by SKU (for promises on goods to come).
    waiting
        SKU -> orders that wait for it, with the units they need, first come first.
    arrive
        Called with a `SupplierDelivery` that reaches the dock.
    """

    def __init__(self, world: World, plan: Inventory, tape: Tape, engine: Engine, trace: Trace) -> None:
        self.plan, self.engine, self.trace, self.days = plan, engine, trace, world.days
        self.streams = tape.streams
        self.moves = trace.tables["stock"]
        n = len(plan.on_hand)
        self.on_order, self.backlog = [0] * n, [0] * n
        self.n_ordered, self.due_s = [0] * n, [0.0] * n
        self.n_deliveries = 0
        self.waiting: dict[int, deque[tuple[object, int]]] = {}
        self.arrive: Callable[[SupplierDelivery, float], None] = self.put_away
        self.woken: Callable[[object, float], None] = lambda order, now: None
        self.level: list[int] = plan.reorder_point.tolist()
        self.quantity: list[int] = plan.order_quantity.tolist()
        self.up_to: list[int] = plan.order_up_to.tolist()
        self.supplier: list[int] = plan.supplier.tolist()
        self.continuous = plan.rule not in ("none", "RS") and not plan.review_times_s
        self.free: list[int] = plan.on_hand.tolist()

    def open(self, daily_units: NDArray[np.float64]) -> None:
        """Set the stock of clock zero, and the deliveries on the way with it.

        Parameters
        ----------
        daily_units
            Expected demand per SKU and day, shape (n_skus,), for the stationary start.
        """
        if self.plan.start == "steady" and self.plan.rule != "none":
            self._draw_steady(daily_units)
        self.trace.stock_start = np.array(self.free, dtype=np.int64)
        for time_s in self.plan.review_times_s:
            self.engine.call_at(time_s, Rank.DECIDE, self.review)
        if self.continuous and self.plan.start != "steady":
            self.review(0.0)

    def take(self, sku: int, units: int, now: float) -> None:
        """Reserve units that are free."""
        self.free[sku] -= units
        self.moves.add(sku, RESERVED, units, now)
        if self.continuous:
            self.replenish(sku, now)

    def want(self, order: object, sku: int, units: int, now: float) -> None:
        """Let an order wait for units."""
        self.backlog[sku] += units
        self.waiting.setdefault(sku, deque()).append((order, units))
        self.moves.add(sku, StockMove.BACKORDERED, units, now)
        if self.continuous:
            self.replenish(sku, now)

    def position(self, sku: int) -> int:
        """Inventory position: free + on order - backordered."""
        return self.free[sku] + self.on_order[sku] - self.backlog[sku]

    def review(self, now: float) -> None:
        """Look at every SKU."""
        for sku in range(len(self.free)):
            self.replenish(sku, now)

    def replenish(self, sku: int, now: float) -> None:
        """Order if the rule says so."""
        short = self.level[sku] - self.position(sku)
        rule = self.plan.rule
        if rule == "rq":
            if short < 0:
                return
            lot = max(self.quantity[sku], 1)
            units = lot * (short // lot + 1)
        elif rule == "sS":
            if short < 0:
                return
            units = self.up_to[sku] - self.position(sku)
        else:
            units = self.up_to[sku] - self.position(sku)
        if units > 0 and self.supplier[sku] >= 0:
            self.order(sku, units, now)

    def order(self, sku: int, units: int, now: float, arrives_s: float | None = None) -> None:
        """Send a replenishment order to the SKU's supplier."""
        supplier = self.plan.suppliers[self.supplier[sku]]
        units = max(units, supplier.min_order)
        delivery = SupplierDelivery(self.n_deliveries, sku, self.supplier[sku], units, now)
        self.n_deliveries += 1
        self.n_ordered[sku] += 1
        self.on_order[sku] += units
        self.moves.add(sku, StockMove.ORDERED, units, now)
        due_s = self._arrival_s(sku, now) if arrives_s is None else arrives_s
        self.due_s[sku] = due_s
        if due_s <= now:
            self._at_dock(delivery, now)
        else:
            self.engine.call_at(due_s, Rank.COMPLETE, lambda time_s: self._at_dock(delivery, time_s))

    def _arrival_s(self, sku: int, now: float) -> float:
        supplier = self.plan.suppliers[self.supplier[sku]]
        u = self.streams.hashed_uniform("lead_time", sku, self.n_ordered[sku])
        lead_s = supplier.lead_time.quantile_one(u)
        if supplier.calendar is None:
            return now + lead_s
        day = supplier.calendar.add(self.days.of(now), max(1, ceil(lead_s / DAY_S - 1e-9)))
        return max(now, self.days.midnight_s[day] + MORNING_S)

    def _at_dock(self, delivery: SupplierDelivery, now: float) -> None:
        delivery.arrived_s = now
        self.moves.add(delivery.sku, StockMove.ARRIVED, delivery.units, now)
        self.arrive(delivery, now)

    def put_away(self, delivery: SupplierDelivery, now: float) -> None:
        """Goods are on the shelf: those who wait come first, in their order."""
        sku, units = delivery.sku, delivery.units
        self.trace.tables["deliveries"].add(
            delivery.row,
            sku,
            delivery.supplier,
            units,
            delivery.ordered_s,
            delivery.arrived_s,
            now,
        )
        self.moves.add(sku, StockMove.PUT_AWAY, units, now)
        self.on_order[sku] -= units
        self.free[sku] += units
        queue = self.waiting.get(sku)
        while queue and queue[0][1] <= self.free[sku]:
            order, wanted = queue.popleft()
            self.backlog[sku] -= wanted
            self.free[sku] -= wanted
            self.moves.add(sku, StockMove.RESERVED, wanted, now)
            self.woken(order, now)

    def _draw_steady(self, daily_units: NDArray[np.float64]) -> None:
        """Inventory position by its stationary law, and matching deliveries on the way.

        One lead time ago the position was uniform on r+1 .. r+q (order multiples; taken likewise for s+1 .. S) or at
        the order-up-to level; since then a Poisson number of units was asked for (Zipkin 2000, section 6.5).
        Orders were placed where the position crossed the reorder point, evenly through the lead time.
        """
        from scipy import special

        plan, sku = self.plan, np.arange(len(self.free))
        lead_days = np.array([s.lead_time.mean for s in plan.suppliers] + [0.0])[plan.supplier] / DAY_S
        u_position = self.streams.hashed_uniforms("initial_stock", sku, 0)
        u_demand = self.streams.hashed_uniforms("initial_stock", sku, 1)
        span = np.where(plan.rule == "rq", plan.order_quantity, plan.order_up_to - plan.reorder_point)
        if plan.rule in ("RS", "base_stock"):
            before = plan.order_up_to.astype(float)
            level, lot = plan.order_up_to - 1, np.ones_like(plan.order_up_to)
        else:
            lot = np.maximum(span, 1)
            level = plan.reorder_point
            before = level + 1 + np.floor(u_position * lot)
        demand = _poisson(special, u_demand, daily_units * np.maximum(lead_days, 0.0))
        net = (before - demand).astype(np.int64)
        n_lots = np.where(net <= level, (level - net) // lot + 1, 0)
        n_lots = np.where(plan.supplier >= 0, n_lots, 0)
        for index in np.flatnonzero(n_lots).tolist():
            self._send_lots(index, int(n_lots[index]), int(lot[index]), float(lead_days[index]) * DAY_S)
        # Whoever would be waiting at clock zero was served before it: a shortage starts as an empty shelf.
        self.free[:] = np.maximum(net, 0).tolist()

    def _send_lots(self, sku: int, n_lots: int, lot: int, lead_s: float) -> None:
        """Deliveries under way at clock zero, arriving evenly through one lead time."""
        if self.plan.rule in ("RS", "base_stock"):
            n_lots, lot = 1, n_lots * lot
        for place in range(n_lots):
            self.order(sku, lot, 0.0, max(1.0, float(int(lead_s * (place + 0.5) / n_lots))))


def _poisson(special: Any, u: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Poisson quantiles, vectorized; 0 where the mean is 0."""
    positive = np.maximum(mean, 1e-12)
    count = np.ceil(special.pdtrik(u, positive))
    return np.where(mean > 0, np.maximum(np.nan_to_num(count), 0.0), 0.0)


def daily_units(world: World, tape: Tape) -> NDArray[np.float64]:
    """Expected units per SKU and day: by the channels' rates and the catalog's popularity, or by a history's counts."""
    assert world.catalog is not None
    n_skus, days = len(world.catalog), max(world.days.n_run, 1)
    if world.demand.history is not None:
        history = world.demand.history
        counts = np.bincount(history.sku, weights=history.quantity, minlength=n_skus)
        span = (history.arrival_s[-1] - history.arrival_s[0]) / DAY_S if len(history.arrival_s) > 1 else 1.0
        return np.asarray(counts / max(span, 1.0))
    units = 0.0
    for channel in world.demand.channels:
        arrivals, content = channel.arrivals, channel.content
        per_day = arrivals.expected.sum() / days
        if arrivals.headway is not None:
            per_day = DAY_S / arrivals.headway.mean
        if arrivals.orders_per_arrival is not None:
            per_day *= arrivals.orders_per_arrival.mean
        units += per_day * (content.lines.mean if content.lines else 0.0) * content.units.mean
    return np.asarray(units * world.catalog.popularity / world.catalog.popularity.sum())
