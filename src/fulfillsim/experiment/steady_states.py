"""`steady_state`: a mean from one run that goes on until it is long enough, instead of from many short ones."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import InputError
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.interval_methods import Floats, Over, is_daily
from fulfillsim.experiment.output import as_csv, write_checklist, write_study_values
from fulfillsim.experiment.replication import replicate as replicate_journeys
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.simulation import DEFAULT_SEED
from fulfillsim.experiment.study import Progress, Setting, Study
from fulfillsim.experiment.study_directory import StudyDirectory, slug
from fulfillsim.experiment.worker import Replicate
from fulfillsim.kpi import find_kpi
from fulfillsim.stats.bounds import Bounds
from fulfillsim.stats.steady import SteadyMean
from fulfillsim.stats.warmup import mser

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from fulfillsim.scenario import Scenario

ROOM = 1.25
"""Cycles of the first run over the least number that the procedure takes: what a warm-up may cost."""


@dataclass(frozen=True)
class SteadyState:
    """The mean of a KPI in the steady state, from one long run.

    Parameters
    ----------
    kpi, unit
        What was estimated.
    interval
        Mean, ends and level.
    series
        Means over whole cycles, shape (n_cycles,), from the empty start on.
    cycle
        Days of a cycle.
    n_cut
        Cycles left out at the beginning, by MSER.
    correlation
        Of neighbors among the small batches: what made the run long enough.
    is_settled
        Whether the run was long enough, and the interval narrow enough, within the budget.
    result
        The longest run.
    """

    kpi: str
    unit: str
    interval: Bounds
    series: Floats
    cycle: int
    n_cut: int
    correlation: float
    is_settled: bool
    result: Result

    @property
    def n_days(self) -> int:
        """Days of the run."""
        return len(self.series) * self.cycle

    def sentence(self) -> str:
        """The answer in words."""
        said = f"{self.kpi} is {self.interval} {self.unit} in the steady state ({self.interval.level:.0%} sure)"
        how = f"one run of {self.n_days:,} days, the first {self.n_cut * self.cycle:,} left out"
        if self.is_settled:
            return f"{said}: {how}"
        return f"{said}, not settled within the budget: {how}; raise the budget, or take replications"

    def to_frame(self) -> pd.DataFrame:
        """One row per cycle: ``cycle``, ``day`` (its first), ``value``, ``is_left_out``."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary per cycle, with the columns of `to_frame`."""
        return [
            {"cycle": i, "day": i * self.cycle, "value": value, "is_left_out": i < self.n_cut}
            for i, value in enumerate(self.series.tolist())
        ]

    def summary(self) -> str:
        """The answer."""
        return self.sentence()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the run with what was left out, and the interval."""
        draw = import_module("fulfillsim.report.plots.steady_state").plot_steady_state
        axes: Axes = draw(self.rows(), as_document(self), ax)
        return axes

    def __repr__(self) -> str:
        return f"<SteadyState: {self.sentence()}>"

    def _repr_html_(self) -> str:
        found = self.interval
        cells = (self.kpi, f"{found.estimate:.6g}", f"{found.low:.6g}", f"{found.high:.6g}", self.unit, self.n_days)
        return html_table(["kpi", "mean", "low", "high", "unit", "days"], [cells], [self.sentence()])


def steady_state(
    scenario: Scenario,
    kpi: str,
    precise: float | str | None = None,
    *,
    cycle: int | None = None,
    level: float = 0.95,
    budget: int = 20_000,
    seed: int | None = None,
    executor: Executor | None = None,
    out: Path | str | None = None,
    progress: Progress = True,
    replicate: Replicate | None = None,
    cache: Path | str | None = None,
) -> SteadyState:
    """Estimate the mean of a KPI in the steady state from one long run; see `fulfillsim.stats.steady.SteadyMean`.

    The KPI is taken by day, as ``--by day`` shows it, and averaged over whole cycles, each of which counts alike. The
    run starts empty, MSER says how many cycles to leave out, and it is made twice as long until its batches are nearly
    independent and the interval is narrow enough. It rests on the days of `scenario` being alike for ever: for a
    season, take replications.

    Parameters
    ----------
    scenario
        Its ``days`` and ``warm_up`` are set here.
    kpi
        Its name.
    precise
        Half-width wanted: in the KPI's unit, or a share of the mean as ``"5%"``; None takes what comes.
    cycle
        Days after which demand and rosters repeat; 1 where all days are alike, otherwise 7.
    level
        Coverage, in (0, 1).
    budget
        Days at most.
    seed, executor, progress, replicate, cache
        As in `simulate`.
    out
        Study directory; an unfinished one is gone on with.

    Raises
    ------
    InputError
        If a number makes no sense, or the budget is less than the shortest run that can tell.
    UnknownNameError
        If there is no such KPI.
    """
    find_kpi(kpi)
    width, is_share = _precision(precise)
    SteadyMean(width, is_share, level)  # refuses what makes no sense before anything runs
    length = cycle or (1 if is_daily(scenario.world()) else 7)
    n_cycles = int(SteadyMean.N_SMALL * ROOM)
    _check_budget(n_cycles * length, budget)
    seed = DEFAULT_SEED if seed is None else seed
    shelves = None if cache is None else Cache(cache)
    run = replicate or partial(replicate_journeys, cut_kpis=(kpi,))
    setting = Setting(seed, 1, executor, progress, run, ("day",), cache=shelves, kpi=kpi)
    about = {"kind": "steady", "scenario": scenario.content_hash(), "setting": kpi, "seed": seed}
    home = None if out is None else StudyDirectory(out, about)
    with Study({}, setting, home=home) as study:
        while True:
            result = _run(study, scenario, n_cycles * length, home)
            result.unit(kpi)
            series = Over(result, kpi, level).by_day(length)[0]
            procedure = SteadyMean(width, is_share, level, mser(series, batch=1).n_cut)
            _feed(procedure, series)
            if procedure.is_settled or 2 * n_cycles * length > budget:
                break
            n_cycles *= 2
    found = procedure.interval()
    unit = result.unit(kpi)
    n_cut, correlation = procedure.n_warmup, procedure.correlation
    made = SteadyState(kpi, unit, found, series, length, n_cut, correlation, procedure.is_settled, result)
    if home is not None:
        _write(home, made)
    return made


def _precision(precise: float | str | None) -> tuple[float | None, bool]:
    if not isinstance(precise, str):
        return precise, False
    match = re.fullmatch(r"\s*(\d*\.?\d+)\s*(%?)\s*", precise)
    if not match:
        raise InputError(f"steady: precision must be a size or a share (got {precise!r}) - for example 5% or 0.02")
    return float(match[1]) / (100.0 if match[2] else 1.0), bool(match[2])


def _check_budget(n_days: int, budget: int) -> None:
    from fulfillsim.scenario.schema.base import MAX_DAYS

    if min(budget, MAX_DAYS) < n_days:
        rule = f"steady: a run must have {n_days:,} days or more to tell (budget {budget:,}, longest run {MAX_DAYS:,})"
        raise InputError(f"{rule} - raise the budget, or take replications with -n")


def _run(study: Study, scenario: Scenario, n_days: int, home: StudyDirectory | None) -> Result:
    """The run of so many days, its KPIs by day."""
    name = f"days={n_days}"
    longer: Any = scenario.vary({"days": n_days, "warm_up": "0 days"})
    how = study.setting
    study.add(name, longer, None if home is None else home.run(slug(name), longer, how.seed, how.replicate))
    study.run({name: 1})
    return study.result(name)


def _feed(procedure: SteadyMean, series: Floats) -> None:
    """Give the procedure what it asks for, as far as the run goes."""
    start = 0
    while (wanted := procedure.ask().get(procedure.name, 0)) and start + wanted <= len(series):
        procedure.tell({procedure.name: series[start : start + wanted]})
        start += wanted


def as_document(made: SteadyState) -> dict[str, Any]:
    """The answer as plain data for JSON."""
    found = made.interval
    return {
        "schema_version": 1,
        "answer": made.sentence(),
        "kpi": made.kpi,
        "unit": made.unit,
        **{name: float(getattr(found, name)) for name in ("estimate", "low", "high", "level")},
        "days": made.n_days,
        "cycle_days": made.cycle,
        "left_out_cycles": made.n_cut,
        "correlation": float(made.correlation) if np.isfinite(made.correlation) else None,
        "settled": made.is_settled,
        "rows": made.rows(),
    }


def _write(home: StudyDirectory, made: SteadyState) -> None:
    home.write("steady.json", json.dumps(as_document(made), indent=2, ensure_ascii=False) + "\n")
    home.write("steady.csv", as_csv(made.rows()))
    results: Mapping[str, Result] = {f"days={made.n_days}": made.result}
    write_study_values(home, results)
    aims = [f"The mean of {made.kpi} in the steady state."]
    write_checklist(home, results, aims, [f"{made.sentence()}."])
