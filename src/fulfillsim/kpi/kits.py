"""Formulas of kits: how many are made, and how long they wait for components; and that none is made of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import StockMove
from fulfillsim.errors import SimulationError
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.flow import taken
from fulfillsim.kpi.measure import Ints, ratio

if TYPE_CHECKING:
    from fulfillsim.domain.assembly import Assembly
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
HOUR_S = 3600.0


def assembles(world: World) -> bool:
    """Kits are put together."""
    return world.assembly is not None


def made_for_orders(world: World) -> bool:
    """Kits are put together for the order that asks for them, and goods can run out."""
    return world.inventory is not None and world.assembly is not None and bool(world.assembly.to_order)


def made_to_stock(world: World) -> bool:
    """Work orders bring kits to the shelf."""
    return world.assembly is not None and bool(world.assembly.to_stock)


def kits_per_day(facts: Facts) -> float:
    """Kits that left the bench per day of the window, kits in kits included."""
    made = (facts.column("stock", "kind") == StockMove.ASSEMBLED) & facts.inside(facts.column("stock", "time_s"))
    return float(facts.column("stock", "units")[made].sum()) / facts.n_days


def _with_kits(facts: Facts, rows: Ints) -> Ints:
    """Orders of a cohort that hold a kit made to order."""
    assembly, tape = facts.world.assembly, facts.trace.tape
    asked = np.isin(tape.sku, sorted(assembly.to_order) if assembly is not None else [])
    has_kit = np.diff(np.concatenate([[0], np.cumsum(asked)])[tape.line_start]) > 0
    return np.asarray(rows[has_kit[rows]], dtype=np.int64)


def orders_held_up(facts: Facts, rows: Ints) -> float:
    """Share of the orders with kits that waited for goods."""
    rows = _with_kits(facts, rows)
    return ratio(facts.journeys.backordered[rows].sum(), len(rows))


def order_wait_h(facts: Facts, rows: Ints) -> float:
    """Mean hours that orders with kits waited for goods; those that still wait, until the end of the run."""
    rows, j = _with_kits(facts, rows), facts.journeys
    rows = rows[np.isfinite(j.allocated_s[rows]) | np.isfinite(j.backordered_s[rows])]
    again_s = np.where(j.reallocated_s > j.backordered_s, j.reallocated_s, facts.trace.end_s)
    waited_s = np.where(j.backordered, again_s - j.backordered_s, 0.0)[rows]
    return ratio(waited_s.sum(), len(rows)) / HOUR_S


def work_order_wait_h(facts: Facts) -> float:
    """Mean hours that work orders opened in the window waited for components; open ones until the end of the run."""
    opened_s, ready_s = facts.column("work_orders", "opened_s"), facts.column("work_orders", "ready_s")
    rows = np.flatnonzero(facts.inside(opened_s))
    until_s = np.where(np.isfinite(ready_s), ready_s, facts.trace.end_s)
    return ratio((until_s - opened_s)[rows].sum(), len(rows)) / HOUR_S


def work_order_h(facts: Facts) -> float:
    """Mean hours from the opening of a work order until its kits leave the bench, of those done in the window."""
    opened_s, made_s = facts.column("work_orders", "opened_s"), facts.column("work_orders", "made_s")
    rows = np.flatnonzero(facts.inside(made_s))
    return ratio((made_s - opened_s)[rows].sum(), len(rows)) / HOUR_S


# --- conservation -----------------------------------------------------------------------------------------------


def check_kits(facts: Facts) -> None:
    """What kits have used up follows from their bills of material, and was taken from the shelf, or made, before.

    Raises
    ------
    SimulationError
        Naming the first SKU whose account does not balance.
    """
    assembly = facts.world.assembly
    if assembly is None:
        return
    made, used = _total(facts, StockMove.ASSEMBLED), _total(facts, StockMove.CONSUMED)
    wanted = np.zeros_like(made)
    for kit in assembly.kits:
        for part, units in kit.components:
            wanted[part] += units * made[kit.sku]
    _refuse(facts, used != wanted, "{:g} units used up in kits, whose bills of material say {:g}", used, wanted)
    there = _total(facts, StockMove.PICKED) + np.where(_is_made_to_order(assembly, len(made)), made, 0.0)
    if _picks_goods(facts.world):
        _refuse(facts, used > there, "{:g} units used up in kits, of only {:g} picked or made", used, there)


def _picks_goods(world: World) -> bool:
    """Whether what leaves the shelf for kits is written down as picked."""
    return world.inventory is not None and taken(world) is StockMove.PICKED


def _is_made_to_order(assembly: Assembly, n: int) -> NDArray[np.bool_]:
    return np.isin(np.arange(n), sorted(assembly.to_order))


def _total(facts: Facts, kind: StockMove) -> Floats:
    """Units of a kind of move over the whole run, by SKU."""
    rows = np.flatnonzero(facts.column("stock", "kind") == kind)
    n = len(facts.world.catalog) if facts.world.catalog is not None else 0
    total = np.bincount(facts.index("stock", "sku")[rows], facts.column("stock", "units")[rows], minlength=n)
    return np.asarray(total, dtype=np.float64)


def _refuse(facts: Facts, bad: NDArray[np.bool_], rule: str, *figures: Floats) -> None:
    if bad.any():
        sku = int(np.argmax(bad))
        name = facts.world.catalog.names[sku] if facts.world.catalog is not None else str(sku)
        raise SimulationError(rule.format(*(figure[sku] for figure in figures)), None, f"SKU {name}")
