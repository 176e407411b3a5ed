"""Replications of several alternatives: what is wanted, what is there already, who runs the rest.

`simulate` is a study of one alternative; `compare`, the threshold finder and selection are studies of many that ask
for more replications as they go. The order in which replications finish changes nothing.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError, InterruptedRunError, LostExecutorError, UnknownNameError
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.chunks import run_in_chunks
from fulfillsim.experiment.compiling import compile_for
from fulfillsim.experiment.counting import Count
from fulfillsim.experiment.estimates import estimate
from fulfillsim.experiment.kept import Kept
from fulfillsim.experiment.progress import told
from fulfillsim.experiment.record import Failure, Outcome
from fulfillsim.experiment.records import RecordList
from fulfillsim.experiment.replication import replicate as replicate_journeys
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.run_directory import RunDirectory
from fulfillsim.experiment.study_directory import StudyDirectory
from fulfillsim.experiment.worker import MAX_WORLDS, Replicate, Task, Work
from fulfillsim.experiment.workers import Borrowed, InProcess, Processes, Workers
from fulfillsim.kpi.protocols import Trace

Floats = NDArray[np.float64]
APART = 1_000_003
"""Distance of the seeds of alternatives without common random numbers."""
MAIN = ("on_time_shipment", "throughput")
"""Shown while a scenario without targets runs."""


@runtime_checkable
class Onlooker(Protocol):
    """A `Progress` that also shows how precise the main KPI is by now, or all that there is."""

    def __call__(self, done: int, total: int) -> object:
        """Take how many replications are done, of how many."""

    def look(self, figure: Callable[[], str], first: Callable[[], Result]) -> None:
        """Take the function that tells the figure in words, and the one that gives the first alternative's result."""


Progress = Callable[[int, int], object] | Onlooker | bool | None
"""Called with (replications finished, replications wanted); True shows them on stderr, in notebooks below the cell."""
OnTrace = Callable[[int, Trace], object]
"""Called with the index of a replication and its trace."""


@dataclass(frozen=True)
class Setting:
    """How a study is run; changes nothing in its figures, except ``seed``.

    Parameters
    ----------
    seed
        Of the study.
    jobs
        Processes; by default as many as there are cores or replications to run, whichever is less.
    executor
        Runs the chunks instead of processes of our own; stays open.
    progress
        Called in this thread whenever replications finish; True shows it, False and None are quiet.
    replicate
        One replication; the journey from receipt to delivery if not given.
    by
        What to cut the KPIs by, beside the uncut ones.
    keep_frames
        Replications of the first alternative whose trace is kept in memory.
    common
        Common random numbers: one seed for all alternatives, or one for each.
    cache
        Replications that other studies ran.
    kpi
        Shown while the study runs; the first target, or one of `MAIN`, if not given.
    baseline
        Alternative whose differences to the others are shown then; levels of the first one if not given.
    on_trace
        Called in this thread with the index and the trace of each replication that ``keep_frames`` names, as it comes.
    """

    seed: int = 1
    jobs: int | None = None
    executor: Executor | None = None
    progress: Progress | None = None
    replicate: Replicate | None = None
    by: tuple[str, ...] = ()
    keep_frames: frozenset[int] = frozenset()
    common: bool = True
    cache: Cache | None = None
    kpi: str | None = None
    baseline: str | None = None
    on_trace: OnTrace | None = None

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise InputError(f"jobs: must be 1 or more (got {self.jobs}) - -j 1 is the least")
        if self.by:
            from fulfillsim.kpi import CUTS

            for name in self.by:
                if name not in CUTS:
                    raise UnknownNameError("cut", name, CUTS)

    def seeds(self, n: int) -> tuple[int, ...]:
        """Seed of each of ``n`` alternatives."""
        return (self.seed,) * n if self.common else tuple(self.seed + APART * place for place in range(n))


