"""Stock on the shelf, who waits for it, and when more is ordered.

``free`` is what may still be promised: on hand less reserved. The inventory position counts what is on order:
free + on order - backordered.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from math import ceil, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.records import StockMove
from fulfillsim.domain.stock import Inventory, Supplier
from fulfillsim.domain.world import World
from fulfillsim.sim.engine import Engine, Item, Rank
from fulfillsim.sim.trace import Trace
from fulfillsim.tape import Tape

RESERVED = int(StockMove.RESERVED)
MORNING_S = 7 * 3600.0


class SupplierDelivery(Item):
    """Goods of one SKU on their way from a supplier to the shelf; ``due_s`` is when they are expected at the dock.

    ``keys`` are what its chances are drawn by: its SKU, and how many orders for it came before.
    """

    __slots__ = ("arrived_s", "due_s", "keys", "ordered_s", "sku", "supplier", "units")
    keys: tuple[int, int]

    def __init__(self, row: int, sku: int, supplier: int, units: int, ordered_s: float, due_s: float) -> None:
        super().__init__(row)
        self.sku, self.supplier, self.units = sku, supplier, units
        self.ordered_s, self.arrived_s, self.due_s = ordered_s, ordered_s, due_s


class Stock:
    """Units of every SKU; plain lists by SKU number, because single figures change all the time.

    Attributes
    ----------
    free, on_order, backlog
        Units, by SKU.
    inbound
        SKU -> its deliveries that are not on the shelf yet.
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
        self.n_ordered = [0] * n
        self.keys: list[int] = world.catalog.keys.tolist() if world.catalog else list(range(n))
        self.n_deliveries = 0
        self.inbound: dict[int, list[SupplierDelivery]] = {}
        self.waiting: dict[int, deque[tuple[object, int]]] = {}
        self.arrive: Callable[[SupplierDelivery, float], None] = self.put_away
        self.woken: Callable[[object, float], None] = lambda order, now: None
        self.level: list[int] = plan.reorder_point.tolist()
        self.lot = self._lots(plan)
        self.quantity: list[int] = self.lot.tolist()
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

    def ask_again(self, order: object, sku: int, units: int, now: float) -> None:
        """Give an order units instead of some that were not at their slot: at once if others are free, or it waits."""
        if self.free[sku] < units or self.waiting.get(sku):
            self.want(order, sku, units, now)
        else:
            self.take(sku, units, now)
            self.woken(order, now)

    def position(self, sku: int) -> int:
        """Inventory position: free + on order - backordered."""
        return self.free[sku] + self.on_order[sku] - self.backlog[sku]

    def available_s(self, sku: int, units: int, now: float) -> float:
        """When units beyond all that is promised should be there: on hand - reserved + inbound by date.

        What is free and what is on order, by expected date, goes to those who wait first. What exceeds it is ordered
        as soon as the rule looks, and takes the supplier's mean lead time; infinite where nobody would order.
        """
        missing = self.backlog[sku] + units - self.free[sku]
        there_s = now
        for delivery in sorted(self.inbound.get(sku, ()), key=lambda delivery: delivery.due_s):
            if missing <= 0:
                break
            there_s = max(there_s, delivery.due_s)
            missing -= delivery.units
        return there_s if missing <= 0 else max(there_s, self._reordered_s(sku, now))

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
            lot = self.quantity[sku]
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
        self.n_ordered[sku] += 1
        keys = self.keys[sku], self.n_ordered[sku]
        if arrives_s is None:
            u = self.streams.hashed_uniform("lead_time", *keys)
            arrives_s = self._arrival_s(supplier, now, supplier.lead_time.quantile_one(u))
            due_s = self._arrival_s(supplier, now, supplier.lead_time.mean)
        else:
            due_s = arrives_s
        for delay in supplier.delays:
            if late_s := delay.at(arrives_s):
                arrives_s = self._arrival_s(supplier, arrives_s, late_s)
        delivery = SupplierDelivery(self.n_deliveries, sku, self.supplier[sku], units, now, due_s)
        delivery.keys = keys
        self.n_deliveries += 1
        self.inbound.setdefault(sku, []).append(delivery)
        self.on_order[sku] += units
        self.moves.add(sku, StockMove.ORDERED, units, now)
        if arrives_s <= now:
            self._at_dock(delivery, now)
        else:
            self.engine.call_at(arrives_s, Rank.COMPLETE, lambda time_s: self._at_dock(delivery, time_s))

    def _arrival_s(self, supplier: Supplier, ordered_s: float, lead_s: float) -> float:
        """When an order arrives that takes so long; in the morning of a working day where there is a calendar."""
        if supplier.calendar is None:
            return ordered_s + lead_s
        day = supplier.calendar.add(self.days.of(ordered_s), max(1, ceil(lead_s / DAY_S - 1e-9)))
        return max(ordered_s, self.days.second(day, MORNING_S))

    def _reordered_s(self, sku: int, now: float) -> float:
        """When goods should arrive that are ordered at the rule's next look."""
        if self.supplier[sku] < 0 or self.plan.rule == "none":
            return inf
        if not self.continuous:
            reviews = self.plan.review_times_s
            place = bisect_left(reviews, now)
            if place == len(reviews):
                return inf
            now = reviews[place]
        supplier = self.plan.suppliers[self.supplier[sku]]
        return self._arrival_s(supplier, now, supplier.lead_time.mean)

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
        self.inbound[sku].remove(delivery)
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

        plan = self.plan
        lead_days = np.array([s.lead_time.mean for s in plan.suppliers] + [0.0])[plan.supplier] / DAY_S
        u_position = self.streams.hashed_uniforms("initial_stock", self.keys, 0)
        u_demand = self.streams.hashed_uniforms("initial_stock", self.keys, 1)
        span = np.where(plan.rule == "rq", self.lot, plan.order_up_to - plan.reorder_point)
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

    def _lots(self, plan: Inventory) -> NDArray[np.int64]:
        """Order quantity per SKU, raised to what its supplier delivers at least."""
        least = np.array([*(supplier.min_order for supplier in plan.suppliers), 1])[plan.supplier]
        lots: NDArray[np.int64] = np.maximum(plan.order_quantity, least)
        return lots

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
    history, popularity = world.demand.history, world.catalog.popularity
    if history is not None:
        counts = np.bincount(history.sku, weights=history.quantity, minlength=len(world.catalog))
        span = (history.arrival_s[-1] - history.arrival_s[0]) / DAY_S if len(history.arrival_s) > 1 else 1.0
        return np.asarray(counts / max(span, 1.0))
    units = 0.0
    for channel in world.demand.channels:
        lines = channel.content.lines.mean if channel.content.lines else 0.0
        units += channel.arrivals.orders_per_day(world.days) * lines * channel.content.units.mean
    return np.asarray(units * popularity / popularity.sum())
