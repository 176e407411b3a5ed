"""``fulfillsim solve``: one instance, one solver, the plan printed and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fulfillsim.cli.options import Format, FormatOption, QuietOption
from fulfillsim.cli.tables import Row, show

if TYPE_CHECKING:
    from fulfillsim.bench.harness.solving import Solved
    from fulfillsim.optim.delivery.instance import DeliveryInstance


class Problem(StrEnum):
    """What can be solved."""

    pick = "pick"
    batch = "batch"
    deliver = "deliver"


SUITE_OF = {Problem.pick: "picking", Problem.batch: "batching", Problem.deliver: "delivery"}
SCHEMA_VERSION = 1
N_ADVICE_STEPS = 4_000
"""Of ruin and recreate, for the incomplete plan that advice is about."""


def solve_instance(
    problem: Annotated[Problem, typer.Argument(help="pick: one tour; batch: orders into tours; deliver: routes.")],
    instance: Annotated[
        str, typer.Argument(metavar="INSTANCE", help="A file; file#id for one of several tours in it.")
    ],
    solver: Annotated[str, typer.Option("--solver", "-s", help="A name, or path/to/file.py:function.")] = "auto",
    routing: Annotated[str, typer.Option("--routing", "-r", help="How pickers walk; optimal is exact.")] = "optimal",
    convention: Annotated[
        str, typer.Option("--convention", "-c", help="Of delivery: dimacs, vehicles_first.")
    ] = "dimacs",
    time_limit: Annotated[float, typer.Option("--time-limit", "-t", min=0.001, help="Wall seconds.")] = 10.0,
    seed: Annotated[int, typer.Option("--seed", help="Of all draws.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE.png", help="Picture of the tours.")] = None,
    form: FormatOption = Format.table,
    quiet: QuietOption = False,
) -> None:
    """Solve one published instance, print its tours and draw them."""
    from fulfillsim.bench.harness.solving import solve_one
    from fulfillsim.bench.suites import SUITES
    from fulfillsim.experiment.progress import clock_on_stderr

    objective = convention if problem is Problem.deliver else routing
    with clock_on_stderr(quiet, "solving", time_limit):
        solved = solve_one(SUITES[SUITE_OF[problem]], instance, solver, objective, time_limit, seed)
    if solved.outcome.message:
        typer.echo(f"{solver}: {solved.outcome.message}", err=True)
    if solved.outcome.value is None:
        typer.echo(f"no plan: {solved.outcome.status}", err=True)
        if problem is Problem.deliver:
            _show_advice(solved.case.instance[solved.objective], seed)
        raise typer.Exit(1)
    if problem is Problem.deliver:
        _show_routes(solved, form, out)
        return
    from fulfillsim.bench.suites.tours import tours_of

    rows, tours = tours_of(solved.case.instance, solved.plan, solved.objective)
    typer.echo(_shown(solved, rows, form))
    if out is not None:
        _draw(tours, out)


def _show_routes(solved: Solved, form: Format, out: Path | None) -> None:
    """Routes of a delivery plan as rows; map and schedule side by side."""
    from fulfillsim.report.plots.delivery_map import plot_plan
    from fulfillsim.report.plots.route_schedule import route_rows
    from fulfillsim.report.plots.style import save

    instance = solved.case.instance[solved.objective]
    typer.echo(_shown(solved, route_rows(instance, solved.plan), form))
    if out is not None:
        title = f"{instance.name}: {solved.outcome.value:.10g} ({instance.convention})"
        typer.echo(f"picture in {save(plot_plan(instance, solved.plan, title), out)}", err=True)


def _show_advice(instance: DeliveryInstance, seed: int) -> None:
    """What would let the stops be served that the best incomplete plan leaves out."""
    from fulfillsim.optim.delivery import hybrid
    from fulfillsim.optim.delivery.remedies import advice, why_not
    from fulfillsim.optim.solving import Stop

    plan = hybrid.solve(instance, Stop(iterations=N_ADVICE_STEPS, seed=seed)).plan
    for unmet in why_not(instance, plan) if plan is not None else ():
        typer.echo(advice(instance, unmet))


def _shown(solved: Solved, rows: Sequence[Row], form: Format) -> str:
    outcome = solved.outcome
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "instance": solved.case.name,
        "status": outcome.status,
        "value": outcome.value,
        "lower_bound": outcome.lower_bound,
        "time_s": outcome.time_s,
        "rows": list(rows),
    }
    text = show(rows, form, document)
    if form not in (Format.table, Format.md):
        return text
    bound = "" if outcome.lower_bound is None else f", at least {outcome.lower_bound:.10g}"
    spent = "" if outcome.time_s is None else f" in {outcome.time_s:.3g} s"
    late = f", {outcome.measures['tardiness_s']:.10g} s late in all" if "tardiness_s" in outcome.measures else ""
    return f"{text}\n\n{solved.case.name}: {outcome.value:.10g}{bound}{late} ({outcome.status}){spent}"


def _draw(tours: Sequence[Any], file: Path) -> None:
    from fulfillsim.errors import InputError
    from fulfillsim.report.plots.style import save
    from fulfillsim.report.plots.warehouse_map import plot_tour, plot_tours

    if not tours:
        raise InputError("this plan has no map of aisles to be drawn on - leave out -o")
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no folder {file.parent} - make it first")
    if len(tours) == 1:
        picks, tour, _ = tours[0]
        drawn = plot_tour(picks, tour, title=f"{picks.name}: {tour.length_m:.10g} m, {len(picks)} picks")
    else:
        drawn = plot_tours(tours)[0]
    typer.echo(f"picture in {save(drawn, file)}", err=True)
