"""``fulfillsim schema``: what a scenario file may say, for editors and other programs."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class Kind(StrEnum):
    """Files of ours that have a schema."""

    scenario = "scenario"
    delivery_day = "delivery_day"


def print_schema(
    kind: Annotated[
        Kind, typer.Argument(help="Of scenarios, or of a day's routes for `solve deliver`.")
    ] = Kind.scenario,
) -> None:
    """Print the JSON schema of scenario files; editors complete and check through it."""
    from fulfillsim.scenario.load import delivery_day_schema, json_schema

    made = json_schema() if kind is Kind.scenario else delivery_day_schema()
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
