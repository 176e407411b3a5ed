"""Own vans: capacity and cost, waves, hours to choose from, and where customers live."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from fulfillsim.scenario.dates import WEEKDAYS, Span
from fulfillsim.scenario.fields import (
    Amount,
    AmountPerHour,
    AmountPerKm,
    ClockTime,
    DaySpan,
    Duration,
    Length,
    PositiveDuration,
    Share,
    Speed,
    Volume,
    Weekdays,
    Weight,
)
from fulfillsim.scenario.schema.base import Calendar, FileName, Name, NoSeconds, Section, SpeedFactors, usually
from fulfillsim.scenario.schema.listed import Listed

FLEET = "fleet"
"""What the own vans are called among the carriers."""
DEPOT = "depot"
"""What the depot is called in a table of ways that does not say otherwise."""
AUTO = "auto"
"""As a solver: the strongest that is installed and able; the loaded scenario names it."""
SOLVER = Listed("delivery solver", "fulfillsim.optim.delivery", "SOLVERS")
Cv = Annotated[float, Field(ge=0, le=3)]


class Place(Section):
    """A point on a plane map whose origin lies south-west of everything, or on the globe."""

    east: Length | None = usually(None, description="Kilometres east of the map's corner.")
    north: Length | None = usually(None, description="Kilometres north of it.")
    lat: Annotated[float, Field(gt=-85, lt=85)] | None = usually(None, description="Degrees of latitude, instead.")
    lon: Annotated[float, Field(ge=-180, le=180)] | None = usually(None, description="Degrees of longitude.")


class WaysTable(Section):
    """How far places are from each other, instead of a map."""

    table: FileName = Field(
        description="Columns from, to, and km or min or both; a way that is not listed is that back. "
        "Or an .npz file: places, and matrices km, min."
    )


class Site(Place):
    """A place on a map, or in a table of ways."""

    place: Name | None = usually(
        None, description="What `ways` call it; the depot is `depot` and a zone as it is named, if left out."
    )


class FleetZone(Site):
    """Where the customers of a destination zone live."""

    spread: Length = usually("2 km", description="Standard deviation of their places, in either direction.")


class Rest(Section):
    """A break of each driver of a kind of van."""

    between: DaySpan = Field(description="It begins between these times, at a door or on the road.")
    time: PositiveDuration = usually("30 min", description="How long it lasts.")


def between_alone(value: Any) -> Any:
    """Hours stand for a break of which nothing else is said."""
    return {"between": value} if isinstance(value, str) else value


class Van(Section):
    """A kind of van with its drivers."""

    count: Annotated[int, Field(ge=0, le=500)] = usually(1, description="How many.")
    parcels: Annotated[int, Field(ge=0, le=10**6)] = usually(120, description="Parcels it holds.")
    weight: Weight = usually("1000 kg", description="Kilograms it holds.")
    volume: Volume = usually("10000 l", description="Litres it holds.")
    shift: DaySpan = usually("07:00-18:00", description="Driver's shift; what is driven after it is overtime.")
    cost_per_km: AmountPerKm = usually(0, description="Fuel and wear.")
    cost_per_h: AmountPerHour = usually(0, description="Driver, from the start of a route to its end.")
    cost_per_day: Amount = usually(0, description="For a day on which it is used at all.")
    overtime_per_h: AmountPerHour = usually(0, description="On top of cost_per_h, after the shift.")
    max_distance: Length | None = usually(
        None, description="Longest way of a day, all its routes together, as an electric van's range; left out: any."
    )
    starts: Site | None = usually(None, description="Where it stands in the morning; left out: at the depot.")
    ends: Site | None = usually(None, description="Where it ends its last wave of a day; left out: at the depot.")
    reloads: bool = usually(False, description="Whether it comes back to load again within a wave.")
    breaks: dict[Name, Annotated[Rest, BeforeValidator(between_alone)]] = usually(
        {}, description="{lunch: {between: 11:00-14:00, time: 30 min}}; those at the depot cost no time of a route."
    )


class Wave(Section):
    """Vans that leave from a time of day on."""

    time: ClockTime = Field(description="No van leaves before it.")
    days: Weekdays | None = usually(None, description="Weekdays; the fleet's working days by default.")


class Slot(Section):
    """Hours that a customer may choose; to carriers' services it is one more, `fleet/NAME`."""

    hours: DaySpan = Field(description="Service at the door begins between them.")
    price: Amount = usually(0, description="What `delivery.choice` reckons for a parcel beside the carriers' prices.")


def _time_alone(value: Any) -> Any:
    return {"time": value} if isinstance(value, str) else value


def _hours_alone(value: Any) -> Any:
    return {"hours": value} if isinstance(value, str) else value


