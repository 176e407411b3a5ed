"""Intervals for one KPI by other roads than Student's t over replications: what `Result.interval` offers.

A method is a function of what it looks at (`Over`) and of options that are its own; add one here and it is known to
``run --interval``, ``list intervals`` and `Result.interval`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.experiment.controls import controls_of
from fulfillsim.experiment.record import part_name
from fulfillsim.kpi import find_kpi
from fulfillsim.stats.batch_means import batch_means_interval, overlapping_batch_means_interval
from fulfillsim.stats.bounds import Bounds
from fulfillsim.stats.intervals import Interval, mean_interval
from fulfillsim.stats.proportions import clopper_pearson_interval, wilson_interval
from fulfillsim.stats.quantiles import batch_quantile_interval, quantile_interval
from fulfillsim.stats.skewness import skewed_mean_interval
from fulfillsim.stats.variance_reduction import controlled_interval
from fulfillsim.stats.warmup import cycle_means, mser, replication_deletion_interval, welch

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.experiment.result import Result

Floats = NDArray[np.float64]
Made = tuple[Interval | Bounds, str]
"""An interval, and in words what it is of."""


@dataclass(frozen=True)
class Estimated:
    """One KPI with an interval, and the method that made it.

    Parameters
    ----------
    kpi, unit
        What was estimated; shares of replications have the unit ``share``.
    method
        Name in `METHODS`.
    interval
        With ``estimate``, ``low``, ``high``, ``level`` and ``n``.
    said
        What it is of, in words.
    """

    kpi: str
    unit: str
    method: str
    interval: Interval | Bounds
    said: str

    def __str__(self) -> str:
        return f"{self.kpi} by {self.method}: {self.interval} {self.unit} ({self.interval.level:.0%}; {self.said})"

    def as_row(self) -> dict[str, object]:
        """Machine-readable form; an end that is infinite is None."""
        found = self.interval
        ends = {name: _known(getattr(found, name)) for name in ("estimate", "low", "high")}
        more = {"level": found.level, "n": found.n, "unit": self.unit, "what": self.said}
        return {"kpi": self.kpi, "method": self.method, **ends, **more}

    def _repr_html_(self) -> str:
        row = self.as_row()
        return html_table(list(row), [["" if value is None else value for value in row.values()]])


@dataclass(frozen=True)
class Over:
    """What a method looks at: the values of one KPI, over replications or from day to day.

    Parameters
    ----------
    result, kpi, level
        Whose, which, and how sure.
    """

    result: Result
    kpi: str
    level: float

    @cached_property
    def values(self) -> Floats:
        """One per replication in which the KPI is defined, shape (n,)."""
        column = self.result.packed.column(self.kpi)
        return column[~np.isnan(column)]

    def by_day(self, cycle: int | None) -> Floats:
        """Means over whole cycles of days of the reported window, shape (n_replications, n_cycles).

        Days on which the KPI is not defined, such as closed ones, are left out of the mean of their cycle.
        """
        n_days = self.result.world.days.n_window
        length = self.cycle(cycle)
        records = self.result.records_by(("day",))
        cuts = [cut for kpi, _, cut in records.columns(is_cut=True) if kpi == self.kpi]
        days = [records.column(part_name(self.kpi, cut)) for cut in cuts]
        if len(days) != n_days or n_days % length:
            cycle_means(np.zeros(n_days), length)  # says what whole cycles are
        table = np.array(days).T.reshape(-1, n_days // length, length)
        known = ~np.isnan(table)
        if not known.any(axis=2).all():
            what = "week" if length == 7 else f"{length} days" if length > 1 else "day"
            raise InputError(f"interval: {self.kpi} is not defined in every {what} - take a longer cycle, cycle=7")
        means: Floats = np.where(known, table, 0.0).sum(axis=2) / known.sum(axis=2)
        return means

    def cycle(self, asked: int | None) -> int:
        """Days after which demand and work repeat: a week if days differ or some are closed."""
        if asked is not None:
            return asked
        return 1 if is_daily(self.result.world) else 7

    def one_run(self, replication: int, cycle: int | None) -> tuple[Floats, str]:
        """The means of one replication, and in words how many."""
        known = self.result.packed.replications
        if replication not in known:
            raise UnknownNameError("finished replication", str(replication), map(str, known))
        series = self.by_day(cycle)[known.index(replication)]
        return series, f"{len(series)} {self.spans(cycle)} of replication {replication}"

    def spans(self, cycle: int | None) -> str:
        """What a value of `by_day` is the mean of, in words."""
        length = self.cycle(cycle)
        return "days" if length == 1 else f"cycles of {length} days"


def interval_of(result: Result, kpi: str, method: str, level: float, options: Mapping[str, Any]) -> Estimated:
    """Make an interval; see `Result.interval`."""
    unit = result.unit(kpi)
    _check(method, options)
    try:
        interval, said = METHODS[method](Over(result, kpi, level), **options)
    except (TypeError, ValueError) as error:
        raise InputError(f"interval {kpi}={method}: {error}") from error
    return Estimated(kpi, "share" if method in ("share", "share_exact") else unit, method, interval, said)


def _check(method: str, options: Iterable[str]) -> None:
    """Refuse names that do not exist."""
    if method not in METHODS:
        raise UnknownNameError("interval method", method, METHODS)
    takes = list(inspect.signature(METHODS[method]).parameters)[1:]
    if strangers := [name for name in options if name not in takes]:
        raise UnknownNameError(f"option of the method {method!r}", strangers[0], takes)


def parse_interval(text: str) -> tuple[str, str, dict[str, Any]]:
    """KPI, method and options of ``order_cycle_time_p95=quantile:prob=0.9,replication=2``.

    Raises
    ------
    InputError
        If it is something else; UnknownNameError if a name does not exist.

    Examples
    --------
    >>> parse_interval("wait.packing=batch_means:n_batches=10")
    ('wait.packing', 'batch_means', {'n_batches': 10})
    """
    kpi, _, way = text.partition("=")
    method, _, rest = way.partition(":")
    if not kpi.strip() or not method.strip():
        rule = f"interval: must be KPI=METHOD or KPI=METHOD:OPTION=VALUE (got {text!r})"
        raise InputError(f"{rule} - for example order_cycle_time_p95=quantile:prob=0.9")
    options: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign:
            raise InputError(f"interval: options are NAME=VALUE (got {part!r} in {text!r})")
        options[name] = _plain(value)
    find_kpi(kpi.strip())
    _check(method.strip(), options)
    return kpi.strip(), method.strip(), options


def is_daily(world: World) -> bool:
    """Whether every day is like any other: drawn demand and rosters without a weekday that stands out."""
    if world.demand.history is not None:
        return False
    midnight_s = np.asarray(world.days.midnight_s[: min(7, world.days.n_run) + 1])
    plans = [channel.arrivals for channel in world.demand.channels if channel.arrivals.headway is None]
    series = [_per_day(plan.edges_s[:-1], plan.edges_s[1:], plan.expected, midnight_s) for plan in plans]
    for role in world.staff:
        duties = [(duty.start_s, duty.end_s, shift.headcount) for shift in role.shifts for duty in shift.duties]
        start_s, end_s, headcount = np.array(duties, dtype=np.float64).reshape(-1, 3).T
        series.append(_per_day(start_s, end_s, (end_s - start_s) * headcount, midnight_s))
    return all(np.allclose(of_days, of_days[0], rtol=1e-9) for of_days in series)


def _per_day(start_s: Floats, end_s: Floats, amounts: Floats, midnight_s: Floats) -> Floats:
    """Parts of amounts, each spread evenly from start to end, that fall on each day."""
    starts, ends = np.maximum(start_s, midnight_s[:-1, None]), np.minimum(end_s, midnight_s[1:, None])
    parts: Floats = np.maximum(ends - starts, 0.0) / (end_s - start_s) @ amounts
    return parts


def _t(over: Over) -> Made:
    """Student's t over replications: the default of every table."""
    return mean_interval(over.values, over.level), f"mean of {len(over.values)} replications"


