"""A sheet with bills of material: a row for each component of a kit."""

from __future__ import annotations

from fulfillsim.errors import Fault
from fulfillsim.scenario.cells import plain_cell, text
from fulfillsim.scenario.nodes import Node, Path, Setting, Value
from fulfillsim.scenario.tables import Table

COLUMNS = ("kit", "component", "units")


def kit_settings(table: Table, named: Node, section: Path, faults: list[Fault]) -> list[Setting]:
    """Components below ``assembly.kits``; how and where a kit is made stands in the scenario."""
    faults += table.unknown(COLUMNS)
    kits = table.column("kit", text, faults)
    components = table.column("component", text, faults)
    one: Value = 1
    units: list[Value] = table.column("units", plain_cell, faults, one)
    if faults:
        return []
    rows = list(zip(kits, components, strict=True))
    first: dict[tuple[str, str], int] = {}
    for row, pair in enumerate(rows):
        if first.setdefault(pair, row) != row:
            rule = f"is written twice for {pair[0]}, first in row {table.rows[first[pair]]}"
            faults.append(table.fault(row, "component", rule, pair[1], "add the units up in one row"))
    return [
        Setting((*section, "kits", kit, "components", component), units[row], table.place(row))
        for row, (kit, component) in enumerate(rows)
    ]
