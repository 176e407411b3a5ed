"""How well a study uses several processes: efficiency of a started pool, its start-up, what the study itself costs."""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fulfillsim.experiment.counting import Count, counted
from fulfillsim.experiment.executors import named_executor
from fulfillsim.experiment.output import write_estimates
from fulfillsim.experiment.simulation import open_directory
from fulfillsim.experiment.study import Setting, Study


@dataclass(frozen=True)
class Pass:
    """One study from a started pool to the table.

    Parameters
    ----------
    start_s
        Wall seconds until every process had run a replication.
    run_s
        Wall seconds of the replications that were timed.
    own_cpu_s
        CPU seconds of the master meanwhile: handing out, keeping, writing, and the table.
    """

    start_s: float
    run_s: float
    own_cpu_s: float


@dataclass(frozen=True)
class Efficiency:
    """One process against ``jobs``, medians over the turns.

    Parameters
    ----------
    n, jobs, turns
        Replications timed, processes, times that each was measured.
    replication_s
        Wall seconds of a replication in one process.
    one_s, processes_s, cluster_s
        Wall seconds of all of them; NaN for what was not measured.
    start_s, cluster_start_s
        Start-up, not in the figures above.
    efficiency
        ``one_s / (jobs * processes_s)``: median of the turns.
    own_share
        CPU seconds of statistics and bookkeeping over those of the replications.
    load
        Of the machine, one minute's average before and after: figures of a busy machine say little.
    """

    n: int
    jobs: int
    turns: int
    replication_s: float
    one_s: float
    processes_s: float
    cluster_s: float
    start_s: float
    cluster_start_s: float
    efficiency: float
    own_share: float
    load: tuple[float, float]


def measure(
    scenario: Any,
    n: int = 40,
    jobs: int = 2,
    turns: int = 3,
    seed: int = 1,
    cluster: bool = True,
    replicate: Any = None,
    progress: Count | None = None,
) -> Efficiency:
    """Time the same replications in one process, in ``jobs`` processes and on a cluster of so many, in turns."""
    before = os.getloadavg()[0]
    _pass(scenario, 2, 1, seed, replicate)  # untimed: imports and compiling
    alone: list[Pass] = []
    together: list[Pass] = []
    afar: list[Pass] = []
    for _ in counted(range(turns), progress):
        alone.append(_pass(scenario, n, 1, seed, replicate))
        together.append(_pass(scenario, n, jobs, seed, replicate))
        if cluster:
            with named_executor("dask", jobs) as executor:
                afar.append(_pass(scenario, n, jobs, seed, replicate, executor))
    nothing = [Pass(float("nan"), float("nan"), float("nan"))]
    one = _median(alone, lambda found: found.run_s)
    return Efficiency(
        n,
        jobs,
        turns,
        one / n,
        one,
        _median(together, lambda found: found.run_s),
        _median(afar or nothing, lambda found: found.run_s),
        _median(together, lambda found: found.start_s),
        _median(afar or nothing, lambda found: found.start_s),
        statistics.median(a.run_s / (jobs * b.run_s) for a, b in zip(alone, together, strict=True)),
        _median(together, lambda found: found.own_cpu_s) / one,
        (before, os.getloadavg()[0]),
    )


def _pass(scenario: Any, n: int, jobs: int, seed: int, replicate: Any, executor: Executor | None = None) -> Pass:
    setting = Setting(seed, jobs, executor, replicate=replicate)
    with tempfile.TemporaryDirectory() as folder:
        directory = open_directory(scenario, seed, Path(folder) / "run")
        name, warm = scenario.name, 4 * jobs
        began = time.perf_counter()
        with Study({name: scenario}, setting, {name: directory}, directory) as study:
            study.run({name: warm})
            started, cpu = time.perf_counter(), _own_cpu_s()
            study.run({name: warm + n})
            write_estimates(directory, study.result(name))
            ended = time.perf_counter()
            own = _own_cpu_s() - cpu
    return Pass(started - began, ended - started, own)


def _own_cpu_s() -> float:
    """CPU seconds of this process without its children."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _median(passes: list[Pass], of: Callable[[Pass], float]) -> float:
    return statistics.median(map(of, passes))
