"""`sensitivity`: which settings matter to a KPI, by Morris screening or Sobol indices."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import InputError, SimulationError, UnknownNameError
from fulfillsim.experiment.alternatives import short_names
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.indices import (
    Effect,
    Floats,
    morris_effects,
    morris_points,
    sobol_effects,
    sobol_points,
)
from fulfillsim.experiment.output import write_checklist, write_study_values
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.simulation import DEFAULT_SEED
from fulfillsim.experiment.study import Progress, Setting, Study, check_replications
from fulfillsim.experiment.study_directory import StudyDirectory
from fulfillsim.experiment.worker import Replicate
from fulfillsim.kpi import find_kpi
from fulfillsim.stats.intervals import format_estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from fulfillsim.scenario import Scenario

Method = Literal["morris", "sobol"]
POINTS = {"morris": 10, "sobol": 64}
"""Trajectories, or base points, where no number is given; k factors take k + 1 or k + 2 times as many settings."""
TITLES = {
    "morris": ("mu*", "mu", "sigma", "chance"),
    "sobol": ("total", "first order", "interactions", "chance"),
}


@dataclass(frozen=True)
class SensitivityResult:
    """What each factor does to each KPI.

    Parameters
    ----------
    method
        ``morris`` or ``sobol``.
    effects
        By KPI, in the order of the factors.
    units
        Of the KPIs.
    ranges
        Low and high end by factor.
    n_settings, n_replications
        Settings that were run, and replications of each.
    """

    method: str
    effects: Mapping[str, tuple[Effect, ...]]
    units: Mapping[str, str]
    ranges: Mapping[str, tuple[float, float]]
    n_settings: int
    n_replications: int

    def of(self, kpi: str) -> list[Effect]:
        """Effects on a KPI, the largest first.

        Raises
        ------
        UnknownNameError
            If it was not looked at.
        """
        if kpi not in self.effects:
            raise UnknownNameError("KPI of this analysis", kpi, self.effects)
        return sorted(self.effects[kpi], key=lambda effect: -effect.size if math.isfinite(effect.size) else math.inf)

    def to_frame(self) -> pd.DataFrame:
        """One row per KPI and factor: ``kpi``, ``factor``, ``low``, ``high``, then the fields of `Effect`, ``unit``."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary per KPI and factor, with the columns of `to_frame`."""
        return [
            {"kpi": kpi, "factor": effect.factor, "low": low, "high": high, **asdict(effect), "unit": self.unit(kpi)}
            for kpi in self.effects
            for effect in self.of(kpi)
            for low, high in [self.ranges[effect.factor]]
        ]

    def unit(self, kpi: str) -> str:
        """Of the sizes: that of the KPI for Morris (over a factor's whole range), shares of its variance for Sobol."""
        return self.units.get(kpi, "") if self.method == "morris" else "share of variance"

    def summary(self) -> str:
        """Tables as text, a KPI after the other."""
        return "\n".join([self.headline(), *(line for kpi in self.effects for line in self._table(kpi))])

    def headline(self) -> str:
        """What was done, in a line."""
        runs = f"{self.n_settings} settings of {len(self.ranges)} factors, {self.n_replications} replications each"
        said = "effects over each factor's whole range" if self.method == "morris" else "shares of the variance"
        return f"{self.method}: {runs}; {said}, chance taken apart"

    def _table(self, kpi: str) -> list[str]:
        rows: list[tuple[str, ...]] = [(f"{kpi} ({self.unit(kpi)})", *TITLES[self.method])]
        rows += [(effect.factor, *_told(effect)) for effect in self.of(kpi)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
            for row in rows
        ]
        return ["", *lines]

    @property
    def plot(self) -> SensitivityPlots:
        """Pictures: ``result.plot.tornado()``."""
        return SensitivityPlots(self)

    def __repr__(self) -> str:
        return f"<SensitivityResult by {self.method} of {', '.join(self.ranges)} on {', '.join(self.effects)}>"

    def _repr_html_(self) -> str:
        rows = [(kpi, self.unit(kpi), effect.factor, *_told(effect)) for kpi in self.effects for effect in self.of(kpi)]
        return html_table(["kpi", "unit", "factor", *TITLES[self.method]], rows, [self.headline()])


class SensitivityPlots:
    """Pictures of an analysis; drawing stands to the right of this room and is fetched when asked for."""

    def __init__(self, result: SensitivityResult) -> None:
        self._result = result

    def tornado(self, kpi: str | None = None, ax: Axes | None = None) -> Axes:
        """Factors by how much they matter to one KPI (the first if not named)."""
        draw = import_module("fulfillsim.report.plots.tornado").plot_tornado
        axes: Axes = draw(self._result, kpi or next(iter(self._result.effects)), ax=ax)
        return axes


