"""Clients of a warehouse that works for several: whose goods and orders they are, and what is promised for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fulfillsim.scenario.fields import Days, Share
from fulfillsim.scenario.schema.base import Name, Section, usually
from fulfillsim.scenario.schema.communication import NoticeName
from fulfillsim.scenario.schema.distributions import TimeDistribution
from fulfillsim.scenario.schema.listed import NOTIFICATION, PROMISE
from fulfillsim.scenario.schema.processing import Cutoff


class ClientTerms(Section):
    """What is promised for a client instead of the service's own terms; what is left out stays as it is there."""

    cutoff: Cutoff | None = usually(None, description="Latest time for the day's departures, or by weekday.")
    handling: Days | None = usually(None, description="Warehouse days between cutoff and departure.")
    promise: Annotated[str | None, PROMISE] = usually(None, description="Promise policy.")
    days: Annotated[int, Field(ge=0, le=100)] | None = usually(None, description="fixed_days: working days.")
    kept: Annotated[Share, Field(gt=0)] | None = usually(None, description="quantile: chance of keeping it.")
    path_time: TimeDistribution | None = usually(None, description="quantile: from acceptance to the dock.")
    carriers: dict[Name, bool] | None = usually(None, description="Carrier services that may serve it.")


class ClientNews(Section):
    """What a client's customers are sent instead of what `communication` says; what is left out stays as there."""

    notices: dict[NoticeName, bool] | None = usually(None, description="Messages.")
    policy: Annotated[str | None, NOTIFICATION] = usually(None, description="Notification policy.")
    late_chance: Share | None = usually(None, description="proactive: chance above which a customer is warned.")


class Client(Section):
    """A client: SKUs and channels name it."""

    skus: Share = usually(0, description="Share of SKUs that are its own, where no table says; all clients sum to 1.")
    services: dict[Name, ClientTerms] = usually({}, description="Its own terms, by service.")
    communication: ClientNews | None = usually(None, description="What its customers are told.")
