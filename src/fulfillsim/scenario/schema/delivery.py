"""Parcel carriers: pickups, transit, prices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from fulfillsim.scenario.fields import (
    Amount,
    ClockTime,
    Day,
    DaySpan,
    Duration,
    PositiveDuration,
    Share,
    Weekdays,
)
from fulfillsim.scenario.schema.base import Calendar, Name, NoSeconds, Section, by_weekday, usually
from fulfillsim.scenario.schema.fleet import FLEET, Fleet, as_carrier
from fulfillsim.scenario.schema.listed import CARRIER_ASSIGNMENT, CARRIER_CHOICE
from fulfillsim.scenario.schema.rates import Rates
from fulfillsim.scenario.units import UnitError

TransitDays = Annotated[int, Field(ge=0, le=100)]
MOST_PARCELS = 10**7
Parcels = Annotated[int, Field(ge=0, le=MOST_PARCELS)]


class Pickup(Section):
    """A truck that leaves the dock at a time of day, or at equal distances."""

    time: ClockTime | None = usually(None, description="Time of day.")
    days: Weekdays | None = usually(None, description="Weekdays; the carrier's working days by default.")
    every: PositiveDuration | None = usually(None, description="Instead: at equal distances, day and night.")
    capacity: Parcels | None = usually(None, description="Parcels; what does not fit waits.")


class CarrierService(Section):
    """A product of a carrier."""

    transit: TransitDays | dict[Name, TransitDays] = Field(
        description="Quoted working days, by zone {north: 1}; zones left out are not served."
    )
    late: dict[Annotated[int, Field(ge=-30, le=60)], Share] = usually(
        {"0": 1}, description='Actual less quoted days and their shares: {"-1": 3 %, "0": 92 %, "1": 5 %}.'
    )
    rates: Rates = usually({"zones": {"all": {"1000 kg": 0}}}, description="Prices.")
    failed_attempt: Share = usually(0, description="Chance that the first attempt finds nobody.")
    loss: Share = usually(0, description="Chance that the parcel never arrives.")
    damage: Share = usually(0, description="Chance that its goods arrive damaged: the order is not perfect.")
    days: Weekdays | None = usually(None, description="Weekdays on which it leaves; those of the pickups by default.")
    pickups: dict[Name, bool] = usually(
        {}, description="Pickups that it goes with, or not: {noon: false}; all by default."
    )
    hazmat: bool = usually(True, description="Whether dangerous goods may travel.")

    def goes_with(self, pickups: Iterable[str]) -> list[str]:
        """Those of its carrier's pickups that it leaves with."""
        default = not any(self.pickups.values())
        return [name for name in pickups if self.pickups.get(name, default)]


class Commitment(Section):
    """Volume that a carrier was promised."""

    per_week: Annotated[int, Field(ge=0, le=10**8)] = Field(description="Parcels in a calendar week, from Monday on.")
    shortfall: Amount = usually(0, description="For each missing parcel.")


def _time_alone(value: Any) -> Any:
    return {"time": value} if isinstance(value, str) else value


class Carrier(Section):
    """Who takes parcels away."""

    calendar: Calendar = usually({"working_days": "mon-fri"}, description="Its working days.")
    pickups: dict[Name, Annotated[Pickup, BeforeValidator(_time_alone)]] = Field(
        min_length=1, description="{evening: {time: 18:00, capacity: 900}}"
    )
    close_out: Duration = usually("30 min", description="Staged so long before a departure, in plan.")
    shock_correlation: Share = usually(0, description="Of transit among parcels of one pickup day.")
    delivery_hours: DaySpan = usually("09:00-18:00", description="Hours in which parcels are handed over.")
    services: dict[Name, CarrierService] = Field(min_length=1, description="By name.")
    daily_cap: Parcels | dict[str, Parcels] | None = usually(
        None, description="Parcels a day over all pickups: 4000, or by weekday {mon-fri: 4000, sat: 1500}."
    )
    daily_cap_on: dict[Day, Parcels] = usually({}, description="Other caps on dates: {2026-11-27: 9000}.")
    max_share: Share = usually(1, description="Of the parcels of a week; needs `assignment`.")
    commitment: Commitment | None = usually(None, description="{per_week: 12000, shortfall: 0.40 EUR}")

    @field_validator("daily_cap")
    @classmethod
    def _weekdays(cls, value: int | dict[str, int] | None) -> int | dict[str, int] | None:
        """Refuse keys that are no weekdays."""
        if isinstance(value, dict):
            by_weekday(value, int, MOST_PARCELS)
        return value


def _method_alone(value: Any) -> Any:
    return {"method": value} if isinstance(value, str) else value


class Assignment(Section):
    """At each pickup all waiting parcels are assigned to carrier services anew."""

    method: Annotated[str, CARRIER_ASSIGNMENT] = usually("optimal", description="How.")
    on_promise: Share = usually(
        "0 %", description="Chance to keep the promise that a service must have, if any has it."
    )
    budget: Annotated[int, Field(ge=1, le=10**7), NoSeconds] = usually(
        10_000, description="Steps of the method, never seconds."
    )


class Delivery(Section):
    """Carriers, and how one is chosen."""

    carriers: dict[Name, Carrier] = Field(min_length=1, description="By name.")
    choice: Annotated[str, CARRIER_CHOICE] = usually(
        "cheapest_on_promise", description="Which carrier service takes a parcel."
    )
    assignment: Annotated[Assignment, BeforeValidator(_method_alone)] | None = usually(
        None, description="Left out: a parcel is given to a service once, when it is packed, by `choice`."
    )
    lateness_cost: Amount = usually(0, description="Per order delivered after its promise.")
    consolidate: PositiveDuration | None = usually(
        None,
        description="Parts of a split order wait so long at the dock for each other, and leave as one consignment; "
        "never beyond the close-out of their due departure. Left out: each leaves by itself.",
    )
    residential: Share = usually(1, description="Of orders that go to a private door, where some surcharges count.")
    fleet: Fleet | None = usually(None, description="Own vans; to orders they are one more carrier, called fleet.")

    @model_validator(mode="after")
    def _fleet_among_carriers(self) -> Delivery:
        """Let the fleet stand among the carriers, so that services, checks and tables know one kind of thing."""
        if self.fleet is not None:
            if FLEET in self.carriers:
                raise UnitError("has a carrier called fleet beside its own vans", "give the carrier another name")
            self.carriers[FLEET] = Carrier.model_validate(as_carrier(self.fleet))
        return self
