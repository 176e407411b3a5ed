"""Tables of the benchmarks of studies, in the format ``table``, ``md``, ``csv`` or ``json``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fulfillsim.bench.experiments.crn import Savings, better_first
from fulfillsim.bench.experiments.parallel import Efficiency
from fulfillsim.report.tables import as_csv, as_markdown, as_table

SCHEMA_VERSION = 1


def show_savings(made: Savings, form: str) -> str:
    """Ratios by KPI, what was left out, and replications for on-time shipment."""
    rows: list[dict[str, Any]] = [
        {"kpi": row.kpi, "pairs": row.n_pairs, "variance ratio": row.ratio, "least": row.least, "most": row.most}
        for row in better_first(made)
    ]
    needed = [{"pair": pair, "paired": n, "independent": apart} for pair, (n, apart) in made.on_time.items()]
    notes = [
        f"median of the variance ratios over {len(made.rows)} KPIs: {made.median:.3g} ({made.n} replications)",
        f"left out, no difference varies: {', '.join(made.left_out) or 'none'}",
        f"replications for on-time shipment ± 1 point, paired over independent, median: {made.on_time_share:.3g}",
    ]
    return _joined(form, {"ratios": rows, "on_time": needed}, notes)


def show_efficiency(found: Efficiency, form: str) -> str:
    """All figures, one a row."""
    rows = [{"figure": name, "value": value} for name, value in asdict(found).items()]
    return _joined(form, {"parallel": rows}, [])


def show_coverage(tables: Mapping[str, Any], form: str) -> str:
    """The tables of `fulfillsim.bench.coverage`."""
    return _joined(form, {name: frame.to_dict("records") for name, frame in tables.items()}, [])


def _joined(form: str, tables: Mapping[str, Sequence[dict[str, Any]]], notes: Sequence[str]) -> str:
    if form == "json":
        plain = {name: [{k: _known(v) for k, v in row.items()} for row in rows] for name, rows in tables.items()}
        return json.dumps({"schema_version": SCHEMA_VERSION, **plain, "notes": list(notes)}, indent=1)
    layout = {"md": as_markdown, "csv": as_csv}.get(form, as_table)
    parts = []
    for name, rows in tables.items():
        shown = [{key: _text(value, form) for key, value in row.items()} for row in rows]
        parts.append(f"{name}\n{layout(shown)}" if form == "table" else layout(shown))
    return "\n\n".join([*parts, *(["\n".join(notes)] if notes and form != "csv" else [])])


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: Any, form: str) -> Any:
    if isinstance(value, tuple):
        return " to ".join(f"{part:.3g}" for part in value)
    if not isinstance(value, float):
        return value
    return "" if math.isnan(value) else value if form == "csv" else f"{value:.4g}"
