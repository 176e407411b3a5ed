"""How far a setting can go before a target is missed: bisection on common random numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import InputError, SimulationError
from fulfillsim.experiment.alternatives import short_names
from fulfillsim.experiment.bounds import check_bounds, describe, parse_target
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.comparison import values_of
from fulfillsim.experiment.output import write_checklist, write_study_values
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.simulation import DEFAULT_SEED
from fulfillsim.experiment.study import Progress, Setting, Study
from fulfillsim.experiment.study_directory import StudyDirectory, slug
from fulfillsim.experiment.worker import Replicate
from fulfillsim.kpi.bottleneck import Bottleneck, find_bottleneck
from fulfillsim.stats.intervals import digits
from fulfillsim.stats.threshold import FindThreshold, Keep, Point, Threshold

if TYPE_CHECKING:
    import pandas as pd

    from fulfillsim.scenario import Scenario


@dataclass(frozen=True)
class Scale:
    """How a setting is counted: in its own numbers, or in minutes for a clock time."""

    low: float
    high: float
    is_whole: bool
    write: Callable[[float], object] = field(repr=False)

    @classmethod
    def of(cls, low: object, high: object) -> Scale:
        """Scale between two ends: both whole numbers, both clock times, or numbers.

        Raises
        ------
        InputError
            If they are something else.
        """
        ends = [_minutes(end) for end in (low, high)]
        if None not in ends:
            return cls(float(ends[0] or 0), float(ends[1] or 0), True, _as_clock)
        if isinstance(low, int) and isinstance(high, int):
            return cls(float(low), float(high), True, int)
        try:
            return cls(float(str(low)), float(str(high)), False, float)
        except ValueError as error:
            rule = f"range: must be two numbers or two clock times (got {low}..{high})"
            raise InputError(f"{rule} - for example 1..3, 8..20 or 15:00..18:00") from error


def _minutes(end: object) -> int | None:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", end) if isinstance(end, str) else None
    return 60 * int(match[1]) + int(match[2]) if match else None


def _as_clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


@dataclass(frozen=True)
class ThresholdResult:
    """How far a setting can go.

    Parameters
    ----------
    path
        The setting.
    find
        ``largest`` or ``smallest``.
    targets
        What has to hold.
    threshold
        The answer in the scale's numbers.
    points
        What was found at each setting that was run, from low to high.
    results
        Runs by setting as it stands in a scenario.
    bottleneck
        What breaks first beyond the threshold; None where nothing does inside the range.
    scale
        Of the setting.
    n
        Replications at each setting.
    level
        Of the interval around the threshold.
    """

    path: str
    find: str
    targets: tuple[Keep, ...]
    threshold: Threshold
    points: Mapping[float, Point]
    results: Mapping[float, Result]
    bottleneck: Bottleneck | None
    scale: Scale
    n: int
    level: float

    def sentence(self) -> str:
        """The answer in words."""
        found, name = self.threshold, self.path
        wanted = " and ".join(describe(target) for target in self.targets)
        if math.isnan(found.value):
            easy = self.scale.low if self.find == "largest" else self.scale.high
            return f"{wanted} does not hold even at {name} = {self._text(easy)}: widen the range on that side"
        said = f"{wanted} holds "
        if not found.breaks:
            hard = self.scale.high if self.find == "largest" else self.scale.low
            return said + f"over the whole range, as far as {name} = {self._text(hard)}"
        said += f"{'up to' if self.find == 'largest' else 'down to'} {name} = {self._between()}"
        said += f" ({self.level:.0%} sure); {found.breaks} is missed first"
        return said + (f", {self.bottleneck}" if self.bottleneck else "")

    def _between(self) -> str:
        found = self.threshold
        if self.scale.is_whole or found.low == found.high:
            low, high = self._text(found.low), self._text(found.high)
            return self._text(found.value) + (f", between {low} and {high}" if low != high else "")
        half = max(found.high - found.value, found.value - found.low)
        return f"{digits(found.value, half)} ± {digits(half, half)}"

    def _text(self, setting: float) -> str:
        value = self.scale.write(setting)
        return f"{value:g}" if isinstance(value, int | float) else str(value)

    def warnings(self) -> list[str]:
        """What casts doubt on the answer."""
        return [
            f"not monotone: {self._text(hard)} did better than {self._text(easy)}, so this threshold is one of several"
            for easy, hard in self.threshold.reversals
        ]

    def to_frame(self) -> pd.DataFrame:
        """One row per setting and target: ``setting``, ``kpi``, ``margin`` (mean), ``holds``, ``n``."""
        import pandas as pd

        rows = [
            {"setting": self.scale.write(s), "kpi": target.kpi, "margin": margin, "holds": margin >= 0, "n": self.n}
            for s, point in sorted(self.points.items())
            for target, margin in zip(self.targets, point.margins, strict=True)
        ]
        return pd.DataFrame(rows, columns=["setting", "kpi", "margin", "holds", "n"])

    def summary(self) -> str:
        """Sentence, doubts, and the settings that were run."""
        return "\n".join([self.sentence(), *self.warnings(), "", self.to_frame().to_string(index=False)])

    def __repr__(self) -> str:
        return f"<ThresholdResult: {self.sentence()}>"

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        rows = ((row.setting, row.kpi, f"{row.margin:.4g}", row.holds, row.n) for row in frame.itertuples())
        return html_table(list(frame.columns), rows, [self.sentence(), *self.warnings()])


def find_threshold(
    scenario: Scenario,
    path: str,
    low: object,
    high: object,
    keep: Sequence[str | Keep],
    *,
    find: Literal["largest", "smallest"] = "largest",
    resolution: float | None = None,
    replications: int = 20,
    level: float = 0.95,
    seed: int | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | str | None = None,
    progress: Progress = True,
    replicate: Replicate | None = None,
    cache: Path | str | None = None,
) -> ThresholdResult:
    """Find the largest (or smallest) value of a setting that keeps all targets, on common random numbers.

    Parameters
    ----------
    scenario
        What is varied.
    path
        Dotted path of the setting.
    low, high
        Its range: numbers, whole numbers (stay whole) or clock times (``"15:00"``).
    keep
        Targets for expected values, ``"on_time_shipment>=0.98"``.
    find
        Targets must hold at the low end for ``"largest"``, at the high end for ``"smallest"``.
    resolution
        Where bisection stops; 1/256 of the range, or 1 for whole numbers and minutes.
    replications
        At every setting, >= 2.
    level
        Of the interval around the threshold.
    seed, jobs, executor, progress, replicate, cache
        As in `simulate`.
    out
        Study directory with a run directory for each setting; an unfinished one is gone on with.

    Raises
    ------
    InputError
        If range, targets or numbers make no sense; `ScenarioError` if a setting makes no scenario.
    """
    scale = Scale.of(low, high)
    targets = tuple(parse_target(item) if isinstance(item, str) else item for item in keep)
    check_bounds((target.kpi, target.value, target.at_most) for target in targets)
    procedure = FindThreshold(
        scale.low, scale.high, targets, find, resolution, scale.is_whole, replications, level=level
    )
    kept = None if cache is None else Cache(cache)
    seed = DEFAULT_SEED if seed is None else seed
    setting = Setting(seed, jobs, executor, progress, replicate, cache=kept, kpi=targets[0].kpi)
    search = _Search(scenario, path, scale, setting)
    search.check_ends()
    home = None if out is None else search.open(out)
    with Study({}, setting, home=home) as study:
        while wanted := procedure.ask():
            names = {value: search.add(study, value, home) for value in wanted}
            study.run({names[value]: n for value, n in wanted.items()})
            procedure.tell({v: _values(study.result(names[v]), targets, n) for v, n in wanted.items()})
        results = {value: study.result(search.name(value)) for value in sorted(procedure.points)}
    found = procedure.result
    pair = _around(procedure.points, found, find)
    bottleneck = None if replicate is not None or pair is None else _bottleneck(results, *pair)
    made = ThresholdResult(
        path, find, targets, found, dict(procedure.points), results, bottleneck, scale, replications, level
    )
    if home is not None:
        home.write("answer.json", json.dumps(as_document(made), indent=2, ensure_ascii=False) + "\n")
        by_name = {search.name(value): result for value, result in results.items()}
        write_study_values(home, by_name)
        kept_targets = " and ".join(map(describe, targets))
        aims = [f"The {find} {path} between {low} and {high} at which {kept_targets} holds."]
        how = [f"Bisection, {replications} replications at each setting, interval at level {level:g}."]
        write_checklist(home, by_name, aims, how)
    return made


@dataclass(frozen=True)
class _Search:
    """Settings as alternatives of a study."""

    scenario: Scenario
    path: str
    scale: Scale
    setting: Setting

    def open(self, out: Path | str) -> StudyDirectory:
        """Study directory of this search."""
        about = {"kind": "threshold", "scenario": self.scenario.content_hash(), "setting": self.path}
        return StudyDirectory(out, {**about, "seed": self.setting.seed})

    def name(self, value: float) -> str:
        return f"{short_names([self.path])[self.path]}={self.scale.write(value)}"

    def check_ends(self) -> None:
        """Both ends must make a scenario: all faults come before anything runs."""
        for value in (self.scale.low, self.scale.high):
            self.varied(value)

    def varied(self, value: float) -> Scenario:
        return self.scenario.vary({self.path: self.scale.write(value)})

    def add(self, study: Study, value: float, home: StudyDirectory | None) -> str:
        name = self.name(value)
        subject: Any = self.varied(value)
        how = self.setting
        study.add(name, subject, None if home is None else home.run(slug(name), subject, how.seed, how.replicate))
        return name


def _values(result: Result, targets: Sequence[Keep], n: int) -> np.ndarray[Any, Any]:
    """Values, shape (n, n_targets); all must be there."""
    table = np.array([values_of(result, target.kpi) for target in targets]).T
    if len(table) != n or not np.isfinite(table).all():
        lacking = next((t.kpi for t, column in zip(targets, table.T, strict=True) if not np.isfinite(column).all()), "")
        what = lacking or "a replication"
        raise SimulationError(f"{result.name}: {what} has no value in some replication, so no threshold can be found")
    return table


def _around(points: Mapping[float, Point], found: Threshold, find: str) -> tuple[float, float] | None:
    """Last setting that holds and the next harder one that was run."""
    if math.isnan(found.value) or not found.breaks:
        return None
    harder = [s for s in points if (s > found.value) == (find == "largest") and s != found.value]
    return (found.value, min(harder, key=lambda s: abs(s - found.value))) if harder else None


def _bottleneck(results: Mapping[float, Result], easy: float, hard: float) -> Bottleneck | None:
    """Compare with a setting clearly beyond the threshold where one was run: a hair beyond nothing shows."""
    beyond = sorted((s for s in results if (s - easy) * (hard - easy) > 0), key=lambda s: abs(s - easy))
    clear = beyond[min(len(beyond) - 1, len(beyond) // 2)]
    return find_bottleneck(*((results[s].world, results[s].trace(0)) for s in (easy, clear)))


def as_document(made: ThresholdResult) -> dict[str, Any]:
    """The answer as plain data for JSON."""
    found = made.threshold
    return {
        "schema_version": 1,
        "answer": made.sentence(),
        "path": made.path,
        "find": made.find,
        "targets": [describe(target) for target in made.targets],
        "value": None if math.isnan(found.value) else made.scale.write(found.value),
        "low": made.scale.write(found.low),
        "high": made.scale.write(found.high),
        "level": made.level,
        "breaks": found.breaks,
        "monotone": found.is_monotone,
        "rows": made.to_frame().to_dict("records"),
    }
