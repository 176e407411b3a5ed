"""``fulfillsim run``: replications of a scenario, a table, and with ``-o`` a run directory with pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fulfillsim.cli.options import (
    AntitheticOption,
    CacheOption,
    ExecutorOption,
    Format,
    FormatOption,
    JobsOption,
    OutOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    check_options,
    names_of,
)
from fulfillsim.cli.tables import Row, show

if TYPE_CHECKING:
    from pathlib import Path

    from fulfillsim.experiment import Result
    from fulfillsim.experiment.interval_methods import Estimated
    from fulfillsim.report.plots.meanwhile import Meanwhile
    from fulfillsim.scenario import Scenario

ByOption = Annotated[
    str,
    typer.Option("--by", metavar="NAME[,NAME]", help="Cut the KPIs: day, hour, channel, carrier, service, zone ..."),
]


PreciseOption = Annotated[
    list[str] | None,
    typer.Option("--precise", metavar="KPI=SIZE", help="Go on until the half-width is so small (5% of it, or 0.002)."),
]
SnapshotOption = Annotated[
    str | None,
    typer.Option(
        "--snapshot-at",
        metavar="TIME",
        help="With -o: also write what is open at that time of replication 0, for a run that begins there.",
    ),
]
GateOption = Annotated[bool, typer.Option("--gate", help="Exit code 1 if a target is missed (not sure passes).")]
JourneyOption = Annotated[
    str | None,
    typer.Option("--journey", metavar="ORDER", help="Instead of KPIs: what happened to one order of replication 0."),
]
BudgetOption = Annotated[
    int | None, typer.Option("--budget", min=2, help="With --precise: replications at most; with --steady: days.")
]
IntervalOption = Annotated[
    list[str] | None,
    typer.Option(
        "--interval",
        metavar="KPI=METHOD",
        help="Also an interval by another method: otif=share:at_least=0.95; see `fulfillsim list intervals`.",
    ),
]
SteadyOption = Annotated[
    str | None,
    typer.Option("--steady", metavar="KPI[=SIZE]", help="Instead: one run, as long as its mean takes (5%, or 3 s)."),
]


MODES = {
    "--journey": ("seed",),
    "--steady": ("seed", "out", "cache", "budget"),
    "a plain run": (
        *("seed", "replications", "jobs", "executor", "out", "by", "precise", "budget", "interval", "antithetic"),
        *("cache", "snapshot_at", "gate"),
    ),
}
"""Question -> options that it takes besides `EVERYWHERE`."""

EVERYWHERE = ("scenario", "sets", "form", "quiet")


def run_scenario(
    context: typer.Context,
    scenario: ScenarioArgument,
    sets: SetOption = None,
    seed: SeedOption = None,
    replications: ReplicationsOption = 5,
    jobs: JobsOption = None,
    executor: ExecutorOption = None,
    out: OutOption = None,
    form: FormatOption = Format.table,
    by: ByOption = "",
    precise: PreciseOption = None,
    budget: BudgetOption = None,
    interval: IntervalOption = None,
    steady: SteadyOption = None,
    antithetic: AntitheticOption = False,
    cache: CacheOption = None,
    journey: JourneyOption = None,
    snapshot_at: SnapshotOption = None,
    gate: GateOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run a scenario and print its KPIs with their half-widths."""
    from fulfillsim.errors import InputError, InterruptedRunError
    from fulfillsim.experiment import simulate
    from fulfillsim.experiment.beginning import second_of
    from fulfillsim.experiment.executors import named_executor
    from fulfillsim.experiment.interval_methods import BY_DAY, parse_interval
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.scenario import load_scenario

    check_options(context, MODES, EVERYWHERE)
    loaded = load_scenario(scenario, sets or ())
    if not quiet:
        for warning in loaded.warnings:
            typer.echo(f"warning: {warning}", err=True)
    if snapshot_at is not None and out is None:
        raise InputError("--snapshot-at needs a place to write to - add -o DIR")
    if snapshot_at is not None:
        second_of(loaded.world(), snapshot_at)
    if journey is not None:
        typer.echo(_journey(loaded, journey, seed, form, quiet))
        return
    if steady is not None:
        typer.echo(_steady(loaded, steady, budget, form, quiet, {"seed": seed, "out": out, "cache": cache}))
        return
    asked = [parse_interval(text) for text in interval or ()]
    cut = names_of(by)
    by_day = any(method in BY_DAY for _, method, _ in asked)
    book = out if out is not None and out.suffix.lower() == ".xlsx" else None
    pictures = _pictures(loaded, out) if out is not None and book is None else None
    try:
        first_look = (lambda some: some.summary(cut)) if form is Format.table else None
        with progress_on_stderr(quiet, first_look) as tell, named_executor(executor, jobs) as lent:
            result = simulate(
                loaded,
                replications,
                seed,
                jobs,
                lent,
                out=None if book is not None else out,
                progress=tell,
                by=cut or (("day",) if book is not None or by_day else ()),
                precise=precise or (),
                budget=budget or 1000,
                cache=cache,
                antithetic=antithetic,
                on_trace=pictures.begin if pictures is not None and jobs != 1 else None,
            )
    except InterruptedRunError as interrupted:
        if isinstance(interrupted.result, _result_class()) and interrupted.result.records:
            typer.echo(_shown(interrupted.result, form, cut))
        raise
    _print(result, form, cut, asked)
    _tell_the_rest(result, form, quiet, pictures)
    if book is not None:
        result.to_excel(book, cut)
        _tell(f"workbook: {book}", quiet)
    if snapshot_at is not None and out is not None:
        folder = out.parent if book is not None else out
        made = result.snapshot(snapshot_at, folder / "snapshot")
        _tell(f"snapshot in {folder / 'snapshot'}; a scenario begins with it by\n{made}", quiet)
    if result.failures or (gate and _is_stopped(result)):
        raise typer.Exit(1)


