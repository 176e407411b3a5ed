"""Runs the rows: replications in processes, more of them until the half-width suffices or the budget is spent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import ceil
from multiprocessing import get_context
from typing import Any

import numpy as np

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Estimate, Floats, Run, Verdict
from fulfillsim.bench.analytic.registry import build, groups
from fulfillsim.bench.analytic.setting import Setting
from fulfillsim.experiment.progress import Tell
from fulfillsim.sim import run
from fulfillsim.stats.intervals import format_estimate
from fulfillsim.tape import draw_tape

FIRST_STAGE = 12
MARGIN = 1.1
"""Further replications than the last look asks for, so that few looks are needed."""
DEFAULT_BUDGET = 1e8
"""The hardest row of the shared file (a tandem's tail) takes about 7e7 customers for 2 %, most take a few million."""
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Row:
    """Outcome of a case; ``half_width`` is at 99 %; None where the case is not mapped."""

    id: str
    model: str
    exact: float
    estimate: float | None
    half_width: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Study:
    """Outcome of a file."""

    rows: tuple[Row, ...]
    seed: int
    budget: float
    n_customers: int

    @property
    def summary(self) -> dict[str, Any]:
        """Counts by verdict, and what it took."""
        counts = {
            v: sum(row.verdict == v for row in self.rows) for v in ("inside", "outside", "too_wide", "not_mapped")
        }
        return {
            "n_rows": len(self.rows),
            **counts,
            "seed": self.seed,
            "budget": self.budget,
            "n_customers": self.n_customers,
            "half_width_level": 0.99,
            "inside_level": 0.999,
        }

    def as_json(self) -> dict[str, Any]:
        """What ``--format json`` prints."""
        return {"schema_version": SCHEMA_VERSION, "rows": [asdict(row) for row in self.rows], "summary": self.summary}


def replicate(rows: tuple[Case, ...], seed: int, replication: int) -> dict[str, list[float]]:
    """Observations by row id of one replication, all alternatives with the same customers."""
    setting = _setting(rows)
    runs = []
    for world in setting.worlds:
        tape = draw_tape(world, seed, replication)
        runs.append(Run(world, run(world, tape)))
    return {name: measure.observe(runs) for name, measure in setting.measures.items()}


_KEPT: dict[tuple[str, ...], Setting] = {}


def _setting(rows: tuple[Case, ...]) -> Setting:
    """Setting of the rows; the last one built in this process is kept."""
    key = tuple(f"{row.id} {row.parameters} {row.exact}" for row in rows)
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = build(rows)
    return _KEPT[key]


def judge_cases(
    cases: Sequence[Case],
    seed: int = 1,
    budget: float = DEFAULT_BUDGET,
    jobs: int = 2,
    shown: Tell | None = None,
) -> Study:
    """Run all cases and judge each.

    Parameters
    ----------
    seed
        Of all draws; replication numbers 0, 1, ... are taken in order, never chosen.
    budget
        Most customers (in windows, over all alternatives) that a group of rows may take.
    jobs
        Processes; the figures do not depend on it.
    shown
        Is told of each row that is done, and what came out.
    """
    rows: dict[str, Row] = {}
    spent = 0.0
    with _executor(jobs) as executor:
        for group in groups(cases):
            setting = _setting(group)
            if not setting.measures:
                continue
            estimates, n = _estimate(group, setting, seed, budget, executor)
            spent += n * setting.n_customers * len(setting.worlds)
            for case in group:
                if case.id in estimates:
                    found = estimates[case.id]
                    rows[case.id] = Row(case.id, case.model, case.exact, found.value, found.half_width, found.verdict)
                    estimate = format_estimate(found.value, found.half_width)
                    if shown is not None:
                        shown.note(f"{case.id} {estimate} {found.verdict} after {n} replications")
                        shown(len(rows), len(cases))
    every = tuple(rows.get(c.id) or Row(c.id, c.model, c.exact, None, None, "not_mapped") for c in cases)
    return Study(every, seed, budget, round(spent))


@contextmanager
def _executor(jobs: int) -> Iterator[Executor | None]:
    if jobs <= 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
        yield executor


def _estimate(
    rows: tuple[Case, ...], setting: Setting, seed: int, budget: float, executor: Executor | None
) -> tuple[dict[str, Estimate], int]:
    """Replicate in stages; how many come next depends on half-widths only, never on where the estimate lies."""
    cost = setting.n_customers * len(setting.worlds)
    most = max(int(budget / cost), 2)
    exact = {row.id: row.exact for row in rows}
    values: dict[str, list[list[float]]] = {name: [] for name in setting.measures}
    n = 0
    wanted = min(FIRST_STAGE, most)
    while True:
        for observed in _replications(rows, seed, range(n, wanted), executor):
            for name, numbers in observed.items():
                values[name].append(numbers)
        n = wanted
        found = {
            name: measure.judge(_array(values[name]), exact[name], setting.n_customers)
            for name, measure in setting.measures.items()
        }
        more = max(estimate.more for estimate in found.values())
        if more <= 1.0 or n >= most:
            return found, n
        wanted = min(max(ceil(n * min(more, 1e6) * MARGIN), n + 2), most)


def _array(values: list[list[float]]) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _replications(
    rows: tuple[Case, ...], seed: int, numbers: range, executor: Executor | None
) -> Iterator[dict[str, list[float]]]:
    """Observations in order of replication."""
    if executor is None:
        return (replicate(rows, seed, number) for number in numbers)
    n = len(numbers)
    return executor.map(replicate, [rows] * n, [seed] * n, numbers)
