"""Targets judged on replications: met, missed or not sure, with the interval behind the word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fulfillsim.domain.world import Target, World
from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi.definitions import find_kpi
from fulfillsim.stats.intervals import Interval, mean_interval

Word = Literal["met", "missed", "not sure"]


@dataclass(frozen=True)
class Verdict:
    """What the replications say of a target for the expected value of a KPI.

    Parameters
    ----------
    target
        The KPI and the value it has to reach.
    word
        ``met`` or ``missed`` if the whole interval lies on one side of the value.
    mean, half_width
        Of the replications; the half-width is NaN with fewer than two.
    n
        Replications that have a value.
    """

    target: Target
    word: Word
    mean: float
    half_width: float
    n: int


def judge(world: World, values: Mapping[str, Sequence[float]], level: float = 0.95) -> tuple[Verdict, ...]:
    """Judge each target of the scenario.

    Parameters
    ----------
    values
        KPI name -> one value per replication, by the names that `compute` gives; NaN where there is none.
    level
        Coverage of the interval.

    Raises
    ------
    UnknownNameError
        If a target names a KPI that does not exist, or that this scenario does not have.
    """
    return tuple(_judge(target, values, level) for target in world.targets)


def _judge(target: Target, values: Mapping[str, Sequence[float]], level: float) -> Verdict:
    find_kpi(target.kpi)
    if target.kpi not in values:
        raise UnknownNameError("KPI of this scenario", target.kpi, values)
    seen = np.asarray(values[target.kpi], dtype=np.float64)
    seen = seen[~np.isnan(seen)]
    n = len(seen)
    if n < 2 or not np.isfinite(seen).all():
        mean = float(seen.mean()) if n else float("nan")
        return Verdict(target, "not sure", mean, float("nan"), n)
    interval = mean_interval(seen, level)
    return Verdict(target, _word(target, interval), interval.estimate, interval.half_width, n)


def _word(target: Target, interval: Interval) -> Word:
    """Judge by the side of the target's value on which the whole interval lies."""
    sign = 1.0 if target.sense == ">=" else -1.0
    ends = (sign * interval.low, sign * interval.high)
    if min(ends) >= sign * target.value:
        return "met"
    return "missed" if max(ends) < sign * target.value else "not sure"
