"""What goes wrong from one moment to another."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fulfillsim.scenario.fields import Moment, PositiveDuration, Share
from fulfillsim.scenario.schema.base import Name, Section, usually


class Event(Section):
    """A disruption. Give one of ``stations``, ``carrier``, ``role``, ``demand``, ``supplier``."""

    since: Moment = Field(alias="from", description="Local date and time: 2026-03-02T08:00.")
    until: Moment = Field(description="Local date and time, after `from`.")
    stations: dict[Name, bool] = usually(
        {}, description="Nobody can work there: {packing: true}, or {all: true} for an outage of the system."
    )
    carrier: Name | None = usually(None, description="Carrier that skips its pickups, or is slower.")
    slower: Annotated[int, Field(ge=1, le=60)] | None = usually(
        None, description="Working days that parcels of those pickups take longer; left out: pickups are skipped."
    )
    role: Name | None = usually(None, description="Role of which some do not come.")
    missing: Share | None = usually(None, description="Share of each shift that does not come (rounded).")
    demand: Annotated[float, Field(ge=0, le=1000)] | None = usually(None, description="Factor on orders placed.")
    channel: Name | None = usually(None, description="For demand: of one channel; of all if left out.")
    supplier: Name | None = usually(None, description="Supplier whose deliveries of that time come late.")
    late: PositiveDuration | None = usually(None, description="How late.")
