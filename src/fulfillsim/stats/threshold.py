"""The largest or smallest value of one setting that keeps a target, by bisection under common random numbers.

With the same random numbers at every point the mean over a fixed number of replications is a function of the setting
alone, so that it can be bisected like any function. Three places are looked for at once: where the estimate crosses
the target, and where the interval has left it behind on either side; between the latter two the true threshold lies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats, all_finite, check_prob
from fulfillsim.stats.intervals import mean_interval
from fulfillsim.stats.paired import paired_difference


@dataclass(frozen=True, slots=True)
class Keep:
    """A target for the expected value of a KPI: ``value`` or more, or or less with ``at_most``."""

    kpi: str
    value: float
    at_most: bool = False

    def margins(self, values: Floats) -> Floats:
        """How far values lie on the right side; negative where they miss the target."""
        return self.value - values if self.at_most else values - self.value


@dataclass(frozen=True, slots=True)
class Point:
    """What replications at one setting say.

    Attributes
    ----------
    margins
        Mean margin of each target.
    holds, surely_holds, surely_fails
        All targets by their means; all with their interval; at least one missed with its interval.
    """

    margins: tuple[float, ...]
    holds: bool
    surely_holds: bool
    surely_fails: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where targets stop being kept, seen from the easy end of the range.

    Attributes
    ----------
    value
        The furthest setting that keeps all targets; NaN if the easy end does not.
    low, high
        The true threshold lies between them with the level's probability, where the response is monotone and the
        range reaches that far.
    breaks
        Name of the KPI that is missed first; empty if none is inside the range.
    reversals
        Pairs of settings where, against all expectation, the harder one did better beyond chance: the response is
        not monotone, and the threshold is one of several.
    """

    value: float
    low: float
    high: float
    breaks: str
    reversals: tuple[tuple[float, float], ...]

    @property
    def is_monotone(self) -> bool:
        """Whether no reversal was seen among the points that were run."""
        return not self.reversals


