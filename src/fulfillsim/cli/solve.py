"""``fulfillsim solve``: one instance, one solver, the plan printed and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fulfillsim.cli.options import Format, FormatOption, QuietOption
from fulfillsim.cli.tables import Row, show

if TYPE_CHECKING:
    from fulfillsim.bench.harness.solving import Solved
    from fulfillsim.optim.delivery.instance import DeliveryInstance
    from fulfillsim.optim.delivery.outsourcing import MixedFleet


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
    carriers: Annotated[
        Path | None,
        typer.Option("--carriers", metavar="FILE", help="Of delivery: what carriers ask (rate cards or a table)."),
    ] = None,
    on_time: Annotated[str, typer.Option("--on-time", help="Chance to keep the promise that a carrier needs.")] = "0 %",
    time_limit: Annotated[float, typer.Option("--time-limit", "-t", min=0.001, help="Wall seconds.")] = 10.0,
    seed: Annotated[int, typer.Option("--seed", help="Of all draws.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE.png", help="Picture of the tours.")] = None,
    form: FormatOption = Format.table,
    quiet: QuietOption = False,
) -> None:
    """Solve one published instance, print its tours and draw them."""
    from fulfillsim.bench.harness.solving import solve_one
    from fulfillsim.bench.suites import SUITES
    from fulfillsim.errors import InputError
    from fulfillsim.experiment.progress import clock_on_stderr

    if out is not None and not out.parent.is_dir():
        raise InputError(f"{out}: there is no folder {out.parent} - make it first")
    objective = convention if problem is Problem.deliver else routing
    desk = _desk(problem, carriers, on_time)
    with clock_on_stderr(quiet, "solving", time_limit):
        solved = solve_one(SUITES[SUITE_OF[problem]], instance, solver, objective, time_limit, seed, desk)
    if solved.outcome.message:
        typer.echo(f"{solver}: {solved.outcome.message}", err=True)
    if solved.outcome.value is None:
        typer.echo(f"no plan: {solved.outcome.status}", err=True)
        if problem is Problem.deliver:
            _show_advice(_instance(solved), seed)
        raise typer.Exit(1)
    if problem is Problem.deliver:
        _show_routes(solved, desk, form, out)
        return
    from fulfillsim.bench.suites.tours import tours_of

    rows, tours = tours_of(solved.case.instance, solved.plan, solved.objective)
    typer.echo(_shown(solved, rows, form))
    if out is not None:
        _draw(tours, out)


def _desk(problem: Problem, carriers: Path | None, on_time: str) -> Desk | None:
    """Who hands stops to carriers, where a table of theirs is given."""
    from fulfillsim.errors import InputError
    from fulfillsim.scenario.units import UnitError, share

    if carriers is None:
        return None
    if problem is not Problem.deliver:
        raise InputError(f"--carriers: {problem.value} has no carriers - fulfillsim solve deliver")
    try:
        return Desk(carriers, share(on_time))
    except UnitError as error:
        raise InputError(f"--on-time: {error.rule} (got {on_time!r}) - {error.hint}") from None


class Desk:
    """Carriers' offers laid on the instance that is solved.

    Attributes
    ----------
    mixed
        The instance with its offers, once it is known.
    """

    def __init__(self, table: Path, on_time_prob: float) -> None:
        self.table, self.on_time_prob = table, on_time_prob
        self.mixed: MixedFleet | None = None

    def __call__(self, conventions: dict[str, DeliveryInstance], convention: str) -> dict[str, DeliveryInstance]:
        """The instance in which stops may be handed over."""
        from fulfillsim.errors import InputError
        from fulfillsim.optim.delivery.outsourcing import with_carriers
        from fulfillsim.scenario.carrier_offers import read_offers

        instance = conventions.get(convention, conventions["dimacs"])
        if instance.convention.objective != "cost":
            raise InputError("--carriers: prices mean nothing where the fewest vans come first - leave out -c")
        self.mixed = with_carriers(instance, read_offers(self.table, instance), self.on_time_prob)
        return {convention: self.mixed.instance}

    def rows(self, plan: Any) -> list[Row]:
        """A row for each stop that goes with a carrier."""
        assert self.mixed is not None
        instance = self.mixed.instance
        return [
            {
                "stop": instance.stops[stop].name,
                "service": offer.service,
                "price": instance.printed(offer.price),
                "on_time": offer.on_time_prob,
                **offer.made_of,
            }
            for stop, offer in sorted(self.mixed.handed_over(plan).items())
        ]


def _instance(solved: Solved) -> DeliveryInstance:
    """The instance as it was solved; VRPLIB's and ours have but one convention."""
    known = solved.case.instance
    found: DeliveryInstance = known.get(solved.objective) or known["dimacs"]
    return found


