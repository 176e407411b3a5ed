"""``fulfillsim bench``: hands everything to the benchmark harness, which is loaded only then."""

from __future__ import annotations

from typing import Any

import typer

PASS_EVERYTHING: dict[str, Any] = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
    "help_option_names": [],
}


def hand_over(context: typer.Context) -> None:
    """Benchmarks: speed, exact values of theory (``fulfillsim bench --help`` lists them)."""
    from fulfillsim.bench.app import app

    code = app(args=context.args or ["--help"], prog_name="fulfillsim bench", standalone_mode=False)
    if isinstance(code, int) and code:
        raise typer.Exit(code)