class FindThreshold:
    """Procedure: settings to run until the threshold is known to the resolution.

    `ask` gives settings and replications; at every setting the same ``n`` replications on the same random numbers.

    Parameters
    ----------
    low, high
        Range of the setting.
    targets
        What must hold.
    find
        ``"largest"`` setting that keeps the targets (they hold at ``low``), or the ``"smallest"`` (at ``high``).
    resolution
        Width at which bisection stops; 1 with ``is_whole``.
    is_whole
        Whether the setting is a whole number.
    n
        Replications at every setting, >= 2.
    n_probes
        Settings run first, evenly over the range: they show a response that is not monotone.
    level
        Of the interval around the threshold.
    """

    def __init__(
        self,
        low: float,
        high: float,
        targets: Sequence[Keep],
        find: str = "largest",
        resolution: float | None = None,
        is_whole: bool = False,
        n: int = 20,
        n_probes: int = 5,
        level: float = 0.95,
    ) -> None:
        if not low < high:
            raise InputError(f"range: must begin below its end (got {low:g}..{high:g}) - swap them")
        if find not in ("largest", "smallest"):
            raise InputError(f"threshold: must be largest or smallest (got {find!r})")
        if n < 2 or n_probes < 2 or not targets:
            raise InputError(
                f"threshold: needs a target, 2 replications and 2 probes (got {len(targets)}, {n}, {n_probes})"
            )
        self.targets, self.n, self.level, self.is_whole = tuple(targets), n, check_prob("level", level), is_whole
        self._sign = 1 if find == "largest" else -1
        self.resolution = 1.0 if is_whole else resolution or (high - low) / 256
        probes = np.linspace(low, high, n_probes)
        self._next = sorted(set(np.round(probes).tolist() if is_whole else probes.tolist()))
        self._samples: dict[float, Floats] = {}
        self.points: dict[float, Point] = {}

    def ask(self) -> dict[float, int]:
        """Settings to run, with the number of replications; empty when it is over."""
        return dict.fromkeys(self._next, self.n)

    def tell(self, values: Mapping[float, ArrayLike]) -> None:
        """Take the replications asked for: setting -> shape (n, n_targets), or (n,) for one target."""
        for setting in self._next:
            rows = all_finite(np.asarray(values[setting], dtype=np.float64).reshape(-1, len(self.targets)))
            if len(rows) != self.n:
                raise ValueError(f"tell must give {self.n} replications at {setting:g} (got {len(rows)})")
            self._samples[setting] = rows
            self.points[setting] = self._judge(rows)
        self._next = self._middles()

    def _judge(self, rows: Floats) -> Point:
        # one-sided statements: half of the error rate on each side; missing one target of several is Bonferroni's
        margins = [target.margins(column) for target, column in zip(self.targets, rows.T, strict=True)]
        each = [mean_interval(column, self.level) for column in margins]
        strict = [mean_interval(column, 1 - (1 - self.level) / len(margins)) for column in margins]
        means = tuple(found.estimate for found in each)
        sure = all(found.low >= 0 for found in each)
        return Point(means, min(means) >= 0, sure, any(found.high < 0 for found in strict))

    def _harder(self) -> list[float]:
        """Settings that were run, from the easy end of the range to the hard one."""
        return sorted(self.points, key=lambda setting: self._sign * setting)

    def _bracket(self, kind: str) -> tuple[float, float]:
        """Last setting before the first one at which a property is lost, and that one; NaN where there is none."""
        before = math.nan
        for setting in self._harder():
            point = self.points[setting]
            kept = not point.surely_fails if kind == "may hold" else getattr(point, kind)
            if not kept:
                return before, setting
            before = setting
        return before, math.nan

    def _middles(self) -> list[float]:
        """Middles of the brackets that are still wider than the resolution."""
        found: set[float] = set()
        for kind in ("surely_holds", "holds", "may hold"):
            a, b = self._bracket(kind)
            if abs(b - a) > self.resolution * (1 + 1e-9):
                middle = (a + b) / 2
                found.add(float(math.floor(middle)) if self.is_whole else middle)
        return sorted(found - self.points.keys())

    @property
    def result(self) -> Threshold:
        """What is known after the last `tell`."""
        value, beyond = self._bracket("holds")
        sure, _ = self._bracket("surely_holds")
        _, lost = self._bracket("may hold")
        settings = self._harder()
        sure = settings[0] if math.isnan(sure) else sure
        lost = settings[-1] if math.isnan(lost) else lost
        breaks = "" if math.isnan(beyond) else self._first_missed(beyond)
        return Threshold(value, min(sure, lost), max(sure, lost), breaks, self._reversals())

    def _first_missed(self, setting: float) -> str:
        """KPI with the worst margin, counted in its own standard errors."""
        rows = self._samples[setting]
        margins = [target.margins(column) for target, column in zip(self.targets, rows.T, strict=True)]
        scaled = [column.mean() / max(float(column.std(ddof=1)), 1e-300) for column in margins]
        missed = [i for i, column in enumerate(margins) if column.mean() < 0]
        return self.targets[min(missed, key=lambda i: scaled[i])].kpi

    def _reversals(self) -> tuple[tuple[float, float], ...]:
        """Settings that did better than the worst easier one, target by target; joint error rate 1 - level."""
        settings, found = self._harder(), []
        n_pairs = max(len(settings) * (len(settings) - 1) // 2, 1)
        single = 1 - 2 * (1 - self.level) / (n_pairs * len(self.targets))
        for k, target in enumerate(self.targets):
            worst = settings[0]
            for setting in settings[1:]:
                margins, least = (target.margins(self._samples[x][:, k]) for x in (setting, worst))
                if paired_difference(margins, least, single).interval.low > 0:
                    found.append((worst, setting))
                if margins.mean() < least.mean():
                    worst = setting
        return tuple(dict.fromkeys(found))
