"""Release, picking and the steps until an order stands at the dock."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from fulfillsim.scenario.fields import Amount, ClockTime, Duration, Share, Speed, Volume, Weight
from fulfillsim.scenario.schema.base import Name, Section, usually
from fulfillsim.scenario.schema.listed import BATCHING, ROUTING
from fulfillsim.scenario.schema.work import DISCIPLINE_HELP, Discipline, Work

MaybeCount = Annotated[int, Field(ge=1, le=10**6)] | None


class Release(Section):
    """When orders become workable."""

    rule: Literal["on_arrival", "waves", "cutoff_driven"] = usually("on_arrival", description="Which rule.")
    waves: dict[Name, ClockTime] = usually({}, description="Times of day, on working days: {noon: 12:00}.")
    every: Duration | None = usually(None, gt=0, description="Instead: waves at equal distances, day and night.")
    lead: Duration = usually("0s", description="Release to staging, 90th percentile, for cutoff_driven.")


class Batch(Section):
    """How orders are put together, and what one tour may carry; limits left out do not bind."""

    policy: Annotated[str, BATCHING] = usually("first_come", description="How orders are put together.")
    max_orders: MaybeCount = usually(1, description="Orders.")
    max_lines: MaybeCount = usually(None, description="Order lines.")
    max_units: MaybeCount = usually(None, description="Units.")
    max_weight: Weight | None = usually(None, description="Weight.")
    max_volume: Volume | None = usually(None, description="Volume.")
    min_orders: int = usually(1, ge=1, le=10**6, description="A picker waits for so many.")
    look_ahead: int = usually(100, ge=1, le=10**5, description="Orders from the queue's head that are planned at once.")
    budget: int = usually(20_000, ge=0, le=10**9, description="Moves tried per plan by a policy that searches.")


class Tour(Section):
    """A walk through the layout: set-up + metres / speed + search per line + further units."""

    routing: Annotated[str, ROUTING] = usually("s_shape", description="How a picker walks.")
    setup: Duration = usually("90s", description="Per tour: list, cart, hand-in.")
    search: Duration = usually("10s", description="Per line: search and grab the first unit.")
    unit: Duration = usually("3s", description="Per further unit.")
    speed: Speed = usually("1.0 m/s", description="Of walking.")
    cv: float = usually(0.0, ge=0, le=30, description="Of an order's search and grab.")


class PickZone(Section):
    """Part of the building with its own pickers: a station of its own name."""

    share: Share = Field(description="Share of SKUs that lie there, where no table says; sum 1.")
    time: Work | None = usually(None, description="All-in time here, instead of `picking.time`.")


class Picking(Section):
    """How goods leave the shelf: a walked ``tour``, or an all-in ``time``, never both."""

    tour: Tour | None = usually(None, description="Walked through the layout.")
    time: Work | None = usually(None, description="All-in time, walking included.")
    batch: Batch = usually({}, description="Orders picked together.")
    zones: dict[Name, PickZone] = usually({}, description="One zone `picking` if left out.")
    split: Literal["lines", "all"] = usually("lines", description="Over zones with its lines, or over all.")
    per: Literal["order", "tour"] = usually("order", description="Whether `time` is of an order or a tour.")
    discipline: Literal["fifo", "priority"] = usually("fifo", description="fifo, or priority (smaller class first).")


class Rework(Section):
    """An order that fails here goes back."""

    to: Name = Field(description="A step before or this one, or picking.")
    prob: Annotated[Share, Field(lt=1)] = Field(description="Chance at each visit.")


class Step(Section):
    """A station after picking: packing, quality check, gift wrap."""

    after: Name | None = usually(None, description="What comes before: picking or another step.")
    time: Work = Field(description="Per order.")
    staffed: bool = usually(True, description="false: a delay that needs nobody.")
    discipline: Discipline = usually("fifo", description=DISCIPLINE_HELP)
    rework: Rework | None = usually(None, description="Where failed work goes.")
    only: Literal["gift"] | None = usually(None, description="Only orders with this option pass here.")


def _rule_alone(value: Any) -> Any:
    return {"rule": value} if isinstance(value, str) else value


class Fulfillment(Section):
    """From acceptance to the dock."""

    release: Annotated[Release, BeforeValidator(_rule_alone)] = usually({}, description="When work may begin.")
    picking: Picking | None = usually(None, description="Left out: orders go to the steps at once.")
    steps: dict[Name, Step] = usually({}, description="Stations after picking, chained by `after`.")
    priority: Literal["first_come", "due_departure", "class"] = usually(
        "first_come", description="Which order is served next in queues with priority."
    )
    packaging_cost: Amount = usually(0, description="Per parcel.")
