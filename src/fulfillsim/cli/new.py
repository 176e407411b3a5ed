"""``fulfillsim new``: a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fulfillsim.errors import InputError


def write_starter(
    name: Annotated[str, typer.Argument(help="Name of the operation; the file is called NAME.yaml.")] = "my-operation",
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write to FILE instead.")] = None,
) -> None:
    """Write a commented scenario file to start from."""
    from fulfillsim.scenario import starter_text

    file = out if out is not None else Path(f"{name.removesuffix('.yaml')}.yaml")
    text = starter_text(name.removesuffix(".yaml"))
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise InputError(f"{file}: already exists - choose another name, or another file with -o") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror}) - choose another file with -o") from error
    typer.echo(file)
    typer.echo(f"next: fulfillsim check {file}, then fulfillsim run {file}", err=True)
