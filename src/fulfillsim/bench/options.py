"""Options that the commands of the harness share, said once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """Of results on stdout."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"


InstancesArgument = Annotated[
    list[Path], typer.Argument(metavar="INSTANCES...", help="Files, or folders of files.", show_default=False)
]
SolverOption = Annotated[
    str, typer.Option("--solver", "-s", metavar="A,B", help="Names, or path/to/file.py:function; auto recommends.")
]
LimitOption = Annotated[float, typer.Option("--time-limit", "-t", min=0.001, help="Wall seconds of each run.")]
SeedsOption = Annotated[int, typer.Option("--seeds", min=1, help="Runs of each, with the seeds 1, 2, ...")]
KnownOption = Annotated[
    Path | None, typer.Option("--best-known", metavar="FILE", help="CSV with instance, value and objective.")
]
TargetOption = Annotated[float, typer.Option("--target", min=0.0, help="Gap in percent for the time to target.")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="Of the result.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="DIR", help="Keep rows and pictures; runs found there go on.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks.")]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Runs at once, at most and by default one per core.")
]