class Study:
    """Alternatives with their replications; a context manager that owns the worker processes and shows progress.

    Parameters
    ----------
    subjects
        Alternatives by name: whatever builds a world.
    setting
        How to run.
    directories
        Run directories of the alternatives that have one: what they hold is not run again.
    home
        Where a stopped study can be gone on with, if anywhere.
    """

    def __init__(
        self,
        subjects: Mapping[str, Any],
        setting: Setting,
        directories: Mapping[str, RunDirectory] | None = None,
        home: StudyDirectory | RunDirectory | None = None,
    ) -> None:
        self.setting, self.home = setting, home
        self.subjects: dict[str, Any] = {}
        self.names: list[str] = []
        self._seeds: tuple[int, ...] = ()
        self._kept: dict[str, Kept] = {}
        self._run: Replicate = setting.replicate or replicate_journeys
        self._workers: Workers | None = None
        self._shown = ExitStack()
        self._tell_to: Count | None = None
        for name, subject in subjects.items():
            self.add(name, subject, (directories or {}).get(name))

    def __enter__(self) -> Study:
        self._tell_to = self._shown.enter_context(told("replications", self.setting.progress))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._shown.close()
        if self._workers is not None and error is not None:
            self._workers.stop()
        elif self._workers is not None:
            self._workers.close()
        if error is None:
            for kept in self._kept.values():
                kept.compact()

    def add(self, name: str, subject: Any, directory: RunDirectory | None = None) -> None:
        """Take in one more alternative, on the study's random numbers; one that is there already stays as it is."""
        if name in self.subjects:
            return
        self.subjects[name] = subject
        self.names.append(name)
        self._seeds = self.setting.seeds(len(self.names))
        cache = self.setting.cache
        shelf = cache.shelf(subject, self._seeds[-1], self._run) if cache is not None else None
        self._kept[name] = Kept(directory, shelf, self.setting.by)
        if self._workers is not None:
            self._workers.load(self._work())

    def run(self, wanted: Mapping[str, int]) -> None:
        """See to it that each alternative has its first so many replications.

        Raises
        ------
        LostExecutorError
            If an executor that was lent takes no more work.
        InterruptedRunError
            On Ctrl-C; what is finished is kept, and on disk where there is a directory.
        """
        for name, n in wanted.items():
            self._kept[name].want(n)
        todo = self._missing()
        if self._progress()[0]:
            self._tell()
        if not todo:
            return
        try:
            failures = run_in_chunks(self._open(len(todo)), todo, self._receive)
        except KeyboardInterrupt as interrupt:
            done, total = self._progress()
            raise InterruptedRunError(done, total, self._how_to_go_on(), self.results()) from interrupt
        except (BrokenExecutor, CancelledError) as error:
            raise LostExecutorError(*self._progress(), self._how_to_go_on()) from error
        for task, reason in failures.items():
            self._kept[self.names[task.alternative]].failures[task.replication] = reason

    def records(self, name: str, n: int | None = None) -> RecordList:
        """Finished replications of an alternative in the order of their index, of the first ``n`` or of all wanted."""
        kept = self._kept[name]
        return kept.records.between(0, kept.n_wanted if n is None else n)

    def values(self, name: str, kpis: Sequence[str], start: int, stop: int) -> Floats:
        """Uncut values of replications start to stop of an alternative, shape (n, n_kpis); NaN where there is none.

        Raises
        ------
        UnknownNameError
            If a finished replication has no such KPI.
        """
        rows = np.full((stop - start, len(kpis)), np.nan)
        for record in self._kept[name].records.between(start, stop):
            found = {value.kpi: value.value for value in record.values if not value.cut}
            if unknown := [kpi for kpi in kpis if kpi not in found]:
                raise UnknownNameError(f"KPI of {name!r}", unknown[0], found)
            rows[record.replication - start] = [found[kpi] for kpi in kpis]
        return rows

    def result(self, name: str) -> Result:
        """What there is of one alternative."""
        kept = self._kept[name]
        failures = tuple(Failure(index, reason) for index, reason in sorted(kept.failures.items()))
        folder = kept.directory.folder if kept.directory is not None else None
        seed = self._seeds[self.names.index(name)]
        shows = bool(self.setting.progress)
        records = self.records(name)
        return Result(self.subjects[name], name, seed, records, self._run, failures, kept.traces, folder, shows)

    def results(self) -> dict[str, Result]:
        """What there is, by alternative."""
        return {name: self.result(name) for name in self.names}

    def _missing(self) -> list[Task]:
        """By replication, then alternative: an interrupted study has whole rows first.

        With more alternatives than worlds that a worker keeps, the other way round: each is built once.
        """
        kept = [self._kept[name] for name in self.names]
        rows = range(max((one.n_wanted for one in kept), default=0))
        pairs = ((place, index) for index in rows for place in range(len(kept)))
        if len(kept) > MAX_WORLDS:
            pairs = ((place, index) for place in range(len(kept)) for index in rows)
        return [Task(p, i) for p, i in pairs if i < kept[p].n_wanted and not kept[p].has(i)]

    def _receive(self, outcomes: Mapping[Task, Outcome]) -> None:
        for place in dict.fromkeys(task.alternative for task in outcomes):
            mine = {task.replication: o for task, o in outcomes.items() if task.alternative == place}
            self._kept[self.names[place]].take(mine)
        if self.setting.on_trace is not None:
            for task, outcome in outcomes.items():
                if outcome.trace is not None:
                    self.setting.on_trace(task.replication, outcome.trace)
        self._tell()

    def _progress(self) -> tuple[int, int]:
        return sum(kept.n_done for kept in self._kept.values()), sum(kept.n_wanted for kept in self._kept.values())

    def _tell(self) -> None:
        tell = self._tell_to
        if isinstance(tell, Onlooker):
            tell.look(self.main_figure, lambda: self.result(self.names[0]))
        if tell is not None:
            tell(*self._progress())

    def main_figure(self) -> str:
        """What matters most, so far: ``on_time_shipment 0.970 ± 0.012`` of one alternative.

        Where there is a baseline, the least certain of the differences to it:
        ``two more - today: on_time_shipment 0.012 ± 0.004``.
        """
        kpi = self._main_kpi()
        if kpi is None:
            return ""
        if self.setting.baseline is not None:
            return self._difference(kpi, self.setting.baseline)
        name = self.names[0]
        of_many = f"{name}: " if len(self.names) > 1 else ""
        return f"{of_many}{kpi} {estimate(self.records(name).column(kpi).tolist())}"

    def _main_kpi(self) -> str | None:
        """The one asked for, or the usual one; None if no replication has any."""
        name = self.names[0]
        found = [value.kpi for record in self.records(name)[:1] for value in record.values if not value.cut]
        usual = [*(target.kpi for target in self.subjects[name].world().targets), *MAIN, *found[:1]]
        wished = [self.setting.kpi, *usual]
        return next((kpi for kpi in wished if kpi in found), None)

    def _difference(self, kpi: str, baseline: str) -> str:
        """The widest interval of those that are known by now, replication by replication."""
        known = {name: self._by_replication(name, kpi) for name in self.names}
        reference = known.pop(baseline)
        gaps = {name: estimate(v - reference.get(i, math.nan) for i, v in mine.items()) for name, mine in known.items()}
        gaps = {name: gap for name, gap in gaps.items() if math.isfinite(gap.half_width)}
        if not gaps:
            return ""
        name = max(gaps, key=lambda one: gaps[one].half_width)
        return f"{name} - {baseline}: {kpi} {gaps[name]}"

    def _by_replication(self, name: str, kpi: str) -> dict[int, float]:
        records = self.records(name)
        return dict(zip(records.replications, records.column(kpi).tolist(), strict=True))

    def _open(self, n_todo: int) -> Workers:
        """Workers for so many replications; those of an earlier round where they will do."""
        setting = self.setting
        n = min(setting.jobs or available_cores(), n_todo)
        if self._workers is not None and (self._workers.n >= n or setting.executor is not None):
            return self._workers
        if self._workers is not None:
            self._workers.close()
        work = self._work()
        if setting.executor is not None:
            self._workers = Borrowed(work, setting.executor, setting.jobs)
        elif n == 1:
            self._workers = InProcess(work)
        else:
            compile_for(self.subjects.values())
            self._workers = Processes(work, n)
        return self._workers

    def _work(self) -> Work:
        run = partial(self._run, by=self.setting.by) if self.setting.by else self._run
        keep = frozenset(Task(0, index) for index in self.setting.keep_frames)
        return Work(tuple(self.subjects.values()), self._seeds, run, keep)

    def _how_to_go_on(self) -> str:
        if self.home is None:
            return "the partial result is in .result; with a run directory (-o DIR) the next run goes on from there"
        return f"run the same command again to go on: what is finished is safe in {self.home.folder}"


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_replications(n: int) -> None:
    """Refuse a number that makes no sense."""
    if n < 1:
        raise InputError(f"replications: must be 1 or more (got {n}) - -n 1 is the least")
