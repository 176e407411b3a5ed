"""Rows in the formats that every verb offers: a table for eyes, JSON, CSV and Markdown for pipes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from fulfillsim.cli.options import Format
from fulfillsim.report.tables import Row, as_csv, as_markdown, as_table

__all__ = ["Row", "as_csv", "as_markdown", "as_table", "show"]

SCHEMA_VERSION = 1


def show(rows: Sequence[Row], form: Format, document: Mapping[str, object] | None = None) -> str:
    """Rows as text.

    Parameters
    ----------
    rows
        All with the same keys, in the order of the columns.
    form
        Which format.
    document
        What JSON shows instead of ``{"schema_version": 1, "rows": [...]}``.
    """
    if form is Format.json:
        content = document or {"schema_version": SCHEMA_VERSION, "rows": list(rows)}
        return json.dumps(content, indent=2, ensure_ascii=False)
    if form is Format.csv:
        return as_csv(rows)
    return as_markdown(rows) if form is Format.md else as_table(rows)
