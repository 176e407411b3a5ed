"""A sheet with the figures of the layout."""

from __future__ import annotations

from fulfillsim.errors import Fault
from fulfillsim.scenario.cells import plain_cell
from fulfillsim.scenario.nodes import Node, Path, Place, Setting, Value
from fulfillsim.scenario.tables import Table


def layout_settings(table: Table, named: Node, section: Path, faults: list[Fault]) -> list[Setting]:
    """Fields of the layout: one row with a column for each, or a row for each with the columns key and value.

    A column that ends in ``_m`` holds metres without a unit.
    """
    if set(table.columns) == {"key", "value"}:
        keys = table.column("key", str, faults)
        cells = list(zip(keys, table.columns["value"], range(len(table)), strict=False))
        twice = {key for key in keys if keys.count(key) > 1}
        faults += [
            table.fault(keys.index(key), "key", "is written twice", key, "keep one row") for key in sorted(twice)
        ]
    else:
        cells = [(name, column[0], 0) for name, column in table.columns.items()]
        if len(table) > 1:
            hint = "keep one row, or write columns `key` and `value`"
            faults.append(table.fault(1, next(iter(table.columns)), "is a second row of one layout", hint=hint))
    return [_setting(section, key, cell, table.place(row)) for key, cell, row in cells if cell is not None]


def _setting(section: Path, key: str, cell: object, place: Place) -> Setting:
    value: Value = plain_cell(cell)
    if key.endswith("_m") and isinstance(value, int | float) and not isinstance(value, bool):
        key, value = key.removesuffix("_m"), f"{value!r} m"
    return Setting((*section, key), value, place)
