"""The whole file."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, PlainValidator, WithJsonSchema

from fulfillsim.scenario.fields import Day, Zone
from fulfillsim.scenario.schema.base import MAX_DAYS, Calendar, Name, Section, WholeDays
from fulfillsim.scenario.schema.communication import Communication
from fulfillsim.scenario.schema.delivery import Delivery
from fulfillsim.scenario.schema.demand import Demand, ZoneShare
from fulfillsim.scenario.schema.fulfillment import Fulfillment
from fulfillsim.scenario.schema.goods import Catalog, Inventory, Layout
from fulfillsim.scenario.schema.processing import Processing, Service
from fulfillsim.scenario.schema.staff import Role
from fulfillsim.scenario.units import UnitError


class Bound(NamedTuple):
    """``>=`` or ``<=`` and a value."""

    sense: str
    value: float


def bound(value: object) -> Bound:
    """Bound of ">= 0.98", "<= 2 %".

    >>> bound(">= 98 %")
    Bound(sense='>=', value=0.98)
    """
    match = re.fullmatch(r"\s*(>=|<=)\s*([-+]?\d+(?:\.\d*)?)\s*(%?)\s*", value if isinstance(value, str) else "")
    if match is None:
        raise UnitError("must be a bound", 'write it like ">= 0.98" or "<= 2.5"')
    return Bound(match[1], float(match[2]) / (100 if match[3] else 1))


Target = Annotated[
    Bound,
    PlainValidator(bound),
    WithJsonSchema({"type": "string", "pattern": r"^\s*(>=|<=)\s*[-+]?[0-9.]+\s*%?\s*$", "examples": [">= 0.98"]}),
]


def _drain(value: Any) -> Any:
    from fulfillsim.scenario.schema.base import whole_days

    return None if value == "auto" else whole_days(value)


Drain = Annotated[
    int | None, PlainValidator(_drain), WithJsonSchema({"type": "string", "examples": ["auto", "3 days"]})
]


class Settings(Section):
    """A scenario: one operation and the stretch of time that is looked at. A stage left out is not there."""

    schema_version: Literal[1] = Field(alias="schema", description="Version of this format.")
    name: Name = Field(description="Short name, for tables and pictures.")
    question: str = Field(default="", max_length=500, description="What this scenario is to answer.")
    start: Day = Field(description="First day whose figures count.")
    zone: Zone = Field(default="UTC", description="Time zone of all clock times.")
    days: int = Field(default=7, ge=1, le=MAX_DAYS, description="Days whose figures count.")
    warm_up: WholeDays = Field(default="7 days", description="Simulated before, not counted.")
    drain: Drain = Field(default="auto", description="Simulated after; auto: the longest promise, at most 10 days.")
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$", description="Of all amounts.")
    calendar: Calendar = Field(default={}, description="Working days of the warehouse.")
    zones: dict[Name, ZoneShare] = Field(default={}, description="Where orders go.")
    services: dict[Name, Service] = Field(default={}, description="What customers may ask for.")
    demand: Demand = Field(description="Who orders.")
    catalog: Catalog | None = Field(default=None, description="SKUs.")
    layout: Layout | None = Field(default=None, description="Where SKUs lie.")
    inventory: Inventory | None = Field(default=None, description="Stock; left out: always enough.")
    staff: dict[Name, Role] = Field(default={}, description="Roles by name.")
    processing: Processing | None = Field(default=None, description="Checks, holds, promises.")
    fulfillment: Fulfillment | None = Field(default=None, description="Picking and packing.")
    delivery: Delivery | None = Field(default=None, description="Carriers.")
    communication: Communication | None = Field(default=None, description="Notices and contacts.")
    targets: dict[Name, Target] = Field(default={}, description='KPI to bound: {on_time_shipment: ">= 0.98"}.')
    assumed: dict[Name, str] = Field(default={}, description="What is assumed without a source.")
