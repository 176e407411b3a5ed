"""A sheet with who is planned for each day: heads by date, role and shift."""

from __future__ import annotations

from datetime import date, timedelta

from fulfillsim.errors import Fault
from fulfillsim.scenario.cells import not_negative, text, whole
from fulfillsim.scenario.nodes import Node, Path, Setting, find
from fulfillsim.scenario.sheets.forecast import date_text, one_of, repeated
from fulfillsim.scenario.tables import Table

COLUMNS = ("date", "role", "shift", "heads")


def roster_settings(table: Table, named: Node, section: Path, faults: list[Fault]) -> list[Setting]:
    """``heads`` of shifts by date; what else belongs to a shift stands in ``staff`` or in a table of shifts."""
    faults += table.unknown(COLUMNS)
    staff = find(named, ("staff",))
    roles = [str(name) for name in staff.value] if staff is not None and isinstance(staff.value, dict) else []
    dates = table.cells("date", date_text, faults)
    names = table.cells("role", one_of("role", roles), faults)
    shifts = table.cells("shift", text, faults)
    heads = table.column("heads", not_negative(whole), faults)
    keys = [
        (day, role, shift) if day and role and shift else None
        for day, role, shift in zip(dates, names, shifts, strict=True)
    ]
    faults += repeated(table, "date", keys)
    if find(named, ("shifts", "table")) is None:
        faults += _unknown_shifts(table, named, keys)
    if faults:
        return []
    rows = {key: (heads[row], row) for row, key in enumerate(keys) if key is not None}
    others = find(named, (*section, "others"))
    if others is not None and others.value == "nobody":
        rows = dict.fromkeys(_every(list(rows)), (0, 0)) | rows
    return [
        Setting(("staff", role, "shifts", shift, "heads", day), count, table.place(row))
        for (day, role, shift), (count, row) in rows.items()
    ]


def _unknown_shifts(table: Table, named: Node, keys: list[tuple[str, str, str] | None]) -> list[Fault]:
    faults: list[Fault] = []
    for row, key in enumerate(keys):
        if key is None:
            continue
        _, role, shift = key
        there = find(named, ("staff", role, "shifts"))
        known = list(there.value) if there is not None and isinstance(there.value, dict) else []
        if shift not in known:
            hint = f"there are {', '.join(map(str, known))}" if known else "write its hours under staff"
            faults.append(table.fault(row, "shift", f"is no shift of {role}", shift, hint))
    return faults


def _every(keys: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Each shift of the sheet on each day from its first to its last."""
    days = [date.fromisoformat(key[0]) for key in keys]
    first, n_days = min(days), (max(days) - min(days)).days + 1
    shifts = dict.fromkeys(key[1:] for key in keys)
    return [((first + timedelta(days=i)).isoformat(), *shift) for shift in shifts for i in range(n_days)]
