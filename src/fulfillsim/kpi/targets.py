"""Targets judged on replications: met, missed or not sure, with the interval behind the word.

A mean constraint is about the expected value (of the run, or of its days or weeks on average); a chance constraint
about the share of runs, weeks or days that keep the bound. Days of one run are alike (they share its backlog), so the
replication is what intervals count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi.cut import KpiValue, each_day, value_of
from fulfillsim.kpi.definitions import find_kpi
from fulfillsim.kpi.facts import Facts
from fulfillsim.stats.bounds import Bounds
from fulfillsim.stats.intervals import mean_interval
from fulfillsim.stats.proportions import clopper_pearson_interval

if TYPE_CHECKING:
    from fulfillsim.domain.world import Target, World

Word = Literal["met", "missed", "not sure"]
Spans = Mapping[tuple[str, str], float]
"""Values of one target in one replication by (``run`` | ``week`` | ``day``, label)."""
WEEK_DAYS = 7


@dataclass(frozen=True)
class WorstDay:
    """The day of the window that is worst on average over the replications."""

    date: str
    value: float


@dataclass(frozen=True)
class Verdict:
    """What the replications say of a target.

    Parameters
    ----------
    target
        What has to be reached.
    word
        ``met`` or ``missed`` if the whole interval lies on one side of the bound.
    found
        Estimate and interval of what the word is about: the expected value, or the share that keeps the bound; NaN
        ends with fewer than two replications.
    share_of_days
        Share of days that keep the bound by themselves, over all replications; NaN where no day has a value.
    worst_day
        None where no day has a value.
    """

    target: Target
    word: Word
    found: Bounds
    share_of_days: float = math.nan
    worst_day: WorstDay | None = None

    @property
    def n(self) -> int:
        """Replications that have a value."""
        return self.found.n

    @property
    def mean(self) -> float:
        """Estimate of the expected value, or of the share."""
        return self.found.estimate

    @property
    def half_width(self) -> float:
        """Half the interval; NaN with fewer than two replications."""
        return self.found.half_width

    @property
    def asked(self) -> float:
        """What the estimate is held against."""
        return self.target.value if self.target.share is None else self.target.share

    @property
    def n_to_decide(self) -> int | None:
        """Replications that would decide, as far as these can tell; None where they cannot."""
        distance = abs(self.mean - self.asked)
        if self.word != "not sure" or not math.isfinite(self.half_width) or not distance:
            return None
        return math.ceil(self.n * (self.half_width / distance) ** 2) + 1


def describe(target: Target) -> str:
    """A target in words.

    >>> from fulfillsim.domain.world import Target
    >>> describe(Target("on_time_shipment", ">=", 0.98, "day", 0.95, (("carrier", "north"),)))
    'on_time_shipment >= 0.98 (carrier north) on >= 95 % of days'
    >>> describe(Target("wip", "<=", 400.0, "week"))
    'expected wip <= 400 per week'
    """
    where = f" ({', '.join(f'{key} {label}' for key, label in target.where)})" if target.where else ""
    said = f"{target.kpi} {target.sense} {target.value:g}{where}"
    if target.share is not None:
        return f"{said} on >= {100 * target.share:g} % of {target.per}s"
    return f"expected {said}" + ("" if target.per == "run" else f" per {target.per}")


def target_values(facts: Facts) -> list[KpiValue]:
    """Values that the scenario's targets are judged by, beside the uncut KPIs.

    Each is cut by ``target`` and by ``run``, ``week`` or ``day``. Days are always there: the worst is shown for every
    target.

    Raises
    ------
    UnknownNameError
        If a target names a KPI that does not exist, or that this scenario does not have.
    """
    targets = facts.world.targets
    if not targets:
        return []
    days, weeks = list(each_day(facts)), list(_weeks(facts))
    return [value for target in targets for value in _of_target(facts, target, days, weeks)]


Windows = Sequence[tuple[str, Facts]]


def _of_target(facts: Facts, target: Target, days: Windows, weeks: Windows) -> Iterator[KpiValue]:
    kpi = find_kpi(target.kpi)
    if not kpi.applicable(facts.world):
        raise UnknownNameError("KPI of this scenario", target.kpi, ())
    spans: list[tuple[str, Windows]] = [("day", days)]
    spans += [("run", [("all", facts)])] if target.where else []
    spans += [("week", weeks)] if target.per == "week" else []
    for span, windows in spans:
        for label, window in windows:
            value = value_of(window, target.kpi, target.where)
            yield KpiValue(target.kpi, value, kpi.unit, {"target": target.label, span: label})


def _weeks(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """Stretches of seven days from the window's first, by their first date; a rest is left out."""
    days = facts.world.days
    for week in range(days.n_window // WEEK_DAYS):
        first = days.n_warm_up + WEEK_DAYS * week
        yield days.date(first).isoformat(), facts.within(days.midnight_s[first], days.midnight_s[first + WEEK_DAYS])


def judge(
    world: World,
    values: Mapping[str, Sequence[float]],
    level: float = 0.95,
    spans: Mapping[str, Sequence[Spans]] | None = None,
) -> tuple[Verdict, ...]:
    """Judge each target of the scenario.

    Parameters
    ----------
    values
        KPI name -> one value per replication, by the names that `compute` gives; NaN where there is none.
    level
        Coverage of the interval.
    spans
        Name of a target -> what `target_values` gave, for each replication; needed by targets that are not plain.

    Raises
    ------
    UnknownNameError
        If a target names a KPI that does not exist, or that this scenario does not have.
    """
    return tuple(_judge(target, values, (spans or {}).get(target.label, ()), level) for target in world.targets)


def _judge(target: Target, values: Mapping[str, Sequence[float]], spans: Sequence[Spans], level: float) -> Verdict:
    find_kpi(target.kpi)
    if target.kpi not in values and not spans:
        raise UnknownNameError("KPI of this scenario", target.kpi, values)
    runs = [[v] for v in values.get(target.kpi, ())] if target.per == "run" and not target.where else None
    seen = _of_span(spans, target.per) if runs is None else [np.asarray(run, dtype=np.float64) for run in runs]
    seen = [run[~np.isnan(run)] for run in seen]
    seen = [run for run in seen if len(run)]
    found = _mean(seen, level) if target.share is None else _share(target, seen, level)
    return Verdict(target, _word(target, found), found, *_days(target, spans))


def _of_span(spans: Sequence[Spans], span: str) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    return [np.array([v for (kind, _), v in run.items() if kind == span], dtype=np.float64) for run in spans]


def _mean(seen: Sequence[np.ndarray[tuple[int], np.dtype[np.float64]]], level: float) -> Bounds:
    """Mean over replications of the mean over the spans of each."""
    means = [float(run.mean()) for run in seen]
    estimate = math.fsum(means) / len(means) if means else math.nan
    if len(means) < 2 or not np.isfinite(means).all():
        return Bounds(estimate, math.nan, math.nan, level, len(means))
    interval = mean_interval(means, level)
    return Bounds(interval.estimate, interval.low, interval.high, level, len(means))


def _share(target: Target, seen: Sequence[np.ndarray[tuple[int], np.dtype[np.float64]]], level: float) -> Bounds:
    """Share of spans that keep the bound.

    Runs are independent trials, with Clopper and Pearson's interval. Days or weeks of a run are not, so their interval
    is the t interval over the runs' shares; where all runs have the same share, which says nothing about its spread,
    it is Clopper and Pearson's with each run as one trial.
    """
    shares = [float(np.mean([target.keeps(value) for value in run])) for run in seen]
    n = len(shares)
    if n < 2:
        return Bounds(shares[0] if shares else math.nan, math.nan, math.nan, level, n)
    mean = math.fsum(shares) / n
    if target.per == "run" or min(shares) == max(shares):
        low = clopper_pearson_interval(math.floor(mean * n + 1e-9), n, level).low
        return Bounds(mean, low, clopper_pearson_interval(math.ceil(mean * n - 1e-9), n, level).high, level, n)
    interval = mean_interval(shares, level)
    return Bounds(mean, max(interval.low, 0.0), min(interval.high, 1.0), level, n)


def _word(target: Target, found: Bounds) -> Word:
    """Judge by the side of the bound on which the whole interval lies."""
    if math.isnan(found.low):
        return "not sure"
    sign = -1.0 if target.share is None and target.sense == "<=" else 1.0
    asked = sign * (target.value if target.share is None else target.share)
    ends = (sign * found.low, sign * found.high)
    if min(ends) >= asked:
        return "met"
    return "missed" if max(ends) < asked else "not sure"


def _days(target: Target, spans: Sequence[Spans]) -> tuple[float, WorstDay | None]:
    """Share of days that keep the bound, and the day that is worst on average."""
    by_day: dict[str, list[float]] = {}
    for run in spans:
        for (kind, label), value in run.items():
            if kind == "day" and not math.isnan(value):
                by_day.setdefault(label, []).append(value)
    if not by_day:
        return math.nan, None
    kept = [target.keeps(value) for values in by_day.values() for value in values]
    means = {label: math.fsum(values) / len(values) for label, values in by_day.items()}
    worst = min if target.sense == ">=" else max
    date = worst(sorted(means), key=lambda label: means[label])
    return sum(kept) / len(kept), WorstDay(date, means[date])
