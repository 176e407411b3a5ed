"""Work times and stations."""

from __future__ import annotations

from typing import Any

from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.sampling.distributions import Deterministic, Distribution, make
from fulfillsim.scenario.schema.work import WorkParts

ONE = Deterministic(1.0)


def work_time(plan: WorkParts | Distribution) -> WorkTime:
    """Content of a piece of work: parts and a shape, or a whole distribution as mean times shape."""
    if isinstance(plan, WorkParts):
        shape = make(plan.family, mean=1.0, cv=plan.cv) if plan.cv else ONE
        return WorkTime(plan.per_order, shape, plan.per_line, plan.per_unit, plan.per_gift)
    if plan.mean == 0:
        return WorkTime(0.0, ONE)
    return WorkTime(plan.mean, ONE if isinstance(plan, Deterministic) else plan.scaled(1.0 / plan.mean))


def station(name: str, time: WorkParts | Distribution | None, **details: Any) -> Station:
    """Station of a name, its time as a file gives it."""
    return Station(name, None if time is None else work_time(time), **details)
