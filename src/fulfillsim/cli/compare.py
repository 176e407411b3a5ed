"""``fulfillsim compare``: alternatives on the same orders, differences with verdicts, thresholds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fulfillsim.cli.options import (
    AntitheticOption,
    CacheOption,
    ExecutorOption,
    Format,
    FormatOption,
    JobsOption,
    QuietOption,
    SeedOption,
    SetOption,
    check_options,
    names_of,
)
from fulfillsim.cli.tables import show

if TYPE_CHECKING:
    from fulfillsim.experiment import Comparison
    from fulfillsim.scenario import Scenario

ScenariosArgument = Annotated[
    list[str], typer.Argument(metavar="SCENARIO...", help="Scenario files, or names of shipped ones.")
]
VaryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=A,B,C",
        help="Alternatives that differ in one value; several: all combinations. With --sample: PATH=LOW..HIGH.",
    ),
]
SampleOption = Annotated[
    int | None, typer.Option("--sample", min=2, help="So many points spread over the ranges (Latin hypercube).")
]
BaselineOption = Annotated[
    str | None, typer.Option("--baseline", help="Name of the alternative that the others are compared with.")
]
KpiOption = Annotated[list[str] | None, typer.Option("--kpi", help="KPI to compare in; may be repeated.")]
EquivalentOption = Annotated[
    list[str] | None, typer.Option("--equivalent", metavar="KPI=SIZE", help="A difference up to SIZE does not matter.")
]
LargestOption = Annotated[
    str | None,
    typer.Option("--largest", metavar="PATH=LOW..HIGH", help="How far up the setting can go while --keep holds."),
]
SmallestOption = Annotated[
    str | None,
    typer.Option("--smallest", metavar="PATH=LOW..HIGH", help="How far down the setting can go while --keep holds."),
]
KeepOption = Annotated[
    list[str] | None, typer.Option("--keep", metavar="KPI>=VALUE", help="Target for --largest and --smallest.")
]
SelectOption = Annotated[
    str | None, typer.Option("--select", metavar="KPI", help="Choose the best in this KPI, with a guarantee.")
]
DeltaOption = Annotated[
    float | None, typer.Option("--delta", help="With --select: the least difference worth detecting.")
]
SensitivityOption = Annotated[
    str | None,
    typer.Option(
        "--sensitivity",
        metavar="morris|sobol",
        help="Which of the settings named by --vary PATH=LOW..HIGH matter; --sample says how many points.",
    ),
]
ProcedureOption = Annotated[
    str, typer.Option("--procedure", help="With --select: kn, kn++, rinott, dudewicz-dalal, nsgs, gsp or ocba.")
]
SubjectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--subject-to",
        metavar="KPI>=VALUE",
        help="With --select: what must be kept; also 'P(on_time_shipment>=0.95)>=0.9'. May be repeated.",
    ),
]
FirstOption = Annotated[
    int, typer.Option("--first", min=2, help="With --select: replications of each alternative before the first look.")
]
ResolutionOption = Annotated[
    float | None,
    typer.Option("--resolution", help="With --largest and --smallest: where the search stops, in the setting's unit."),
]
CorrectionOption = Annotated[
    str, typer.Option("--correction", metavar="holm|bonferroni", help="What makes half-widths hold together.")
]
BudgetOption = Annotated[int | None, typer.Option("--budget", help="With --procedure ocba: replications in all.")]
CompareReplications = Annotated[int, typer.Option("-n", "--replications", min=2, help="Of each alternative.")]
UntilOption = Annotated[
    int | None,
    typer.Option("--until-settled", metavar="BUDGET", min=3, help="Go on until all is settled, at most so many each."),
]
OutOption = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="DIR", help="Study directory; an unfinished study goes on.")
]

MODES = {
    "--largest": ("keep", "replications", "level", "resolution"),
    "--smallest": ("keep", "replications", "level", "resolution"),
    "--sensitivity": ("vary", "sample", "kpi", "replications"),
    "--select": ("vary", "sample", "delta", "procedure", "subject_to", "budget", "first", "level", "independent"),
    "--until-settled": (
        *("vary", "sample", "baseline", "all_pairs", "kpi", "equivalent", "level", "independent"),
        "antithetic",
    ),
    "a plain comparison": (
        *("vary", "sample", "baseline", "all_pairs", "kpi", "equivalent", "by", "level", "replications"),
        *("correction", "independent", "antithetic"),
    ),
}
"""Question -> options that it takes besides `EVERYWHERE`; others would change nothing, and are refused."""

EVERYWHERE = ("scenarios", "sets", "seed", "jobs", "executor", "out", "cache", "form", "quiet")


def compare_scenarios(
    context: typer.Context,
    scenarios: ScenariosArgument,
    vary: VaryOption = None,
    sample: SampleOption = None,
    sets: SetOption = None,
    baseline: BaselineOption = None,
    all_pairs: Annotated[bool, typer.Option("--all-pairs", help="Compare every pair.")] = False,
    kpi: KpiOption = None,
    equivalent: EquivalentOption = None,
    by: Annotated[
        str, typer.Option("--by", metavar="NAME[,NAME]", help="Compare parts: day, hour, channel, client, carrier ...")
    ] = "",
    level: Annotated[float, typer.Option("--level", min=0.5, max=0.9999, help="Joint level of all statements.")] = 0.95,
    largest: LargestOption = None,
    smallest: SmallestOption = None,
    keep: KeepOption = None,
    best: SelectOption = None,
    delta: DeltaOption = None,
    procedure: ProcedureOption = "kn",
    subject_to: SubjectOption = None,
    budget: BudgetOption = None,
    first: FirstOption = 10,
    resolution: ResolutionOption = None,
    correction: CorrectionOption = "holm",
    sensitivity: SensitivityOption = None,
    replications: CompareReplications = 20,
    until_settled: UntilOption = None,
    independent: Annotated[
        bool, typer.Option("--independent", help="Other orders for each alternative, instead of the same.")
    ] = False,
    antithetic: AntitheticOption = False,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    executor: ExecutorOption = None,
    out: OutOption = None,
    cache: CacheOption = None,
    form: FormatOption = Format.table,
    quiet: QuietOption = False,
) -> None:
    """Compare alternatives on the same random numbers: which is better, by how much, how sure."""
    from fulfillsim.experiment.executors import named_executor
    from fulfillsim.experiment.progress import progress_on_stderr

    check_options(context, MODES, EVERYWHERE)
    with progress_on_stderr(quiet) as tell, named_executor(executor, jobs) as lent:
        how: dict[str, Any] = {
            "seed": seed,
            "jobs": jobs,
            "executor": lent,
            "out": out,
            "progress": tell,
            "cache": cache,
        }
        if largest or smallest:
            how |= {"level": level, "resolution": resolution}
            _threshold(scenarios, sets or (), (largest, smallest), keep or (), replications, form, how)
            return
        if sensitivity:
            factors = {path: _range(text) for path, text in map(_split, vary or ())}
            _sensitivity(scenarios, sets or (), factors, kpi or (), sensitivity, sample, replications, form, quiet, how)
            return
        alternatives = gather(scenarios, sets or (), vary or (), sample, 1 if seed is None else seed)
        if best:
            how |= {"procedure": procedure, "constraints": subject_to or (), "level": level, "budget": budget}
            _select(alternatives, best, delta, form, how | {"first": first, "independent": independent})
            return
        asked: dict[str, Any] = {"kpis": kpi, "equivalent": _sizes(equivalent or ()), "level": level}
        asked |= {"until_settled": until_settled, "all_pairs": all_pairs, "method": correction}
        asked |= {"common": not independent, "antithetic": antithetic, "by": names_of(by)}
        made = _compared(alternatives, baseline, replications, asked, how)
    typer.echo(_shown(made, form))
    sys.stdout.flush()
    if out is not None:
        _draw(made, out, quiet)


def _compared(
    alternatives: Any, baseline: str | None, replications: int, asked: dict[str, Any], how: dict[str, Any]
) -> Comparison:
    from fulfillsim.experiment import compare

    return compare(alternatives, baseline, replications, **asked, **how)


def _threshold(
    files: list[str],
    sets: Any,
    paths: tuple[str | None, str | None],
    keep: Any,
    replications: int,
    form: Format,
    how: dict[str, Any],
) -> None:
    """Answer how far a setting can go."""
    from fulfillsim.errors import InputError
    from fulfillsim.experiment.thresholds import as_document, find_threshold
    from fulfillsim.scenario import load_scenario

    largest, smallest = paths
    if len(files) > 1 or (largest and smallest):
        raise InputError("compare: a threshold is that of one scenario and one setting - give one of each")
    if not keep:
        raise InputError("compare: --largest and --smallest need a target - add --keep 'on_time_shipment>=0.98'")
    path, text = _split(largest or smallest or "")
    find: Any = "largest" if largest else "smallest"
    scenario = load_scenario(files[0], sets)
    made = find_threshold(scenario, path, *_ends(text), keep, find=find, replications=replications, **how)
    document = as_document(made)
    typer.echo(made.summary() if form is Format.table else show(document["rows"], form, document))


def _select(
    alternatives: Any,
    kpi: str,
    delta: float | None,
    form: Format,
    how: dict[str, Any],
) -> None:
    """Answer which alternative is best."""
    from fulfillsim.errors import InputError
    from fulfillsim.experiment import select
    from fulfillsim.experiment.selecting import as_document

    if delta is None and how["procedure"] != "ocba":
        raise InputError(f"compare: --select {kpi} needs --delta, the least difference worth detecting")
    found = select(alternatives, kpi, delta or 0.0, **how)
    document = as_document(found)
    typer.echo(found.summary() if form is Format.table else show(document["rows"], form, document))


def _sensitivity(
    files: list[str],
    sets: Any,
    ranges: dict[str, tuple[float, float]],
    kpis: Any,
    method: Any,
    points: int | None,
    replications: int,
    form: Format,
    quiet: bool,
    how: dict[str, Any],
) -> None:
    """Answer which settings matter."""
    from fulfillsim.errors import InputError
    from fulfillsim.experiment.sensitivities import as_document, sensitivity
    from fulfillsim.scenario import load_scenario

    if len(files) > 1:
        raise InputError(f"compare: --sensitivity is that of one scenario (got {len(files)}) - name one")
    scenario = load_scenario(files[0], sets)
    wanted = list(kpis) or [target.kpi for target in scenario.world().targets]
    made = sensitivity(scenario, ranges, wanted, method, points, replications, **how)
    document = as_document(made)
    typer.echo(made.summary() if form is Format.table else show(document["rows"], form, document))
    if how["out"] is not None:
        _save_pictures({f"tornado_{kpi}": (made.plot.tornado, kpi) for kpi in made.effects}, how["out"], quiet)


def gather(files: list[str], sets: Any, vary: Any, sample: int | None, seed: int) -> dict[str, Scenario]:
    """Alternatives by name, from files or by varying one.

    Raises
    ------
    InputError
        If there is nothing to compare, or both several files and values to vary.
    """
    from fulfillsim.errors import InputError
    from fulfillsim.experiment import factorial, latin_hypercube
    from fulfillsim.scenario import load_scenario

    if not vary:
        loaded = [load_scenario(file, sets) for file in files]
        names = [scenario.name for scenario in loaded]
        if len(set(names)) < len(names):
            names = [Path(file).stem for file in files]
        return {name if names.count(name) == 1 else file: s for name, file, s in zip(names, files, loaded, strict=True)}
    if len(files) > 1:
        raise InputError(f"compare: --vary changes one scenario (got {len(files)}) - name one, or leave out --vary")
    base = load_scenario(files[0], sets)
    if sample is not None:
        return latin_hypercube(base, {path: _range(text) for path, text in map(_split, vary)}, sample, seed)
    return dict(factorial(base, {path: _values(text) for path, text in map(_split, vary)}))


def _split(text: str) -> tuple[str, str]:
    from fulfillsim.errors import InputError

    path, sign, values = text.partition("=")
    if not sign or not path.strip() or not values.strip():
        raise InputError(f"--vary: must be PATH=A,B,C (got {text!r}) - for example --vary demand.factor=1,1.2")
    return path.strip(), values.strip()


def _values(text: str) -> list[object]:
    return [_plain(part.strip()) for part in text.split(",") if part.strip()]


def _plain(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text, text)


def _ends(text: str) -> tuple[object, object]:
    from fulfillsim.errors import InputError

    ends = [_plain(part.strip()) for part in text.split("..")]
    if len(ends) != 2:
        raise InputError(f"range: must be LOW..HIGH (got {text!r}) - for example 1..3")
    return ends[0], ends[1]


def _range(text: str) -> tuple[float, float]:
    from fulfillsim.errors import InputError

    low, high = _ends(text)
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        raise InputError(f"range: must be two numbers (got {text!r}) - for example 1..3")
    return low, high


def _sizes(texts: Any) -> dict[str, float]:
    from fulfillsim.errors import InputError

    found = {}
    for text in texts:
        kpi, _, size = text.partition("=")
        number = _plain(size.strip())
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise InputError(f"--equivalent: must be KPI=SIZE (got {text!r}) - for example on_time_shipment=0.002")
        found[kpi.strip()] = float(number)
    return found


def _shown(made: Comparison, form: Format) -> str:
    from fulfillsim.experiment.comparing import as_document

    if form is Format.table:
        return made.summary()
    return show(made.rows(), form, as_document(made))


def _draw(made: Comparison, out: Path, quiet: bool) -> None:
    from fulfillsim.experiment.record import whole_name
    from fulfillsim.report.html.comparison import MOST_FORESTS

    kpis = [kpi for kpi in made.kpis if made.of(kpi)]
    shown = [kpi for kpi in kpis if whole_name(kpi) != kpi][:MOST_FORESTS] or kpis
    _save_pictures({f"forest_{kpi}".replace("/", "-"): (made.plot.forest, kpi) for kpi in shown}, out, quiet)


def _save_pictures(pictures: dict[str, tuple[Any, str]], out: Path, quiet: bool) -> None:
    from fulfillsim.experiment.counting import counted
    from fulfillsim.experiment.progress import progress_on_stderr
    from fulfillsim.report.plots.style import save

    folder = out / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with progress_on_stderr(quiet, what="pictures") as tell:
        for name, (draw, kpi) in counted(list(pictures.items()), tell):
            save(draw(kpi), folder / f"{name}.png")
    if not quiet:
        typer.echo(f"\ntables, KPIs, runs and pictures in {out}", err=True)
