"""Changes to a world whose effect on a run is known beforehand, and bit-by-bit comparison of two traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import TABLES
from fulfillsim.scenario import Scenario, load_scenario
from fulfillsim.sim import Trace
from fulfillsim.tape import Tape

DISTRIBUTIONS = ("patience", "lead_time", "duration", "path_time")
"""Fields that hold a distribution of seconds; a `WorkTime` has its seconds beside a shape without unit."""

SMALL_CREW = {
    f"staff.{role}.shifts.{shift}.headcount": heads
    for role, shifts in {
        "pickers": {"early": 1, "late": 1, "monday": 1},
        "packers": {"early": 1, "late": 1, "monday": 1},
        "receivers": {"early": 1, "late": 1},
        "clerks": {"early": 1, "late": 1},
        "agents": {"early": 1, "late": 1},
    }.items()
    for shift, heads in shifts.items()
}


def small_baseline(changes: Mapping[str, object] | None = None) -> Scenario:
    """The baseline with everything on, in small: about 240 orders a day and 60 SKUs, one person a shift and role."""
    small: dict[str, object] = {
        "demand.factor": 0.04,
        "days": 2,
        "warm_up": "1 days",
        "drain": "2 days",
        "catalog.skus": 60,
    }
    small["inventory.forward"] = {"cover": "2 days", "time": "3 min", "per_unit": "1s"}
    small["staff.receivers.skills.replenishment"] = 3
    small["inventory.records"] = {"wrong": "10 %", "misbooked": "1 %", "shrinkage": "20 %", "counts": {"time": "1 min"}}
    small["staff.receivers.skills.counting"] = 4
    small["fulfillment.picking.errors"] = {"mispick": "1 %", "short": "1 %", "when_short": "backorder"}
    return load_scenario("baseline").vary({**small, **SMALL_CREW, **(changes or {})})


def slower(value: Any, factor: float = 2.0) -> Any:
    """The same plan with every stretch and point of time multiplied; exact where the factor is a power of two."""
    if isinstance(value, tuple):
        return tuple(slower(part, factor) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{f.name: _slower(f.name, getattr(value, f.name), factor) for f in fields(value) if f.init})


def _slower(name: str, value: Any, factor: float) -> Any:
    if value is None or name == "shape":
        return value
    if name.endswith("_per_s"):
        return value / factor
    if name.endswith("_s"):
        return tuple(factor * part for part in value) if isinstance(value, tuple) else factor * value
    if name in DISTRIBUTIONS:
        return value.scaled(factor)
    return slower(value, factor)


def slower_tape(tape: Tape, factor: float = 2.0) -> Tape:
    """The same orders with their times multiplied."""
    return replace(tape, placed_s=factor * tape.placed_s)


def differing(one: Trace, other: Trace, until_s: float = np.inf) -> list[str]:
    """Tables and columns in which two traces are not equal bit by bit, as far as rows were settled by a time."""
    return [
        f"{table}.{column}"
        for table, columns in TABLES.items()
        for column in columns
        if not _equal(*(_settled(trace, table, column, until_s) for trace in (one, other)))
    ]


def _settled(trace: Trace, table: str, column: str, until_s: float) -> NDArray[np.float64]:
    """Rows written by that time: their last time that the run could know then."""
    columns = trace.columns(table)
    if until_s == np.inf:
        return columns[column]
    times = {"visits": "ended_s", "promises": "made_s", "parcels": "departed_s", "deliveries": "put_away_s"}
    times["arrivals"] = "arrived_s"
    time = times.get(table, "end_s" if table == "duty" else "time_s")
    return columns[column][columns[time] < until_s] if time in columns else np.empty(0)


def _equal(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=True))
