"""How often intervals hold the exact value: plain ones for a fixed number, ours at the number they ask for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator, Philox

from fulfillsim.bench.coverage.models import Floats, Model, SteadyModel, replicated, steady
from fulfillsim.stats.bounds import Bounds
from fulfillsim.stats.intervals import Interval, mean_interval
from fulfillsim.stats.precision import Goal, UntilPrecise
from fulfillsim.stats.proportions import clopper_pearson_interval
from fulfillsim.stats.skewness import skewed_mean_interval
from fulfillsim.stats.steady import SteadyMean

if TYPE_CHECKING:
    import pandas as pd

#: What Law prints for 90 % t intervals, 500 experiments each (Simulation modeling and analysis, table 9.1).
LAW = {
    "M/M/1 0.9 from empty, mean delay of 25": {5: 0.880, 10: 0.864, 20: 0.886, 40: 0.914},
    "reliability (Law)": {5: 0.708, 10: 0.750, 20: 0.800, 40: 0.840},
}
MEAN_GOAL = Goal("mean", 0.05, is_relative=True)
SHARE_GOAL = Goal("probability", 0.03, of="proportion")
P95_GOAL = Goal("p95", 0.08, is_relative=True, of="quantile")


def stream(seed: int, *place: int) -> Generator:
    """Generator of one cell of a table."""
    return Generator(Philox(np.random.SeedSequence((seed, *place))))


def counted(n_hits: int, n: int) -> dict[str, Any]:
    """Share of hits with its 99 % ends (Clopper, Pearson)."""
    found = clopper_pearson_interval(n_hits, n, 0.99)
    return {"coverage": found.estimate, "low_99": found.low, "high_99": found.high, "n_experiments": n}


def naive_coverage(n_experiments: int = 2000, seed: int = 1, level: float = 0.90) -> pd.DataFrame:
    """Coverage of intervals for few replications, plain and bent by skewness, beside what Law prints.

    Returns
    -------
    DataFrame
        Columns ``model``, ``interval``, ``n``, ``level``, ``coverage``, ``low_99``, ``high_99``,
        ``n_experiments``, ``printed`` (Law's coverage of 500 experiments; NaN for ours).
    """
    import pandas as pd

    by_name = {model.name: model for model in replicated()}
    rows = []
    for place, (name, printed) in enumerate(LAW.items()):
        for n, coverage in printed.items():
            table = by_name[name].draw(stream(seed, place, n), n_experiments * n).reshape(n_experiments, n)
            for kind, interval in (("t", mean_interval), ("t, bent by skewness", skewed_mean_interval)):
                n_hits = sum(by_name[name].mean in interval(row, level) for row in table)
                about = {"model": name, "interval": kind, "n": n, "level": level}
                rows.append(about | counted(n_hits, n_experiments) | {"printed": coverage if kind == "t" else math.nan})
    return pd.DataFrame(rows)


def coverage(n_experiments: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Coverage of nominal 95 % intervals at the number of replications or observations that the procedure asks for.

    Returns
    -------
    DataFrame
        Columns ``model``, ``figure`` (mean, probability, p95), ``goal``, ``n`` (asked for, on average),
        ``coverage``, ``low_99``, ``high_99``, ``n_experiments``.
    """
    import pandas as pd

    rows = [_row(case, n_experiments, stream(seed, 100 + place)) for place, case in enumerate(cases())]
    return pd.DataFrame(rows)


Case = tuple[str, str, str, float, Callable[[Generator], tuple[int, Interval | Bounds]]]


def cases() -> Iterator[Case]:
    """Model, figure, goal, exact value, and one experiment: number asked for and the interval."""
    for model in replicated():
        for goal, exact in ((MEAN_GOAL, model.mean), (SHARE_GOAL, model.exceed_prob), (P95_GOAL, model.p95)):
            if not math.isnan(exact):
                yield model.name, goal.kpi, _goal_text(goal), exact, _replications(model, goal)
    for run in steady():
        yield run.name, "mean", "batches nearly independent", run.mean, _one_run(run)


def _goal_text(goal: Goal) -> str:
    return f"± {goal.half_width:.0%}" if goal.is_relative else f"± {goal.half_width:g}"


def _row(case: Case, n_experiments: int, rng: Generator) -> dict[str, Any]:
    model, figure, goal, exact, experiment = case
    found = [experiment(rng) for _ in range(n_experiments)]
    n_hits = sum(exact in interval for _, interval in found)
    about = {"model": model, "figure": figure, "goal": goal, "n": float(np.mean([n for n, _ in found]))}
    return about | counted(n_hits, n_experiments)


def _replications(model: Model, goal: Goal) -> Callable[[Generator], tuple[int, Interval | Bounds]]:
    def values(rng: Generator, n: int) -> Floats:
        drawn = model.draw(rng, n)
        return (drawn > model.limit).astype(np.float64) if goal.of == "proportion" else drawn

    def experiment(rng: Generator) -> tuple[int, Interval | Bounds]:
        study = UntilPrecise([goal])
        while wanted := study.ask():
            study.tell({name: values(rng, n) for name, n in wanted.items()})
        return study.n, study.intervals()[0]

    return experiment


def _one_run(run: SteadyModel) -> Callable[[Generator], tuple[int, Interval | Bounds]]:
    def experiment(rng: Generator) -> tuple[int, Interval | Bounds]:
        study, more = SteadyMean(), run.start(rng)
        while wanted := study.ask():
            study.tell({name: more(n) for name, n in wanted.items()})
        return study.n, study.interval()

    return experiment
