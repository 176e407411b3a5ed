"""Reserving goods for orders, and what becomes of an order whose goods are not there.

What an order takes from the shelf are its lines, or the components of those that are kits made to order.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from fulfillsim.domain.assembly import Lines, shelf_lines
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.stock import Inventory
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.stock import Stock

Accept = Callable[[Order, float, float], bool]
"""Promise an order that can be worked on from a time on; false if nobody can deliver it."""


def build_reservation(model: Model, plan: Inventory, stock: Stock, accept: Accept | None, onward: Intake) -> Intake:
    """Reserve, or do with the shortage what the scenario says."""
    (record, pack), free, take = model.milestones.hot, stock.free, stock.take
    allocated, from_shelf = int(Milestone.ALLOCATED), shelf_lines(model.world.assembly)

    def go_on(order: Order, now: float) -> None:
        record(pack(order.row, allocated, now))
        onward(order, now)

    progress, shortage = model.progress, Shortage(model, plan, stock, accept, go_on)

    def intake(order: Order, now: float) -> None:
        wanted = from_shelf(order.lines)
        for sku, units in wanted:
            if free[sku] < units:
                shortage.take_in(order, now)
                return
        if accept is not None and not accept(order, now, now):
            return
        for sku, units in wanted:
            take(sku, units, now)
        record(pack(order.row, allocated, now))
        onward(order, now)

    def woken(order: Order, now: float) -> None:
        order.n_missing -= 1
        if order.n_missing == 0:
            if progress is not None:
                progress.ready(order, now)
            go_on(order, now)

    stock.woken = woken if model.slots is None else model.slots.or_join(woken)  # type: ignore[assignment]
    model.entries["promise"], model.entries["backorder"] = intake, _still_waiting(model, stock)
    return intake


def _still_waiting(model: Model, stock: Stock) -> Intake:
    """Intake of orders that wait for goods when the run begins."""
    snapshot, from_shelf = model.world.snapshot, shelf_lines(model.world.assembly)

    def waits(order: Order, now: float) -> None:
        assert snapshot is not None, "only a run that begins with open orders comes here"
        missing = from_shelf(snapshot.not_set_aside(order.row))
        model.note(order, Milestone.BACKORDERED, now)
        order.n_missing = max(1, len(missing))
        for sku, units in missing:
            stock.ask_again(order, sku, units, now)
        if not missing:
            stock.woken(order, now)

    return waits


class Shortage:
    """What becomes of orders whose goods are not all there.

    Parameters
    ----------
    go_on
        Takes orders whose goods are reserved.
    """

    def __init__(self, model: Model, plan: Inventory, stock: Stock, accept: Accept | None, go_on: Intake) -> None:
        self.model, self.rule, self.stock, self.accept, self.go_on = model, plan.shortage, stock, accept, go_on
        self.from_shelf = shelf_lines(model.world.assembly)

    def take_in(self, order: Order, now: float) -> None:
        """Cancel the order, or let it wait, whole or in part."""
        ready_s = self._ready_s(order, now)
        if ready_s == inf:
            self.model.close(order, Milestone.OUT_OF_STOCK, now)
            return
        if self.accept is not None and not self.accept(order, now, ready_s):
            return
        self.model.note(order, Milestone.BACKORDERED, now)
        if self.model.progress is not None:
            self.model.progress.waits(order, now)
        there, missing = _divided(order.lines, self.from_shelf, self.stock.free)
        if self.rule == "split" and there:
            self._split(order, there, missing, now)
        else:
            self._wait(order, missing, [], now)

    def _ready_s(self, order: Order, now: float) -> float:
        """From when on the order could be worked on as far as its promise goes; infinite if it has to be cancelled."""
        if self.rule == "cancel":
            return inf
        if self.rule != "later":
            return now
        free, available_s = self.stock.free, self.stock.available_s
        return max(available_s(sku, n, now) for sku, n in self.from_shelf(order.lines) if free[sku] < n)

    def _split(self, order: Order, there: Lines, missing: Lines, now: float) -> None:
        """Send what is there on its way, and let the rest wait."""
        work_of = self.model.book.work_of
        rest = order.rest(missing, work_of(order, missing))
        order.work, order.lines = work_of(order, there), there
        self.model.in_two(order)
        promised = self.from_shelf(there)
        self._wait(rest, missing, promised, now)
        for sku, units in promised:
            self.stock.take(sku, units, now)
        self.go_on(order, now)

    def _wait(self, order: Order, missing: Lines, promised: Lines, now: float) -> None:
        """Let an order wait for what it lacks, and reserve its other goods; some are promised already."""
        stock, wanted, claimed = self.stock, self.from_shelf(order.lines), dict(promised)
        lacking = [(sku, units) for sku, units in wanted if stock.free[sku] - claimed.get(sku, 0) < units]
        order.n_missing = len(lacking)
        kind = StockMove.BACKORDERED
        if wanted is not order.lines:
            kind = StockMove.LACKING
            for sku, units in missing:
                stock.lack(order, sku, units, now)
        for sku, units in lacking:
            stock.want(order, sku, units, now, kind)
        for sku, units in wanted:
            if (sku, units) not in lacking:
                stock.take(sku, units, now)


def _divided(lines: Lines, from_shelf: Callable[[Lines], Lines], free: list[int]) -> tuple[Lines, Lines]:
    """Lines whose goods are all there, one after the other, and the others."""
    there, missing = [], []
    claimed: dict[int, int] = {}
    for line in lines:
        wanted = from_shelf([line])
        if all(free[sku] - claimed.get(sku, 0) >= units for sku, units in wanted):
            there.append(line)
            for sku, units in wanted:
                claimed[sku] = claimed.get(sku, 0) + units
        else:
            missing.append(line)
    return there, missing
