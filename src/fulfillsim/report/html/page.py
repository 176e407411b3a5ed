"""What a report says, before it is written as HTML or Markdown: plain text in blocks below headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: Sequence[str]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Code:
    """Text to be copied, or shown as it was written; ``label`` says what it is."""

    text: str
    label: str
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Table:
    """Rows of text.

    Parameters
    ----------
    caption
        What the rows are.
    columns
        Titles.
    rows
        Cells, each row as long as ``columns``.
    right
        Titles of the columns that hold numbers.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[str] = frozenset()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """A picture: SVG where it could be had, and PNG where that could.

    Parameters
    ----------
    name
        Of a file, without ending.
    title
        Of the figure.
    alt
        What it shows, for those who do not see it.
    svg, png
        Its content; at least one of them.
    """

    name: str
    title: str
    alt: str
    svg: str = ""
    png: bytes = b""
    kind: ClassVar[str] = "picture"


Block = Text | Bullets | Code | Table | Picture


@dataclass(frozen=True)
class Section:
    """Blocks below a heading."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A report.

    Parameters
    ----------
    title
        Of the file and its first heading.
    what
        Run, comparison, threshold or benchmark, with its size, in a line.
    question
        As the scenario asks it; may be empty.
    answer
        In a sentence or two.
    certainty
        How sure the answer is, and what the ± mean.
    notes
        What a reader must not overlook: unfinished, damaged, failed.
    sections
        Everything else, in order.
    """

    title: str
    what: str
    question: str
    answer: str
    certainty: str
    notes: Sequence[str]
    sections: Sequence[Section]

    @property
    def pictures(self) -> list[Picture]:
        """All pictures in order."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Picture)]
