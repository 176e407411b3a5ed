"""Nothing is lost: orders, goods and people's time balance, or the run's figures must not be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import ShortPick, StockMove, WorkerState
from fulfillsim.errors import SimulationError
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.fleet import check_fleet
from fulfillsim.kpi.flow import taken
from fulfillsim.kpi.journeys import ENDINGS, PLACES, Status
from fulfillsim.kpi.kits import check_kits
from fulfillsim.kpi.levels import levels_after
from fulfillsim.kpi.protocols import Trace
from fulfillsim.kpi.record_accuracy import check_records, may_differ
from fulfillsim.kpi.returns import check_returns
from fulfillsim.kpi.slots import check_slots, sku_name

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
AT_WORK = (WorkerState.ON, WorkerState.LEAVING, WorkerState.OVERTIME)
SLACK_S = 1e-3
"""Sums over many visits may differ by rounding."""
STEPS = ("placed_s", "received_s", "cleared_s", "allocated_s", "released_s", "picked_s", "staged_s", "shipped_s")
"""Moments that follow one another in the journey of an order that was shipped in one piece."""


def check_conservation(world: World, trace: Trace, facts: Facts | None = None) -> None:
    """Pass if every order, unit and working hour is accounted for.

    Parameters
    ----------
    facts
        Of this run, where somebody has them already.

    Raises
    ------
    SimulationError
        Naming the first order, SKU or worker whose account does not balance.
    """
    facts = facts or Facts(world, trace)
    _check_orders(facts)
    _check_sequence(facts)
    if world.inventory is not None:
        _check_stock(facts)
    check_fleet(facts)
    check_kits(facts)
    check_returns(facts)
    _check_workers(facts)
    _check_contacts(facts)


def _refuse(bad: Bools, rule: str, entity: str, *figures: NDArray[np.generic]) -> None:
    """Raise for the first row at fault; the rule is a format of the figures."""
    if bad.any():
        row = int(np.argmax(bad))
        raise SimulationError(rule.format(*(figure[row] for figure in figures)), None, f"{entity} {row}")


def _check_orders(facts: Facts) -> None:
    """One ending per order, no more units shipped than ordered, and a place for every order that is open."""
    j = facts.journeys
    closed, out = np.isfinite(j.closed_s), np.isfinite(j.shipped_s)
    _refuse(closed & out, "both cancelled at {:.6g} s and shipped at {:.6g} s", "order", j.closed_s, j.shipped_s)
    _refuse(j.units_shipped > j.n_units, "{} units shipped of {} ordered", "order", j.units_shipped, j.n_units)
    is_open = j.status == Status.OPEN
    _refuse(is_open & (j.place == 0), "open, and at no place", "order")
    endings = np.isin(j.status, list(ENDINGS))
    _refuse(endings != (closed & ~out), "status {} without the milestone that says so", "order", j.status)
    _check_census(facts)


def _check_census(facts: Facts) -> None:
    """All orders of the tape are counted exactly once among the endings and the places."""
    j = facts.journeys
    ended = np.bincount(j.status, minlength=len(Status))[1:].sum()
    stand = np.bincount(j.place, minlength=len(PLACES))[1:].sum()
    if int(ended + stand) != len(j):
        raise SimulationError(f"{len(j)} orders placed, but {ended} ended and {stand} stand at a place")


def _check_sequence(facts: Facts) -> None:
    """Each moment of an order follows the one before it; split orders overlap and are left out."""
    j = facts.journeys
    reached = np.full(len(j), -np.inf)
    whole = (j.n_parcels <= 1) & ~_in_two(facts)
    for name in STEPS:
        moment: Floats = getattr(j, name)
        there = np.isfinite(moment) & whole & ~j.backordered
        early = there & (moment < np.where(there, reached, -np.inf) - SLACK_S)
        _refuse(early, f"{name} is {{:.6g}} s, before what comes first ({{:.6g}} s)", "order", moment, reached)
        reached = np.where(there, moment, reached)
    known = np.isfinite(j.delivered_s)
    _refuse(known & ~(j.delivered_s >= j.shipped_s), "delivered at {:.6g} s, before it left", "order", j.delivered_s)


def _in_two(facts: Facts) -> Bools:
    """Orders some line of which follows by itself, because it was not at its slot."""
    follows = facts.column("shorts", "kind") == ShortPick.BACKORDER
    return np.bincount(facts.index("shorts", "order")[follows], minlength=len(facts.journeys)) > 0


def _check_stock(facts: Facts) -> None:
    """Start + put away - picked never falls below zero; by the shelf where records may be wrong."""
    check_slots(facts)
    if may_differ(facts.world):
        check_records(facts)
        return
    kind, time_s = facts.column("stock", "kind"), facts.column("stock", "time_s")
    put, gone = kind == StockMove.PUT_AWAY, np.isin(kind, (taken(facts.world), StockMove.WRITTEN_OFF))
    rows = np.flatnonzero(put | gone)
    units = np.where(put[rows], 1.0, -1.0) * facts.column("stock", "units")[rows]
    levels = levels_after(facts.trace.stock_start, facts.index("stock", "sku")[rows], units, time_s[rows])
    if (levels.level < 0).any():
        place = int(np.argmax(levels.level < 0))
        rule = f"stock on hand (start + put away - taken) falls to {levels.level[place]:g} units"
        name = sku_name(facts.world, int(levels.sku[place]))
        raise SimulationError(rule, float(levels.time_s[place]), f"SKU {name}")


def _check_workers(facts: Facts) -> None:
    """A worker does one thing at a time, and only while on duty."""
    if not len(facts.trace.workers):
        return
    worked = np.flatnonzero((facts.index("visits", "worker") >= 0) & np.isfinite(facts.column("visits", "started_s")))
    worker = facts.index("visits", "worker")[worked]
    start_s, end_s = facts.column("visits", "started_s")[worked], facts.column("visits", "ended_s")[worked]
    _check_one_at_a_time(facts, "visits", worker, start_s, end_s)
    duty_worker = facts.index("duty", "worker")
    duty_start_s, duty_end_s = facts.column("duty", "start_s"), facts.column("duty", "end_s")
    _check_one_at_a_time(facts, "duty", duty_worker, duty_start_s, duty_end_s)
    present = np.isin(facts.column("duty", "state"), AT_WORK)
    n = len(facts.trace.workers)
    on_s = np.bincount(duty_worker, (duty_end_s - duty_start_s) * present, minlength=n)
    busy_s = np.bincount(worker, end_s - start_s, minlength=n)
    idle_s = on_s - busy_s
    for number in np.flatnonzero(idle_s < -SLACK_S * (1.0 + 1e-6 * on_s)).tolist():
        rule = f"busy {busy_s[number]:.6g} s of only {on_s[number]:.6g} s on duty"
        raise SimulationError(rule, None, f"worker {facts.trace.workers[number].name}")


def _check_contacts(facts: Facts) -> None:
    """Each contact that began ends at most once, and not before it began."""
    began_s = facts.column("contacts", "time_s")
    ended = facts.index("contact_ends", "contact")
    n_ends = np.bincount(ended, minlength=len(began_s))
    _refuse(n_ends > (np.arange(len(n_ends)) < len(began_s)), "{} ends of what begins at most once", "contact", n_ends)
    early = facts.column("contact_ends", "time_s") < began_s[ended] - SLACK_S
    _refuse(early, "ends at {:.6g} s, before it begins", "end of contact", facts.column("contact_ends", "time_s"))


def _check_one_at_a_time(facts: Facts, table: str, worker: NDArray[np.int64], start_s: Floats, end_s: Floats) -> None:
    order = np.lexsort((end_s, start_s, worker))
    before, after = order[:-1], order[1:]
    clash = (worker[before] == worker[after]) & (start_s[after] < end_s[before] - SLACK_S)
    if clash.any():
        place = int(np.argmax(clash))
        name = facts.trace.workers[int(worker[after[place]])].name
        rule = f"two rows of {table} overlap: one ends at {end_s[before[place]]:.6g} s"
        raise SimulationError(rule, float(start_s[after[place]]), f"worker {name}")
