"""The tables of a snapshot: open orders with their lines, what suppliers owe, stock and people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.demand import History
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.snapshot import Snapshot, set_aside, stages_of
from fulfillsim.domain.world import World
from fulfillsim.errors import Fault, nearest
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.cells import not_negative, text, whole
from fulfillsim.scenario.schema import snapshot as says
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.units import UnitError

T = TypeVar("T")
Counts = NDArray[np.int64]
MOMENTS = {
    "received": Milestone.RECEIVED,
    "cleared": Milestone.CLEARED,
    "accepted": Milestone.ACCEPTED,
    "allocated": Milestone.ALLOCATED,
    "released": Milestone.RELEASED,
    "picked": Milestone.PICKED,
}
"""Columns that may say when an order passed a milestone."""
_TIMES = ("placed", "since", "promise", "due")
_WORDS = ("channel", "client", "zone", "service", "priority", "gift", "carrier")
COLUMNS = {
    "orders": ("order", "stage", *_TIMES, *_WORDS, *MOMENTS),
    "lines": ("order", "sku", "units", "reserved"),
    "stock": ("sku", "on_hand"),
    "on_order": ("sku", "units", "due"),
    "people": ("role", "shift", "heads"),
}
UNKNOWN = float("nan")


@dataclass(frozen=True)
class Heads:
    """People on a shift at the moment of the snapshot."""

    role: str
    shift: str
    heads: int


class Sheet:
    """A table whose columns are asked for by our names."""

    def __init__(self, part: str, plan: says.SnapshotTable, folder: Path, faults: list[Fault]) -> None:
        self.table: Table = read_table(plan.table, folder, allow_outside=True)
        self.faults, self.names = faults, plan.columns
        known = COLUMNS[part]
        for ours, theirs in plan.columns.items():
            if ours not in known:
                near = nearest(ours, known)
                hint = f"did you mean {near}?" if near else f"columns are {', '.join(known)}"
                faults.append(
                    Fault(plan.table, None, None, f"snapshot.{part}.columns.{ours}", "is no column here", None, hint)
                )
            elif theirs not in self.table.columns:
                faults += [self.table.fault(0, theirs, f"is missing, though snapshot.{part}.columns names it")]
        if not plan.columns:
            faults += self.table.unknown(known)

    def __len__(self) -> int:
        return len(self.table)

    def column(self, name: str, parse: Callable[[Any], T], default: T | None = None) -> list[T]:
        """Parsed values; what cannot be read is a fault."""
        return self.table.column(self.names.get(name, name), parse, self.faults, default)

    def fault(self, row: int, name: str, rule: str, value: object = ..., hint: str = "") -> None:
        """Tell what is wrong with a cell."""
        self.faults.append(self.table.fault(row, self.names.get(name, name), rule, value, hint))


def read_snapshot(world: World, plan: says.Snapshot, timeline: Timeline, folder: Path, faults: list[Fault]) -> Snapshot:
    """Open orders with their lines, and what is on order; complete only if no fault came."""
    at_s = timeline.days.begin_s
    sheet = Sheet("orders", plan.orders, folder, faults)
    ids = sheet.column("order", text)
    placed_s = sheet.column("placed", _moment(timeline))
    stages = sheet.column("stage", _stage(plan.orders.stages, stages_of(world)))
    since_s = sheet.column("since", _moment(timeline), at_s)
    promise_s = sheet.column("promise", _moment(timeline, end_of_day=True), UNKNOWN)
    due_s = sheet.column("due", _moment(timeline), UNKNOWN)
    moments = {kind: sheet.column(name, _moment(timeline), UNKNOWN) for name, kind in MOMENTS.items()}
    services = [product.name for product in world.delivery.services] if world.delivery else []
    lanes = sheet.column("carrier", _name_of("carrier service", services), -1)
    attributes = _attributes(world, sheet)
    _once(sheet, "order", ids, ids)
    lines = _lines(world, plan, folder, faults, ids, stages)
    inbound = _inbound(world, plan, timeline, folder, faults)
    if faults or lines is None:
        return _NOTHING
    moments, since_s, promise_s = _in_turn(timeline, placed_s, moments, since_s, promise_s)
    _check_times(sheet, at_s, placed_s, since_s, promise_s)
    by_time = np.argsort(np.array(placed_s), kind="stable")
    skus, units, reserved, line_start = lines
    orders = History(
        np.array(placed_s),
        attributes.pop("channel"),
        line_start,
        skus,
        units,
        tuple(ids),
        **attributes,
    )
    starts = np.diff(line_start)[by_time]
    at_line = np.repeat(line_start[:-1][by_time], starts) + _within(starts)
    return Snapshot(
        at_s,
        orders.take(by_time),
        tuple(stages[row] for row in by_time.tolist()),
        np.array(since_s)[by_time],
        reserved[at_line],
        np.array(promise_s)[by_time],
        np.array(due_s)[by_time],
        np.array(lanes, np.int64)[by_time],
        {kind: np.array(values)[by_time] for kind, values in moments.items()},
        *inbound,
    )


def read_on_hand(world: World, plan: says.Snapshot, folder: Path, faults: list[Fault], snapshot: Snapshot) -> Counts:
    """Units of each SKU on the shelves, those set aside included."""
    assert world.catalog is not None
    on_hand = np.zeros(len(world.catalog), np.int64)
    if plan.stock is None:
        return on_hand
    sheet = Sheet("stock", plan.stock, folder, faults)
    skus = sheet.column("sku", _name_of("SKU", world.catalog.names))
    counts = sheet.column("on_hand", not_negative(whole))
    if faults:
        return on_hand
    _once(sheet, "sku", skus, [world.catalog.names[sku] for sku in skus])
    on_hand[skus] = counts
    needed = set_aside(world, snapshot, len(world.catalog))
    row_of = {sku: row for row, sku in enumerate(skus)}
    for sku in np.flatnonzero(needed > on_hand).tolist():
        rule = f"is less than the {needed[sku]} units that open orders have set aside of {world.catalog.names[sku]}"
        sheet.fault(row_of.get(sku, 0), "on_hand", rule, int(on_hand[sku]), "count again")
    return on_hand


def read_people(world: World, plan: says.Snapshot, folder: Path, faults: list[Fault]) -> list[Heads]:
    """Who is there at the moment of the snapshot."""
    if plan.people is None:
        return []
    sheet = Sheet("people", plan.people, folder, faults)
    roles = {role.name: {shift.name: shift for shift in role.shifts} for role in world.staff}
    found = sheet.column("role", _known("role", list(roles)))
    shifts = sheet.column("shift", text)
    heads = sheet.column("heads", not_negative(whole))
    if faults:
        return []
    for row, (role, shift) in enumerate(zip(found, shifts, strict=True)):
        if shift not in roles[role]:
            sheet.fault(row, "shift", f"is no shift of {role}", shift, f"there are {', '.join(roles[role])}")
        elif roles[role][shift].agency is not None:
            sheet.fault(row, "shift", "is an agency's, whose people come when called", shift, "take the row out")
    return [Heads(*row) for row in zip(found, shifts, heads, strict=True)]


def _attributes(world: World, sheet: Sheet) -> dict[str, Any]:
    """Columns of orders beside the times; those that are not there are drawn."""
    demand = world.demand
    names: dict[str, Sequence[str]] = {
        "channel": [channel.name for channel in demand.channels],
        "client": demand.clients,
        "zone": demand.zones,
        "service": demand.services,
    }
    found: dict[str, Any] = {}
    for name, known in names.items():
        if sheet.names.get(name, name) in sheet.table.columns:
            found[name] = np.array(sheet.column(name, _name_of(name, known)), dtype=np.int16)
    if sheet.names.get("priority", "priority") in sheet.table.columns:
        found["priority"] = np.array(sheet.column("priority", not_negative(whole), 0), dtype=np.int16)
    if sheet.names.get("gift", "gift") in sheet.table.columns:
        found["gift"] = np.array(sheet.column("gift", _flag, False), dtype=np.bool_)
    found.setdefault("channel", np.zeros(len(sheet), np.int16))
    return found


Lines = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_], Counts]


def _lines(
    world: World,
    plan: says.Snapshot,
    folder: Path,
    faults: list[Fault],
    ids: Sequence[str],
    stages: Sequence[str],
) -> Lines | None:
    """SKU, units, whether they are set aside, and where the lines of each order begin."""
    if plan.lines is None or world.catalog is None:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.bool_), np.zeros(len(ids) + 1, np.int64)
    sheet = Sheet("lines", plan.lines, folder, faults)
    place = {name: row for row, name in enumerate(ids)}
    orders = sheet.column("order", _in("open order", place, "add it to the table of orders"))
    skus = sheet.column("sku", _name_of("SKU", world.catalog.names))
    units = sheet.column("units", _at_least_one)
    reserved = sheet.column("reserved", _flag, False)
    if faults:
        return None
    _once(sheet, "sku", list(zip(orders, skus, strict=True)), [world.catalog.names[sku] for sku in skus])
    bare = sorted(set(range(len(ids))) - set(orders))
    for row in bare[:5]:
        rule = f"has no row for the order {ids[row]}" + (f", nor for {len(bare) - 1} others" if len(bare) > 1 else "")
        faults.append(Fault(sheet.table.name, None, None, "column order", rule, None, "add its lines"))
        break
    by_order = np.argsort(np.array(orders, np.int64), kind="stable")
    rows = np.array(orders, np.int64)[by_order]
    there = np.array(reserved, np.bool_)[by_order] | np.array([stages[row] != "backorder" for row in rows], np.bool_)
    line_start = np.searchsorted(rows, np.arange(len(ids) + 1)).astype(np.int64)
    return np.array(skus, np.int32)[by_order], np.array(units, np.int32)[by_order], there, line_start


def _inbound(
    world: World, plan: says.Snapshot, timeline: Timeline, folder: Path, faults: list[Fault]
) -> tuple[Counts, Counts, NDArray[np.float64]]:
    """SKU, units and due time of what suppliers owe."""
    nothing = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    if plan.on_order is None or world.catalog is None or world.inventory is None:
        return nothing
    sheet = Sheet("on_order", plan.on_order, folder, faults)
    skus = sheet.column("sku", _name_of("SKU", world.catalog.names))
    units = sheet.column("units", _at_least_one)
    due_s = sheet.column("due", _moment(timeline))
    if faults:
        return nothing
    made = world.assembly.to_stock if world.assembly is not None else frozenset()
    for row, sku in enumerate(skus):
        if world.inventory.supplier[sku] < 0 and sku not in made:
            sheet.fault(row, "sku", "has no supplier", world.catalog.names[sku], "give it one under inventory")
    return np.array(skus, np.int64), np.array(units, np.int64), np.array(due_s)


def _in_turn(
    timeline: Timeline,
    placed_s: list[float],
    moments: dict[Milestone, list[float]],
    since_s: list[float],
    promise_s: list[float],
) -> tuple[dict[Milestone, list[float]], list[float], list[float]]:
    """Times of orders, none before one that came earlier: files do not say which of two hours is meant."""

    def after(earliest_s: list[float], times_s: list[float]) -> list[float]:
        return [timeline.not_before(*pair) for pair in zip(earliest_s, times_s, strict=True)]

    latest_s, told = placed_s, {}
    for kind, times_s in moments.items():
        told[kind] = after(latest_s, times_s)
        latest_s = np.fmax(latest_s, told[kind]).tolist()
    return told, after(latest_s, since_s), after(placed_s, promise_s)


def _check_times(
    sheet: Sheet,
    at_s: float,
    placed_s: Sequence[float],
    since_s: Sequence[float],
    promise_s: Sequence[float],
) -> None:
    for row, (placed, since, promise) in enumerate(zip(placed_s, since_s, promise_s, strict=True)):
        if placed > at_s:
            sheet.fault(row, "placed", "lies after the snapshot was taken", hint="mend it, or take the order out")
        elif not placed <= since <= at_s:
            sheet.fault(row, "since", "must lie between `placed` and the snapshot", hint="mend one of the three")
        if promise < placed:
            sheet.fault(row, "promise", "lies before the order was placed", hint="mend one of the two")


def _once(sheet: Sheet, name: str, values: Sequence[object], shown: Sequence[str]) -> None:
    first: dict[object, int] = {}
    for row, value in enumerate(values):
        if first.setdefault(value, row) != row:
            there = sheet.table.rows[first[value]]
            sheet.fault(row, name, f"is written twice, first in row {there}", shown[row], "keep one row")


def _within(counts: Counts) -> Counts:
    """0, 1, 2 ... within each group."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)


