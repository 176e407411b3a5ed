"""Everything that a scenario file says, checked and compiled: what the simulation runs on."""

from __future__ import annotations

from dataclasses import dataclass, field

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days
from fulfillsim.domain.communication import Communication
from fulfillsim.domain.delivery import Delivery
from fulfillsim.domain.demand import Demand
from fulfillsim.domain.fulfillment import Fulfillment
from fulfillsim.domain.processing import Processing
from fulfillsim.domain.staff import Role
from fulfillsim.domain.stock import Inventory


@dataclass(frozen=True)
class Target:
    """A KPI and the value it has to reach (``sense`` is ``">="`` or ``"<="``)."""

    kpi: str
    sense: str
    value: float


@dataclass(frozen=True)
class World:
    """One operation. A stage that is ``None`` is left out: orders pass on at once.

    Parameters
    ----------
    name, question
        For titles.
    currency
        Unit of every cost.
    """

    name: str
    days: Days
    demand: Demand
    staff: tuple[Role, ...] = ()
    catalog: Catalog | None = None
    processing: Processing | None = None
    inventory: Inventory | None = None
    fulfillment: Fulfillment | None = None
    delivery: Delivery | None = None
    communication: Communication | None = None
    targets: tuple[Target, ...] = ()
    currency: str = "EUR"
    question: str = ""
    assumed: tuple[str, ...] = field(default=())
