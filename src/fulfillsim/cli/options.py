"""Options that several verbs share, said once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    json = "json"
    csv = "csv"
    md = "md"


ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or a shipped one's name.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value of the scenario; may be repeated."),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Seed of the study: the same seed, the same figures.")]
ReplicationsOption = Annotated[
    int, typer.Option("-n", "--replications", min=1, help="Independent runs; intervals need 2.")
]
JobsOption = Annotated[
    int | None, typer.Option("-j", "--jobs", min=1, help="Processes; by default one per core. Never changes a figure.")
]
ExecutorOption = Annotated[
    str | None,
    typer.Option("--executor", metavar="NAME", help="processes, dask (this machine) or dask://HOST:PORT."),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="DIR",
        help="Run directory; an unfinished run in it goes on. `run` writes a workbook to NAME.xlsx.",
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache", metavar="DIR", help="Folder that studies share: what one of them ran, no other runs again."
    ),
]
AntitheticOption = Annotated[
    bool, typer.Option("--antithetic", help="Replications are pairs, the second one mirrored: 1 - u for each draw.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks.")]


def check_options(context: typer.Context, modes: Mapping[str, Sequence[str]], everywhere: Sequence[str]) -> None:
    """Refuse options that the question asked does not take: they would change nothing.

    Parameters
    ----------
    modes
        Question, the flag that asks it (the last one: asked by none) -> names of the parameters that it takes.
    everywhere
        Names that every question takes.

    Raises
    ------
    InputError
        At the first that it does not take.
    """
    from fulfillsim.errors import InputError

    flags = {str(option.name): max(option.opts, key=len) for option in context.command.params}
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    asked = [flags[name] for name in given if flags[name] in modes]
    mode = min(asked, key=list(modes).index, default=list(modes)[-1])
    for name in given:
        if flags[name] != mode and name not in (*modes[mode], *everywhere):
            takers = " or ".join(kind for kind, taken in modes.items() if name in taken)
            belongs = f", it belongs to {takers}" if takers else ""
            raise InputError(f"{context.info_name}: {mode} takes no {flags[name]}{belongs} - leave it out")


def names_of(text: str) -> tuple[str, ...]:
    """Names of an option that takes several, with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
