"""``fulfillsim report --verify``: figures of a directory run again and compared bit by bit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fulfillsim.cli.options import Format
from fulfillsim.cli.tables import show

VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Run figures again and compare the bits; exits with 1 if one differs.")
]
WhichOption = Annotated[
    str, typer.Option("--replication", metavar="0,3-5|all", help="With --verify: which replications.")
]
AlternativeOption = Annotated[
    list[str] | None, typer.Option("--alternative", help="With --verify: of which alternatives; all if not given.")
]
KpiOption = Annotated[list[str] | None, typer.Option("--kpi", help="With --verify: which figures; all if not given.")]
FilesOption = Annotated[
    Path | None, typer.Option("--files", metavar="FOLDER", help="With --verify: where tables and histories lie.")
]


def verify_directory(
    directory: Path,
    replications: str = "0",
    alternatives: list[str] | None = None,
    kpis: list[str] | None = None,
    files: Path | None = None,
    quiet: bool = False,
) -> None:
    """Run figures again, say whether they are the same, and exit with 1 if one differs."""
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.experiment.verifying import parse_replications, verify

    with progress_on_stderr(quiet, what="replications run again") as tell:
        found = verify(directory, parse_replications(replications), alternatives, kpis, files=files, progress=tell)
    typer.echo(found.sentence())
    if found.differing:
        typer.echo(show([figure.as_row() for figure in found.differing], Format.table))
    for note in found.notes:
        typer.echo(f"made with other versions: {note}", err=True)
    if found.differing:
        raise typer.Exit(1)
