"""Figures of a benchmark: gaps, proofs, failures, time to a target, convergence and performance profiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from fulfillsim.bench.harness.rows import FAILED
from fulfillsim.bench.harness.study import Result
from fulfillsim.bench.harness.suite import COUNTS_FIRST

if TYPE_CHECKING:
    import pandas as pd

REACHED_PERCENT = 1e-7
"""A gap up to this is none."""

N_TIMES = 40
"""Points of a convergence curve."""


@dataclass(frozen=True)
class Line:
    """Results of one solver on one objective, of all instances or of one class.

    Attributes
    ----------
    group
        The class; empty for all.
    n, n_failed
        Runs, and those without a valid plan in time; gaps are those of the others.
    n_compared
        Runs with a valid plan and a best known value.
    n_contradictions
        Below a proven value, or called optimal above a best known one: a mistake somewhere.
    mean_value
        Of the runs with a valid plan in time.
    mean_gap_percent, worst_gap_percent
        To the best known value.
    mean_extra_vehicles
        Above the best known number, where vehicles come first; gaps are then those of runs with equal numbers.
    share_best, share_better
        Of the compared runs: reached (or better), strictly better.
    share_proven
        Of all runs: proven optimal.
    mean_bound_gap_percent
        Between value and lower bound, relative to the value, where there is a bound.
    median_target_s
        Seconds until the gap was at most the target, infinite runs included (None if those are the half).
    mean_time_s, mean_cpu_s
        Of all runs that ended.
    """

    solver: str
    objective: str
    group: str
    n: int
    n_failed: int
    n_compared: int
    n_contradictions: int
    mean_value: float | None
    mean_gap_percent: float | None
    worst_gap_percent: float | None
    mean_extra_vehicles: float | None
    share_best: float | None
    share_better: float | None
    share_proven: float
    mean_bound_gap_percent: float | None
    median_target_s: float | None
    mean_time_s: float | None
    mean_cpu_s: float | None


def lines(results: Sequence[Result], target_percent: float, by_group: bool = False) -> list[Line]:
    """A line per solver and objective, and class if wanted, in the order in which they come."""
    parts: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        setting = result.row.setting
        key = setting.solver, setting.asked, setting.group if by_group else ""
        parts.setdefault(key, []).append(result)
    return [_line(*key, part, target_percent) for key, part in parts.items()]


def _line(solver: str, objective: str, group: str, part: list[Result], target_percent: float) -> Line:
    gaps = [gap for result in part if (gap := result.gap_percent) is not None]
    compared = [result for result in part if result.is_compared]
    outcomes = [result.row.outcome for result in part]
    targets = [target_s(result, target_percent) for result in part if result.best is not None]
    middle = median(targets) if targets else math.inf
    bounds = [gap for result in part if (gap := bound_gap_percent(result)) is not None]
    return Line(
        solver,
        objective,
        group,
        n=len(part),
        n_failed=sum(result.row.failed for result in part),
        n_compared=len(compared),
        n_contradictions=sum(result.contradicts for result in part),
        mean_value=_mean([o.value for r in part if not r.row.failed and (o := r.row.outcome).value is not None]),
        mean_gap_percent=_mean(gaps),
        worst_gap_percent=max(gaps, default=None),
        mean_extra_vehicles=_mean([result.extra_first for result in compared if COUNTS_FIRST in measured(result)]),
        share_best=_mean([float(result.reaches(REACHED_PERCENT)) for result in compared]),
        share_better=_mean([float(result.reaches(-REACHED_PERCENT)) for result in compared]),
        share_proven=fmean(outcome.status == "optimal" for outcome in outcomes),
        mean_bound_gap_percent=_mean(bounds),
        median_target_s=middle if math.isfinite(middle) else None,
        mean_time_s=_mean([outcome.time_s for outcome in outcomes if outcome.time_s is not None]),
        mean_cpu_s=_mean([outcome.cpu_s for outcome in outcomes if outcome.cpu_s is not None]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def measured(result: Result) -> Mapping[str, float]:
    """What the evaluator measured besides the value."""
    return result.row.outcome.measures


def bound_gap_percent(result: Result) -> float | None:
    """Percent of the value that lie between it and the solver's own lower bound."""
    outcome = result.row.outcome
    if result.row.failed or outcome.value is None or outcome.lower_bound is None or not outcome.value:
        return None
    return max(0.0, 100.0 * (outcome.value - outcome.lower_bound) / abs(outcome.value))


def improvements(result: Result) -> list[tuple[float, float]]:
    """(seconds, value) of each improvement and of the end; the values on the way are the solver's word."""
    outcome = result.row.outcome
    if result.row.failed or outcome.value is None or outcome.time_s is None:
        return []
    # a value below the final one cannot have been that of the plan which was returned
    told = [(t, max(v, outcome.value)) for t, v in sorted(outcome.incumbents) if t < outcome.time_s]
    return [*told, (outcome.time_s, outcome.value)]


def target_s(result: Result, target_percent: float) -> float:
    """Seconds until the gap to the best known value was at most ``target_percent``; infinite if it never was."""
    if result.best is None or result.extra_first > 0:
        return math.inf
    if result.extra_first < 0:
        return result.row.outcome.time_s or math.inf
    best = result.best
    return next((t for t, v in improvements(result) if best.gap_percent(v) <= target_percent), math.inf)


