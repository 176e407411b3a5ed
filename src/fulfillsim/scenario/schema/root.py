"""The whole file."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fulfillsim.scenario.fields import Day, Zone
from fulfillsim.scenario.schema.assembly import Assembly
from fulfillsim.scenario.schema.base import MAX_DAYS, Calendar, Name, Section, WholeDays, usually, whole_days
from fulfillsim.scenario.schema.clients import Client
from fulfillsim.scenario.schema.communication import Communication
from fulfillsim.scenario.schema.delivery import Delivery
from fulfillsim.scenario.schema.demand import Demand, ZoneShare
from fulfillsim.scenario.schema.events import Event
from fulfillsim.scenario.schema.fulfillment import Fulfillment
from fulfillsim.scenario.schema.goods import AnyLayout, Catalog, Inventory
from fulfillsim.scenario.schema.processing import Processing, Service
from fulfillsim.scenario.schema.returns import Returns
from fulfillsim.scenario.schema.snapshot import Snapshot
from fulfillsim.scenario.schema.staff import Role, RosterTable, ShiftTable
from fulfillsim.scenario.schema.targets import Target, bound_alone


def _drain(value: Any) -> Any:
    return None if value == "auto" else whole_days(value)


Drain = Annotated[
    int | None, PlainValidator(_drain), WithJsonSchema({"type": "string", "examples": ["auto", "3 days"]})
]


class Settings(Section):
    """A scenario: one operation and the stretch of time that is looked at. A stage left out is not there."""

    schema_version: Literal[1] = Field(alias="schema", description="Version of this format.")
    name: Name = Field(description="Short name, for tables and pictures.")
    question: str = usually("", max_length=500, description="What this scenario is to answer.")
    start: Day = Field(description="First day whose figures count.")
    zone: Zone = usually("UTC", description="Time zone of all clock times.")
    days: int = usually(7, ge=1, le=MAX_DAYS, description="Days whose figures count.")
    begin: Literal["steady", "empty", "given"] = usually(
        "steady", description="What is there at first: a usual backlog (after a warm-up), nothing, or a snapshot."
    )
    snapshot: Snapshot | None = usually(None, description="With begin: given. Open orders, stock, people.")
    warm_up: WholeDays = usually("7 days", description="Simulated before, not counted; with begin: steady only.")
    drain: Drain = usually("auto", description="Simulated after; auto: the longest promise, at most 10 days.")
    currency: str = usually("EUR", pattern=r"^[A-Z]{3}$", description="Of all amounts.")
    calendar: Calendar = usually({}, description="Working days of the warehouse.")
    zones: dict[Name, ZoneShare] = usually({}, description="Where orders go.")
    services: dict[Name, Service] = usually({}, description="What customers may ask for.")
    clients: dict[Name, Client] = usually({}, description="Whose goods and orders they are; left out: our own.")
    demand: Demand = Field(description="Who orders.")
    catalog: Catalog | None = usually(None, description="SKUs.")
    layout: AnyLayout | None = usually(None, description="Where SKUs lie.")
    inventory: Inventory | None = usually(None, description="Stock; left out: always enough.")
    assembly: Assembly | None = usually(None, description="Kits and benches.")
    staff: dict[Name, Role] = usually({}, description="Roles by name.")
    shifts: ShiftTable | None = usually(None, description="Shifts of all roles from one sheet.")
    roster: RosterTable | None = usually(None, description="Heads of all shifts by date from one sheet.")
    processing: Processing | None = usually(
        None, description="Checks, holds, promises; left out beside `delivery`: no checks, promised from the order on."
    )
    fulfillment: Fulfillment | None = usually(None, description="Picking and packing.")
    delivery: Delivery | None = usually(None, description="Carriers and own vans.")
    communication: Communication | None = usually(None, description="Notices and contacts.")
    returns: Returns | None = usually(None, description="What customers send back.")
    events: dict[Name, Event] = usually({}, description="Disruptions, by name.")
    targets: dict[Name, Annotated[Target, BeforeValidator(bound_alone)]] = usually(
        {}, description='KPI to bound: {on_time_shipment: ">= 0.98"}, or a name to a bound with `kpi`.'
    )
    assumed: dict[Name, str] = usually({}, description="What is assumed without a source.")

    @model_validator(mode="after")
    def _promise_what_is_delivered(self) -> Self:
        """Delivery without processing: nobody checks anything, and promises count from the moment of ordering."""
        if self.delivery is not None and self.processing is None:
            object.__setattr__(self, "processing", Processing(clock_start="placed"))
        return self

    @property
    def fetches_returns(self) -> bool:
        """Whether own vans fetch what customers send back."""
        return self.returns is not None and self.returns.collected > 0

    @property
    def n_warm_up(self) -> int:
        """Days simulated before the first that counts: none where the beginning is known."""
        return self.warm_up if self.begin == "steady" else 0
