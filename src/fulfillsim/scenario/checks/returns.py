"""Returns: something is delivered, vans can fetch what they should, and the warm-up knows the flow that comes back."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.units import DAY_S


def check_returns(settings: Settings) -> Iterator[Finding]:
    """All that concerns goods that come back."""
    plan = settings.returns
    if plan is None:
        return
    if settings.delivery is None:
        yield Finding(("returns",), "comes from what is delivered, and nothing is", "delivery: {carriers: ...}")
    elif plan.collected > 0 and settings.delivery.fleet is None:
        yield Finding(("returns", "collected"), "needs own vans", "delivery: {fleet: ...}, or leave it out")
    if plan.delay.mean > settings.n_warm_up * DAY_S:
        days = plan.delay.mean / DAY_S
        rule = f"is {days:.3g} days on average: in the first days that count, less comes back than usual"
        yield Finding(("returns", "delay"), rule, f"warm_up: {int(2 * days) + 1} days", is_warning=True)
