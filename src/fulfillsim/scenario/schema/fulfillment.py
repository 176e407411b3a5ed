"""Release, picking and the steps until an order stands at the dock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from fulfillsim.scenario.fields import (
    Amount,
    ClockTime,
    Duration,
    Length,
    Share,
    Sides,
    Speed,
    Volume,
    Weight,
)
from fulfillsim.scenario.schema.base import Name, NoSeconds, Section, usually
from fulfillsim.scenario.schema.listed import BATCHING, ROUTING
from fulfillsim.scenario.schema.work import DISCIPLINE_HELP, Discipline, Work

MaybeCount = Annotated[int, Field(ge=1, le=10**6)] | None


Chosen = dict[Name, bool]
"""Names that count; without any ``true`` all but those that are ``false``."""


def _exactly(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"least": value, "most": value} if is_number else value


class Counted(Section):
    """Bounds of a count, both included."""

    least: int = usually(0, ge=0, le=10**9, description="At least.")
    most: int | None = usually(None, ge=0, le=10**9, description="At most.")


Range = Annotated[Counted, BeforeValidator(_exactly)]
"""A count, or its bounds: 1, {least: 2, most: 5}."""


class Condition(Section):
    """What an order must be like: everything that is said must hold."""

    lines: Range | None = usually(None, description="Order lines: 1, or {least: 2}.")
    units: Range | None = usually(None, description="Units.")
    options: dict[Literal["gift", "instruction", "hazmat", "kit"], bool] = usually(
        {}, description="Options it must have (true) or must not have (false); kit: it holds one made to order."
    )
    channels: Chosen = usually({}, description="Channels.")
    clients: Chosen = usually({}, description="Clients.")
    services: Chosen = usually({}, description="Requested services.")
    zones: Chosen = usually({}, description="Destination zones.")
    pick_zones: Chosen = usually({}, description="Picking zones in which all its lines lie.")


def _option_alone(value: Any) -> Any:
    return {"options": {value: True}} if isinstance(value, str) else value


def _time_alone(value: Any) -> Any:
    return value if isinstance(value, Mapping | Section) else {"at": value}


class Wave(Section):
    """Orders released together."""

    at: ClockTime = Field(description="Time of day, on working days.")
    departures: Chosen | None = usually(
        None,
        description="Pickups it belongs to, by their next time after the wave: {parcelco/evening: true}. Only orders "
        "due at these go, and those that have missed theirs. All that wait if left out.",
    )


class Release(Section):
    """When orders become workable."""

    rule: Literal["on_arrival", "waves", "cutoff_driven"] = usually("on_arrival", description="Which rule.")
    waves: dict[Name, Annotated[Wave, BeforeValidator(_time_alone)]] = usually(
        {}, description="Times of day, on working days: {noon: 12:00}."
    )
    every: Duration | None = usually(None, gt=0, description="Instead: waves at equal distances, day and night.")
    lead: Duration = usually("0s", description="Release to staging, 90th percentile, for cutoff_driven.")
    lead_from: Literal["plan", "observed"] = usually(
        "plan", description="observed: the 90th percentile of the 200 orders staged last, `lead` until there are 20."
    )


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
    budget: Annotated[int, NoSeconds] = usually(
        20_000, ge=0, le=10**9, description="Moves tried per plan by a policy that searches."
    )


class Tour(Section):
    """A walk through the layout: set-up + metres / speed + search per line + further units."""

    routing: Annotated[str, ROUTING] = usually("s_shape", description="How a picker walks.")
    setup: Duration = usually("90s", description="Per tour: list, cart, hand-in.")
    search: Duration = usually("10s", description="Per line: search and grab the first unit.")
    unit: Duration = usually("3s", description="Per further unit.")
    speed: Speed = usually("1.0 m/s", description="Of walking.")
    cv: float = usually(0.0, ge=0, le=30, description="Of an order's search and grab.")
    congestion: float = usually(
        0.0, ge=0, le=10, description="Walk and search take longer by this for each other picker per aisle in use."
    )


class PickZone(Section):
    """Part of the building with its own pickers: a station of its own name."""

    share: Share = Field(description="Share of SKUs that lie there, where no table says; sum 1.")
    time: Work | None = usually(None, description="All-in time here, instead of `picking.time`.")


class Sorting(Section):
    """Sort while picking: every order has a tote of its own on the cart."""

    totes: int = Field(ge=1, le=10**4, description="On a cart: so many orders at most.")
    time: Duration = usually("3s", description="Per line, to find the tote; on top of the search of a walked tour.")


class PickErrors(Section):
    """What goes wrong at the shelf, per line."""

    mispick: Share = usually(0, description="Chance of wrong goods, usually 0.1 to 0.5 %; a check may find them.")
    short: Share = usually(0, description="Chance that the goods on record are not there.")
    when_short: Literal["repick", "partial", "backorder"] = usually(
        "repick",
        description="Fetch them from elsewhere, go on without the line, or let it follow when goods have come.",
    )


class Picking(Section):
    """How goods leave the shelf: a walked ``tour``, or an all-in ``time``, never both."""

    tour: Tour | None = usually(None, description="Walked through the layout.")
    time: Work | None = usually(None, description="All-in time, walking included.")
    batch: Batch = usually({}, description="Orders picked together.")
    zones: dict[Name, PickZone] = usually({}, description="One zone `picking` if left out.")
    split: Literal["lines", "all"] = usually("lines", description="Over zones with its lines, or over all.")
    consolidation: MaybeCount = usually(
        None, description="Positions at which parts of several zones meet; as many as it takes if left out."
    )
    per: Literal["order", "tour"] = usually("order", description="Whether `time` is of an order or a tour.")
    discipline: Literal["fifo", "priority"] = usually("fifo", description="fifo, or priority (smaller class first).")
    sort: Sorting | None = usually(None, description="Sort while picking, into fixed totes.")
    errors: PickErrors | None = usually(None, description="Wrong and missing goods.")


class Rework(Section):
    """An order that fails here goes back."""

    to: Name = Field(description="A step before or this one, or picking.")
    prob: Annotated[Share, Field(lt=1)] = usually(0, description="Chance at each visit.")
    mispicks: Share = usually(0, description="Chance of finding wrong goods that were picked.")


class Wall(Section):
    """Places that orders hold at a step: a put wall."""

    positions: int = Field(ge=1, le=10**6, description="An order that finds none free waits for one.")
    until: Name | None = usually(
        None, description="Later step whose start empties the position; left out: free when the work here is done."
    )


class Step(Section):
    """A station after picking: packing, quality check, gift wrap."""

    after: Name | None = usually(None, description="What comes before: picking or another step.")
    time: Work = Field(description="Per order.")
    staffed: bool = usually(True, description="false: a delay that needs nobody.")
    discipline: Discipline = usually("fifo", description=DISCIPLINE_HELP)
    rework: Rework | None = usually(None, description="Where failed work goes.")
    only: Annotated[Condition, BeforeValidator(_option_alone)] | None = usually(
        None, description="Only such orders pass here: gift, or a condition."
    )
    paths: Chosen = usually({}, description="Paths that pass here; `others` are the orders that no path takes.")
    wall: Wall | None = usually(None, description="Finite positions: a put wall.")


def _rule_alone(value: Any) -> Any:
    return {"rule": value} if isinstance(value, str) else value


class Path(Section):
    """A way of their own for some orders; what it leaves out is shared with the others."""

    when: Condition = Field(description="Which orders: {lines: 1}.")
    rank: int = usually(
        1, ge=0, le=1000, description="Paths are asked in this order; the first that fits takes an order."
    )
    release: Annotated[Release, BeforeValidator(_rule_alone)] | None = usually(None, description="Its own release.")
    picking: Picking | None = usually(
        None, description="Its own picking, at the station <path>_picking (<path>_<zone> where there are zones)."
    )


class Carton(Section):
    """A kind of carton, of which there are always enough. An order takes the cheapest that holds it, else several."""

    inner: Sides = Field(description="Inner sides: 30 x 20 x 12 cm.")
    max_weight: Weight = usually("30 kg", description="Of its content.")
    cost: Amount = usually(0, description="Of one, on top of `packaging_cost`.")
    weight: Weight = usually("0 kg", description="Its own.")
    wall: Length = usually("0 cm", description="Thickness; carriers measure outside.")


class Fulfillment(Section):
    """From acceptance to the dock."""

    release: Annotated[Release, BeforeValidator(_rule_alone)] = usually({}, description="When work may begin.")
    picking: Picking | None = usually(None, description="Left out: orders go to the steps at once.")
    steps: dict[Name, Step] = usually({}, description="Stations after picking, chained by `after`.")
    priority: Literal["first_come", "due_departure", "class"] = usually(
        "first_come", description="Which order is served next in queues with priority."
    )
    paths: dict[Name, Path] = usually({}, description="Orders with a way of their own, by name: singles, multis.")
    packaging_cost: Amount = usually(0, description="Per parcel.")
    cartons: dict[Name, Carton] = usually(
        {}, description="Kinds to pack orders in; without any, an order is one parcel of the volume of its goods."
    )
    carton_rule: Literal["quick", "fit", "exact"] = usually(
        "quick",
        description="What fits: by volume (to 75 %), weight and longest sides; placed by extreme points; by CP-SAT "
        "where those fail.",
    )
