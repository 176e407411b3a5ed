"""One day's routes in a file of their own: depots, stops, vans and the ways between them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from fulfillsim.scenario.fields import (
    Amount,
    AmountPerHour,
    AmountPerKm,
    ClockTime,
    DaySpan,
    Duration,
    Length,
    PositiveDuration,
    Speed,
)
from fulfillsim.scenario.schema.base import FileName, Name, Section, listed, speed_factors, usually
from fulfillsim.scenario.schema.fleet import Place, Rest, between_alone

VERSION = 1


Load = Annotated[list[Annotated[float, Field(ge=0)]], BeforeValidator(listed)]
"""A number, or one for each dimension: [2, 40.5]."""
Windows = Annotated[list[DaySpan], BeforeValidator(listed)]
"""Hours such as 08:00-12:00, or a list of them."""


class DayDepot(Place):
    """Where vans load, start, end or load again."""

    open: DaySpan | None = usually(None, description="When vans may leave and must be back; left out: always.")
    loading: Duration = usually(0, description="At the dock before each trip.")


class DayStop(Place):
    """A customer's door."""

    demand: Load = usually(1, description="What is brought: a number, or one for each dimension: [2, 40.5].")
    pickup: Load | None = usually(None, description="What is taken along to the end of the trip, likewise.")
    service: Duration = usually(0, description="Time at the door.")
    windows: Windows | None = usually(
        None,
        description="Service begins between 08:00-12:00, or in one of [08:00-10:00, 15:00-17:00]; left out: any time.",
    )
    release: ClockTime | None = usually(None, description="When its goods can leave the depot; left out: at once.")
    prize: Amount | None = usually(None, description="What leaving it out costs; left out: it must be served.")


class DayVan(Section):
    """A kind of van with its drivers."""

    count: Annotated[int, Field(ge=1, le=2000)] = usually(1, description="How many.")
    capacity: Load = Field(description="Room: a number, or one for each dimension of demand.")
    start: Name | None = usually(None, description="Depot where it loads first; left out: the first one.")
    end: Name | None = usually(None, description="Depot where it ends; left out: where it starts.")
    reload: Name | None = usually(None, description="Depot where it may load again; left out: one trip only.")
    shift: DaySpan | None = usually(None, description="Driver's shift; left out: any time.")
    cost_per_km: AmountPerKm = usually(0, description="Fuel and wear; if no van costs anything, meters are counted.")
    cost_per_h: AmountPerHour = usually(0, description="From departure to the end.")
    cost_per_day: Amount = usually(0, description="If it is used at all.")
    max_distance: Length | None = usually(None, description="Of all its trips together.")
    max_duration: PositiveDuration | None = usually(None, description="Likewise, with waiting and breaks.")
    breaks: dict[Name, Annotated[Rest, BeforeValidator(between_alone)]] = usually(
        {}, description="{lunch: {between: 11:00-14:00, time: 30 min}}"
    )
    only: list[Name] | None = usually(None, description="Stops that it may serve; left out: all.")


class Ways(Section):
    """How far and how long: from the places of depots and stops, or from a table."""

    speed: Speed = usually("30 km/h", description="On the road, usual.")
    circuity: Annotated[float, Field(ge=1, le=3)] = usually(1.3, description="Road over straight line or great circle.")
    speeds: Annotated[
        tuple[float, ...],
        PlainValidator(speed_factors),
        WithJsonSchema({"type": "object", "examples": [{"07-09": 0.6, "16-18": 0.7}]}),
    ] = usually({}, description='Multiples of the speed by hour: {"07-09": 0.6, "16-18": 0.7}; other hours: 1.')
    matrix: FileName | None = usually(
        None, description="Table instead of places: columns from, to, km, min; a way that is not listed is that back."
    )


class DeliveryDay(Section):
    """A file for `fulfillsim solve deliver` and `fulfillsim bench delivery`."""

    version: Literal[1] = Field(alias="schema", description="Version of this format.")
    kind: Literal["delivery_day"] = Field(description="Tells it from a scenario.")
    name: Name = Field(description="For tables and messages.")
    objective: Literal["least_cost", "fewest_vans"] = usually(
        "least_cost", description="What counts: cost, or the number of vans and then cost."
    )
    travel: Ways = usually({}, description="Ways between all places.")
    depots: dict[Name, DayDepot] = Field(min_length=1, description="By name; the first is the usual one.")
    stops: dict[Name, DayStop] = Field(min_length=1, description="By name.")
    vans: dict[Name, DayVan] = Field(min_length=1, description="Kinds of vans by name.")
