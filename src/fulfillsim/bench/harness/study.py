"""A benchmark as a whole: which runs are wanted, which are there already, and the rest done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fulfillsim.bench.harness.best_known import Best, BestKnown
from fulfillsim.bench.harness.find import find_solver, solver_digest
from fulfillsim.bench.harness.job import Job
from fulfillsim.bench.harness.pool import run_jobs
from fulfillsim.bench.harness.rows import FAILED, Journal, Key, Row, Setting, by_key
from fulfillsim.bench.harness.suite import COUNTS_FIRST, Case, Suite
from fulfillsim.errors import DataError, Fault, InterruptedRunError
from fulfillsim.experiment.versions import PACKAGES, package_versions, surroundings

Tell = Callable[[int, int, Row], None]
"""Called with (done, wanted, row) as runs end."""


@dataclass(frozen=True)
class Request:
    """What is to be compared.

    Parameters
    ----------
    suite
        The problem.
    cases
        Its instances.
    solvers, objectives
        Names as on the command line; every solver runs on every objective.
    n_seeds
        Runs with the seeds 1, 2, ... of each.
    time_limit_s
        Of each run.
    """

    suite: Suite
    cases: Sequence[Case]
    solvers: Sequence[str]
    objectives: Sequence[str]
    n_seeds: int = 1
    time_limit_s: float = 10.0


@dataclass(frozen=True)
class Result:
    """A row and the best known value it is compared with."""

    row: Row
    best: Best | None

    @property
    def extra_first(self) -> float:
        """By how much what counts before the value (vehicles) lies above the best known; 0 where nothing does."""
        own = self.row.outcome.measures.get(COUNTS_FIRST)
        return 0.0 if self.best is None or self.best.first is None or own is None else own - self.best.first

    @property
    def gap_percent(self) -> float | None:
        """Percent above the best known value; None without one, without a value, or with other vehicles than its."""
        value = self.row.outcome.value
        if self.best is None or value is None or self.row.failed or self.extra_first:
            return None
        return self.best.gap_percent(value)

    @property
    def is_compared(self) -> bool:
        """Whether there is a valid plan and a best known value."""
        return self.best is not None and not self.row.failed

    def reaches(self, percent: float) -> bool:
        """Whether it is better than the best known, or as good up to a gap; fewer vehicles are better."""
        gap = self.gap_percent
        return self.is_compared and (self.extra_first < 0 or (gap is not None and gap <= percent))

    @property
    def contradicts(self) -> bool:
        """Whether a proof, the table's or the solver's, cannot be true."""
        outcome = self.row.outcome
        if self.best is None or outcome.value is None or self.row.failed or self.extra_first > 0:
            return False
        if self.extra_first < 0:
            return self.best.proven
        claims = outcome.status == "optimal" and outcome.value > self.best.value + self.best.tolerance
        return claims or self.best.beaten_by(outcome.value)

    @property
    def went_wrong(self) -> bool:
        """Whether somebody has to look: it raised, broke a rule, was late, or contradicts a proof.

        A method that says that it does not apply, or that it found nothing in time, did its work.
        """
        return self.row.outcome.status in FAILED or self.contradicts


def read_cases(suite: Suite, paths: Sequence[Path]) -> list[Case]:
    """Instances of all files, in order, each once.

    Raises
    ------
    DataError
        With the faults of all files.
    """
    cases: dict[str, Case] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            cases.update((case.name, case) for case in suite.read(path))
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults)
    return list(cases.values())


def run_study(
    request: Request, known: BestKnown, folder: Path | None = None, n_jobs: int = 1, tell: Tell | None = None
) -> list[Result]:
    """Run what is missing and return all that is wanted, in the order of cases, solvers, objectives and seeds.

    Parameters
    ----------
    request
        What is to be compared.
    known
        Best known values.
    folder
        Where rows are kept and looked for; nothing is kept without.
    n_jobs
        Processes.
    tell
        Told of each row.

    Raises
    ------
    UnknownNameError, DataError
        If a solver cannot be found; nothing has been run then.
    InterruptedRunError
        On Ctrl-C; rows so far are kept, its ``result`` holds them.
    """
    wanted = _wanted(request)
    journal = Journal(folder) if folder is not None else None
    there = by_key(journal.rows) if journal is not None else {}
    done = {key: there[key] for key in wanted if key in there}
    try:
        for row in _missing(request, wanted, done, n_jobs):
            done[row.setting.key] = row
            if journal is not None:
                journal.append(row)
            if tell is not None:
                tell(len(done), len(wanted), row)
    except KeyboardInterrupt as interrupt:
        hint = f"run the same command again with -o {folder} to go on" if folder else "with -o DIR a run can go on"
        found = _results(request, wanted, done, known)
        raise InterruptedRunError(len(done), len(wanted), hint, found, "runs") from interrupt
    finally:
        if journal is not None:
            journal.close()
    return _results(request, wanted, done, known)


def _wanted(request: Request) -> dict[Key, tuple[Setting, Case]]:
    """Every run by its key."""
    suite, found = request.suite, {}
    versions = {name: _versions(suite, name) for name in request.solvers}
    objectives = [(suite.objective(asked), asked) for asked in request.objectives]
    for case in request.cases:
        for solver in request.solvers:
            for objective, asked in objectives:
                for seed in range(1, request.n_seeds + 1):
                    what = suite.name, case.name, case.digest, case.group, solver, objective, asked, seed
                    setting = Setting(*what, request.time_limit_s, versions[solver])
                    found[setting.key] = setting, case
    return found


def _versions(suite: Suite, solver: str) -> dict[str, str]:
    """What a figure depends on; a solver that does not exist is told before anything runs."""
    find_solver(suite, solver)
    digest = solver_digest(suite, solver)
    return {**surroundings(), **package_versions((*PACKAGES, "pyvrp")), **({"solver": digest} if digest else {})}


def _missing(
    request: Request, wanted: dict[Key, tuple[Setting, Case]], done: dict[Key, Row], n_jobs: int
) -> Iterator[Row]:
    """Rows of what is not there yet, as they end."""
    left = [pair for key, pair in wanted.items() if key not in done]
    jobs = [Job(request.suite, s.solver, s.objective, s.seed, s.time_limit_s, case.instance) for s, case in left]
    for index, outcome in run_jobs(jobs, n_jobs):
        yield Row(left[index][0], outcome)


def _results(
    request: Request, wanted: dict[Key, tuple[Setting, Case]], done: dict[Key, Row], known: BestKnown
) -> list[Result]:
    # the spelling of the objective is that of today, also for a row that was kept under another one
    return [
        Result(Row(setting, done[key].outcome), _best(request.suite, case, setting, known))
        for key, (setting, case) in wanted.items()
        if key in done
    ]


def _best(suite: Suite, case: Case, setting: Setting, known: BestKnown) -> Best | None:
    """The file's own value, else the table's."""
    names = suite.published(case.instance, setting.objective)
    own = [best for name, best in case.best.items() if not names or name in names]
    return min(own, key=lambda best: best.rank) if own else known.find(case.name, names)