class Fleet(Section):
    """Own vans, planned in waves; a slot is served by the last wave before it opens."""

    vans: dict[Name, Van] = Field(min_length=1, description="Kinds of vans by name.")
    depot: Site = Field(description="Where they start and end.")
    zones: dict[Name, FleetZone] = Field(min_length=1, description="Destination zones to which vans go.")
    slots: dict[Name, Annotated[Slot, BeforeValidator(_hours_alone)]] = usually(
        {"day": "08:00-18:00"}, min_length=1, description="{morning: 08:00-12:00, afternoon: 13:00-18:00}"
    )
    waves: dict[Name, Annotated[Wave, BeforeValidator(_time_alone)]] = Field(
        min_length=1, description='{morning: "07:30", noon: "12:30"}'
    )
    calendar: Calendar = usually({"working_days": "mon-sat"}, description="Days on which vans drive.")
    close_out: Duration = usually("30 min", description="Routes are planned so long before a wave leaves.")
    speed: Speed = usually("25 km/h", description="On the road, usual.")
    circuity: Annotated[float, Field(ge=1, le=3)] = usually(1.3, description="Road over straight line.")
    ways: WaysTable | None = usually(
        None,
        description="{table: ways.csv}: kilometres and minutes between places; then no east, no north, no circuity.",
    )
    speeds: SpeedFactors = usually(
        {}, description='Multiples of the speed by hour, perhaps by weekday: {"07-09": 0.6, "16-18": 0.7}; others: 1.'
    )
    loading: Duration = usually(0, description="At the dock before each trip.")
    travel_cv: Cv = usually(0.2, description="Coefficient of variation of a leg's time (gamma).")
    at_door: PositiveDuration = usually("4 min", description="Mean time at a door.")
    at_door_cv: Cv = usually(0.4, description="Its coefficient of variation (gamma).")
    failed_attempt: Share = usually(0, description="Chance that nobody opens.")
    attempts: Annotated[int, Field(ge=1, le=10)] = usually(2, description="Then the parcel goes back to stock.")
    solver: Annotated[str, SOLVER] = usually(
        "ortools", description="What plans the routes; auto: the strongest that is installed and able."
    )
    budget: Annotated[int, Field(ge=1, le=10**6), NoSeconds] = usually(
        300, description="Its steps per plan, never seconds."
    )
    replan_after: Literal["never"] | Duration = usually(
        "15 min", description="A van so late re-orders the rest of its route; or never."
    )
    insert_up_to: Amount | None = usually(
        None, description="A parcel ready after the cutoff joins a loaded van at such a cost; left out: never."
    )
    tell_after: Duration = usually("15 min", description="Customers are told of a new time that differs so much.")


def as_carrier(fleet: Fleet) -> dict[str, Any]:
    """Own vans as a file would describe a carrier: a pickup for each wave, a service for each slot, no transit days."""
    return {
        "calendar": fleet.calendar,
        "pickups": {name: _pickup(wave) for name, wave in fleet.waves.items()},
        "close_out": f"{fleet.close_out} s" if fleet.close_out else 0,
        "delivery_hours": _hours(_whole(slot.hours for slot in fleet.slots.values())),
        "services": {
            name: {"transit": dict.fromkeys(fleet.zones, 0), "rates": {"zones": {"all": {"1000 kg": _price(slot)}}}}
            for name, slot in fleet.slots.items()
        },
    }


def _pickup(wave: Wave) -> dict[str, Any]:
    days = {} if wave.days is None else {"days": ", ".join(WEEKDAYS[day] for day in sorted(wave.days))}
    return {"time": _clock(wave.time), **days}


def _price(slot: Slot) -> str | int:
    return f"{slot.price.amount} {slot.price.currency}" if slot.price.currency else 0


def _whole(spans: Iterable[Span]) -> Span:
    """From the first opening to the last close."""
    every = list(spans)
    return Span(min(span.from_s for span in every), max(span.until_s for span in every))


def _hours(span: Span) -> str:
    return f"{_clock(span.from_s)}-{_clock(span.until_s % 86_400 or 86_400)}"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}:{int(seconds % 60):02d}"


def serving(plan: Fleet, weekday: int) -> dict[float, frozenset[int]]:
    """Clock time of each wave of a weekday -> slots that it serves: the last wave before a slot opens, else the next.

    Slots that close before the first wave that could serve them are served by none.
    """
    times = sorted({wave.time for wave in plan.waves.values() if wave.days is None or weekday in wave.days})
    served: dict[float, set[int]] = {time: set() for time in times}
    for number, (_, slot) in enumerate(sorted(plan.slots.items())):
        before = [time for time in times if time <= slot.hours.from_s]
        after = [time for time in times if slot.hours.from_s < time < slot.hours.until_s]
        if chosen := before[-1:] or after[:1]:
            served[chosen[0]].add(number)
    return {time: frozenset(slots) for time, slots in served.items()}