def _tell(text: str, quiet: bool) -> None:
    if not quiet:
        typer.echo(text, err=True)


def _is_stopped(result: Result) -> bool:
    """Whether a target is missed; tells which, and which the replications leave open."""
    from fulfillsim.kpi import describe

    verdicts = result.verdicts()
    for verdict in verdicts:
        more = f": about {verdict.n_to_decide:,} replications would tell" if verdict.n_to_decide else ""
        if verdict.word != "met":
            typer.echo(f"gate: {verdict.word}: {describe(verdict.target)}{more}", err=True)
    return any(verdict.word == "missed" for verdict in verdicts)


def _journey(scenario: Scenario, order: str, seed: int | None, form: Format, quiet: bool) -> str:
    """Steps of one order in replication 0, with the messages that its customer got."""
    from fulfillsim.experiment import simulate
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.report.plots.journey import journey_frame

    with progress_on_stderr(quiet) as tell:
        result = simulate(scenario, 1, seed, jobs=1, progress=tell)
    frame = journey_frame(result.world, result.trace(), order)
    frame = frame.assign(local_time=frame["local_time"].dt.strftime("%a %Y-%m-%d %H:%M:%S"))
    if form is Format.table:
        frame = frame.drop(columns="time_s")
    rows: list[Row] = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    return show(rows, form, {"schema_version": 1, "order": order, "steps": rows})


def _result_class() -> type[Result]:
    from fulfillsim.experiment import Result

    return Result


def _steady(scenario: Scenario, asked: str, budget: int | None, form: Format, quiet: bool, how: dict[str, Any]) -> str:
    """The answer of one long run."""
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.experiment.steady_states import as_document, steady_state

    kpi, _, size = asked.partition("=")
    how |= {} if budget is None else {"budget": budget}
    with progress_on_stderr(quiet) as tell:
        made = steady_state(scenario, kpi.strip(), size.strip() or None, **how, progress=tell)
    if form is Format.table:
        return made.summary()
    return show(made.rows(), form, as_document(made))


def _print(result: Result, form: Format, by: tuple[str, ...], asked: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Print what came out; a table comes before intervals that may turn out to need more than there is."""
    intervals = (result.interval(kpi, method, **how) for kpi, method, how in asked)
    if form is Format.table:
        typer.echo(_shown(result, form, by) + ("\n" if asked else ""))
        for made in intervals:
            typer.echo(str(made))
    else:
        typer.echo(_shown(result, form, by, list(intervals)))
    sys.stdout.flush()


def _shown(result: Result, form: Format, by: tuple[str, ...], intervals: Sequence[Estimated] = ()) -> str:
    from fulfillsim.experiment.kpi_lines import as_row
    from fulfillsim.experiment.output import as_document

    if form is Format.table:
        return result.summary(by)
    rows = [as_row(line) for line in result.lines(by)]
    document = as_document(result, by) | ({"intervals": [made.as_row() for made in intervals]} if intervals else {})
    return show(rows, form, document)


def _pictures(scenario: Scenario, out: Path) -> Meanwhile:
    from fulfillsim.report.plots.meanwhile import Meanwhile

    return Meanwhile(scenario, out / "pictures")


def _tell_the_rest(result: Result, form: Format, quiet: bool, pictures: Meanwhile | None) -> None:
    """Failures always; what policies cost and where the files are unless told to be quiet."""
    if form is not Format.table:
        for warning in result.warnings():
            typer.echo(warning, err=True)
    if not quiet and (cost := str(result.policy_cost())):
        typer.echo(cost, err=True)
    if pictures is None:
        return
    from fulfillsim.experiment.progress import progress_on_stderr

    with progress_on_stderr(quiet, what="pictures") as tell:
        files = pictures.files(result.trace(), tell)
    if not quiet:
        typer.echo(f"\n{len(files)} pictures in {pictures.folder}", err=True)
        typer.echo(f"records, KPIs and frames in {result.directory}", err=True)
