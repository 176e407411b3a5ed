"""Goods that customers send back."""

from __future__ import annotations

from pydantic import Field

from fulfillsim.scenario.fields import Share
from fulfillsim.scenario.schema.base import Section, usually
from fulfillsim.scenario.schema.distributions import TimeDistribution
from fulfillsim.scenario.schema.work import DISCIPLINE_HELP, Discipline, Work


class Returns(Section):
    """A share of what was delivered comes back; the station `returns` looks at it, a role needs it as a skill."""

    share: Share = Field(description="Of the orders delivered; each part of a split one counts by itself.")
    delay: TimeDistribution = Field(description="From the delivery until it is back at the dock, or asks for a van.")
    time: Work = Field(description="At the desk: per_order counts each return, per_line and per_unit what is in it.")
    discipline: Discipline = usually("fifo", description=DISCIPLINE_HELP)
    as_new: Share = usually(1, description="Of the lines that go back to the shelf (through putaway).")
    collected: Share = usually(
        0, description="Of the customers to whom own vans go: they have it fetched on the next wave's routes."
    )
