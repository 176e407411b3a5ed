"""Everything that a scenario file says, checked and compiled: what the simulation runs on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fulfillsim.domain.assembly import Assembly
from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days
from fulfillsim.domain.communication import Communication
from fulfillsim.domain.delivery import Delivery
from fulfillsim.domain.demand import Demand
from fulfillsim.domain.events import Event
from fulfillsim.domain.fulfillment import Fulfillment
from fulfillsim.domain.processing import Processing
from fulfillsim.domain.returns import Returns
from fulfillsim.domain.snapshot import Snapshot
from fulfillsim.domain.staff import Role
from fulfillsim.domain.stock import Inventory


@dataclass(frozen=True)
class Target:
    """A KPI and the value it has to reach.

    Parameters
    ----------
    sense
        ``">="`` or ``"<="``.
    per
        What the value is of: the whole run, each week (seven days from the window's first) or each day.
    share
        ``None`` for a mean constraint (the expected value keeps the bound); else a chance constraint: in this share of
        the runs, weeks or days the value keeps it.
    where
        Labels of the orders or parcels it is about: ``(("carrier", "north"),)``.
    name
        As the file calls it; empty for the KPI's own.
    """

    kpi: str
    sense: str
    value: float
    per: Literal["run", "week", "day"] = "run"
    share: float | None = None
    where: tuple[tuple[str, str], ...] = ()
    name: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is about the expected value of the KPI as tables show it."""
        return self.per == "run" and self.share is None and not self.where

    @property
    def label(self) -> str:
        """What it is called."""
        return self.name or self.kpi

    def keeps(self, value: float) -> bool:
        """Whether a value is on the right side of the bound."""
        return value >= self.value if self.sense == ">=" else value <= self.value


@dataclass(frozen=True)
class World:
    """One operation. A stage that is ``None`` is left out: orders pass on at once.

    Parameters
    ----------
    name, question
        For titles.
    currency
        Unit of every cost.
    events, undisturbed
        Disruptions, and the same operation without them; both are missing where nothing goes wrong.
    snapshot
        What is open when the run begins; ``None`` where it begins with nothing, or with a warm-up.
    """

    name: str
    days: Days
    demand: Demand
    staff: tuple[Role, ...] = ()
    catalog: Catalog | None = None
    processing: Processing | None = None
    inventory: Inventory | None = None
    assembly: Assembly | None = None
    fulfillment: Fulfillment | None = None
    delivery: Delivery | None = None
    communication: Communication | None = None
    returns: Returns | None = None
    targets: tuple[Target, ...] = ()
    currency: str = "EUR"
    question: str = ""
    assumed: tuple[str, ...] = field(default=())
    events: tuple[Event, ...] = ()
    undisturbed: World | None = field(default=None, repr=False)
    snapshot: Snapshot | None = field(default=None, repr=False)
