"""Targets, in the order of their names."""

from __future__ import annotations

from fulfillsim.domain.world import Target
from fulfillsim.scenario.schema.root import Settings


def build_targets(settings: Settings) -> tuple[Target, ...]:
    """Targets as KPIs are judged by them."""
    return tuple(
        Target(plan.kpi or name, *plan.bound, plan.per, plan.share, tuple(sorted(plan.where.items())), name)
        for name, plan in sorted(settings.targets.items())
    )
