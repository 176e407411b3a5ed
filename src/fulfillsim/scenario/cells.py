"""What a cell of a table may mean: text, numbers, counts, times of day; from CSV, Parquet and .xlsx alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from fulfillsim.scenario.nodes import Value
from fulfillsim.scenario.text import resolve
from fulfillsim.scenario.units import UnitError

T = TypeVar("T")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def text(cell: object) -> str:
    """Text of a cell; a whole number from a sheet loses its ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def plain_cell(cell: object) -> Value:
    """What a scenario file would hold: numbers and flags as such, whole numbers without ``.0``, times as text."""
    if isinstance(cell, time | timedelta):
        return clock_text(cell)
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, str):
        return resolve(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if isinstance(cell, bool | int | float) else str(cell)


def clock_text(cell: object) -> str:
    """``07:30`` for a time of day as spreadsheets hold it; the text of anything else.

    >>> clock_text(time(7, 30)), clock_text(timedelta(days=1))
    ('07:30', '24:00')
    """
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if not isinstance(cell, timedelta):
        return text(cell)
    minutes, seconds = divmod(int(cell.total_seconds()), 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{clock}:{seconds:02d}" if seconds else clock


def number(cell: object) -> float:
    """Finite number of a cell, with a point as the decimal mark."""
    try:
        value = float(cell) if isinstance(cell, str | int | float) else float("nan")
    except (ValueError, OverflowError):
        value = float("nan")
    if not math.isfinite(value) or isinstance(cell, bool) or (isinstance(cell, str) and "_" in cell):
        comma = isinstance(cell, str) and "," in cell
        raise UnitError("must be a finite number", "write a decimal point, no thousands mark" if comma else "")
    return value


def whole(cell: object) -> int:
    """Whole number of a cell; 3.0 is one."""
    value = number(cell)
    if not value.is_integer():
        raise UnitError("must be a whole number")
    return int(cell) if isinstance(cell, str) and cell.strip().lstrip("+-").isdigit() else int(value)


def flag(cell: object) -> bool:
    """Yes or no of a cell: true, yes, 1 and false, no, 0 in any spelling."""
    word = text(int(cell) if isinstance(cell, bool) else cell).lower()
    if word not in _FLAGS:
        raise UnitError("must be true or false", "or yes and no, 1 and 0")
    return _FLAGS[word]


def not_negative(parse: Callable[[Any], T]) -> Callable[[Any], T]:
    """The same parser, refusing values below 0."""

    def parsed(cell: Any) -> T:
        value = parse(cell)
        if value < 0:  # type: ignore[operator]
            raise UnitError("must not be negative")
        return value

    return parsed
