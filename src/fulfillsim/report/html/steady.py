"""The report of a steady state: one long run, its mean and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fulfillsim.report.html.how import again, method
from fulfillsim.report.html.page import Page, Picture, Section, Table
from fulfillsim.report.html.pictures import picture_of
from fulfillsim.report.html.run import scenario_section
from fulfillsim.report.reading import SteadyRead


def steady_page(found: SteadyRead) -> Page:
    """Everything that the directory of a steady state tells."""
    told = found.answer
    kpi = str(told.get("kpi") or found.search.get("setting") or "a KPI")
    sections = [Section("The run", [*_picture(found, kpi), _table(told)])] if told else []
    first = next(iter(reversed(list(found.runs.values()))), None)
    if first is not None:
        sections += [method(first), *filter(None, [scenario_section(first)]), again(found.runs)]
    answer = f"{told['answer']}." if told.get("answer") else "The run is not long enough yet, so there is no answer."
    what = f"Steady state of {kpi}, {len(found.runs)} runs of growing length"
    question = f"What is {kpi} in the long run?"
    return Page(f"{kpi} in the steady state", what, question, answer, _certainty(told), found.notes, sections)


def _certainty(told: Mapping[str, Any]) -> str:
    if not told:
        return ""
    more = "" if told.get("settled") else " The budget ended before the interval was as narrow as wanted."
    return f"The interval holds with {told['level']:.0%} if all cycles are alike.{more}"


def _table(told: Mapping[str, Any]) -> Table:
    names = ("estimate", "low", "high", "unit", "days", "cycle_days", "left_out_cycles", "correlation")
    cells = [(name.replace("_", " "), _cell(told.get(name))) for name in names]
    return Table("What it rests on", ("", "value"), cells, frozenset({"value"}))


def _cell(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else "" if value is None else str(value)


def _picture(found: SteadyRead, kpi: str) -> list[Picture]:
    from fulfillsim.report.plots.steady_state import plot_steady_state

    rows = [row for row in found.answer.get("rows", ()) if isinstance(row, dict)]
    if not rows:
        return []
    alt = f"{kpi} cycle by cycle from an empty start, with the mean and what was left out."
    return [picture_of("steady_state", plot_steady_state(rows, found.answer), alt)]