def sensitivity(
    scenario: Scenario,
    ranges: Mapping[str, tuple[float, float]],
    kpis: Sequence[str],
    method: Method = "morris",
    points: int | None = None,
    replications: int = 5,
    *,
    seed: int | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | str | None = None,
    progress: Progress = True,
    replicate: Replicate | None = None,
    cache: Path | str | None = None,
) -> SensitivityResult:
    """Find out which settings matter.

    Parameters
    ----------
    scenario
        What is varied.
    ranges
        Dotted path -> (low, high); whole numbers stay whole where both ends are.
    kpis
        Names, one or more.
    method
        ``"morris"`` for few runs and a ranking, ``"sobol"`` for shares of variance and many runs.
    points
        Trajectories of Morris (10), or base points of Sobol, a power of 2 (64).
    replications
        Of each setting, on common random numbers; chance cannot be told apart with 1.
    seed, jobs, executor, progress, replicate, cache
        As in `simulate`; the seed draws the settings too.
    out
        Study directory with a run directory for each setting; an unfinished one is gone on with.

    Raises
    ------
    InputError
        If a range or a number makes no sense; `ScenarioError` if a setting makes no scenario.
    MissingExtraError
        If SALib is not installed.
    """
    _check(ranges, kpis, method, replications)
    seed = DEFAULT_SEED if seed is None else seed
    names = list(ranges)
    n = POINTS[method] if points is None else points
    if n < 2:
        raise InputError(f"sensitivity: must have 2 points or more (got {n}) - take {POINTS[method]}")
    drawn = (morris_points if method == "morris" else sobol_points)(names, n, seed)
    settings = [{p: _place(ranges[p], u) for p, u in zip(names, row, strict=True)} for row in drawn.tolist()]
    labels = [_label(one) for one in settings]
    setting = Setting(seed, jobs, executor, progress, replicate, cache=None if cache is None else Cache(cache))
    home = None if out is None else _home(out, scenario, ranges, method, n, seed)
    with Study({}, setting, home=home) as study:
        for label, changes in dict(zip(labels, settings, strict=True)).items():
            subject: Any = scenario.vary(changes)
            place = f"{len(study.names) + 1:05d}"
            study.add(label, subject, home.run(place, subject, seed, replicate) if home is not None else None)
        study.run(dict.fromkeys(study.names, replications))
        results = study.results()
    where = np.array([[_unit(ranges[p], one[p]) for p in names] for one in settings])
    tables = {kpi: _values(results, labels, kpi, replications) for kpi in kpis}
    effects = {
        kpi: tuple(morris_effects(names, where, table) if method == "morris" else sobol_effects(names, table, seed))
        for kpi, table in tables.items()
    }
    units = {kpi: unit for kpi, unit, _ in next(iter(results.values())).packed.columns()}
    made = SensitivityResult(method, effects, units, dict(ranges), len(results), replications)
    if home is not None:
        _write(home, made, results)
    return made


def _check(ranges: Mapping[str, tuple[float, float]], kpis: Sequence[str], method: str, replications: int) -> None:
    check_replications(replications)
    if method not in POINTS:
        raise UnknownNameError("sensitivity analysis", method, POINTS)
    if not ranges or not kpis:
        raise InputError("sensitivity: needs a range and a KPI at least - for example --vary demand.factor=0.9..1.1")
    for path, (low, high) in ranges.items():
        if not low < high:
            raise InputError(f"range of {path}: must begin below its end (got {low:g}..{high:g}) - swap them")
    for kpi in kpis:
        find_kpi(kpi)


def _place(ends: tuple[float, float], u: float) -> float:
    """Value at a place of the unit interval; the nearest whole number where both ends are whole."""
    low, high = ends
    if isinstance(low, int) and isinstance(high, int):
        return min(high, low + math.floor(u * (high - low) + 0.5))
    return float(f"{low + u * (high - low):.12g}")


def _unit(ends: tuple[float, float], value: float) -> float:
    return (value - ends[0]) / (ends[1] - ends[0])


def _label(changes: Mapping[str, float]) -> str:
    short = short_names(list(changes))
    return ", ".join(f"{short[path]}={value:.12g}" for path, value in changes.items())


def _values(results: Mapping[str, Result], labels: Sequence[str], kpi: str, n: int) -> Floats:
    """Values of a KPI, shape (n_points, n_replications); all must be there."""
    columns = {name: result.packed.column(kpi) for name, result in results.items()}
    for name, column in columns.items():
        if len(column) != n or not np.isfinite(column).all():
            known = {label[0] for label in results[name].packed.columns()}
            if kpi not in known:
                raise UnknownNameError("KPI of this scenario", kpi, known)
            raise SimulationError(f"{name}: {kpi} has no value in some replication, so its effects cannot be told")
    return np.array([columns[label] for label in labels])


def _home(
    out: Path | str, scenario: Scenario, ranges: Mapping[str, tuple[float, float]], method: str, n: int, seed: int
) -> StudyDirectory:
    about = {"kind": "sensitivity", "scenario": scenario.content_hash(), "method": method, "points": n, "seed": seed}
    return StudyDirectory(out, {**about, "ranges": {path: list(ends) for path, ends in ranges.items()}})


def as_document(made: SensitivityResult) -> dict[str, Any]:
    """The analysis as plain data for JSON; a number that is not known is null."""
    rows = [
        {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in r.items()} for r in made.rows()
    ]
    sizes = {"settings": made.n_settings, "replications": made.n_replications}
    return {"schema_version": 1, "method": made.method, **sizes, "rows": rows}


def _write(home: StudyDirectory, made: SensitivityResult, results: Mapping[str, Result]) -> None:
    home.write("sensitivity.json", json.dumps(as_document(made), indent=2, ensure_ascii=False) + "\n")
    write_study_values(home, results)
    aims = [f"What {', '.join(made.ranges)} do to {', '.join(made.effects)}."]
    write_checklist(home, results, aims, [f"{made.headline()}."])


def _told(effect: Effect) -> tuple[str, ...]:
    size = format_estimate(effect.size, effect.half_width)
    return size, *(f"{number:.3g}" for number in (effect.direct, effect.spread, effect.noise))
