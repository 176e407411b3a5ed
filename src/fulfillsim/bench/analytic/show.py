"""A study as a table, CSV, Markdown or JSON."""

from __future__ import annotations

import csv
import io
import json

from fulfillsim.bench.analytic.study import Row, Study
from fulfillsim.stats.intervals import format_estimate

HEADER = ("id", "model", "exact", "estimate", "verdict")


def shown(study: Study, form: str) -> str:
    """Text of the study in the format ``table``, ``json``, ``csv`` or ``md``."""
    if form == "json":
        return json.dumps(study.as_json(), indent=1)
    if form == "csv":
        return _csv(study)
    lines = _markdown(study) if form == "md" else _table(study)
    return "\n".join([*lines, "", _summary(study)])


def _cells(row: Row) -> tuple[str, ...]:
    estimate = "-"
    if row.estimate is not None and row.half_width is not None:
        estimate = format_estimate(row.estimate, row.half_width)
    return row.id, row.model, f"{row.exact:.8g}", estimate, row.verdict


def _table(study: Study) -> list[str]:
    rows = [HEADER, *map(_cells, study.rows)]
    widths = [min(max(len(row[place]) for row in rows), 44) for place in range(len(HEADER))]
    return ["  ".join(cell[:44].ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _markdown(study: Study) -> list[str]:
    rule = "|".join(["---"] * len(HEADER))
    return [f"| {' | '.join(HEADER)} |", f"|{rule}|", *(f"| {' | '.join(_cells(row))} |" for row in study.rows)]


def _csv(study: Study) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "model", "exact", "estimate", "half_width", "verdict"))
    for row in study.rows:
        writer.writerow((row.id, row.model, row.exact, row.estimate, row.half_width, row.verdict))
    return text.getvalue().rstrip("\n")


def _summary(study: Study) -> str:
    counts = study.summary
    return (
        f"{counts['inside']} inside, {counts['outside']} outside, {counts['too_wide']} too wide, "
        f"{counts['not_mapped']} not mapped of {counts['n_rows']} rows; "
        f"{study.n_customers:,} customers, seed {study.seed}; half-widths at 99 %, inside at 99.9 %"
    )