def _show_routes(solved: Solved, desk: Desk | None, form: Format, out: Path | None) -> None:
    """Routes of a delivery plan as rows, then what goes with carriers; map and schedule side by side."""
    from fulfillsim.report.plots.delivery_map import plot_plan
    from fulfillsim.report.plots.route_schedule import route_rows
    from fulfillsim.report.plots.style import save

    instance = _instance(solved)
    handed = desk.rows(solved.plan) if desk is not None else []
    typer.echo(_shown(solved, route_rows(instance, solved.plan), form, handed))
    if handed and form is Format.csv:
        typer.echo(f"{len(handed)} stops go by carrier - --format json tells which", err=True)
    if out is not None:
        also = f", by carrier (red): {len(handed)}" if handed else ""
        title = f"{instance.name}: {solved.outcome.value:.10g} ({instance.convention}){also}"
        typer.echo(f"picture in {save(plot_plan(instance, solved.plan, title), out)}", err=True)


def _show_advice(instance: DeliveryInstance, seed: int) -> None:
    """What would let the stops be served that the best incomplete plan leaves out."""
    from fulfillsim.optim.delivery import hybrid
    from fulfillsim.optim.delivery.remedies import advice, why_not
    from fulfillsim.optim.solving import Stop

    plan = hybrid.solve(instance, Stop(iterations=N_ADVICE_STEPS, seed=seed)).plan
    for unmet in why_not(instance, plan) if plan is not None else ():
        typer.echo(advice(instance, unmet))


def _shown(solved: Solved, rows: Sequence[Row], form: Format, handed: Sequence[Row] = ()) -> str:
    outcome = solved.outcome
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "instance": solved.case.name,
        "status": outcome.status,
        "value": outcome.value,
        "lower_bound": outcome.lower_bound,
        "time_s": outcome.time_s,
        "rows": [{key: None if value == inf else value for key, value in row.items()} for row in rows],
        **({"by_carrier": list(handed)} if handed else {}),
    }
    text = show(rows, form, document)
    if form not in (Format.table, Format.md):
        return text
    bound = "" if outcome.lower_bound is None else f", at least {outcome.lower_bound:.10g}"
    spent = "" if outcome.time_s is None else f" in {outcome.time_s:.3g} s"
    late = f", {outcome.measures['tardiness_s']:.10g} s late in all" if "tardiness_s" in outcome.measures else ""
    if handed:
        text = f"{text}\n\nby carrier:\n{show(handed, form, {})}"
    return f"{text}\n\n{solved.case.name}: {outcome.value:.10g}{bound}{late} ({outcome.status}){spent}"


def _draw(tours: Sequence[Any], file: Path) -> None:
    from fulfillsim.errors import InputError
    from fulfillsim.report.plots.style import save
    from fulfillsim.report.plots.warehouse_map import plot_tour, plot_tours

    if not tours:
        raise InputError("this plan has no map of aisles to be drawn on - leave out -o")
    if len(tours) == 1:
        picks, tour, _ = tours[0]
        drawn = plot_tour(picks, tour, title=f"{picks.name}: {tour.length_m:.10g} m, {len(picks)} picks")
    else:
        drawn = plot_tours(tours)[0]
    typer.echo(f"picture in {save(drawn, file)}", err=True)
