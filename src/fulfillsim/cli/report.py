"""``fulfillsim report``: what a directory holds, as one file to hand on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fulfillsim.cli.options import QuietOption
from fulfillsim.cli.verify import (
    AlternativeOption,
    FilesOption,
    KpiOption,
    VerifyOption,
    WhichOption,
    verify_directory,
)


class ReportFormat(StrEnum):
    """How a report is written."""

    html = "html"
    md = "md"


DirectoryArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="A directory that run, compare or bench wrote with -o.")
]
FileOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Ends in .html or .md; report.html in DIR if left out."),
]
FormatOption = Annotated[
    ReportFormat | None,
    typer.Option("--format", "-f", help="html: one file; md: text, pictures in a folder beside it."),
]


def write_report_of(
    directory: DirectoryArgument,
    out: FileOption = None,
    form: FormatOption = None,
    quiet: QuietOption = False,
    verify: VerifyOption = False,
    replication: WhichOption = "0",
    alternative: AlternativeOption = None,
    kpi: KpiOption = None,
    files: FilesOption = None,
) -> None:
    """Write a report of a run, a comparison, a threshold or a benchmark; or run its figures again."""
    if verify:
        verify_directory(directory, replication, alternative, kpi, files, quiet)
        return
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.report.html.writing import write_report

    file = out if out is not None else directory / f"report.{form or ReportFormat.html}"
    if form is not None and file.suffix != f".{form}":
        file = file.with_name(f"{file.name}.{form}")
    with progress_on_stderr(quiet, what="pictures") as tell:
        written = write_report(directory, file, progress=tell)
    typer.echo(str(written))
    if not quiet:
        for note in notes_of(directory):
            typer.echo(f"warning: {note}", err=True)


def notes_of(directory: Path) -> list[str]:
    """What is unfinished, damaged or newer in a directory."""
    from fulfillsim.report.reading import read_directory

    return list(read_directory(directory).notes)
