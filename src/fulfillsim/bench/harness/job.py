"""One run of one solver on one instance, and what came of it: what worker processes are given and give back."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout, suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from time import perf_counter, process_time
from typing import Any

from fulfillsim.bench.harness.find import find_solver
from fulfillsim.bench.harness.suite import Judgment, Solver, Suite
from fulfillsim.optim import compiled
from fulfillsim.optim.solving import Solution, Stop

GRACE_S, GRACE_SHARE = 1.0, 0.1
"""A solver has overrun when it took longer than its limit by a second and by a tenth of the limit."""

MOST_WARM_UPS = 10
"""A sample is solved until nothing is compiled any more: its time may be over before the last kernel is called."""

SLACK = 1e-6
"""Relative difference up to which a bound may lie above a value."""


@dataclass(frozen=True)
class Job:
    """What a worker is asked for; ``solver`` as on the command line, warmed up before the clock runs or not."""

    suite: Suite
    solver: str
    objective: str
    seed: int
    time_limit_s: float
    instance: Any
    warm_up: bool = True


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Parameters
    ----------
    status
        That of the solution (``optimal``, ``feasible``, ``infeasible``, ``unknown``), or ``error`` (the solver raised
        or its process died), ``invalid`` (our evaluator refuses the plan), ``overrun`` (too late).
    value
        Measured by our evaluator; None without a valid plan.
    time_s, cpu_s
        Wall and processor seconds of the solve.
    compile_s
        Wall seconds spent before on imports and compilation; 0 where that had been done.
    incumbents
        As the solver tells them: (seconds since its start, value).
    measures
        What the evaluator measured besides the value.
    """

    status: str
    value: float | None = None
    lower_bound: float | None = None
    time_s: float | None = None
    cpu_s: float | None = None
    compile_s: float = 0.0
    message: str = ""
    incumbents: tuple[tuple[float, float], ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)


def overrun_s(time_limit_s: float) -> float:
    """Seconds after which a solver has overrun its limit."""
    return time_limit_s + max(GRACE_S, GRACE_SHARE * time_limit_s)


def _unheard() -> None:
    """Nobody waits to hear that a solver ended."""


class Bench:
    """A place to run jobs one after another; each solver is warmed up once for each kind of instance."""

    def __init__(self) -> None:
        self._warm: dict[tuple[str, str, str, str], Solver] = {}

    def prepare(self, job: Job) -> tuple[Solver, float]:
        """Solver of a job, and the seconds that making it ready took."""
        kind = job.suite.kind(job.instance)
        key = (job.suite.name, job.solver, job.objective, kind)
        if key in self._warm:
            return self._warm[key], 0.0
        begin = perf_counter()
        solver = find_solver(job.suite, job.solver)
        for _ in range(MOST_WARM_UPS if job.warm_up else 0):
            before = compiled.n_compiled()
            # Whatever goes wrong on the sample goes wrong again, and is recorded, on an instance.
            with suppress(Exception, SystemExit), redirect_stdout(sys.stderr):
                job.suite.warm_up(solver, job.solver, job.objective, kind)
            if compiled.n_compiled() == before:
                break
        self._warm[key] = solver
        return solver, perf_counter() - begin

    def solve(self, solver: Solver, job: Job, compile_s: float, ended: Callable[[], None] = _unheard) -> Outcome:
        """Run a solver against the clock, say that it ended, and let our evaluator judge its plan."""
        stop = Stop(seconds=job.time_limit_s, seed=job.seed)
        asked = replace(job, instance=deepcopy(job.instance))  # a solver may write into what it is given
        begin, cpu_begin = perf_counter(), process_time()
        raised = False
        try:
            with redirect_stdout(sys.stderr):  # what a solver prints is no result
                solution = solver(job.instance, job.objective, stop)
        except (Exception, SystemExit) as error:
            raised, solution = True, Solution(None, "unknown", message=f"{type(error).__name__}: {error}")
        spent = _Spent(perf_counter() - begin, process_time() - cpu_begin, compile_s)
        ended()
        if raised:
            return _outcome("error", Judgment(math.nan), solution, spent)
        status, judgment = _judged(asked, solution)
        if status != "invalid" and spent.time_s > overrun_s(job.time_limit_s):
            why = f"{spent.time_s:.1f} s of {job.time_limit_s:g} s"
            status, judgment = "overrun", replace(judgment, violations=(why,))
        return _outcome(status, judgment, solution, spent)


@dataclass(frozen=True)
class _Spent:
    time_s: float
    cpu_s: float
    compile_s: float


def _judged(job: Job, solution: Solution[Any]) -> tuple[str, Judgment]:
    """Status and what the evaluator says; NaN stands for no value."""
    if solution.plan is None:
        return solution.status, Judgment(math.nan)
    try:
        judgment = job.suite.evaluate(job.instance, solution.plan, job.objective)
    except Exception as error:
        return "invalid", Judgment(math.nan, (f"the plan cannot be evaluated: {type(error).__name__}: {error}",))
    if judgment.violations:
        return "invalid", replace(judgment, value=math.nan)
    bound = solution.lower_bound
    if bound is not None and bound > judgment.value + SLACK * max(1.0, abs(judgment.value)):
        why = f"claims the lower bound {bound:.10g}, above the value {judgment.value:.10g} of its plan"
        return "invalid", replace(judgment, violations=(why,))
    return solution.status, judgment


def _outcome(status: str, judgment: Judgment, solution: Solution[Any], spent: _Spent) -> Outcome:
    return Outcome(
        status,
        None if math.isnan(judgment.value) else float(judgment.value),
        None if solution.lower_bound is None else float(solution.lower_bound),
        spent.time_s,
        spent.cpu_s,
        spent.compile_s,
        "; ".join(text for text in (*judgment.violations, solution.message) if text),
        tuple((float(t), float(v)) for t, v in solution.incumbents),
        dict(judgment.measures),
    )
