"""One instance solved here and now, with the plan kept: the harness without its processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fulfillsim.bench.harness.find import find_solver
from fulfillsim.bench.harness.job import Bench, Job, Outcome
from fulfillsim.bench.harness.suite import Case, Solver, Suite
from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.optim.solving import Solution, Stop

N_NAMED = 8
"""Instances of a file that a message names."""


@dataclass(frozen=True)
class Solved:
    """A case with the plan found for it; ``objective`` by its one name."""

    case: Case
    objective: str
    plan: Any
    outcome: Outcome


def solve_one(
    suite: Suite,
    instance: str,
    solver: str,
    asked: str,
    time_limit_s: float,
    seed: int,
    change: Callable[[Any, str], Any] | None = None,
) -> Solved:
    """Solve one instance.

    Parameters
    ----------
    suite
        Its problem.
    instance
        A file, or ``file#id`` for one of several instances in it.
    solver, asked
        Names of solver and objective as on the command line.
    time_limit_s
        Wall seconds.
    seed
        Of all draws.
    change
        What is made of the instance before, given it and the objective.

    Raises
    ------
    InputError
        If the file or a name cannot be used, or the file holds several instances and none is named.
    """
    case, objective = _case(suite, instance), suite.objective(asked)
    if change is not None:
        case = replace(case, instance=change(case.instance, objective))
    job = Job(suite, solver, objective, seed, time_limit_s, case.instance)
    find_solver(suite, solver)
    bench = Bench()
    ready, compile_s = bench.prepare(job)
    kept = _Kept(ready)
    outcome = bench.solve(kept, job, compile_s)
    return Solved(case, objective, kept.plan, outcome)


class _Kept:
    """A solver whose last plan is kept."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self.plan: Any = None

    def __call__(self, instance: Any, objective: str, stop: Stop) -> Solution[Any]:
        solution = self._solver(instance, objective, stop)
        self.plan = solution.plan
        return solution


def _case(suite: Suite, instance: str) -> Case:
    file, _, part = instance.partition("#")
    cases = suite.read(Path(file))
    if len(cases) == 1 and not part:
        return cases[0]
    named = {case.name.partition("#")[2] or case.name: case for case in cases}
    if part:
        if part not in named:
            raise UnknownNameError(f"instance in {file}", part, list(named)[:N_NAMED])
        return named[part]
    some = ", ".join(list(named)[:N_NAMED])
    raise InputError(
        f"{file} holds {len(cases)} instances - name one, as in '{file}#{next(iter(named), '')}': {some} ..."
    )