def convergence_frame(results: Sequence[Result]) -> pd.DataFrame:
    """Mean gap over time.

    Returns
    -------
    Frame with a row per solver, objective and moment: ``solver``, ``objective``, ``time_s`` (evenly spaced in its
    logarithm, up to the longest run), ``mean_gap_percent`` of the runs that had a plan by then, and ``share`` of all
    compared runs that these are. Runs without a best known value are left out.
    """
    import numpy as np
    import pandas as pd

    columns = ["solver", "objective", "time_s", "mean_gap_percent", "share"]
    compared = [result for result in results if result.best is not None]
    ends = [steps[-1][0] for result in compared if (steps := improvements(result))]
    if not ends:
        return pd.DataFrame(columns=columns)
    moments = np.geomspace(max(1e-6, max(ends) * 1e-3), max(ends), N_TIMES)
    rows = []
    for (solver, objective), part in _by_method(compared).items():
        gaps = np.array([_gaps_at(result, moments.tolist()) for result in part])
        for moment, column in zip(moments.tolist(), gaps.T, strict=True):
            had = column[np.isfinite(column)]
            rows.append((solver, objective, moment, float(had.mean()) if had.size else np.nan, had.size / len(part)))
    return pd.DataFrame(rows, columns=columns)


def _gaps_at(result: Result, moments: Sequence[float]) -> list[float]:
    """Gap of the last improvement before each moment; NaN before the first."""
    steps, best = improvements(result), None if result.extra_first else result.best
    found, gap, following = [], math.nan, 0
    for moment in moments:
        while best is not None and following < len(steps) and steps[following][0] <= moment * (1 + 1e-12):
            gap = best.gap_percent(steps[following][1])
            following += 1
        found.append(gap)
    return found


def profile_frame(results: Sequence[Result], measure: str = "value") -> pd.DataFrame:
    """Performance profile: on which share of the runs a solver is within a factor of the best.

    Parameters
    ----------
    results
        Of solvers on the same instances, objectives and seeds.
    measure
        ``value``, relative to the best known, or the best of the solvers here if that is better; or ``cpu`` seconds,
        relative to the fastest, where a run with a worse value than another counts as infinite.

    Returns
    -------
    Frame with a row per step of each curve: ``solver``, ``ratio`` >= 1, ``share`` of runs with at most that ratio.

    References
    ----------
    Dolan and Moré (2002), Benchmarking optimization software with performance profiles, Mathematical Programming 91.
    """
    import pandas as pd

    problems: dict[tuple[str, str, int], dict[str, Result]] = {}
    for result in results:
        setting = result.row.setting
        problems.setdefault((setting.instance, setting.objective, setting.seed), {})[setting.solver] = result
    solvers = list(dict.fromkeys(result.row.setting.solver for result in results))
    rows = []
    for solver in solvers:
        ratios = sorted(_ratio(problem, solver, measure) for problem in problems.values())
        finite = [ratio for ratio in ratios if math.isfinite(ratio)]
        rows.append((solver, 1.0, 0.0))
        rows += [(solver, ratio, (place + 1) / len(ratios)) for place, ratio in enumerate(finite)]
    return pd.DataFrame(rows, columns=["solver", "ratio", "share"])


def _ratio(problem: dict[str, Result], solver: str, measure: str) -> float:
    costs = {name: _cost(result, problem.values(), measure) for name, result in problem.items()}
    own = costs.get(solver, math.inf)
    bests = [result.best for result in problem.values() if result.best is not None and not result.extra_first]
    known = [best.value for best in bests if measure == "value"]
    least = min([*costs.values(), *known])
    if own <= least * (1 + 1e-9):
        return 1.0 if math.isfinite(own) else math.inf
    return own / least if least > 0 else math.inf


def _cost(result: Result, rivals: Iterable[Result], measure: str) -> float:
    outcome = result.row.outcome
    if result.row.failed or outcome.value is None:
        return math.inf
    rivals = list(rivals)
    firsts = [first for r in rivals if not r.row.failed and (first := measured(r).get(COUNTS_FIRST)) is not None]
    if (first := measured(result).get(COUNTS_FIRST)) is not None and first > min(firsts):
        return math.inf
    if measure == "value":
        return outcome.value
    values = [r.row.outcome.value for r in rivals if not r.row.failed and r.row.outcome.value is not None]
    as_good = outcome.value <= min(values) * (1 + 1e-9) + 1e-9
    return max(outcome.cpu_s or 0.0, 1e-9) if as_good else math.inf


def _by_method(results: Iterable[Result]) -> dict[tuple[str, str], list[Result]]:
    parts: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        parts.setdefault((result.row.setting.solver, result.row.setting.asked), []).append(result)
    return parts


def summary(results: Sequence[Result], target_percent: float) -> dict[str, Any]:
    """What JSON shows under ``summary``: overall lines, lines by class, counts of failures, convergence."""
    failures = {status: sum(r.row.outcome.status == status for r in results) for status in FAILED}
    return {
        "n_rows": len(results),
        "target_gap_percent": target_percent,
        **{f"n_{status}": n for status, n in failures.items()},
        "by_solver": [asdict(line) for line in lines(results, target_percent)],
        "by_class": [asdict(line) for line in lines(results, target_percent, by_group=True)],
        "convergence": convergence_frame(results).to_dict("records"),
        "profile": profile_frame(results).to_dict("records"),
    }
