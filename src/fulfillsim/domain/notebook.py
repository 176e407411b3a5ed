"""Tables for notebooks: rows of text as HTML, escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def html_table(
    titles: Sequence[str], rows: Iterable[Sequence[object]], above: Sequence[str] = (), below: Sequence[str] = ()
) -> str:
    """HTML of a table with paragraphs above and below it.

    Examples
    --------
    >>> html_table(["name"], [["<b>"]], above=["A & B"])
    '<p>A &amp; B</p><table><tr><th>name</th></tr><tr><td>&lt;b&gt;</td></tr></table>'
    """
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    before, after = ("".join(f"<p>{escape(text)}</p>" for text in texts) for texts in (above, below))
    return f"{before}<table><tr>{head}</tr>{body}</table>{after}"
