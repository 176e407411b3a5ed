"""What was open at one moment of a run: the beginning of another run.

An order stands where its last milestone and its visits say. What is left of an order of which a part has gone is
an order of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.demand import History
from fulfillsim.domain.records import Milestone, ShortPick, StockMove, WorkerState
from fulfillsim.domain.snapshot import TRANSIT, Snapshot, milestones_of, passed, set_aside, stages_of
from fulfillsim.domain.world import World
from fulfillsim.kpi.journeys import PLACES, Journeys, Status, find_journeys
from fulfillsim.kpi.protocols import Trace

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
FREED = (StockMove.PUT_AWAY, StockMove.RELEASED, StockMove.ADJUSTED)
WHEN = {"milestones": "time_s", "promises": "made_s", "parcels": "departed_s", "shorts": "time_s", "stock": "time_s"}
GONE = (Status.SHIPPED, Status.DELIVERED, Status.LOST)
PRESENT = (WorkerState.ON, WorkerState.BREAK, WorkerState.LEAVING, WorkerState.OVERTIME)
MOMENTS = {
    Milestone.RECEIVED: "received_s",
    Milestone.CLEARED: "cleared_s",
    Milestone.ACCEPTED: "accepted_s",
    Milestone.ALLOCATED: "allocated_s",
    Milestone.RELEASED: "released_s",
    Milestone.PICKED: "picked_s",
}


@dataclass(frozen=True)
class Still:
    """Everything at one moment: what is open, units on the shelves, and the people there by (role, shift)."""

    snapshot: Snapshot
    on_hand: Counts
    people: dict[tuple[str, str], int]


class Until:
    """A trace up to a moment."""

    def __init__(self, trace: Trace, end_s: float) -> None:
        self.trace, self.end_s = trace, end_s
        self.tape, self.stations, self.workers = trace.tape, trace.stations, trace.workers
        self.stock_start = trace.stock_start
        self.forward_start, self.reserve_start = trace.forward_start, trace.reserve_start

    def columns(self, table: str) -> dict[str, NDArray[Any]]:
        """Columns of a table, without what came later."""
        found = self.trace.columns(table)
        if table not in WHEN:
            return found
        before = found[WHEN[table]] <= self.end_s
        return {name: values[before] for name, values in found.items()}


@dataclass(frozen=True)
class _Piece:
    """An open order, or what is left of one."""

    row: int
    name: str
    stage: str
    since_s: float
    lines: list[tuple[int, int]]
    reserved: list[bool]


def still_at(world: World, trace: Trace, at_s: float) -> Still:
    """What is open at a moment, ``at_s`` seconds after clock zero, of a run that went on beyond it."""
    until = Until(trace, at_s)
    journeys = find_journeys(world, until)
    pieces = _pieces(world, until, journeys)
    snapshot = _snapshot(world, until, journeys, pieces)
    return Still(snapshot, _on_hand(world, until, snapshot), _people(world, trace, at_s))


def _pieces(world: World, until: Until, journeys: Journeys) -> list[_Piece]:
    tape, where = until.tape, _Where(world, until, journeys)
    is_open = (journeys.status == Status.OPEN) & (tape.placed_s <= until.end_s)
    on_its_way = np.isin(journeys.status, GONE) & ~(journeys.delivered_s <= until.end_s)
    missing, given_up = _missing(until), _given_up(until)
    pieces = []
    for row in np.flatnonzero(on_its_way).tolist():
        lines = [line for line in _lines(tape, row) if (row, line[0]) not in given_up]
        since_s = float(journeys.shipped_s[row])
        pieces.append(_Piece(row, _name(world, tape, row), TRANSIT, since_s, lines, [True] * len(lines)))
    for row in np.flatnonzero(is_open).tolist():
        kept = [line for line in _lines(tape, row) if (row, line[0]) not in given_up]
        late = [line for line in kept if (row, line[0]) in missing]
        name, waits = _name(world, tape, row), PLACES[journeys.place[row]] == "backorder"
        if waits and not np.isfinite(journeys.allocated_s[row]):
            since_s = float(journeys.backordered_s[row])
            pieces.append(_Piece(row, name, "backorder", since_s, kept, [line not in late for line in kept]))
            continue
        gone = journeys.n_parcels[row] > 0
        if waits:
            rest = _Piece(row, f"{name}/2", "backorder", float(journeys.backordered_s[row]), late, [False] * len(late))
            pieces.append(rest)
            kept = [line for line in kept if line not in late]
            if gone or not kept:
                continue
        elif gone:
            kept = late
        pieces.append(_Piece(row, name, *where.stands(row), kept, [True] * len(kept)))
    return pieces


def _lines(tape: Any, row: int) -> list[tuple[int, int]]:
    lines = slice(int(tape.line_start[row]), int(tape.line_start[row + 1]))
    return list(zip(tape.sku[lines].tolist(), tape.quantity[lines].tolist(), strict=True))


def _name(world: World, tape: Any, row: int) -> str:
    """Id of an order; of a drawn one its day and number, which stay apart from those of a continued run."""
    names = getattr(tape, "order_id", None) or ()
    if row < len(names) and names[row]:
        return str(names[row])
    return f"{world.days.date(max(0, world.days.of(tape.placed_s[row]))):%Y%m%d}-{row}"


class _Where:
    """Where open orders stand, by milestones first and visits second."""

    def __init__(self, world: World, until: Until, journeys: Journeys) -> None:
        self.journeys, self.stages = journeys, stages_of(world)
        self.steps = [step.station.name for step in world.fulfillment.steps] if world.fulfillment else []
        manual = world.processing.verification.manual if world.processing else None
        self.clerk = manual.name if manual is not None else ""
        self.picks = "picking" in self.stages
        self.at_s = until.end_s
        self.visits = _visits(until)
        self.picked_later = _picked_later(until)
        assembly = world.assembly
        self.benches = assembly.stations if assembly is not None else frozenset[str]()
        is_kit = np.isin(until.tape.sku, sorted(assembly.to_order) if assembly is not None else [])
        self.with_kits = set(np.flatnonzero(_kits_per_order(is_kit, until.tape.line_start)).tolist())

    def stands(self, row: int) -> tuple[str, float]:
        """Stage of an open order that does not wait for goods, and since when."""
        j = self.journeys
        moments = [float(getattr(j, name)[row]) for name in MOMENTS.values()]
        since_s = max([float(j.placed_s[row]), *(moment for moment in moments if np.isfinite(moment))])
        if np.isfinite(j.staged_s[row]):
            return "dock", float(j.staged_s[row])
        if not np.isfinite(j.released_s[row]):
            return self._before_release(row, since_s)
        visits = self.visits.get(row, ())
        now = [(queued, name) for queued, ended, name in visits if queued <= self.at_s < ended and name in self.steps]
        if now:
            return now[-1][1], now[-1][0]
        if self._is_at_bench(row, visits):
            return ("picking" if self.picks else "release"), since_s
        if self.picks and (not np.isfinite(j.picked_s[row]) or row in self.picked_later):
            return "picking", since_s
        done = [(ended, name) for _, ended, name in visits if ended <= self.at_s and name in self.steps]
        done = [visit for visit in done if not self.picks or visit[0] >= j.picked_s[row]]
        place = 1 + self.steps.index(done[-1][1]) if done else 0
        since_s = max([since_s, *(ended for ended, _ in done)])
        return self._first([*self.steps[place:], "dock", *self.steps[-1:]]), since_s

    def _is_at_bench(self, row: int, visits: Sequence[tuple[float, float, str]]) -> bool:
        """Whether kits of an order are not all put together: that begins anew, with fetching their components."""
        if row not in self.with_kits or any(name in self.steps for queued, _, name in visits if queued <= self.at_s):
            return False
        ended = [end_s for queued, end_s, name in visits if name in self.benches and queued <= self.at_s]
        return not ended or max(ended) > self.at_s

    def _before_release(self, row: int, since_s: float) -> tuple[str, float]:
        j = self.journeys
        place = PLACES[j.place[row]]
        if np.isfinite(j.allocated_s[row]) or np.isfinite(j.accepted_s[row]):
            place = "release"
        if place == "hold":
            return "hold", float(j.held_s[row])
        at_clerk = [queued for queued, ended, name in self.visits.get(row, ()) if name == self.clerk != ""]
        if place == "checks" and at_clerk and at_clerk[-1] <= self.at_s:
            return self.clerk, at_clerk[-1]
        order = ["receipt", "checks", "promise", "release", "picking", *self.steps, "dock"]
        return self._first(order[order.index(place) :]), since_s

    def _first(self, names: list[str]) -> str:
        return next(name for name in names if name in self.stages)


def _kits_per_order(is_kit: NDArray[np.bool_], line_start: Counts) -> Counts:
    running = np.concatenate([[0], np.cumsum(is_kit)])
    return np.asarray(running[line_start[1:]] - running[line_start[:-1]], dtype=np.int64)


def _visits(until: Until) -> dict[int, list[tuple[float, float, str]]]:
    """Order row -> (queued, ended, station) of its visits that began before the moment, by time."""
    table = until.columns("visits")
    names = [station.name.removesuffix("_position") for station in until.stations]
    counts = np.array([station.items == "order" for station in until.stations], np.bool_)
    there = counts[table["station"]] if len(counts) else np.zeros(0, np.bool_)
    rows = np.flatnonzero(there & (table["item"] >= 0) & (table["queued_s"] <= until.end_s))
    found: dict[int, list[tuple[float, float, str]]] = {}
    by_time = rows[np.lexsort((table["ended_s"][rows], table["queued_s"][rows]))]
    columns = (table[name][by_time].tolist() for name in ("item", "station", "queued_s", "ended_s"))
    for item, station, queued_s, ended_s in zip(*columns, strict=True):
        found.setdefault(item, []).append((queued_s, ended_s, names[station]))
    return found


def _picked_later(until: Until) -> set[int]:
    """Orders that are picked (again) after the moment."""
    table = until.trace.columns("milestones")
    later = (table["kind"] == Milestone.PICKED) & (table["time_s"] > until.end_s)
    return set(table["order"][later].tolist())


def _missing(until: Until) -> set[tuple[int, int]]:
    """(order row, sku) of lines that had to wait for goods."""
    marks, moves, shorts = until.columns("milestones"), until.columns("stock"), until.columns("shorts")
    orders: dict[float, list[int]] = {}
    there = marks["kind"] == Milestone.BACKORDERED
    for row, time_s in zip(marks["order"][there].tolist(), marks["time_s"][there].tolist(), strict=True):
        orders.setdefault(time_s, []).append(row)
    wanted = moves["kind"] == StockMove.BACKORDERED
    columns = (moves[name][wanted].tolist() for name in ("sku", "time_s"))
    found = {(row, sku) for sku, time_s in zip(*columns, strict=True) for row in orders.get(time_s, ())}
    follow = shorts["kind"] == ShortPick.BACKORDER
    return found | set(zip(shorts["order"][follow].tolist(), shorts["sku"][follow].tolist(), strict=True))


def _given_up(until: Until) -> set[tuple[int, int]]:
    shorts = until.columns("shorts")
    gone = shorts["kind"] == ShortPick.PARTIAL
    return set(zip(shorts["order"][gone].tolist(), shorts["sku"][gone].tolist(), strict=True))


def _snapshot(world: World, until: Until, journeys: Journeys, pieces: list[_Piece]) -> Snapshot:
    rows = np.array([piece.row for piece in pieces], dtype=np.int64)
    lines = [line for piece in pieces for line in piece.lines]
    tape = until.tape
    orders = History(
        arrival_s=tape.placed_s[rows],
        channel=tape.channel[rows],
        line_start=np.concatenate([[0], np.cumsum([len(piece.lines) for piece in pieces])]).astype(np.int64),
        sku=np.array([sku for sku, _ in lines], np.int32),
        quantity=np.array([units for _, units in lines], np.int32),
        order_id=tuple(piece.name for piece in pieces),
        zone=tape.zone[rows],
        service=tape.service[rows],
        priority=tape.priority[rows],
        gift=tape.gift[rows],
        client=tape.client[rows],
    )
    return Snapshot(
        until.end_s,
        orders,
        tuple(piece.stage for piece in pieces),
        np.array([piece.since_s for piece in pieces], np.float64),
        np.array([flag for piece in pieces for flag in piece.reserved], np.bool_),
        journeys.promise_s[rows],
        journeys.due_departure_s[rows],
        _lanes(until, len(journeys))[rows],
        {kind: _passed_s(world, journeys, kind, pieces) for kind in milestones_of(world)},
        *_inbound(world, until),
    )


def _passed_s(world: World, journeys: Journeys, kind: Milestone, pieces: Sequence[_Piece]) -> Floats:
    """When each piece passed a milestone; NaN for one that lies ahead, which only other parts of its order passed."""
    moment_s = getattr(journeys, MOMENTS[kind])
    return np.array([moment_s[p.row] if kind in passed(world, p.stage) else np.nan for p in pieces], np.float64)


def _lanes(until: Until, n: int) -> Counts:
    """Carrier service of each order: of its last parcel, else of its promise."""
    lane = np.full(n, -1, np.int64)
    for name in ("promises", "parcels"):
        table = until.columns(name)
        lane[table["order"]] = table["carrier_service"].astype(np.int64)
    return lane


def _inbound(world: World, until: Until) -> tuple[Counts, Counts, Floats]:
    """SKU, units and arrival of what suppliers owe; goods that never came count with the end of the run."""
    if world.inventory is None:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    trace, n = until.trace, len(until.stock_start)
    owed = _moved(until, n, (StockMove.ORDERED,)) - _moved(until, n, (StockMove.PUT_AWAY, StockMove.CANCELLED))
    made = list(world.assembly.to_stock) if world.assembly is not None else []
    owed[made] = 0  # work orders are opened anew
    table = trace.columns("deliveries")
    coming = (table["ordered_s"] <= until.end_s) & (table["put_away_s"] > until.end_s) & ~np.isin(table["sku"], made)
    sku, units = table["sku"][coming].astype(np.int64), np.rint(table["units"][coming]).astype(np.int64)
    rest = owed - np.bincount(sku, units, minlength=n).astype(np.int64)
    late = np.flatnonzero(rest > 0)
    due_s = np.concatenate([table["arrived_s"][coming], np.full(len(late), trace.end_s)])
    return np.concatenate([sku, late]), np.concatenate([units, rest[late]]), due_s


def _on_hand(world: World, until: Until, snapshot: Snapshot) -> Counts:
    """Units in the slots: those that are free, and those set aside for orders that have not been picked."""
    if world.inventory is None:
        return np.empty(0, np.int64)
    n = len(until.stock_start)
    free = until.stock_start + _moved(until, n, FREED) - _moved(until, n, (StockMove.RESERVED,))
    held = set_aside(world, snapshot, n)
    if world.assembly is not None:  # components that work orders have reserved count as on hand again
        gone = (StockMove.PICKED, StockMove.RELEASED, StockMove.WRITTEN_OFF)
        held = np.maximum(held, _moved(until, n, (StockMove.RESERVED,)) - _moved(until, n, gone))
    return np.asarray(np.maximum(free, 0) + held, dtype=np.int64)  # a wrong record may lie below nothing


def _moved(until: Until, n: int, kinds: tuple[StockMove, ...]) -> Counts:
    """Units by SKU of some moves."""
    moves = until.columns("stock")
    there = np.isin(moves["kind"], kinds)
    return np.rint(np.bincount(moves["sku"][there], moves["units"][there], minlength=n)).astype(np.int64)


def _people(world: World, trace: Trace, at_s: float) -> dict[tuple[str, str], int]:
    """Who is there, for each shift that should be; people of agencies come when called."""
    duty = trace.columns("duty")
    there = (duty["start_s"] <= at_s) & (at_s < duty["end_s"]) & np.isin(duty["state"], PRESENT)
    present = [trace.workers[number] for number in np.unique(duty["worker"][there]).tolist()]
    names = [(world.staff[worker.role].name, worker.shift) for worker in present]
    heads: dict[tuple[str, str], int] = {}
    for role in world.staff:
        for shift in role.shifts:
            if shift.agency is None and any(each.start_s <= at_s < each.end_s for each in shift.duties):
                key = (role.name, shift.rostered_as)
                heads[key] = heads.get(key, 0) + names.count((role.name, shift.name))
    return heads
