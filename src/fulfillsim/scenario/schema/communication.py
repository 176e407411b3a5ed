"""What customers are told, and when they ask."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fulfillsim.scenario.fields import Amount, Duration, PositiveDuration, Share
from fulfillsim.scenario.schema.base import Name, Section, usually
from fulfillsim.scenario.schema.distributions import TimeDistribution
from fulfillsim.scenario.schema.listed import NOTIFICATION
from fulfillsim.scenario.schema.work import Work

NoticeName = Literal["confirmation", "shipped", "out_for_delivery", "delivered", "eta_change", "delay"]


class Contact(Section):
    """Customers who ask, and the agents who answer."""

    time: Work = Field(description="Per contact.")
    station: Name = usually("contact", description="The station of a phone channel makes one queue.")
    patience: TimeDistribution | None = usually(None, description="After it a waiting customer leaves.")
    late: Share = usually(0, description="Chance that a customer asks when the promise has passed.")
    later: Share = usually(0, description="Chance on each further day of lateness, of those who have not asked.")
    noticed_factor: float = usually(0.5, ge=0, le=1, description="On these chances after a delay notice.")
    silence: PositiveDuration | None = usually(None, description="Time without news after which some ask.")
    silent: Share = usually(0, description="Chance that such a customer asks.")
    delay: Duration = usually("2h", description="Mean time from the reason to the contact.")
    cost: Amount = usually(0, description="Per contact, beside the agent's time.")


class Communication(Section):
    """Notices and contacts."""

    notices: dict[NoticeName, bool] = usually({}, description="{confirmation: true, delay: true}")
    policy: Annotated[str, NOTIFICATION] = usually(
        "milestones",
        description="Which of them go out, and when a delay is told: when it is a fact, or when it is likely.",
    )
    late_chance: Share = usually(
        "30 %", description="proactive: chance of being late above which a customer is warned."
    )
    every: PositiveDuration = usually("1h", description="proactive: how often all open orders are looked at.")
    contact: Contact | None = usually(None, description="Left out: nobody asks.")
