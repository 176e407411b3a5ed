"""Formulas of records: how many of them are right, who counts, and that shelf and record differ by what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import Discrepancy, SlotMove, StockMove
from fulfillsim.errors import SimulationError
from fulfillsim.kpi.facts import Facts, overlap_s
from fulfillsim.kpi.levels import levels_after
from fulfillsim.kpi.measure import ratio
from fulfillsim.kpi.slots import sku_name

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]


def may_differ(world: World) -> bool:
    """Records may differ from the shelf."""
    return world.inventory is not None and world.inventory.records is not None


def accuracy(facts: Facts) -> float:
    """Share of SKUs whose record equals the shelf, on average over the window."""
    n = len(facts.trace.stock_start)
    table = "discrepancies"
    changes = facts.index(table, "sku"), facts.column(table, "units"), facts.column(table, "time_s")
    off = levels_after(np.zeros(n, np.int64), *changes)
    is_last = np.append(off.sku[1:] != off.sku[:-1], True)[: len(off.sku)]
    until_s = np.where(is_last, np.inf, np.append(off.time_s[1:], np.inf)[: len(off.sku)])
    wrong_s = overlap_s(off.time_s, until_s, facts.start_s, facts.end_s)[off.level != 0]
    return 1.0 - ratio(float(wrong_s.sum()), facts.length_s * n)


def n_counts(facts: Facts) -> float:
    """Cycle counts done."""
    return float(facts.inside(facts.column("counts", "done_s")).sum())


def wrong_counts(facts: Facts) -> float:
    """Share of cycle counts that found the record wrong."""
    inside = facts.inside(facts.column("counts", "done_s"))
    return ratio(float((facts.column("counts", "units")[inside] != 0).sum()), float(inside.sum()))


def units_lost(facts: Facts) -> float:
    """Units that vanished from the shelf in the window."""
    lost = facts.column("discrepancies", "kind") == Discrepancy.LOST
    inside = facts.inside(facts.column("discrepancies", "time_s"))
    return float(-facts.column("discrepancies", "units")[lost & inside].sum())


IN_BOOKS: dict[int, float] = {
    StockMove.PUT_AWAY: 1.0,
    StockMove.PICKED: -1.0,
    StockMove.WRITTEN_OFF: -1.0,
    StockMove.ADJUSTED: 1.0,
}
OFF_SHELF: dict[int, float] = {kind: -1.0 for kind in SlotMove if kind is not SlotMove.REPLENISHED}


def on_carts(facts: Facts) -> Floats:
    """Units per SKU that have left the shelf and are still on record at the end of the run, shape (n_skus,)."""
    trace = facts.trace
    record = trace.stock_start + _total(facts, "stock", IN_BOOKS)
    put_away = _total(facts, "stock", {StockMove.PUT_AWAY: 1.0})
    lain = (trace.forward_start + trace.reserve_start).astype(np.float64)
    shelf = lain + put_away + _total(facts, "slot_moves", OFF_SHELF)
    return np.asarray(record + _total(facts, "discrepancies", dict.fromkeys(Discrepancy, 1.0)) - shelf)


def _total(facts: Facts, table: str, signs: dict[int, float]) -> Floats:
    sign = np.zeros(64)
    sign[list(signs)] = list(signs.values())
    change = facts.column(table, "units") * sign[facts.index(table, "kind")]
    return np.asarray(np.bincount(facts.index(table, "sku"), change, minlength=len(facts.trace.stock_start)))


def check_records(facts: Facts) -> None:
    """Pass if record and shelf differ by the known discrepancy, and by nothing but what is on carts.

    Raises
    ------
    SimulationError
        Naming the first SKU of which more was booked out than left the shelf.
    """
    carried = on_carts(facts)
    if (carried < 0).any():
        sku = int(np.argmin(carried))
        rule = f"record and shelf differ by {-carried[sku]:g} units more than their known discrepancy"
        raise SimulationError(rule, None, f"SKU {sku_name(facts.world, sku)}")