def _moment(timeline: Timeline, end_of_day: bool = False) -> Callable[[object], float]:
    """Seconds since clock zero of a local time; a date alone is its begin, or its last second."""

    def parse(cell: object) -> float:
        if isinstance(cell, str):
            try:
                cell = date.fromisoformat(cell) if len(cell) <= 10 else datetime.fromisoformat(cell)
            except ValueError:
                raise UnitError("must be a local time", "write it like 2026-03-02T10:00") from None
        if isinstance(cell, datetime):
            if cell.tzinfo is not None:
                raise UnitError("must be a local time, without an offset", "write it like 2026-03-02T10:00")
            return timeline.moment(cell)
        if not isinstance(cell, date):
            raise UnitError("must be a local time", "write it like 2026-03-02T10:00")
        midnight = datetime.combine(cell, datetime.min.time())
        if not end_of_day:
            return timeline.moment(midnight)
        return timeline.second(midnight.toordinal() - timeline.days.first_ordinal + 1, 0.0) - 1.0

    return parse


def _stage(words: dict[str, str], stages: Sequence[str]) -> Callable[[object], str]:
    def parse(cell: object) -> str:
        name = words.get(text(cell), text(cell))
        if name not in stages:
            near = nearest(name, stages)
            there_are = f"there are {', '.join(stages)}; snapshot.orders.stages translates words"
            raise UnitError("is a stage that the scenario lacks", f"did you mean {near}?" if near else there_are)
        return name

    return parse


