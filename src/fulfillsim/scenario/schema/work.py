"""How long work takes, and the station at which it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from fulfillsim.scenario.fields import Duration
from fulfillsim.scenario.schema.base import Section, usually
from fulfillsim.scenario.schema.distributions import TimeDistribution


class WorkParts(Section):
    """Time built from what an order holds: the sum of the parts, times a random shape with mean 1."""

    per_order: Duration = usually("0s", description="For each order.")
    per_line: Duration = usually("0s", description="For each order line.")
    per_unit: Duration = usually("0s", description="For each unit.")
    per_gift: Duration = usually("0s", description="For an order that is a gift.")
    cv: float = usually(0.0, ge=0, le=30, description="Coefficient of variation of the shape; 0 is none.")
    family: Literal["gamma", "lognormal", "weibull"] = usually("gamma", description="Of the shape.")


def _which(value: Any) -> str:
    if isinstance(value, WorkParts):
        return "parts"
    keys = set(value) if isinstance(value, Mapping) else set()
    return "parts" if keys & WorkParts.model_fields.keys() else "distribution"


Work = Annotated[
    Annotated[WorkParts, Tag("parts")] | Annotated[TimeDistribution, Tag("distribution")], Discriminator(_which)
]
"""Time of a piece of work: "45s", a distribution, or parts per order, line and unit."""

Discipline = Literal["fifo", "priority", "preemptive", "shortest"]
DISCIPLINE_HELP = (
    "fifo; priority (smaller class first); preemptive (an urgent arrival interrupts); shortest (least work first)."
)
