"""The commands of ``fulfillsim bench``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from fulfillsim.bench.options import (
    Format,
    FormatOption,
    InstancesArgument,
    JobsOption,
    KnownOption,
    LimitOption,
    OutOption,
    QuietOption,
    SeedsOption,
    SolverOption,
    TargetOption,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Benchmarks of truth and speed.")


@app.callback()
def _bench() -> None:
    """Benchmarks of truth and speed."""


@app.command(epilog="Example: fulfillsim bench analytic analytic_cases.csv --only Q01a,Q05b --format md")
def analytic(
    cases: Annotated[Path, typer.Argument(help="File with columns id, model, parameters_json, metric, exact_value.")],
    only: Annotated[str, typer.Option(help="Rows by id, separated by commas.")] = "",
    models: Annotated[str, typer.Option(help="Only models whose name contains this.")] = "",
    budget: Annotated[float, typer.Option(min=1.0, help="Most customers for rows that share runs.")] = 1e8,
    seed: Annotated[int, typer.Option(help="Of all draws.")] = 1,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 2,
    form: Annotated[Format, typer.Option("--format", "-f", help="Of the result.")] = Format.TABLE,
    quiet: QuietOption = False,
) -> int:
    """Run exact models through the engine and compare: exits with 1 if a row is outside or too wide."""
    from fulfillsim.bench.analytic.cases import read_cases
    from fulfillsim.bench.analytic.show import shown
    from fulfillsim.bench.analytic.study import judge_cases
    from fulfillsim.errors import UnknownNameError
    from fulfillsim.experiment.progress import progress_on_stderr

    rows = read_cases(cases)
    wanted = [name for name in re.split(r"[,\s]+", only) if name]
    known = [row.id for row in rows]
    for name in wanted:
        if name not in known:
            raise UnknownNameError(f"row of {cases}", name, known)
    chosen = [row for row in rows if (not wanted or row.id in wanted) and models.lower() in row.model.lower()]
    with progress_on_stderr(quiet, what="rows") as tell:
        study = judge_cases(chosen, seed, budget, jobs, tell)
    typer.echo(shown(study, form.value))
    return int(any(row.verdict in ("outside", "too_wide") for row in study.rows))


@app.command(epilog="Example: fulfillsim bench speed --turns 5 --format md")
def speed(
    turns: Annotated[int, typer.Option(min=1, help="Runs of each road, in turns.")] = 5,
    growth: Annotated[bool, typer.Option(help="Also 10,000 to 1,000,000 orders, with memory.")] = True,
    seed: Annotated[int, typer.Option(help="Of all draws.")] = 1,
    form: Annotated[Format, typer.Option("--format", "-f", help="Of the result.")] = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Five staffed stages in tandem: the engine against plain SimPy on the same pre-sampled arrays."""
    from fulfillsim.bench.speed import measure, shown
    from fulfillsim.experiment.progress import progress_on_stderr

    with progress_on_stderr(quiet, what="turns and sizes") as tell:
        found = measure(turns, seed, growth, tell)
    typer.echo(shown(found, form.value))


