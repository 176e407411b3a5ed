"""What a command of the harness does: read, run, print, and keep what is to be kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fulfillsim.bench.harness.best_known import BestKnown, read_best_known
from fulfillsim.bench.harness.rows import Row
from fulfillsim.bench.harness.show import document, remarks, short, shown
from fulfillsim.bench.harness.study import Request, Result, Tell, read_cases, run_study
from fulfillsim.bench.harness.suite import Suite
from fulfillsim.experiment.files import write_whole
from fulfillsim.experiment.progress import Tell as Shown
from fulfillsim.experiment.progress import progress_on_stderr

Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """A command line, understood.

    Parameters
    ----------
    solvers, objectives
        Names joined by commas; ``objectives`` empty: the usual one.
    folder
        Where to keep rows, result and pictures.
    n_jobs
        None: one per core.
    quiet
        No progress, no remarks.
    """

    instances: Sequence[Path]
    solvers: str
    objectives: str
    time_limit_s: float
    n_seeds: int
    best_known: Path | None
    target_percent: float
    form: str
    folder: Path | None
    n_jobs: int | None
    quiet: bool = False


@dataclass(frozen=True)
class Answer:
    """What a command prints, and whether anything went wrong in a run, be it new or kept from before."""

    text: str
    went_wrong: bool


def execute(suite: Suite, order: Order, say: Say) -> Answer:
    """Run a benchmark and return what is to be printed; remarks go to ``say``.

    Raises
    ------
    InputError
        If a file, a name or the folder cannot be used.
    InterruptedRunError
        On Ctrl-C.
    """
    known = read_best_known(order.best_known, suite.column) if order.best_known else BestKnown()
    request = Request(
        suite,
        read_cases(suite, order.instances),
        _split(order.solvers) or ["auto"],
        _split(order.objectives) or [suite.usual],
        order.n_seeds,
        order.time_limit_s,
    )
    n_jobs = _processes(order.n_jobs, say)
    with progress_on_stderr(order.quiet, what="runs") as tell:
        results = run_study(request, known, order.folder, n_jobs, None if tell is None else _telling(tell))
    for remark in () if order.quiet else remarks(results):
        say(remark)
    if order.folder is not None:
        _keep(request, results, order, say)
    text = shown(request, results, order.form, order.target_percent)
    return Answer(text, any(result.went_wrong for result in results))


def _split(names: str) -> list[str]:
    return list(dict.fromkeys(name for part in names.split(",") if (name := part.strip())))


def _processes(wanted: int | None, say: Say) -> int:
    from fulfillsim.experiment.study import available_cores

    cores = available_cores()
    if wanted is not None and wanted > cores:
        say(f"{cores} runs at once instead of {wanted}: one per core, or their times would not be theirs")
    return min(wanted or cores, cores)


def _telling(shown: Shown) -> Tell:
    """Tell how many runs are done, and what came out of the last one."""

    def tell(done: int, wanted: int, row: Row) -> None:
        setting, outcome = row.setting, row.outcome
        value = "" if outcome.value is None else f" {outcome.value:.10g}"
        what = f"{short(setting.instance)} {setting.solver} {setting.asked} seed {setting.seed}"
        shown.note(f"{what}: {outcome.status}{value}")
        shown(done, wanted)

    return tell


def _keep(request: Request, results: Sequence[Result], order: Order, say: Say) -> None:
    from fulfillsim.report.plots.convergence import plot_convergence
    from fulfillsim.report.plots.performance_profile import plot_performance_profile
    from fulfillsim.report.plots.style import save

    assert order.folder is not None
    content = document(request, results, order.target_percent)
    write_whole(order.folder / "result.json", json.dumps(content, indent=1, ensure_ascii=False).encode())
    summary = content["summary"]
    save(plot_performance_profile(summary["profile"]), order.folder / "performance_profile.png")
    save(plot_convergence(summary["convergence"]), order.folder / "convergence.png")
    say(f"rows.jsonl, result.json and 2 pictures in {order.folder}")
