"""Goods that customers send back."""

from __future__ import annotations

from fulfillsim.domain.returns import Returns
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.names import RETURNS
from fulfillsim.scenario.schema.root import Settings


def build_returns(settings: Settings) -> Returns | None:
    """What comes back, None if the scenario says nothing of it."""
    plan = settings.returns
    if plan is None:
        return None
    desk = station(RETURNS, plan.time, discipline=plan.discipline)
    return Returns(plan.share, plan.delay, desk, plan.as_new, plan.collected)
