"""A sheet of shifts: a row for each shift of a role, with days, hours, headcount and breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from fulfillsim.errors import Fault, nearest
from fulfillsim.scenario.cells import clock_text, plain_cell, text
from fulfillsim.scenario.nodes import Node, Path, Setting, Value, find
from fulfillsim.scenario.tables import Table
from fulfillsim.scenario.units import UnitError

COLUMNS = ("role", "shift", "days", "hours", "from", "until", "headcount", "breaks", "holidays")
Pause = dict[str, Value]
_BREAK = re.compile(r"(?:(.*\S)\s+)?(\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2})(\s+unpaid)?")
_BREAK_HINT = "write them like: lunch 12:00-12:30, 15:00-15:15 unpaid"


def shift_settings(table: Table, named: Node, section: Path, faults: list[Fault]) -> list[Setting]:
    """Shifts below ``staff``: skills, wages and the like of a role stand in the scenario, which must have the role."""
    faults += table.unknown(COLUMNS)
    if "hours" in table.columns and (both := {"from", "until"} & table.columns.keys()):
        faults.append(table.fault(0, min(both), "stands beside hours", hint="keep one of the two ways"))
    ends = ["hours"] if "hours" in table.columns else ["from", "until"]
    columns: dict[str, list[str]] = {name: table.column(name, clock_text, faults) for name in ends}
    roles = table.column("role", _role(named), faults)
    shifts = table.column("shift", text, faults)
    table.column("headcount", plain_cell, faults)
    pauses = table.column("breaks", _breaks, faults, dict[str, Pause]())
    if faults:
        return []
    faults += _repeated(table, list(zip(roles, shifts, strict=True)))
    return [
        Setting(("staff", roles[row], "shifts", shifts[row], *below), value, table.place(row))
        for row in range(len(table))
        for below, value in [
            (("hours",), "-".join(columns[name][row] for name in ends)),
            *_others(table, row),
            *((("breaks", name, key), value) for name, pause in pauses[row].items() for key, value in pause.items()),
        ]
    ]


def _others(table: Table, row: int) -> Iterator[tuple[Path, Value]]:
    for name in ("days", "headcount", "holidays"):
        cell = table.columns.get(name, [None] * len(table))[row]
        if cell is not None:
            yield (name,), plain_cell(cell)


def _role(named: Node) -> Callable[[object], str]:
    staff = find(named, ("staff",))
    known = list(staff.value) if staff is not None and isinstance(staff.value, dict) else []

    def parse(cell: object) -> str:
        name = text(cell)
        if name not in known:
            near = nearest(name, known)
            there_are = f"there are {', '.join(known)}" if known else "write its skills under staff"
            raise UnitError("is no role of staff", f"did you mean {near}?" if near else there_are)
        return name

    return parse


def _breaks(cell: object) -> dict[str, Pause]:
    """Breaks of "lunch 12:00-12:30, 15:00-15:15 unpaid" by name; without one they are break, break_2 ...

    >>> _breaks("lunch 12:00-12:30, 15:00-15:15 unpaid")
    {'lunch': {'at': '12:00-12:30'}, 'break_2': {'at': '15:00-15:15', 'paid': False}}
    """
    found: dict[str, Pause] = {}
    for number, part in enumerate(re.split(r"\s*[,;]\s*", text(cell)), start=1):
        match = _BREAK.fullmatch(part)
        if match is None:
            raise UnitError("must be breaks", _BREAK_HINT)
        name = match[1] or ("break" if number == 1 else f"break_{number}")
        if name in found:
            raise UnitError(f"names the break {name} twice", _BREAK_HINT)
        found[name] = {"at": match[2], **({"paid": False} if match[3] else {})}
    return found


def _repeated(table: Table, names: list[tuple[str, str]]) -> list[Fault]:
    first: dict[tuple[str, str], int] = {}
    faults = []
    for row, (role, shift) in enumerate(names):
        if first.setdefault((role, shift), row) != row:
            rule = f"is written twice for {role}, first in row {table.rows[first[role, shift]]}"
            faults.append(table.fault(row, "shift", rule, shift, "give each row a name of its own, as early_sat"))
    return faults
