"""`simulate`: from a scenario to a `Result`, over replications, processes and interruptions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import InputError, InterruptedRunError, RunDirectoryError
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.output import write_checklist, write_estimates, write_frames
from fulfillsim.experiment.replication import replicate as journeys
from fulfillsim.experiment.replication import replicate_antithetic, road_of
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.run_directory import Manifest, RunDirectory
from fulfillsim.experiment.study import OnTrace, Progress, Setting, Study, check_replications
from fulfillsim.experiment.worker import Replicate
from fulfillsim.stats.precision import Goal, UntilPrecise

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.scenario import Scenario

DEFAULT_SEED = 1


def simulate(
    scenario: Scenario | World,
    replications: int = 5,
    seed: int | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | str | None = None,
    progress: Progress = True,
    by: Sequence[str] = (),
    keep_frames: Iterable[int] = (0,),
    replicate: Replicate | None = None,
    precise: Sequence[str | Goal] = (),
    budget: int = 1000,
    cache: Path | str | None = None,
    antithetic: bool = False,
    on_trace: OnTrace | None = None,
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
        What takes over two seconds shows how far it is, on stderr or below a notebook's cell; False is quiet. A
        function is called with (replications finished, wanted) instead, in this thread.
    by
        What to cut the KPIs by, beside the uncut ones: ``["carrier", "day"]``.
    keep_frames
        Replications whose trace is kept in memory; others are run again when their frames are asked for. Without
        0 among them, a run directory holds no frames.
    replicate
        One replication; the journey from receipt to delivery if not given.
    precise
        Go on until KPIs are known so precisely: ``["wait.packing=5%", "on_time_shipment=0.002"]``, half-widths as a
        share of the estimate or in the KPI's unit. ``replications`` is then the least number.
    budget
        Replications at most, for ``precise``.
    cache
        Folder that studies share: replications that one of them ran are not run again.
    antithetic
        A replication is a pair, run with uniforms u and 1 - u, and its values are the means of the two: it takes twice
        the time, and half-widths shrink by more than that where KPIs rise or fall with what is drawn.
    on_trace
        Called in this thread with the index and the trace of each replication that ``keep_frames`` names, as it comes
        (not with what the run directory had already).

    Raises
    ------
    InputError
        If a number makes no sense; `RunDirectoryError` if ``out`` cannot be used.
    InterruptedRunError
        On Ctrl-C; its ``result`` holds the finished replications.
    SimulationError
        If an invariant of the model broke.
    """
    check_replications(replications)
    seed = DEFAULT_SEED if seed is None else seed
    replicate = road(replicate, antithetic)
    kept = None if cache is None else Cache(cache)
    setting = Setting(
        seed, jobs, executor, progress, replicate, tuple(by), frozenset(keep_frames), cache=kept, on_trace=on_trace
    )
    subject: Any = as_subject(scenario)
    name = subject.name
    directory = None if out is None else open_directory(subject, seed, out, replicate)
    with Study({name: subject}, setting, {name: directory} if directory is not None else {}, directory) as study:
        try:
            study.run({name: replications})
            if precise:
                _until_precise(study, name, [parse_goal(g) if isinstance(g, str) else g for g in precise], budget)
        except InterruptedRunError as interrupted:
            interrupted.result = study.result(name)
            raise
        result = study.result(name)
    if directory is not None:
        write_estimates(directory, result, by)
        write_checklist(directory, {name: result}, ["One scenario, as it is."], [_estimation(result, precise)])
        if 0 in setting.keep_frames:
            write_frames(directory, result)
    return result


def _estimation(result: Result, precise: Sequence[str | Goal]) -> str:
    """How the figures of a run were estimated, in words."""
    said = f"{result.n_replications} independent replications; means with 95 % t intervals."
    goals = [goal if isinstance(goal, str) else str(goal) for goal in precise]
    return said + (
        f" Replications went on until half-widths were {', '.join(goals)}, or the budget spent." if goals else ""
    )


def parse_goal(text: str) -> Goal:
    """Goal of ``wait.packing=5%`` (half-width as a share of the estimate) or ``on_time_shipment=0.002`` (in its unit).

    Raises
    ------
    InputError
        If it is something else; UnknownNameError if there is no such KPI.
    """
    match = re.fullmatch(r"\s*([A-Za-z_][\w.]*)\s*=\s*(\d*\.?\d+)\s*(%?)\s*", text)
    if not match:
        raise InputError(f"precision: must be KPI=SIZE or KPI=SHARE% (got {text!r}) - for example wait.packing=5%")
    from fulfillsim.kpi import find_kpi

    find_kpi(match[1])
    return Goal(match[1], float(match[2]) / (100.0 if match[3] else 1.0), bool(match[3]))


def _until_precise(study: Study, name: str, goals: Sequence[Goal], budget: int) -> None:
    """Replications until all goals are reached together, or the budget is spent."""
    procedure = UntilPrecise(goals, n_most=budget, is_joint=True, name=name)
    columns = [goal.kpi for goal in goals]
    while wanted := procedure.ask():
        have = procedure.n
        study.run({name: have + wanted[name]})
        procedure.tell({name: study.values(name, columns, have, have + wanted[name])})


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


def as_subject(scenario: Any) -> Any:
    """What builds a world: a scenario as it is, a compiled world in a wrapper.

    Raises
    ------
    InputError
        If it is the name of one.
    """
    if isinstance(scenario, str | Path):
        rule = f"scenario: must be loaded before it is run (got {str(scenario)!r})"
        raise InputError(f"{rule} - say load_scenario({str(scenario)!r})")
    return scenario if hasattr(scenario, "content_hash") else _Compiled(scenario)


def road(replicate: Replicate | None, antithetic: bool) -> Replicate | None:
    """What makes replications: the function given, or pairs.

    Raises
    ------
    InputError
        If both are asked for.
    """
    if antithetic and replicate is not None:
        raise InputError("antithetic: a replication of your own draws as it likes - leave one of the two out")
    return replicate_antithetic if antithetic else replicate


def open_directory(subject: Any, seed: int, out: Path | str, replicate: Replicate | None = None) -> RunDirectory:
    """Run directory of one alternative, new or gone on with.

    Raises
    ------
    RunDirectoryError
        If it holds something else, or the subject is a compiled world.
    """
    if isinstance(subject, _Compiled):
        hint = "give a scenario from load_scenario, or leave out the directory"
        raise RunDirectoryError(str(out), "must say which scenario it holds, and a compiled world cannot", hint)
    manifest = Manifest(subject.name, subject.content_hash(), seed, replication=road_of(replicate or journeys))
    return RunDirectory(out, manifest, scenario_texts(subject))


def scenario_texts(scenario: Any) -> dict[str, str]:
    """Files of a run directory that say which scenario was run: layers and overrides merged, then all defaults."""
    import json

    import yaml

    from fulfillsim.scenario.nodes import plain

    given = yaml.safe_dump(plain(scenario.tree), sort_keys=False, allow_unicode=True, width=110)
    resolved = json.dumps(scenario.resolved(), indent=2, ensure_ascii=False, default=str) + "\n"
    return {"scenario.yaml": given, "resolved.json": resolved}