def _skewed(over: Over) -> Made:
    """Student's t bent to the side of the long tail (Willink): few replications of a skewed KPI."""
    return skewed_mean_interval(over.values, over.level), f"mean of {len(over.values)} replications"


def _quantile(over: Over, prob: float = 0.9) -> Made:
    """Quantile of the replications by order statistics (how bad is the worst week in ten)."""
    said = f"the {prob:g} quantile of {len(over.values)} replications"
    return quantile_interval(over.values, prob, over.level), said


def _share(over: Over, at_least: float | None = None, at_most: float | None = None) -> Made:
    """Share of replications at or beyond a bound, by Wilson (how many weeks are good enough)."""
    n_hits, said = _hits(over, at_least, at_most)
    return wilson_interval(n_hits, len(over.values), over.level), said


def _share_exact(over: Over, at_least: float | None = None, at_most: float | None = None) -> Made:
    """The same by Clopper and Pearson, which never covers less than it says."""
    n_hits, said = _hits(over, at_least, at_most)
    return clopper_pearson_interval(n_hits, len(over.values), over.level), said


def _hits(over: Over, at_least: float | None, at_most: float | None) -> tuple[int, str]:
    if (at_least is None) == (at_most is None):
        raise ValueError("give one bound, at_least or at_most - for example at_least=0.97")
    good = over.values >= at_least if at_least is not None else over.values <= np.float64(at_most)
    bound = f">= {at_least:g}" if at_least is not None else f"<= {at_most:g}"
    return int(np.count_nonzero(good)), f"replications with {over.kpi} {bound}, of {len(over.values)}"


