"""Where stock lies: forward slots and the reserve behind them; what records know of it."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal

from pydantic import Field

from fulfillsim.sampling.distributions import Distribution
from fulfillsim.scenario.fields import ClockTime, Duration, Share, Weekdays
from fulfillsim.scenario.schema.base import Section, WholeDays, usually
from fulfillsim.scenario.schema.work import Work

Units = Annotated[int, Field(ge=1, le=10**9)]
USUAL = 0.99
"""Share of picks that are no larger than the largest usual one."""


def largest_usual(units: Distribution) -> int:
    """Units that 99 in 100 lines do not exceed, at least one."""
    return max(1, ceil(units.quantile_one(USUAL) - 1e-9))


class Forward(Section):
    """Slots that are picked from, refilled from the reserve; goods from the dock go to the reserve.

    Columns ``forward_capacity`` and ``forward_minimum`` of the inventory's table stand before these keys. A SKU
    with the capacity 0 there has no slot of its own: it is picked where all of it lies.
    """

    capacity: Units | None = usually(None, description="Units of each SKU that fit into its slot.")
    cover: WholeDays = usually(
        "7 days",
        description="Where no capacity is given: days of expected demand, two large picks at least, and one beyond "
        "the minimum.",
    )
    minimum: Annotated[int, Field(ge=0, le=10**9)] | None = usually(
        None, description="Refilled when the slot holds so many or fewer; a third of the capacity if left out."
    )
    rule: Literal["min_max", "demand"] = usually(
        "min_max",
        description="min_max: at the minimum; demand: also when released orders (a wave) want more than it holds.",
    )
    when_empty: Literal["wait", "reserve", "split", "cancel"] = usually(
        "wait",
        description="A line of which the slot holds too little: the order waits for the refill, the picker goes to the "
        "reserve, the line follows in a parcel of its own, or it is given up.",
    )
    time: Work = Field(description="Per refill, at the station `replenishment`.")
    per_unit: Duration = usually("0s", description="For each unit of a refill.")
    reserve_pick: Duration = usually("3 min", description="What a line fetched from the reserve adds to a tour.")


class Counts(Section):
    """Cycle counts, at the station `counting`."""

    time: Work = Field(description="Per SKU.")
    per_unit: Duration = usually("0s", description="For each unit that is there.")
    at: ClockTime = usually("06:00", description="When the counts of a day are given out.")
    days: Weekdays = usually("mon-fri", description="Weekdays.")
    per_day: Units | None = usually(None, description="So many SKUs a day in turn, instead of `classes`.")
    classes: dict[Literal["A", "B", "C"], Annotated[float, Field(ge=0, le=400)]] = usually(
        {"A": 12, "B": 4, "C": 1},
        description="Counts a year: A are the SKUs with the first 80 % of demand, B the next 15 %, C the others.",
    )


class Records(Section):
    """How records come to differ from the shelf, and how that comes out."""

    wrong: Share = usually(0, description="Share of SKUs whose record is wrong at the start.")
    error: Annotated[Share, Field(gt=0)] = usually(
        "10 %", description="Size of these errors, relative to the record (cv), one unit at least."
    )
    misbooked: Share = usually(
        0, description="Chance, per line picked and delivery put away, that one unit too many or too few is booked."
    )
    shrinkage: Share = usually(0, description="Share of the units on the shelf that vanish in a year, usually 1 %.")
    when_short: Literal["wait", "split", "cancel"] = usually(
        "wait",
        description="A line of which too little is in the building: the order waits for other goods, the line follows "
        "in a parcel of its own, or it is given up.",
    )
    after_short: Literal["correct", "count"] = usually(
        "correct", description="A short pick sets the record right at once, or it stays wrong until the SKU is counted."
    )
    counts: Counts | None = usually(None, description="Cycle counts; SKUs that were found short are counted first.")