@app.command(epilog="Example: fulfillsim bench kernels --tours 20000 --format md")
def kernels(
    tours: Annotated[int, typer.Option(min=20, help="Random tours of one block; fewer with more blocks.")] = 20_000,
    blocks: Annotated[int, typer.Option(min=1, max=6, help="Layouts of one block to so many.")] = 5,
    seed: Annotated[int, typer.Option(help="Of all draws.")] = 1,
    form: Annotated[Format, typer.Option("--format", "-f", help="Of the result.")] = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Routing methods: tours a second on one core, in batches, one by one and with their paths."""
    from fulfillsim.bench.kernels import routing_speed, shown
    from fulfillsim.experiment.progress import progress_on_stderr

    with progress_on_stderr(quiet, what="layouts") as tell:
        rates = routing_speed(tours, seed, blocks, tell)
    typer.echo(shown(rates, form.value))


@app.command(epilog="Example: fulfillsim bench unused baseline --set demand.factor=0.2 --format md")
def unused(
    scenario: Annotated[str, typer.Argument(help="A scenario that does without.")] = "baseline",
    sets: Annotated[list[str] | None, typer.Option("--set", help="Change the scenario, as in run.")] = None,
    days: Annotated[int, typer.Option(min=1, help="Days that are run, without warm-up.")] = 1,
    seed: Annotated[int, typer.Option(help="Of all draws.")] = 1,
    form: Annotated[Format, typer.Option("--format", "-f", help="Of the result.")] = Format.TABLE,
) -> int:
    """Steps of the interpreter for each feature that a scenario does not have: exits with 1 at 2 % or more."""
    from fulfillsim.bench.unused import AIM_PERCENT, count_unused, shown
    from fulfillsim.scenario import load_scenario
    from fulfillsim.tape import draw_tape

    world = load_scenario(scenario, sets or ()).vary({"days": days, "warm_up": "0 days"}).world()
    costs = count_unused(world, draw_tape(world, seed, 0))
    typer.echo(shown(costs, form.value))
    return int(any(row.percent >= AIM_PERCENT for row in costs.rows))


@app.command(epilog="Example: fulfillsim bench coverage --experiments 2000 --only coverage,guarantee --format md")
def coverage(
    experiments: Annotated[int, typer.Option(min=20, help="Independent experiments behind each share.")] = 2000,
    only: Annotated[str, typer.Option(help="Of naive, coverage, false_calls, guarantee; separated by commas.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of all draws.")] = 1,
    form: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """How often intervals cover, comparisons of equals call a difference, and selections choose right."""
    from fulfillsim.bench import coverage as tables
    from fulfillsim.bench.experiments.show import show_coverage
    from fulfillsim.errors import UnknownNameError
    from fulfillsim.experiment.counting import counted
    from fulfillsim.experiment.progress import progress_on_stderr

    known: dict[str, Callable[[int, int], Any]] = {
        "naive": tables.naive_coverage,
        "coverage": tables.coverage,
        "false_calls": tables.false_calls,
        "guarantee": tables.guarantee,
    }
    wanted = [name for name in re.split(r"[,\s]+", only) if name] or list(known)
    for name in wanted:
        if name not in known:
            raise UnknownNameError("table of bench coverage", name, known)
    with progress_on_stderr(quiet, what="tables") as tell:
        tables_made = {name: known[name](experiments, seed) for name in counted(wanted, tell)}
    typer.echo(show_coverage(tables_made, form.value))


@app.command(epilog="Example: fulfillsim bench crn -n 10 --only pickers --format md")
def crn(
    replications: Annotated[int, typer.Option("-n", "--replications", min=3, help="Of each staffing plan.")] = 10,
    only: Annotated[str, typer.Option(help="Only headcounts whose path contains this.")] = "",
    sets: Annotated[list[str] | None, typer.Option("--set", help="Change the scenario, as in run.")] = None,
    seed: Annotated[int, typer.Option(help="Of the study.")] = 1,
    jobs: JobsOption = None,
    cache: Annotated[Path | None, typer.Option(help="Folder of replications that were run before.")] = None,
    form: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Common random numbers on `baseline`: each headcount one less and one more against the plan as it is."""
    from fulfillsim.bench.experiments.crn import neighbours, savings
    from fulfillsim.bench.experiments.show import show_savings
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.scenario import load_scenario

    alternatives = neighbours(load_scenario("baseline", sets or ()), only)
    with progress_on_stderr(quiet) as tell:
        found = savings(alternatives, replications, seed, jobs, cache, tell)
    typer.echo(show_savings(found, form.value))


@app.command(epilog="Example: fulfillsim bench parallel -n 40 --turns 3")
def parallel(
    replications: Annotated[int, typer.Option("-n", "--replications", min=4, help="Timed in each pass.")] = 40,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=2, help="Processes.")] = 2,
    turns: Annotated[int, typer.Option(min=1, help="Passes of each kind, in turns.")] = 3,
    dask: Annotated[bool, typer.Option(help="Also on a Dask cluster of this machine.")] = True,
    scenario: Annotated[str, typer.Option(help="What is run; replications of 0.1 s and more tell something.")] = (
        "phone_and_store"
    ),
    sets: Annotated[list[str] | None, typer.Option("--set", help="Change the scenario, as in run.")] = None,
    form: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Efficiency of a started pool, start-up beside it, and what statistics and bookkeeping cost."""
    from fulfillsim.bench.experiments.parallel import measure
    from fulfillsim.bench.experiments.show import show_efficiency
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.scenario import load_scenario

    with progress_on_stderr(quiet, what="turns") as tell:
        found = measure(load_scenario(scenario, sets or ()), replications, jobs, turns, cluster=dask, progress=tell)
    typer.echo(show_efficiency(found, form.value))


RoutingOption = Annotated[
    str, typer.Option("--routing", "-r", metavar="A,B", help="Routings; optimal is exact, traversal is s_shape.")
]


@app.command(epilog="Example: fulfillsim bench picking tours.jsonl --solver auto,s_shape,largest_gap --format md")
def picking(
    instances: InstancesArgument,
    solver: SolverOption = "auto",
    routing: RoutingOption = "optimal",
    time_limit: LimitOption = 10.0,
    seeds: SeedsOption = 1,
    best_known: KnownOption = None,
    target: TargetOption = 1.0,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
    jobs: JobsOption = None,
    quiet: QuietOption = False,
) -> int:
    """Routings of single tours, ours and your own, beside the shortest tour: exits with 1 if a run fails."""
    return _run(
        "picking", instances, solver, routing, time_limit, seeds, best_known, target, form.value, out, jobs, quiet
    )


@app.command(epilog="Example: fulfillsim bench batching henn/ -s auto,cw2 -r optimal -t 10 --best-known best.csv")
def batching(
    instances: InstancesArgument,
    solver: SolverOption = "auto",
    routing: RoutingOption = "optimal",
    time_limit: LimitOption = 10.0,
    seeds: SeedsOption = 1,
    best_known: KnownOption = None,
    target: TargetOption = 1.0,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
    jobs: JobsOption = None,
    quiet: QuietOption = False,
) -> int:
    """Batchings under a routing, ours and your own, beside the best known values: exits with 1 if a run fails."""
    return _run(
        "batching", instances, solver, routing, time_limit, seeds, best_known, target, form.value, out, jobs, quiet
    )


ConventionOption = Annotated[
    str,
    typer.Option("--convention", "-c", metavar="A,B", help="dimacs (x10 truncated, distance) or vehicles_first."),
]


@app.command(epilog="Example: fulfillsim bench delivery solomon/ -s auto,ortools -t 10 --best-known b.csv")
def delivery(
    instances: InstancesArgument,
    solver: SolverOption = "auto",
    convention: ConventionOption = "dimacs",
    time_limit: LimitOption = 10.0,
    seeds: SeedsOption = 1,
    best_known: KnownOption = None,
    target: TargetOption = 1.0,
    form: FormatOption = Format.TABLE,
    out: OutOption = None,
    jobs: JobsOption = None,
    quiet: QuietOption = False,
) -> int:
    """Delivery routes, ours and your own, beside the best known values: exits with 1 if a run fails.

    VRPLIB files keep their usual rounding.
    """
    return _run(
        "delivery", instances, solver, convention, time_limit, seeds, best_known, target, form.value, out, jobs, quiet
    )


def _run(suite: str, *words: Any) -> int:
    """Exit code 1 where a run went wrong."""
    from fulfillsim.bench.harness.command import Order, execute
    from fulfillsim.bench.suites import SUITES

    answer = execute(SUITES[suite], Order(*words), lambda text: typer.echo(text, err=True))
    typer.echo(answer.text)
    return int(answer.went_wrong)


EXIT_REGRESSION = 3


@app.command(epilog="Example: fulfillsim bench compare before/ after/ --tolerance 0.05")
def compare(
    old: Annotated[Path, typer.Argument(help="Folder of a benchmark, or its output of --format json.")],
    new: Annotated[Path, typer.Argument(help="The same, later.")],
    tolerance: Annotated[float, typer.Option(min=0.0, help="Percent by which values may be worse on average.")] = 0.1,
    row_tolerance: Annotated[float, typer.Option(min=0.0, help="Percent by which one run may be worse.")] = 1.0,
    cpu_factor: Annotated[
        float | None, typer.Option(help="Factor by which CPU time may grow; else not judged.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Two benchmarks of equal instances: exits with 3 if values became worse, runs fail or proofs are lost."""
    from fulfillsim.bench.harness.compare import Tolerance, compare_studies, shown

    found = compare_studies(old, new, Tolerance(tolerance, row_tolerance, cpu_factor))
    for regression in found.regressions:
        typer.echo(f"regression: {regression}", err=True)
    typer.echo(shown(found, form.value))
    return EXIT_REGRESSION if found.regressions else 0
