"""Where the goods really lie: forward slots, the reserve behind them, and who brings the one to the other.

`fulfillsim.sim.stock` keeps the books (what is free, reserved, on order); here units are counted that pickers can take.
A tour takes its goods when it sets out, so that of two tours the first one gets them; what it does not find is told
when it comes back (`AtSlots`). Only scenarios with forward slots, or with records that may be wrong
(`fulfillsim.sim.record_errors`), have this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from fulfillsim.domain.records import ShortPick, SlotMove
from fulfillsim.domain.slots import NO_LIMIT, Forward
from fulfillsim.sim.engine import Item
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.purchasing import SupplierDelivery
from fulfillsim.sim.short_lines import Lines, ShortLines
from fulfillsim.sim.walking import TourTime

URGENT, AHEAD = 0.0, 1.0
"""Ranks of replenishments: somebody waits for the goods, or somebody soon will."""
KINDS = {"wait": ShortPick.WAIT, "split": ShortPick.BACKORDER, "cancel": ShortPick.PARTIAL}


class Refill(Item):
    """Units of a SKU that shall be brought from the reserve to its slot."""

    __slots__ = ("asked_s", "sku", "units")

    def __init__(self, row: int, rank: float, sku: int, units: int, asked_s: float) -> None:
        super().__init__(row, rank)
        self.sku, self.units, self.asked_s = sku, units, asked_s


class Waiter:
    """A line of an order (or a part of it) that waits for its goods at the slot; ``again`` takes the order in then."""

    __slots__ = ("again", "order", "rank", "row", "sku", "units")

    def __init__(self, order: Order, sku: int, units: int, again: Intake) -> None:
        self.order, self.sku, self.units, self.again = order, sku, units, again
        self.rank, self.row = order.rank, order.row


class Slots:
    """Units that lie in the building, by SKU.

    Attributes
    ----------
    forward, reserve
        Units in the slot, and behind it; without a slot of its own all of a SKU counts as forward.
    wanted
        Units of released orders that are not on a cart yet; only where the rule looks at demand.
    refills
        SKU -> its replenishment under way.
    waiting
        SKU -> lines that wait for the slot, first come first.
    unfound
        Orders on tours -> lines that were not at their slot when the tour set out.
    set_aside
        Orders (or parts) whose goods are taken already.
    """

    def __init__(self, model: Model, plan: Forward) -> None:
        self.model, self.plan = model, plan
        self.capacity: list[int] = plan.capacity.tolist()
        self.minimum: list[int] = plan.minimum.tolist()
        n = len(self.capacity)
        self.forward, self.reserve, self.wanted = [0] * n, [0] * n, [0] * n
        self.n_refills = [0] * n
        self.n_tasks = 0
        self.refills: dict[int, Refill] = {}
        self.waiting: dict[int, deque[Waiter]] = {}
        self.unfound: dict[Order, Lines] = {}
        self.set_aside: set[Order] = set()
        self.fetches = plan.when_empty == "reserve"
        self.by_demand = plan.rule == "demand"
        self.moves, self.shorts = model.trace.tables["slot_moves"], model.trace.tables["shorts"]
        self.station: Any = plan.replenishment and model.station(plan.replenishment, self._refilled, "task")

    def open(self, stock: Any) -> None:
        """Fill the slots of clock zero from what is there."""
        self.fill(stock.free)

    def fill(self, on_hand: list[int]) -> None:
        """Lay all units where they belong."""
        self.forward = [min(units, most) for units, most in zip(on_hand, self.capacity, strict=True)]
        self.reserve = [units - there for units, there in zip(on_hand, self.forward, strict=True)]
        trace = self.model.trace
        trace.forward_start, trace.reserve_start = np.array(self.forward, np.int64), np.array(self.reserve, np.int64)

    def put_away(self, delivery: SupplierDelivery, now: float) -> None:
        """Take goods in from the dock."""
        sku, units = delivery.sku, delivery.units
        if self.capacity[sku] == NO_LIMIT:
            self.forward[sku] += units
        else:
            self.reserve[sku] += units
            self.look(sku, now)

    def issue(self, sku: int, units: int, now: float) -> None:
        """Let goods leave for a bench: from the reserve as far as it goes."""
        n_reserve = min(units, self.reserve[sku])
        self.wanted[sku] += units if self.by_demand else 0
        self._leave(sku, units - n_reserve, n_reserve, now)

    def fetched(self, again: Intake) -> Intake:
        """Intake of what was taken from its slot already and has to be fetched from elsewhere."""

        def intake(order: Order, now: float) -> None:
            self.set_aside.add(order)
            again(order, now)

        return intake

    def announced(self, intake: Intake) -> Intake:
        """Look at the demand of orders as they are released."""
        if not self.by_demand:
            return intake

        def announce(order: Order, now: float) -> None:
            if not order.n_attempts:
                for sku, units in order.lines:
                    self.wanted[sku] += units
                    self.look(sku, now)
            intake(order, now)

        return announce

    # --- picking ------------------------------------------------------------------------------------------------

    def timed(self, usual: TourTime) -> TourTime:
        """Let a tour take its goods as it sets out; fetching from the reserve makes it longer."""
        reserve_pick_s = self.plan.reserve_pick_s

        def timed(orders: list[Order]) -> tuple[float, float, float, float]:
            now = self.model.engine.now
            n_fetched = sum(self._take(order, now) for order in orders)
            metres, setup_s, walk_s, search_s = usual(orders)
            return metres, setup_s, walk_s, search_s + n_fetched * reserve_pick_s

        return timed

    def _take(self, order: Order, now: float) -> int:
        """Put an order's goods on the cart; returns how many lines come from the reserve."""
        if order in self.set_aside:
            self.set_aside.remove(order)
            return 0
        if order.n_attempts:  # what is picked anew replaces what goes back
            return 0
        missing, n_fetched = [], 0
        for line in order.lines:
            sku, units = line
            if self.forward[sku] >= units:
                self._leave(sku, units, 0, now)
            elif self.in_building(sku) >= units and (self.fetches or units > self.capacity[sku]):
                n_fetched += 1
                self.shorts.add(order.row, sku, ShortPick.RESERVE, units, self.in_building(sku), now)
                fetched = min(units, self.reserve[sku])
                self._leave(sku, units - fetched, fetched, now)
            else:
                missing.append(line)
        if missing:
            self.unfound[order] = missing
        return n_fetched

    def in_building(self, sku: int) -> int:
        """Units of a SKU at its slot and behind it."""
        return self.forward[sku] + self.reserve[sku]

    def _leave(self, sku: int, n_forward: int, n_reserve: int, now: float) -> None:
        """Let units leave the slot and the reserve."""
        self.forward[sku] -= n_forward
        self.reserve[sku] -= n_reserve
        if n_forward:
            self.moves.add(sku, SlotMove.TAKEN, n_forward, now)
        if n_reserve:
            self.moves.add(sku, SlotMove.TAKEN_FROM_RESERVE, n_reserve, now)
        if self.by_demand:
            self.wanted[sku] -= n_forward + n_reserve
        self.look(sku, now)

    # --- replenishment ------------------------------------------------------------------------------------------

    def wait(self, order: Order, again: Intake, now: float) -> None:
        """Let an order (or a part) wait until each of its lines can be set aside at its slot."""
        order.n_missing = len(order.lines)
        for sku, units in order.lines:
            self.join(Waiter(order, sku, units, again), now)

    def join(self, waiter: Waiter, now: float) -> None:
        """Let a line wait at its slot."""
        self.waiting.setdefault(waiter.sku, deque()).append(waiter)
        self._serve(waiter.sku, now)
        self.look(waiter.sku, now)

    def or_join(self, woken: Callable[[Any, float], None]) -> Callable[[Any, float], None]:
        """Whom stock wakes when goods have come: orders that wait for them."""
        return woken

    def look(self, sku: int, now: float) -> None:
        """Ask for goods from the reserve if the slot needs them."""
        there, room = self.forward[sku], self.capacity[sku] - self.forward[sku]
        is_urgent = bool(self.waiting.get(sku)) or (self.by_demand and self.wanted[sku] > there)
        if sku in self.refills:
            if is_urgent:
                self._hurry(self.refills[sku])
        elif self.reserve[sku] > 0 and room > 0 and (is_urgent or there <= self.minimum[sku]):
            self._ask(sku, min(room, self.reserve[sku]), URGENT if is_urgent else AHEAD, now)

    def _ask(self, sku: int, units: int, rank: float, now: float) -> None:
        plan, model = self.plan, self.model
        refill = Refill(self.n_tasks, rank, sku, units, now)
        self.n_tasks += 1
        self.n_refills[sku] += 1
        self.refills[sku] = refill
        assert plan.replenishment is not None and plan.replenishment.time is not None, "units lie behind a slot"
        purpose = f"work:{plan.replenishment.name}"
        content = model.book.content(plan.replenishment.time, purpose, model.stock.keys[sku], self.n_refills[sku])
        refill.work = (content + plan.per_unit_s * units,)
        self.station.offer(refill, now)

    def _hurry(self, refill: Refill) -> None:
        """Put a replenishment that waits before those for which nobody waits."""
        if refill.rank > URGENT and refill.worker is None:
            self.station.queue.remove(refill)
            refill.rank = URGENT
            self.station.queue.push(refill)

    def _refilled(self, refill: Refill, now: float) -> None:
        """Goods are at the slot: lines that wait come first, in their order."""
        sku = refill.sku
        del self.refills[sku]
        units = min(refill.units, self.reserve[sku])
        self.reserve[sku] -= units
        self.forward[sku] += units
        self.moves.add(sku, SlotMove.REPLENISHED, units, now)
        self.model.trace.tables["replenishments"].add(refill.row, sku, units, refill.asked_s, now)
        self._serve(sku, now)
        self.look(sku, now)

    def _serve(self, sku: int, now: float) -> None:
        """Set goods aside for those who wait, in their order."""
        queue = self.waiting.get(sku)
        while queue and (taken := self._can_give(sku, queue[0].units)):
            waiter = queue.popleft()
            self._leave(sku, *taken, now)
            waiter.order.n_missing -= 1
            if waiter.order.n_missing == 0:
                self.set_aside.add(waiter.order)
                waiter.again(waiter.order, now)

    def _can_give(self, sku: int, units: int) -> tuple[int, int] | None:
        """Units from the slot and from the reserve that fill a line; None if it has to wait."""
        if units <= self.forward[sku]:
            return units, 0
        if units > self.capacity[sku] and units <= self.in_building(sku):
            fetched = min(units, self.reserve[sku])
            return units - fetched, fetched
        return None


