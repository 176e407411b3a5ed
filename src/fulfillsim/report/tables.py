"""Rows as text: a table for eyes, Markdown and CSV for documents and pipes."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

Row = Mapping[str, object]


def as_table(rows: Sequence[Row], right: Sequence[str] = ()) -> str:
    """Columns padded with spaces, a line of titles above; columns named in ``right`` are flush right."""
    if not rows:
        return "(nothing)"
    titles = list(rows[0])
    cells = [titles, *([_text(row[title]) for title in titles] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(titles))]
    return "\n".join(_padded(line, titles, widths, right) for line in cells)


def _padded(line: Sequence[str], titles: Sequence[str], widths: Sequence[int], right: Sequence[str]) -> str:
    sides = [">" if title in right else "<" for title in titles]
    padded = (f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths, strict=True))
    return "  ".join(padded).rstrip()


def as_markdown(rows: Sequence[Row]) -> str:
    """A pipe table."""
    if not rows:
        return ""
    titles = list(rows[0])
    lines = [titles, ["---"] * len(titles), *([_escaped(_text(row[t])) for t in titles] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _escaped(text: str) -> str:
    r"""Text that neither ends a cell nor begins a link.

    Examples
    --------
    >>> _escaped("P(a|b), E[n](t)")
    'P(a\\|b), E[n]\\(t)'
    """
    return text.replace("|", "\\|").replace("](", "]\\(")


def as_csv(rows: Sequence[Row]) -> str:
    """Comma-separated values with a line of titles."""
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def _text(value: object) -> str:
    return "" if value is None else str(value)
