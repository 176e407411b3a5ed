"""The command ``fulfillsim``: its verbs in the order of the work, and its exit codes.

0 done, 1 ran but something failed (a check, a run of a benchmark), 2 bad usage or bad input, 3 regression in
``bench compare``, 130 interrupted. Results go to stdout, everything else to stderr. A verb imports what it needs when
it is called, so that ``--help`` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fulfillsim.cli import bench, check, compare, doctor, list_names, new, report, run, schema, solve
from fulfillsim.errors import FulfillsimError, InputError, InterruptedRunError

# Looking for plug-ins of pydantic, of which there are none of ours, reads the metadata of every package installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

EXIT_CHECK_FAILED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 1, 2, 130


class Verbs(TyperGroup):
    """A group whose verbs fail with a message and an exit code instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a verb."""
        try:
            return super().invoke(ctx)
        except FulfillsimError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(exit_code(error)) from error
        except KeyboardInterrupt as interrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from interrupt
        except BrokenPipeError as error:
            _forget_stdout()
            raise typer.Exit(0) from error


def exit_code(error: FulfillsimError) -> int:
    """Exit code that belongs to an error."""
    if isinstance(error, InterruptedRunError):
        return EXIT_INTERRUPTED
    return EXIT_BAD_INPUT if isinstance(error, InputError) else EXIT_CHECK_FAILED


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: fulfillsim run baseline -n 10 -o my-run",
)
app.command("new", epilog="Example: fulfillsim new my-warehouse")(new.write_starter)
app.command("check", epilog="Example: fulfillsim check my-warehouse.yaml --set demand.factor=1.2")(check.check_scenario)
app.command("schema", epilog="Example: fulfillsim schema > fulfillsim.schema.json")(schema.print_schema)
app.command("run", epilog="Example: fulfillsim run baseline --set demand.factor=1.2 -n 10 -o busy-week")(
    run.run_scenario
)
app.command(
    "compare", epilog="Example: fulfillsim compare baseline --vary staff.pickers.shifts.early.headcount=8,9,10 -n 20"
)(compare.compare_scenarios)
app.command("report", epilog="Example: fulfillsim report my-run -o my-run.html")(report.write_report_of)
app.command("solve", epilog="Example: fulfillsim solve batch henn/25s-30-45-0.txt -r s_shape -o batches.png")(
    solve.solve_instance
)
app.command("bench", context_settings=bench.PASS_EVERYTHING, add_help_option=False)(bench.hand_over)
app.command("list", epilog="Example: fulfillsim list kpis")(list_names.list_kind)
app.command("doctor", epilog="Example: fulfillsim doctor --format json")(doctor.examine)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"fulfillsim {version('fulfillsim')}")
        raise typer.Exit


@app.callback()
def fulfillsim(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Follow every order from receipt to delivery: simulate and improve fulfillment operations."""


def main() -> None:
    """Entry point of the console script."""
    # Looking through all installed packages for pydantic plugins takes longer than checking a scenario.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # No matrix here is large enough for threads of its own, and starting them takes a tenth of a second; the sums of
    # one thread do not depend on the number of cores either.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Importing makes many objects and no garbage: looking for it after every 700 of them is a tenth of `check`.
    gc.set_threshold(50_000, 10, 10)
    app(prog_name="fulfillsim")


def _forget_stdout() -> None:
    """Whoever read our output has left (``| head``): nothing more to say, and nothing to complain about."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
