"""A result as an .xlsx workbook for planners: KPIs, days, hours by role, orders.

Every sheet has its titles in the first row, which stays in sight, a filter, and number formats of the figures' units.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fulfillsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from fulfillsim.experiment import Result

FORMATS = {"share": "0.0%", "h": "#,##0.0", "days": "0.00", "m": "#,##0.0", "s": "#,##0"}
COUNT, MONEY, SMALL = "#,##0", "#,##0.00", "0.00"
DAY, MINUTE = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
MOST_ROWS = 1_000_000
"""Rows of a sheet; Excel ends at 1,048,576."""
DAILY = (
    "n_placed",
    "n_shipped",
    "throughput_lines",
    "throughput_units",
    "n_due",
    "on_time_shipment",
    "on_time_delivery",
    "otif",
    "n_late",
    "backlog_end",
    "backlog_waiting",
    "order_cycle_time_p50",
    "utilization",
    "paid_hours",
    "overtime_hours",
    "total_cost",
)
"""KPIs of the sheet of days, families with all their members."""


@dataclass(frozen=True)
class Column:
    """Title, values and number format of a column; a format per value where they differ."""

    title: str
    values: Sequence[Any]
    form: str | Sequence[str] = ""


def write_workbook(result: Result, file: str | Path, by: Sequence[str] = ()) -> Path:
    """Write a result to an .xlsx file and return it; the file is there whole or not at all.

    Parameters
    ----------
    by
        A further sheet of KPIs cut like this: ``["carrier", "day"]``.

    Raises
    ------
    InputError
        If the file is not to end in .xlsx.
    """
    import openpyxl

    file = Path(file)
    if file.suffix.lower() != ".xlsx":
        raise InputError(f"{file}: a workbook ends in .xlsx - rename it, or leave the ending out for a run directory")
    book = openpyxl.Workbook(write_only=True)
    for title, columns in _sheets(result, tuple(by)):
        _write(book.create_sheet(title), columns)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.part")
    try:
        book.save(unfinished)
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
    return file


def _sheets(result: Result, by: tuple[str, ...]) -> Iterable[tuple[str, list[Column]]]:
    yield "KPIs", _kpis(result, ())
    yield "By day", _by_day(result)
    if result.world.staff:
        yield "By hour and role", _by_hour(result)
    orders = _orders(result)
    yield "Orders", orders
    if by and by != ("day",):
        yield f"By {', '.join(by)}"[:31], _kpis(result, by)
    yield "About", _about(result, len(orders[0].values))


def _kpis(result: Result, by: tuple[str, ...]) -> list[Column]:
    from fulfillsim.kpi import find_kpi

    lines = result.lines(by)
    forms = [number_format(line.unit) for line in lines]
    cuts = [Column(name, [dict(line.cut).get(name) for line in lines]) for name in by]
    return [
        Column("KPI", [line.kpi for line in lines]),
        *cuts,
        Column("mean", [_number(line.estimate.estimate) for line in lines], forms),
        Column("± (95 %)", [_number(line.estimate.half_width) for line in lines], forms),
        Column("unit", [line.unit for line in lines]),
        Column("target", [line.target for line in lines]),
        Column("verdict", [line.verdict for line in lines]),
        Column("meaning", [find_kpi(line.kpi).meaning for line in lines]),
    ]


def _by_day(result: Result) -> list[Column]:
    """A row per day, a column per KPI: means over the replications."""
    means: dict[str, dict[str, float]] = {}
    units: dict[str, str] = {}
    for line in result.lines(("day",)):
        if line.kpi in DAILY or line.kpi.partition(".")[0] in DAILY:
            means.setdefault(line.kpi, {})[str(dict(line.cut)["day"])] = line.estimate.estimate
            units[line.kpi] = line.unit
    days = sorted({day for values in means.values() for day in values})
    names = sorted(means, key=lambda name: DAILY.index(name if name in DAILY else name.partition(".")[0]))
    return [
        Column("day", [date.fromisoformat(day) for day in days], DAY),
        Column("weekday", [f"{date.fromisoformat(day):%a}" for day in days]),
        *(
            Column(
                _titled(name, units[name]),
                [_number(means[name].get(day, math.nan)) for day in days],
                number_format(units[name]),
            )
            for name in names
        ),
    ]


def _by_hour(result: Result) -> list[Column]:
    """A row per hour and role of replication 0, in the days that count."""
    from fulfillsim.report.plots.utilization import utilization_frame

    days = result.world.days
    frame = utilization_frame(result.world, result.trace(_first(result)))
    frame = frame[frame["time_s"].between(days.window_start_s, days.window_end_s, inclusive="left")]
    frame = frame.sort_values(["time_s", "role"], kind="stable")
    local = _times(frame["local_time"])
    return [
        Column("hour", local, MINUTE),
        Column("weekday", [f"{time:%a}" if time else None for time in local]),
        Column("role", frame["role"].tolist()),
        Column("hours present", frame["present_h"].tolist(), SMALL),
        Column("hours busy", frame["busy_h"].tolist(), SMALL),
        Column("busy share", frame["utilization"].tolist(), FORMATS["share"]),
    ]


def _orders(result: Result) -> list[Column]:
    """A row per order of replication 0 that was placed, due or shipped in the days that count."""
    from fulfillsim.io.local_time import local_times

    days = result.world.days
    frame = result.to_frame("orders", _first(result))
    inside = np.zeros(len(frame), np.bool_)
    for name in ("placed_s", "due_departure_s", "shipped_s"):
        inside |= frame[name].between(days.window_start_s, days.window_end_s, inclusive="left").to_numpy()
    frame = frame[inside].head(MOST_ROWS)
    moments = ("placed", "accepted", "released", "picked", "staged", "due_departure", "shipped", "promise", "delivered")
    words = ("channel", "zone", "service", "carrier", "status", "place", "late_because")
    named = frame["order_id"].notna().any()
    return [
        Column("order", _texts(frame["order_id"]) if named else frame["order"].tolist()),
        *(Column(name, _texts(frame[name])) for name in words[:3]),
        Column("lines", frame["n_lines"].tolist(), COUNT),
        Column("units", frame["n_units"].tolist(), COUNT),
        *(
            Column(name.replace("_", " "), _moments(local_times(frame[f"{name}_s"].to_numpy(), days)), MINUTE)
            for name in moments
            if frame[f"{name}_s"].notna().any()
        ),
        *(Column(name.replace("_", " "), _texts(frame[name])) for name in words[3:]),
    ]


def _about(result: Result, n_orders: int) -> list[Column]:
    """What was run, and what the sheets hold."""
    from fulfillsim.experiment.verdicts import target_lines
    from fulfillsim.experiment.versions import package_versions

    days = result.world.days
    last = days.date(days.n_warm_up + days.n_window - 1)
    rows = [
        ("scenario", result.name),
        ("question", result.world.question),
        ("days that count", f"{days.date(days.n_warm_up)} to {last}, {days.zone}"),
        ("replications", f"{result.n_replications}, seed {result.seed}"),
        ("fulfillsim", package_versions().get("fulfillsim", "not installed")),
        ("KPIs, By day", "means over the replications"),
        ("By hour and role", f"replication {_first(result)}; breaks and overtime left out"),
        ("Orders", f"replication {_first(result)}: placed, due or shipped in the days that count; {n_orders:,} rows"),
        *(("target", line.strip()) for line in target_lines(result.verdicts())[2:]),
        *(("warning", line) for line in result.warnings()),
    ]
    return [Column("about", [name for name, _ in rows]), Column("", [text for _, text in rows])]


def number_format(unit: str) -> str:
    """Format of a figure in a spreadsheet, by its unit.

    >>> number_format("share"), number_format("orders"), number_format("EUR")
    ('0.0%', '#,##0', '#,##0.00')
    """
    if unit in FORMATS:
        return FORMATS[unit]
    if len(unit) == 3 and unit.isupper():
        return MONEY
    return COUNT if unit in ("orders", "lines", "units", "parcels", "calls") or "/day" in unit else "#,##0.##"


def _titled(name: str, unit: str) -> str:
    title = name.removeprefix("n_").replace("_", " ").replace(".", ": ")
    return title if unit == "share" else f"{title} ({unit})"


def _first(result: Result) -> int:
    return int(result.packed.replications[0])


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _texts(values: pd.Series[Any]) -> list[str | None]:
    return [str(value) if there else None for value, there in zip(values, values.notna(), strict=True)]


def _times(values: pd.Series[Any]) -> list[datetime | None]:
    return _moments(values.to_numpy())


def _moments(times: Any) -> list[datetime | None]:
    """Times to the second, as spreadsheets hold them."""
    found: list[datetime | None] = times.astype("datetime64[s]").astype(object).tolist()
    return found


def _write(sheet: Any, columns: list[Column]) -> None:
    """Titles in bold that stay in sight, a filter, widths by content, one row after the other."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "B2"
    n_rows = len(columns[0].values) if columns else 0
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{n_rows + 1}"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(column)
    titles = []
    for column in columns:
        cell = WriteOnlyCell(sheet, value=column.title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFE5E5E5")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        titles.append(cell)
    sheet.append(titles)
    forms = [column.form if not isinstance(column.form, str) else [column.form] * n_rows for column in columns]
    for values in zip(*(_cells(sheet, c.values, form) for c, form in zip(columns, forms, strict=True)), strict=True):
        sheet.append(values)


def _cells(sheet: Any, values: Sequence[Any], forms: Sequence[str]) -> Iterable[Any]:
    """Cells of a column; plain values where no format is asked for, which is quicker."""
    from openpyxl.cell import WriteOnlyCell

    for value, form in zip(values, forms, strict=True):
        if not form or value is None:
            yield value
            continue
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = form
        yield cell


def _width(column: Column) -> float:
    """Characters that fit the title's longest word and the first values."""
    shown = [len(str(value)) for value in column.values[:200] if isinstance(value, str)]
    least = 16 if any(isinstance(value, datetime) for value in column.values[:200]) else 9
    words = [len(word) for word in column.title.split()]
    return float(min(70, max([least, *shown, *words]) + 2))
