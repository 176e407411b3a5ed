"""Tables of figures that the reports share: KPIs beside their targets, KPIs of alternatives side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import FulfillsimError, UnknownNameError
from fulfillsim.experiment.estimates import LEVEL, estimate
from fulfillsim.experiment.kpi_lines import KpiLine
from fulfillsim.experiment.record import whole_name
from fulfillsim.experiment.result import Result
from fulfillsim.kpi import find_kpi
from fulfillsim.report.html.page import Table
from fulfillsim.stats.intervals import format_estimate

if TYPE_CHECKING:
    from fulfillsim.experiment.record import Cut

NUMBERS = frozenset({"value", "mean", "difference", "correlation", "variance ÷"})


def kpi_lines(result: Result, told: Mapping[str, Any]) -> list[KpiLine]:
    """Uncut KPIs of a run read back, judged as they were when it ended; anew where nothing was written of that.

    Parameters
    ----------
    told
        ``kpis.json``; empty if it is not there.
    """
    verdicts = {row["kpi"]: row for row in told.get("kpis", ()) if isinstance(row, dict) and row.get("target")}
    if not told:
        try:
            return result.lines()
        except (FulfillsimError, OSError):
            pass  # what the scenario names is gone: figures without verdicts are better than none
    lines = _estimates(result)
    return [
        replace(line, target=str(row["target"]), verdict=str(row.get("verdict", "")))
        if (row := verdicts.get(line.kpi))
        else line
        for line in lines
    ]


def _estimates(result: Result) -> list[KpiLine]:
    values: dict[tuple[str, str, Cut], list[float]] = {}
    for record in result.records:
        for value in record.values:
            if not value.cut:
                values.setdefault((value.kpi, value.unit, value.cut), []).append(value.value)
    return [KpiLine(*key, estimate(found)) for key, found in values.items()]


def target_table(lines: Sequence[KpiLine], told: Mapping[str, Any]) -> Table | None:
    """Targets with their verdicts; None without any.

    Parameters
    ----------
    told
        ``kpis.json``, whose ``targets`` know days and worst day as well.
    """
    judged = [row for row in told.get("targets", ()) if isinstance(row, dict)]
    if judged:
        rows = [_target_row(row) for row in judged]
        columns = ("target", "value", "bound", "verdict", "worst day", "what it means")
        return Table("Targets of the scenario", columns, rows, NUMBERS)
    plain = [(*_row(line), line.unit, line.target, line.verdict, _meaning(line.kpi)) for line in lines if line.target]
    columns = ("KPI", "value", "unit", "target", "verdict", "what it means")
    return Table("Targets of the scenario", columns, plain, NUMBERS) if plain else None


def _target_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    per = f" per {row['per']}" if row.get("per") not in (None, "run") else ""
    share = f" on {row['share']:.0%} of them" if isinstance(row.get("share"), float) else ""
    worst = f"{row['worst_day']}: {row['worst_day_value']:.3g}" if row.get("worst_day_value") is not None else ""
    cells = (row.get("target"), told_interval(row), f"{row.get('bound', '')}{per}{share}", row.get("verdict"), worst)
    return (*("" if cell is None else str(cell) for cell in cells), _meaning(str(row.get("kpi", ""))))


def told_interval(row: Mapping[str, Any]) -> str:
    """Estimate and half-width of a row of ``targets``."""
    numbers = [row.get(name) for name in ("estimate", "low", "high")]
    mean, low, high = (float(x) if isinstance(x, int | float) else math.nan for x in numbers)
    return format_estimate(mean, (high - low) / 2).removesuffix(" ± ?")


def kpi_table(lines: Sequence[KpiLine]) -> Table:
    """All KPIs with what they mean."""
    rows = [(*_row(line), line.unit, _meaning(line.kpi)) for line in lines]
    return Table(
        f"All KPIs: mean over replications ± half-width ({LEVEL:.0%})",
        ("KPI", "value", "unit", "what it means"),
        rows,
        NUMBERS,
    )


def side_by_side(results: Mapping[str, Result], kpis: Sequence[str], units: Mapping[str, str]) -> Table:
    """Means of some KPIs of alternatives, one column each."""
    known = [{line.kpi: line for line in _estimates(result)} for result in results.values()]
    rows = [
        (kpi, *(str(lines[kpi].estimate) if kpi in lines else "-" for lines in known), units.get(kpi, ""))
        for kpi in kpis
    ]
    columns = ("KPI", *results, "unit")
    return Table(f"Each alternative by itself, ± {LEVEL:.0%} half-width", columns, rows, frozenset(results))


def all_kpis(results: Mapping[str, Result]) -> tuple[list[str], dict[str, str]]:
    """Names of all KPIs of any alternative in their order, and their units."""
    units = {line.kpi: line.unit for result in results.values() for line in _estimates(result)}
    return list(units), units


def _row(line: KpiLine) -> tuple[str, str]:
    return line.kpi, str(line.estimate).removesuffix(" ± ?")


def _meaning(kpi: str) -> str:
    try:
        return find_kpi(whole_name(kpi)).meaning
    except UnknownNameError:
        return ""
