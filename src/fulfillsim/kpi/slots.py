"""Formulas of forward slots: lines that their slot could not fill with the goods in the building, and refills."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import ShortPick, StockMove
from fulfillsim.errors import SimulationError
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.labor import lines_picked
from fulfillsim.kpi.levels import Levels, levels_after
from fulfillsim.kpi.measure import ratio

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WAITED, SHORTED = (ShortPick.WAIT,), (ShortPick.PARTIAL, ShortPick.BACKORDER)
FETCHED = (ShortPick.RESERVE,)
AT_SLOT, IN_RESERVE = (-1.0, 0.0, 1.0, -1.0, 0.0), (0.0, -1.0, -1.0, 0.0, -1.0)
"""By `fulfillsim.domain.records.SlotMove`: what a unit moved changes there."""


def has_slots(world: World) -> bool:
    """Slots that are picked from are told apart from the reserve."""
    return world.inventory is not None and world.inventory.forward is not None


def with_stock_per_1000_lines(kinds: tuple[ShortPick, ...]) -> Callable[[Facts], float]:
    """Lines that their slot could not fill while enough lay elsewhere in the building, per 1,000 lines picked."""

    def formula(facts: Facts) -> float:
        table = "shorts"
        chosen = np.isin(facts.column(table, "kind"), kinds)
        there = facts.column(table, "in_building") >= facts.column(table, "units")
        n = int((chosen & there & facts.inside(facts.column(table, "time_s"))).sum())
        return 1000.0 * ratio(n, lines_picked(facts))

    return formula


def n_replenishments(facts: Facts) -> float:
    """Times that goods were brought from the reserve to a slot."""
    return float(facts.inside(facts.column("replenishments", "done_s")).sum())


def check_slots(facts: Facts) -> None:
    """Pass if no slot ever holds less than nothing or more than fits, and no reserve less than nothing.

    Raises
    ------
    SimulationError
        Naming the first SKU whose units do not balance.
    """
    inventory, trace = facts.world.inventory, facts.trace
    if inventory is None or (inventory.forward is None and inventory.records is None):
        return
    forward = inventory.forward
    kind, sku = facts.index("slot_moves", "kind"), facts.index("slot_moves", "sku")
    units, time_s = facts.column("slot_moves", "units"), facts.column("slot_moves", "time_s")
    put_sku, put_units, put_s = _put_away(facts)
    at_slot = np.ones(len(put_sku), np.bool_) if forward is None else ~forward.has_slot[put_sku]
    for place, start, signs, put in (
        ("slot", trace.forward_start, AT_SLOT, at_slot),
        ("reserve", trace.reserve_start, IN_RESERVE, ~at_slot),
    ):
        levels = levels_after(
            start,
            np.concatenate([sku, put_sku[put]]),
            np.concatenate([np.array(signs)[kind] * units, put_units[put]]),
            np.concatenate([time_s, put_s[put]]),
        )
        _refuse(facts.world, place, levels, levels.level < 0)
        if place == "slot" and forward is not None:
            _refuse(facts.world, place, levels, levels.level > forward.capacity[levels.sku])


def _put_away(facts: Facts) -> tuple[Ints, Floats, Floats]:
    put = facts.column("stock", "kind") == StockMove.PUT_AWAY
    return facts.index("stock", "sku")[put], facts.column("stock", "units")[put], facts.column("stock", "time_s")[put]


def _refuse(world: World, place: str, levels: Levels, bad: NDArray[np.bool_]) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        rule = f"the {place} holds {levels.level[row]:g} units, which cannot be"
        raise SimulationError(rule, float(levels.time_s[row]), f"SKU {sku_name(world, int(levels.sku[row]))}")


def sku_name(world: World, sku: int) -> str:
    """Name of a SKU for messages."""
    return world.catalog.names[sku] if world.catalog is not None else str(sku)
