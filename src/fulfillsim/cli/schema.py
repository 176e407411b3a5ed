"""``fulfillsim schema``: what a scenario file may say, for editors and other programs."""

from __future__ import annotations

import json

import typer


def print_schema() -> None:
    """Print the JSON schema of scenario files; editors complete and check through it."""
    from fulfillsim.scenario import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
