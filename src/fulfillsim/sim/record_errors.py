"""Records that differ from the shelf: how errors come about, how short picks show them, and who counts.

The books of `fulfillsim.sim.stock` go by records; `Slots` knows what is there. All that makes the two differ is chance
that belongs to a SKU and a day, an order's line or a delivery, so that it is the same whatever the policies do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import Discrepancy, ShortPick, SlotMove, StockMove
from fulfillsim.domain.slots import Forward, Records
from fulfillsim.sampling.counts import poisson_quantile
from fulfillsim.sim.counting import Counts
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.purchasing import SupplierDelivery
from fulfillsim.sim.short_lines import Lines, ShortLines, without
from fulfillsim.sim.slots import KINDS, AtSlots, Collected, Slots, Waiter

Ints = NDArray[np.int64]
YEAR_DAYS = 365.0


class UnsureSlots(Slots):
    """Slots whose records may be wrong.

    Attributes
    ----------
    off
        Units on the shelf less units on record, by SKU.
    misbooked
        Row -> {SKU: units booked too many} of the picks that will be booked wrongly.
    """

    def __init__(self, model: Model, forward: Forward, plan: Records) -> None:
        super().__init__(model, forward)
        self.records = plan
        self.off = [0] * len(self.capacity)
        self.errors = model.trace.tables["discrepancies"]
        self.streams = model.tape.streams
        self.misbooked = _misbooked(model, plan.misbooked_prob)
        self.counts = Counts(model, plan.counting, self.in_building, self.correct) if plan.counting else None

    def open(self, stock: Any) -> None:
        """Lay down what is really there at clock zero."""
        self.stock = stock
        record = np.array(stock.free, dtype=np.int64)
        shelf = np.maximum(record + self._first_errors(record, stock.keys), 0)
        self.off = (shelf - record).tolist()
        wrong = np.flatnonzero(shelf != record)
        self.errors.add_block(wrong, int(Discrepancy.START), (shelf - record)[wrong].astype(float), 0.0)
        self.fill(shelf.tolist())
        if self.records.shrinkage_per_year > 0:
            days = self.model.world.days
            for day in range(1, days.n_run):
                self.model.engine.at(days.midnight_s[day], Rank.CAPACITY, self._shrink, days.ordinal(day))
        if self.counts is not None:
            self.counts.begin(stock.keys)

    def _first_errors(self, record: Ints, keys: list[int]) -> Ints:
        plan, hashed = self.records, self.streams.hashed_uniforms
        if plan.wrong_share <= 0:
            return np.zeros_like(record)
        from scipy.special import ndtri

        size = ndtri(hashed("record_error:size", keys)) * plan.error_cv * record
        units = np.sign(size) * np.maximum(np.rint(np.abs(size)), 1.0)
        return np.where(hashed("record_error:wrong", keys) < plan.wrong_share, units, 0.0).astype(np.int64)

    # --- errors -------------------------------------------------------------------------------------------------

    def _shrink(self, day: int, now: float) -> None:
        """Let goods vanish in the night."""
        there = np.array(self.forward) + np.array(self.reserve)
        u = self.streams.hashed_uniforms("record_error:shrinkage", self.stock.keys, day)
        lost = np.minimum(poisson_quantile(u, there * self.records.shrinkage_per_year / YEAR_DAYS), there)
        for sku in np.flatnonzero(lost).tolist():
            units = int(lost[sku])
            behind = min(units, self.reserve[sku])
            self.reserve[sku] -= behind
            self.forward[sku] -= units - behind
            for kind, n in ((SlotMove.LOST_FROM_RESERVE, behind), (SlotMove.LOST, units - behind)):
                if n:
                    self.moves.add(sku, kind, n, now)
            self._differs(sku, Discrepancy.LOST, -units, now)
            self.look(sku, now)

    def put_away(self, delivery: SupplierDelivery, now: float) -> None:
        """Take goods in, and perhaps book one too many or too few."""
        super().put_away(delivery, now)
        prob = self.records.misbooked_prob
        u = self.streams.hashed_uniform("record_error:putaway", *delivery.keys) if prob else 1.0
        if u < prob:
            self.misbook(delivery.sku, 1 if u < prob / 2 else -1, now)

    def booked(self, order: Order, now: float) -> None:
        """The picks of an order (or a part) are booked, perhaps wrongly; each line once."""
        wrong = self.misbooked.get(order.row)
        for sku, _ in order.lines if wrong else ():
            if wrong and sku in wrong:
                self.misbook(sku, wrong.pop(sku), now)

    def misbook(self, sku: int, units: int, now: float) -> None:
        """Change the record by units that are not there."""
        self._differs(sku, Discrepancy.MISBOOKED, -units, now)
        self.stock.adjust(sku, units, now)

    def written_off(self, sku: int, units: int, now: float) -> None:
        """Goods on record that nobody found were taken out of the books."""
        self._differs(sku, Discrepancy.WRITTEN_OFF, units, now)
        if self.records.is_corrected:
            self.correct(sku, now)
        if self.counts is not None:
            self.counts.ask(sku, now, is_urgent=True)

    def correct(self, sku: int, now: float) -> int:
        """Set the record right; returns the units by which it changes."""
        units = self.off[sku]
        if units:
            self._differs(sku, Discrepancy.CORRECTED, -units, now)
            self.stock.adjust(sku, units, now)
        return units

    def _differs(self, sku: int, kind: Discrepancy, units: int, now: float) -> None:
        self.off[sku] += units
        self.errors.add(sku, kind, units, now)

    # --- what is short ------------------------------------------------------------------------------------------

    def look(self, sku: int, now: float) -> None:
        """Ask for a refill; lines that wait for more than there is in the building wait for other goods."""
        super().look(sku, now)
        queue = self.waiting.get(sku)
        while queue and self.in_building(sku) < queue[0].units:
            self.ask_for(queue.popleft(), now)

    def ask_for(self, waiter: Waiter, now: float) -> None:
        """Reserve other goods for a line that waits: what was reserved for it is not there."""
        sku, units = waiter.sku, waiter.units
        self.model.trace.tables["stock"].add(sku, StockMove.WRITTEN_OFF, units, now)
        self.written_off(sku, units, now)
        self.correct(sku, now)  # else the same missing goods would be reserved for it again
        self.stock.ask_again(waiter, sku, units, now)

    def or_join(self, woken: Callable[[Any, float], None]) -> Callable[[Any, float], None]:
        """Whom stock wakes: orders that wait for goods, or lines that go on waiting at their slot."""

        def wake(waiter: Any, now: float) -> None:
            if isinstance(waiter, Waiter):
                self.join(waiter, now)
            else:
                woken(waiter, now)

        return wake


class Unbooked(ShortLines):
    """Ways of going on that take goods which nobody finds out of the records."""

    def __init__(self, model: Model, picked: Intake, slots: UnsureSlots) -> None:
        super().__init__(model, picked)
        self.slots = slots

    def write_off(self, missing: Lines, now: float) -> None:
        """Take what was reserved and is not there out of the books, and perhaps set the record right."""
        super().write_off(missing, now)
        for sku, units in missing:
            self.slots.written_off(sku, units, now)


class AtUnsureSlots(AtSlots):
    """What a picking zone does where records may be wrong: an empty slot may mean that there is nothing behind it."""

    slots: UnsureSlots

    def __init__(self, model: Model, slots: UnsureSlots, picked: Intake, collected: Collected, again: Intake) -> None:
        super().__init__(model, slots, picked, self._booked(collected), again)
        self.short_kind = KINDS[slots.records.when_short]
        self.left: Lines = []
        ways = Unbooked(model, self._after_short, slots)
        self.in_parts = ways.in_parts
        self.cope_short = {
            ShortPick.WAIT: self._wait_for_goods,
            ShortPick.BACKORDER: ways.follow,
            ShortPick.PARTIAL: ways.give_up,
        }[self.short_kind]

    def _booked(self, collected: Collected) -> Collected:
        def booked(order: Order, worker: Any, now: float) -> None:
            self.slots.booked(order, now)
            collected(order, worker, now)

        return booked

    def not_found(self, order: Order, missing: Lines, now: float) -> None:
        """Some lines were not at their slot: nothing is there, or goods lie behind it."""
        short = [line for line in missing if self.slots.in_building(line[0]) < line[1]]
        if not short:
            super().not_found(order, missing, now)
            return
        self.left = without(missing, short)
        self.tell(order, short, self.short_kind, now)
        if self.slots.by_demand and self.short_kind is not ShortPick.WAIT:
            for sku, units in short:
                self.slots.wanted[sku] -= units
        self.cope_short(order, short, now)

    def _after_short(self, order: Order, now: float) -> None:
        """What is left of an order without its short lines."""
        left, self.left = self.left, []
        if left:
            super().not_found(order, left, now)
        else:
            self._found(order, now)

    def _wait_for_goods(self, order: Order, short: Lines, now: float) -> None:
        part = self.in_parts(order, short, now)
        part.n_missing = len(short)
        for sku, units in short:
            self.slots.ask_for(Waiter(part, sku, units, self.again), now)


def _misbooked(model: Model, prob: float) -> dict[int, dict[int, int]]:
    """Row -> {SKU: units} of picks that will be booked with one unit too many or too few on record."""
    tape, found = model.tape, dict[int, dict[int, int]]()
    if not prob or not len(tape.sku):
        return found
    row = np.repeat(np.arange(len(tape)), tape.n_lines)
    catalog = model.world.catalog
    keys = catalog.keys[tape.sku] if catalog is not None else tape.sku
    u = tape.streams.hashed_uniforms("record_error:pick", row, keys)
    wrong = np.flatnonzero(u < prob)
    units = np.where(u[wrong] < prob / 2, 1, -1)
    for order, sku, n in zip(*(column.tolist() for column in (row[wrong], tape.sku[wrong], units)), strict=True):
        found.setdefault(order, {})[sku] = n
    return found
