"""Where stock lies: forward slots and the reserve behind them."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal

from pydantic import Field

from fulfillsim.sampling.distributions import Distribution
from fulfillsim.scenario.fields import Duration
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
        "7 days", description="Where no capacity is given: days of expected demand, and two large picks at least."
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
