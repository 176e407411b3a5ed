"""`simulate`: from a scenario to a `Result`, over replications, processes and interruptions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import InputError, InterruptedRunError, RunDirectoryError, UnknownNameError
from fulfillsim.experiment.chunks import run_in_chunks
from fulfillsim.experiment.output import write_estimates, write_frames
from fulfillsim.experiment.record import Failure, Outcome, Record
from fulfillsim.experiment.replication import replicate as replicate_journeys
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.run_directory import Manifest, RunDirectory
from fulfillsim.experiment.worker import Replicate, Work
from fulfillsim.experiment.workers import Borrowed, InProcess, Processes, Workers

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.scenario import Scenario
    from fulfillsim.sim import Trace

DEFAULT_SEED = 1
Progress = Callable[[int, int], object]
"""Called with (replications finished, replications wanted)."""


def simulate(
    scenario: Scenario | World,
    replications: int = 5,
    seed: int | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | str | None = None,
    progress: Progress | None = None,
    by: Sequence[str] = (),
    keep_frames: Iterable[int] = (0,),
    replicate: Replicate | None = None,
) -> Result:
    """Run independent replications of a scenario.

    The result depends on scenario, seed and replication indices alone: not on ``jobs``, the executor, the order
    in which replications finish, or whether a run was stopped and gone on with.

    Parameters
    ----------
    scenario
        From `load_scenario`; a compiled `World` does as well where no run directory is asked for.
    replications
        How many, >= 1; intervals need 2.
    seed
        Any integer; `DEFAULT_SEED` if not given.
    jobs
        Processes; 1 stays in this one. By default as many as there are cores or replications to run, whichever
        is less.
    executor
        Runs the chunks instead of processes of our own; stays open.
    out
        Run directory. One that holds finished replications of the same run is gone on with.
    progress
        Called in this thread whenever replications finish.
    by
        What to cut the KPIs by, beside the uncut ones: ``["carrier", "day"]``.
    keep_frames
        Replications whose trace is kept in memory; others are run again when their frames are asked for. Without
        0 among them, a run directory holds no frames.
    replicate
        One replication; the journey from receipt to delivery if not given.

    Raises
    ------
    InputError
        If a number makes no sense; `RunDirectoryError` if ``out`` cannot be used.
    InterruptedRunError
        On Ctrl-C; its ``result`` holds the finished replications.
    SimulationError
        If an invariant of the model broke.
    """
    _check("replications", replications, "-n")
    if jobs is not None:
        _check("jobs", jobs, "-j")
    seed = DEFAULT_SEED if seed is None else seed
    _check_cuts(by)
    subject: Any = scenario if hasattr(scenario, "content_hash") else _Compiled(scenario)
    run = replicate or replicate_journeys
    cut = partial(run, by=tuple(by)) if by else run
    study = _Study(subject, replications, tuple(by), progress, _directory(subject, seed, out))
    work = Work(subject, seed, cut, frozenset(keep_frames))
    try:
        if todo := study.missing():
            study.failures = run_in_chunks(_workers(work, len(todo), jobs, executor), todo, study.receive)
    except KeyboardInterrupt as interrupt:
        partial_result = study.result(seed, run)
        how = _how_to_go_on(study.directory)
        raise InterruptedRunError(len(study.records), replications, how, partial_result) from interrupt
    result = study.result(seed, run)
    if study.directory is not None:
        write_estimates(study.directory, result, by)
        if 0 in work.keep:
            write_frames(study.directory, result)
    return result


@dataclass
class _Study:
    """Bookkeeping of one call of `simulate`."""

    subject: Any
    n: int
    by: tuple[str, ...]
    progress: Progress | None
    directory: RunDirectory | None
    records: dict[int, Record] = field(default_factory=dict)
    traces: dict[int, Trace] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()

    def missing(self) -> list[int]:
        """Take what the run directory holds; what remains to be run."""
        there = self.directory.records(self.by) if self.directory is not None else {}
        self.records.update({index: record for index, record in there.items() if index < self.n})
        if self.records:
            self.tell()
        return [index for index in range(self.n) if index not in self.records]

    def receive(self, outcomes: tuple[Outcome, ...]) -> None:
        """Keep finished replications, on disk before in memory."""
        if self.directory is not None:
            self.directory.add(outcome.record for outcome in outcomes)
        for outcome in outcomes:
            index = outcome.record.replication
            self.records[index] = outcome.record
            if outcome.trace is not None:
                self.traces[index] = outcome.trace
        self.tell()

    def tell(self) -> None:
        if self.progress is not None:
            self.progress(len(self.records), self.n)

    def result(self, seed: int, run: Replicate) -> Result:
        records = tuple(self.records[index] for index in sorted(self.records))
        folder = self.directory.folder if self.directory is not None else None
        return Result(self.subject, self.subject.name, seed, records, run, self.failures, self.traces, folder)


@dataclass(frozen=True)
class _Compiled:
    """A world that needs no building."""

    compiled: Any

    @property
    def name(self) -> str:
        return str(self.compiled.name)

    def world(self) -> World:
        world: World = self.compiled
        return world


def _check(what: str, number: int, option: str) -> None:
    if number < 1:
        raise InputError(f"{what}: must be 1 or more (got {number}) - {option} 1 is the least")


def _check_cuts(by: Sequence[str]) -> None:
    if not by:
        return
    from fulfillsim.kpi import CUTS

    for name in by:
        if name not in CUTS:
            raise UnknownNameError("cut", name, CUTS)


def _directory(subject: Any, seed: int, out: Path | str | None) -> RunDirectory | None:
    if out is None:
        return None
    if isinstance(subject, _Compiled):
        hint = "give simulate a scenario from load_scenario, or leave out"
        raise RunDirectoryError(str(out), "must say which scenario it holds, and a compiled world cannot", hint)
    manifest = Manifest(subject.name, subject.content_hash(), seed)
    return RunDirectory(out, manifest, scenario_texts(subject))


def scenario_texts(scenario: Any) -> dict[str, str]:
    """Files of a run directory that say which scenario was run: layers and overrides merged, then all defaults."""
    import json

    import yaml

    from fulfillsim.scenario.nodes import plain

    given = yaml.safe_dump(plain(scenario.tree), sort_keys=False, allow_unicode=True, width=110)
    resolved = json.dumps(scenario.resolved(), indent=2, ensure_ascii=False, default=str) + "\n"
    return {"scenario.yaml": given, "resolved.json": resolved}


def _workers(work: Work, n_todo: int, jobs: int | None, executor: Executor | None) -> Workers:
    if executor is not None:
        return Borrowed(work, executor, jobs)
    n = min(jobs or available_cores(), n_todo)
    return InProcess(work) if n == 1 else Processes(work, n)


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _how_to_go_on(directory: RunDirectory | None) -> str:
    if directory is None:
        return "the partial result is in .result; with a run directory (-o DIR) the next run goes on from there"
    return f"run the same command again to go on: what is finished is safe in {directory.folder}"
