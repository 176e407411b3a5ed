"""Targets, in the order of their names."""

from __future__ import annotations

from fulfillsim.domain.world import Target, World
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.schema.root import Settings


def build_targets(settings: Settings) -> tuple[Target, ...]:
    """Targets as KPIs are judged by them."""
    return tuple(
        Target(plan.kpi or name, *plan.bound, plan.per, plan.share, tuple(sorted(plan.where.items())), name)
        for name, plan in sorted(settings.targets.items())
    )


def refuse_what_nobody_can_say(world: World) -> None:
    """Do nothing, unless a target is about something that the operation does not have.

    Raises
    ------
    ScenarioError
        With every such target, before anything runs.
    """
    from fulfillsim.kpi import find_kpi

    hint = "take the target out, or add what it is about"
    rule = "is about something that this scenario does not have"
    faults = [
        Fault(SCENARIO, None, None, f"targets.{target.label}", rule, target.kpi, hint)
        for target in world.targets
        if not find_kpi(target.kpi).applicable(world)
    ]
    if faults:
        raise ScenarioError(faults)