Collected = Callable[[Order, Any, float], None]
"""Takes an order (or a part) that comes back from a tour, with the worker and the time."""


class AtSlots:
    """What one picking zone does about lines that were not at their slot.

    Parameters
    ----------
    picked
        Where picked orders (or parts of them) go.
    collected
        Looks at what was found first, for other errors at the shelf.
    again
        Takes in what has to be picked on a later tour.
    """

    def __init__(self, model: Model, slots: Slots, picked: Intake, collected: Collected, again: Intake) -> None:
        self.model, self.slots, self.picked, self.onward, self.again = model, slots, picked, collected, again
        self.ways = ShortLines(model, self._found)
        self.worker: Any = None
        self.kind = KINDS.get(slots.plan.when_empty, ShortPick.WAIT)
        self.cope = {ShortPick.WAIT: self._wait, ShortPick.BACKORDER: self._split, ShortPick.PARTIAL: self._cancel}

    def collected(self, order: Order, worker: Any, now: float) -> None:
        """An order (or a part of it) comes back from a tour."""
        self.worker = worker
        missing = self.slots.unfound.pop(order, None)
        if missing is None:
            self.onward(order, worker, now)
        else:
            self.not_found(order, missing, now)

    def not_found(self, order: Order, missing: Lines, now: float) -> None:
        """Some lines were not at their slot, and their goods lie behind it."""
        self.tell(order, missing, self.kind, now)
        self.cope[self.kind](order, missing, now)

    def tell(self, order: Order, missing: Lines, kind: ShortPick, now: float) -> None:
        """Write down what was missing, and how much of it lay elsewhere."""
        for sku, units in missing:
            self.slots.shorts.add(order.row, sku, kind, units, self.slots.in_building(sku), now)

    def _found(self, order: Order, now: float) -> None:
        """What the tour did bring."""
        if order.lines:
            self.onward(order, self.worker, now)
        else:
            self.picked(order, now)

    def _wait(self, order: Order, missing: Lines, now: float) -> None:
        self.slots.wait(self.ways.in_parts(order, missing, now), self.again, now)

    def _split(self, order: Order, missing: Lines, now: float) -> None:
        rest = self.ways.rest(order, missing, now)
        rest.n_parts = 1
        self.slots.wait(rest, self.again, now)

    def _cancel(self, order: Order, missing: Lines, now: float) -> None:
        """Give the lines up and their goods back."""
        for sku, units in missing:
            if self.slots.by_demand:
                self.slots.wanted[sku] -= units
            self.model.stock.give_back(sku, units, now)
        self.ways.go_on(order, missing, now)
