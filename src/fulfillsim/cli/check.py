"""``fulfillsim check``: all faults of a scenario at once."""

from __future__ import annotations

import typer

from fulfillsim.cli.options import ScenarioArgument, SetOption


def check_scenario(scenario: ScenarioArgument, sets: SetOption = None) -> None:
    """Check a scenario file and tell all its faults at once, each with its line."""
    from fulfillsim.scenario import load_scenario

    checked = load_scenario(scenario, sets or ())
    for warning in checked.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"{scenario}: no faults in {checked.name!r}")
