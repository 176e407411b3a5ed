"""A page as one HTML file, or as Markdown with its pictures beside it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fulfillsim.errors import InputError, RunDirectoryError
from fulfillsim.experiment.counting import Count
from fulfillsim.experiment.files import write_whole
from fulfillsim.report.html.bench import bench_page
from fulfillsim.report.html.comparison import comparison_page
from fulfillsim.report.html.inline import inlined
from fulfillsim.report.html.page import Block, Bullets, Code, Page, Picture, Section, Table, Text
from fulfillsim.report.html.pictures import as_files
from fulfillsim.report.html.run import run_page
from fulfillsim.report.html.sensitivity import sensitivity_page
from fulfillsim.report.html.steady import steady_page
from fulfillsim.report.html.threshold import threshold_page
from fulfillsim.report.reading import RunRead, SensitivityRead, SteadyRead, StudyRead, ThresholdRead, read_directory
from fulfillsim.report.tables import as_markdown as as_pipe_table

if TYPE_CHECKING:
    from markupsafe import Markup

HEAVY_BYTES = 1_500_000
"""An SVG beyond this gives way to its PNG, where there is one."""


def write_report(
    folder: Path | str,
    file: Path | str | None = None,
    remarks: Sequence[str] = (),
    progress: Count | None = None,
) -> Path:
    """Write the report of a directory.

    Parameters
    ----------
    folder
        Of a run, a study, a threshold search or a benchmark; finished or not.
    file
        Ending in ``.html`` (one file that holds everything) or ``.md`` (pictures in a folder beside it);
        ``report.html`` in the directory if not given.
    remarks
        More to be said of how the figures were made, such as what a check found.
    progress
        Called with (drawn, all) where pictures have to be drawn anew.

    Raises
    ------
    RunDirectoryError
        If there is nothing to report, or the file cannot be written.
    InputError
        If the file has another ending.
    """
    folder = Path(folder)
    target = folder / "report.html" if file is None else Path(file)
    if target.suffix not in (".html", ".htm", ".md"):
        raise InputError(f"report: must end in .html or .md (got {target.name}) - for example report.html")
    page = read_page(folder, remarks, progress)
    if not target.parent.is_dir():
        raise InputError(f"report: there is no folder {target.parent} - make it first")
    try:
        if target.suffix == ".md":
            names = as_files(page.pictures, target.with_name(f"{target.stem}_pictures")) if page.pictures else {}
            write_whole(target, as_markdown(page, names).encode())
        else:
            write_whole(target, as_html(page).encode())
    except OSError as error:
        rule = f"cannot write {target.name}: {error.strerror or error}"
        raise RunDirectoryError(str(target.parent), rule, "choose another place with -o") from error
    return target


def read_page(folder: Path, remarks: Sequence[str] = (), progress: Count | None = None) -> Page:
    """The page of whatever a directory holds; see `write_report`."""
    found = read_directory(folder)
    if isinstance(found, RunRead):
        page = run_page(found, progress)
    elif isinstance(found, StudyRead):
        page = comparison_page(found)
    elif isinstance(found, SensitivityRead):
        page = sensitivity_page(found)
    elif isinstance(found, SteadyRead):
        page = steady_page(found)
    else:
        page = threshold_page(found) if isinstance(found, ThresholdRead) else bench_page(found)
    if not remarks:
        return page
    return replace(page, sections=[*page.sections, Section("Checked", [Bullets(list(remarks))])])


def as_html(page: Page) -> str:
    """One file without scripts that loads nothing; all texts are escaped."""
    from importlib.metadata import version

    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("fulfillsim.report", "html")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    drawn = _drawn(page.pictures)
    text: str = made.get_template("report.html.jinja").render(page=page, drawn=drawn, version=version("fulfillsim"))
    return text


def _drawn(pictures: Sequence[Picture]) -> dict[str, Markup]:
    """Pictures as parts of a page, by name: SVG cleaned, else PNG, else a sentence."""
    from markupsafe import Markup, escape

    drawn = {}
    for number, picture in enumerate(pictures, 1):
        inside = ""
        if picture.svg and (len(picture.svg) <= HEAVY_BYTES or not picture.png):
            try:
                inside = inlined(picture.svg, f"p{number}-", picture.alt)
            except ValueError:
                inside = ""
        if not inside and picture.png.startswith(b"\x89PNG"):
            data = base64.b64encode(picture.png).decode()
            inside = f'<img alt="{escape(picture.alt)}" src="data:image/png;base64,{data}">'
        drawn[picture.name] = Markup(inside or "<p>This picture cannot be read.</p>")
    return drawn


def as_markdown(page: Page, pictures: Mapping[str, str]) -> str:
    """Text for a wiki or a repository.

    Parameters
    ----------
    pictures
        File by name of picture; those without one are left out.
    """
    parts = [f"# {_plain(page.title)}", _plain(page.what)]
    parts += [f"*{_plain(page.question)}*"] if page.question else []
    parts += [f"**{_plain(page.answer)}**"]
    parts += [_plain(page.certainty)] if page.certainty else []
    parts += ["\n".join(f"> - {_plain(note)}" for note in page.notes)] if page.notes else []
    for section in page.sections:
        parts.append(f"## {_plain(section.title)}")
        parts += [text for block in section.blocks if (text := _block(block, pictures))]
    return "\n\n".join(parts) + "\n"


def _block(block: Block, pictures: Mapping[str, str]) -> str:
    if isinstance(block, Text):
        return _plain(block.text)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_plain(item)}" for item in block.items)
    if isinstance(block, Code):
        fence = "```" if "```" not in block.text else "~" * 12
        return f"{_plain(block.label)}:\n\n{fence}\n{block.text.rstrip()}\n{fence}"
    if isinstance(block, Picture):
        file = pictures.get(block.name)
        alt = _plain(block.alt).replace("]", "\\]")
        return f"![{alt}]({file})" if file else ""
    return _table(block)


def _table(block: Table) -> str:
    rows = [{_plain(t): _plain(c) for t, c in zip(block.columns, row, strict=True)} for row in block.rows]
    return f"{_plain(block.caption)}\n\n{as_pipe_table(rows)}"


def _plain(text: str) -> str:
    """Text in a line, whose markup shows instead of acting."""
    line = " ".join(text.split())
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("`", "\\`"), ("[", "\\[")):
        line = line.replace(sign, instead)
    return line
