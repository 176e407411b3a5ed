"""The report of a sensitivity analysis: which settings move a KPI, and how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fulfillsim.report.html.how import method, versions
from fulfillsim.report.html.page import Block, Page, Section, Table
from fulfillsim.report.html.run import scenario_section
from fulfillsim.report.reading import SensitivityRead


def sensitivity_page(found: SensitivityRead) -> Page:
    """Everything that the directory of a sensitivity analysis tells."""
    document = found.document
    rows = [row for row in document.get("rows", ()) if isinstance(row, dict)]
    factors = list(dict.fromkeys(str(row.get("factor")) for row in rows))
    by_kpi = {str(row.get("kpi")): [r for r in rows if r.get("kpi") == row.get("kpi")] for row in rows}
    sections = [Section("What each setting does", [_table(kpi, part) for kpi, part in by_kpi.items()])] if rows else []
    if first := next(iter(found.runs.values()), None):
        again: list[Block] = [table] if (table := versions(first.manifest)) else []
        sections += [method(first), *filter(None, [scenario_section(first)])]
        sections += [Section("How to get the same figures again", again)] if again else []
    what = f"Sensitivity ({document.get('method', 'unfinished')}): {document.get('settings', len(found.runs))} settings"
    question = f"What do {', '.join(factors)} do to {', '.join(by_kpi)}?" if rows else ""
    sure = f"{document.get('replications', '?')} replications of each setting; ± is the half-width of an effect."
    return Page("Which settings matter", what, question, _answer(by_kpi), sure if rows else "", found.notes, sections)


def _answer(by_kpi: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The setting that moves each KPI most."""
    said = []
    for kpi, rows in by_kpi.items():
        known = [row for row in rows if isinstance(row.get("size"), int | float)]
        if known:
            most = max(known, key=lambda row: abs(row["size"]))
            said.append(f"{most['factor']} moves {kpi} most: {most['size']:.3g} {most.get('unit', '')}".rstrip() + ".")
    return " ".join(said) or "The analysis is not finished, so nothing can be said of effects yet."


def _table(kpi: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    names = ["factor", *(str(name) for name in rows[0] if name not in ("kpi", "factor"))]
    cells = [tuple(_cell(row.get(name)) for name in names) for row in rows]
    titles = [name.replace("_", " ") for name in names]
    return Table(f"Effects on {kpi}", titles, cells, frozenset(titles) - {"factor", "unit"})


def _cell(value: Any) -> str:
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
