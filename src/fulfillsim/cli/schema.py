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
    rate_cards = "rate_cards"


def print_schema(
    kind: Annotated[
        Kind, typer.Argument(help="Of scenarios; of `solve deliver`: a day's routes, rate cards of carriers.")
    ] = Kind.scenario,
) -> None:
    """Print the JSON schema of scenario files; editors complete and check through it."""
    from fulfillsim.scenario.load import delivery_day_schema, json_schema, rate_cards_schema

    schemas = {Kind.scenario: json_schema, Kind.delivery_day: delivery_day_schema, Kind.rate_cards: rate_cards_schema}
    typer.echo(json.dumps(schemas[kind](), indent=2, ensure_ascii=False))