def _controlled(over: Over, controls: str | Sequence[str] = "orders+work") -> Made:
    """Mean over replications, corrected by what was drawn and is known exactly: orders that came, work they carried."""
    names = controls.split("+") if isinstance(controls, str) else list(controls)
    column = over.result.packed.column(over.kpi)
    known = ~np.isnan(column)
    table, expected = controls_of(over.result, names)
    found = controlled_interval(column[known], table[known], expected, over.level)
    less = f"the variance is 1 / {found.variance_ratio:.3g} of the plain one"
    said = f"{len(over.values)} replications corrected by {' and '.join(names)}: {less}"
    return found.interval, said


def _batch_means(over: Over, n_batches: int = 20, replication: int = 0, cycle: int | None = None) -> Made:
    """One long run: Student's t from means of stretches of days."""
    series, said = over.one_run(replication, cycle)
    return batch_means_interval(series, n_batches, over.level), f"{n_batches} batches of {said}"


def _overlapping(over: Over, n_batches: int = 20, replication: int = 0, cycle: int | None = None) -> Made:
    """One long run: means of all overlapping stretches of days, less variable than batch means."""
    series, said = over.one_run(replication, cycle)
    return overlapping_batch_means_interval(series, n_batches, over.level), f"overlapping batches of {said}"


def _batch_quantile(
    over: Over, prob: float = 0.9, n_batches: int = 20, replication: int = 0, cycle: int | None = None
) -> Made:
    """One long run: quantile of its days by batches (how bad is the worst day in ten)."""
    series, said = over.one_run(replication, cycle)
    return batch_quantile_interval(series, prob, n_batches, over.level), f"the {prob:g} quantile of {said}"


def _replication_deletion(over: Over, cut: str | int = "welch", cycle: int | None = None) -> Made:
    """Several runs, each without its first days: as many as Welch's curve, MSER or a number says."""
    runs = over.by_day(cycle)
    if isinstance(cut, str) and cut not in ("welch", "mser"):
        raise ValueError(f"cut must be welch, mser or a number of cycles (got {cut!r})")
    if cut == "welch":
        found = welch(runs, window=min(5, runs.shape[1] // 4))
    if cut == "mser":
        found = mser(runs.mean(axis=0), batch=1)
    if isinstance(cut, str) and not found.is_settled:
        raise ValueError(f"{runs.shape[1]} values a run are too few to tell where the warm-up ends - run more days")
    n_cut = found.n_cut if isinstance(cut, str) else cut
    said = f"{len(runs)} replications of {runs.shape[1]} {over.spans(cycle)}, the first {n_cut} left out"
    return replication_deletion_interval(runs, n_cut, over.level), said


METHODS: dict[str, Callable[..., Made]] = {
    "t": _t,
    "skewed": _skewed,
    "quantile": _quantile,
    "share": _share,
    "share_exact": _share_exact,
    "controlled": _controlled,
    "batch_means": _batch_means,
    "overlapping_batch_means": _overlapping,
    "batch_quantile": _batch_quantile,
    "replication_deletion": _replication_deletion,
}


BY_DAY = ("batch_means", "overlapping_batch_means", "batch_quantile", "replication_deletion")
"""Methods that look at KPIs day by day."""


def options_of(method: str) -> str:
    """Options of a method with their defaults, as ``run --interval`` takes them: ``prob=0.9``."""
    parameters = list(inspect.signature(METHODS[method]).parameters.values())[1:]
    return ", ".join(p.name if p.default is None else f"{p.name}={p.default}" for p in parameters) or "none"


def _plain(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