def _name_of(kind: str, names: Sequence[str]) -> Callable[[object], int]:
    return _in(kind, {name: place for place, name in enumerate(names)}, "")


def _in(kind: str, places: dict[str, int], hint: str) -> Callable[[object], int]:
    def parse(cell: object) -> int:
        if text(cell) not in places:
            near = nearest(text(cell), list(places)) if len(places) < 10_000 else None
            raise UnitError(f"is no {kind} of the scenario", f"did you mean {near}?" if near else hint)
        return places[text(cell)]

    return parse


def _known(kind: str, names: list[str]) -> Callable[[object], str]:
    place = _name_of(kind, names)
    return lambda cell: names[place(cell)]


def _at_least_one(cell: object) -> int:
    value = whole(cell)
    if value < 1:
        raise UnitError("must be at least 1")
    return value


def _flag(cell: object) -> bool:
    word = text(cell).lower()
    if word not in ("yes", "no", "true", "false", "1", "0"):
        raise UnitError("must be yes or no")
    return word in ("yes", "true", "1")


_NO_ORDERS = (np.empty(0), np.empty(0, np.int16), np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))
_NONE, _NO_TIME = np.empty(0, np.int64), np.empty(0)
_NO_FLAG = np.empty(0, np.bool_)
_NOTHING = Snapshot(
    0.0, History(*_NO_ORDERS, ()), (), _NO_TIME, _NO_FLAG, _NO_TIME, _NO_TIME, _NONE, {}, _NONE, _NONE, _NO_TIME
)
