"""Stock on the shelf, who waits for it, and when more is ordered.

``free`` is what may still be promised: on hand less reserved. The inventory position counts what is on order:
free + on order - backordered.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import StockMove
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.world import World
from fulfillsim.sim.engine import Engine, Rank
from fulfillsim.sim.purchasing import Purchasing, SupplierDelivery
from fulfillsim.sim.trace import Trace
from fulfillsim.tape import Tape

RESERVED = int(StockMove.RESERVED)
NO_SUPPLIER = -1
"""In place of a supplier's index: goods from a bench, or from a customer."""


class Stock:
    """Units of every SKU; plain lists by SKU number, because single figures change all the time.

    Attributes
    ----------
    free, on_order, backlog
        Units, by SKU.
    trigger
        Inventory position of each SKU at which, or below which, the rule orders.
    inbound
        SKU -> its deliveries that are not on the shelf yet.
    waiting
        SKU -> orders that wait for it, with the units they need, in the order in which they get it.
    arrive
        Called with a `SupplierDelivery` that reaches the dock.
    shelve
        Called with goods that only have to be put away.
    kits
        Opens work orders for kits made to stock (`fulfillsim.sim.work_orders`); None where there are none.
    """

    def __init__(self, world: World, plan: Inventory, tape: Tape, engine: Engine, trace: Trace) -> None:
        self.plan, self.engine, self.trace, self.days = plan, engine, trace, world.days
        self.streams = tape.streams
        self.moves, self.backorders = trace.tables["stock"], trace.tables["backorders"]
        self._record, self._pack = self.moves.hot
        n = len(plan.on_hand)
        self.on_order, self.backlog = [0] * n, [0] * n
        self.keys: list[int] = world.catalog.keys.tolist() if world.catalog else list(range(n))
        price = world.catalog.price.tolist() if world.catalog else [0.0] * n
        self.purchasing = Purchasing(plan, world.days, trace, tape.streams, self.keys, price)
        self.inbound: dict[int, list[SupplierDelivery]] = {}
        self.waiting: dict[int, deque[tuple[Any, int]]] = {}
        self.arrive: Callable[[SupplierDelivery, float], None] = self.put_away
        self.shelve: Callable[[SupplierDelivery, float], None] = self.put_away
        self.kits: Any = None
        self.woken: Callable[[object, float], None] = lambda order, now: None
        self.lot = self._lots(plan)
        self.quantity: list[int] = self.lot.tolist()
        self.up_to: list[int] = plan.order_up_to.tolist()
        by_level = plan.rule in ("rq", "sS")
        self.trigger: list[int] = (plan.reorder_point if by_level else plan.order_up_to - 1).tolist()
        self.supplier: list[int] = plan.supplier.tolist()
        self.continuous = plan.rule not in ("none", "RS") and not plan.review_times_s
        self.free: list[int] = plan.on_hand.tolist()

    def open(self) -> None:
        """Begin with what is on the shelf now, and let the rule look."""
        self.trace.stock_start = np.array(self.free, dtype=np.int64)
        for time_s in self.plan.review_times_s:
            self.engine.call_at(time_s, Rank.DECIDE, self.review)
        if self.continuous and self.plan.start == "given":
            self.review(0.0)

    def take(self, sku: int, units: int, now: float) -> None:
        """Reserve units that are free."""
        self.free[sku] -= units
        record, pack = self._record, self._pack
        record(pack(sku, RESERVED, units, now))
        if self.continuous:
            self.replenish(sku, now)

    def set_aside(self, sku: int, units: int, now: float) -> None:
        """Reserve units of an order that is open when the run begins: what the rule orders for it is under way."""
        self.free[sku] -= units
        self.moves.add(sku, RESERVED, units, now)

    def want(self, order: object, sku: int, units: int, now: float, kind: StockMove = StockMove.BACKORDERED) -> None:
        """Let an order wait for units; ``kind`` says whether a customer asked for them or a kit."""
        self.backlog[sku] += units
        queue = self.waiting.setdefault(sku, deque())
        if self.plan.waiting == "priority":
            insort(queue, (order, units), key=_rank)
        else:
            queue.append((order, units))
        if kind == StockMove.BACKORDERED:
            self.lack(order, sku, units, now)
        else:
            self.moves.add(sku, kind, units, now)
        if self.continuous:
            self.replenish(sku, now)

    def lack(self, order: Any, sku: int, units: int, now: float) -> None:
        """Write down that units which a customer asked for are not there."""
        self.moves.add(sku, StockMove.BACKORDERED, units, now)
        self.backorders.add(order.row, sku, units, now)

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
        """Look at every SKU; at kits before what they hold, so that work orders have reserved their components."""
        kits = self.kits.top_down if self.kits is not None else ()
        for sku in kits:
            self.engine.at(now, Rank.DECIDE, self.replenish, sku)
        if kits:
            self.engine.call_at(now, Rank.DECIDE, self._review_all)
        else:
            self._review_all(now)

    def _review_all(self, now: float) -> None:
        for sku in range(len(self.free)):
            self.replenish(sku, now)

    def replenish(self, sku: int, now: float) -> None:
        """Order if the rule says so."""
        position = self.free[sku] + self.on_order[sku] - self.backlog[sku]
        if position > self.trigger[sku]:
            return
        units = self.up_to[sku] - position
        if self.plan.rule == "rq":
            lot = self.quantity[sku]
            units = lot * ((self.trigger[sku] - position) // lot + 1)
        if units <= 0:
            return
        if self.supplier[sku] >= 0:
            self.order(sku, units, now)
        elif self.kits is not None and self.kits.makes(sku):
            self.kits.open(sku, units, now)

    def order(self, sku: int, units: int, now: float) -> None:
        """Send a replenishment order to a supplier of the SKU."""
        for delivery in self.purchasing.place(sku, units, now):
            self.expect(delivery, now)

    def expect(self, delivery: SupplierDelivery, now: float) -> None:
        """Count a delivery that has been ordered, and wait for it."""
        self.count(delivery, now)
        self._await(delivery, now)

    def count(self, delivery: SupplierDelivery, now: float) -> None:
        """Count goods that are to come, from a supplier or a bench."""
        self.moves.add(delivery.sku, StockMove.ORDERED, delivery.units, now)
        self.on_order[delivery.sku] += delivery.units
        self.inbound.setdefault(delivery.sku, []).append(delivery)

    def _await(self, delivery: SupplierDelivery, now: float) -> None:
        if delivery.arrives_s <= now:
            self._at_dock(delivery, now)
        else:
            self.engine.call_at(delivery.arrives_s, Rank.COMPLETE, lambda time_s: self._at_dock(delivery, time_s))

    def _reordered_s(self, sku: int, now: float) -> float:
        """When goods should arrive that are ordered at the rule's next look."""
        is_made = self.kits is not None and self.kits.makes(sku)
        if (self.supplier[sku] < 0 and not is_made) or self.plan.rule == "none":
            return inf
        if not self.continuous:
            reviews = self.plan.review_times_s
            place = bisect_left(reviews, now)
            if place == len(reviews):
                return inf
            now = reviews[place]
        if is_made:
            when_s: float = self.kits.shelf_s(sku, now)
            return when_s
        return now + self.purchasing.offer(sku, now).lead_s

    def _at_dock(self, delivery: SupplierDelivery, now: float) -> None:
        """What has come goes to the shelf; what has not follows or is cancelled, and then the rule looks again."""
        sku, n_missing = delivery.sku, delivery.n_missing
        delivery.arrived_s, delivery.units = now, delivery.units - n_missing
        self.purchasing.arrived(delivery, now)
        if delivery.units:
            self.moves.add(sku, StockMove.ARRIVED, delivery.units, now)
            (self.arrive if delivery.supplier >= 0 else self.shelve)(delivery, now)
        else:
            self.inbound[sku].remove(delivery)
        if n_missing:
            self._short(delivery, now)

    def _short(self, delivery: SupplierDelivery, now: float) -> None:
        sku, rest = delivery.sku, self.purchasing.rest(delivery, now)
        if rest is not None:
            self.inbound[sku].append(rest)
            self._await(rest, now)
            return
        self.on_order[sku] -= delivery.n_missing
        self.moves.add(sku, StockMove.CANCELLED, delivery.n_missing, now)
        if self.continuous:
            self.engine.call_at(now, Rank.DECIDE, lambda time_s: self.replenish(sku, time_s))

    def close(self) -> None:
        """Write down what suppliers have quoted and not delivered yet."""
        on_the_way = [delivery for deliveries in self.inbound.values() for delivery in deliveries]
        for delivery in sorted(on_the_way, key=lambda delivery: delivery.row):
            if delivery.arrived_s <= delivery.ordered_s and delivery.arrives_s > self.engine.now:
                self.purchasing.still_to_come(delivery)

    def put_away(self, delivery: SupplierDelivery, now: float) -> None:
        """Goods are on the shelf."""
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
        self._freed(sku, units, now)

    def come_back(self, sku: int, units: int, keys: tuple[int, ...], now: float) -> None:
        """Put goods away that a customer has sent back; ``keys`` say what the chances of that work are drawn by."""
        delivery = SupplierDelivery(self.purchasing.number(), sku, NO_SUPPLIER, units, now, now)
        delivery.keys, delivery.is_quoted = (self.keys[sku], *keys), False
        self.count(delivery, now)
        self.moves.add(sku, StockMove.ARRIVED, units, now)
        self.shelve(delivery, now)

    def give_back(self, sku: int, units: int, now: float) -> None:
        """Free units that were reserved and not taken."""
        self.moves.add(sku, StockMove.RELEASED, units, now)
        self._freed(sku, units, now)

    def adjust(self, sku: int, units: int, now: float) -> None:
        """Change the record, and with it what is free, by units with sign: goods do not move."""
        self.moves.add(sku, StockMove.ADJUSTED, units, now)
        self._freed(sku, units, now)
        if self.continuous:
            self.replenish(sku, now)

    def _freed(self, sku: int, units: int, now: float) -> None:
        """Units are there to be promised: those who wait come first, in their order."""
        self.free[sku] += units
        queue = self.waiting.get(sku)
        while queue and queue[0][1] <= self.free[sku]:
            order, wanted = queue.popleft()
            self.backlog[sku] -= wanted
            self.free[sku] -= wanted
            self.moves.add(sku, StockMove.RESERVED, wanted, now)
            self.woken(order, now)

    def _lots(self, plan: Inventory) -> NDArray[np.int64]:
        """Order quantity per SKU, raised to what its supplier delivers at least."""
        least = np.array([*(supplier.min_order for supplier in plan.suppliers), 1])[plan.supplier]
        lots: NDArray[np.int64] = np.maximum(plan.order_quantity, least)
        return lots


def _rank(wanted: tuple[Any, int]) -> float:
    """Urgency of one who waits."""
    rank: float = wanted[0].rank
    return rank
