"""Release, picking and the chain of steps."""

from __future__ import annotations

from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release, WalkedTour
from fulfillsim.domain.work import Step
from fulfillsim.scenario.build.building import build_layout
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.names import chain, pick_zone_names
from fulfillsim.scenario.schema import fulfillment as says
from fulfillsim.scenario.schema.root import Settings


def build_fulfillment(settings: Settings, timeline: Timeline) -> Fulfillment | None:
    """From acceptance to the dock, None if the scenario leaves it out."""
    plan = settings.fulfillment
    if plan is None:
        return None
    return Fulfillment(
        release=_release(plan.release, timeline),
        picking=_picking(settings, plan.picking) if plan.picking else None,
        steps=tuple(_step(name, plan.steps[name]) for name in chain(plan.steps)),
        order_priority=plan.priority,
        packaging_cost=plan.packaging_cost.amount,
    )


def _release(plan: says.Release, timeline: Timeline) -> Release:
    if plan.every is not None:
        times = timeline.every(plan.every)
    else:
        working = timeline.warehouse.working
        times = tuple(sorted(t for clock_s in plan.waves.values() for t in timeline.on_days(clock_s, working)))
    return Release(plan.rule, times if plan.rule == "waves" else (), plan.lead)


def _picking(settings: Settings, plan: says.Picking) -> Picking:
    names = pick_zone_names(settings)
    times = {name: zone.time for name, zone in plan.zones.items()}
    return Picking(
        zones=tuple(
            PickZone(
                name,
                station(name, None if plan.tour else times.get(name) or plan.time, discipline=plan.discipline),
            )
            for name in names
        ),
        batch=_batch(plan.batch),
        tour=_tour(settings, plan.tour) if plan.tour else None,
        split=plan.split,
        per=plan.per,
    )


def _batch(plan: says.Batch) -> Batch:
    return Batch(
        plan.policy,
        plan.max_orders,
        plan.max_lines,
        plan.max_units,
        plan.max_weight,
        plan.max_volume,
        plan.min_orders,
        plan.look_ahead,
        plan.budget,
    )


def _tour(settings: Settings, plan: says.Tour) -> WalkedTour:
    assert settings.layout is not None, "checked: a walked tour has a layout"
    layout = build_layout(settings.layout)
    return WalkedTour(layout, plan.routing, plan.setup, plan.search, plan.unit, plan.speed, plan.cv)


def _step(name: str, plan: says.Step) -> Step:
    return Step(
        station=station(name, plan.time, discipline=plan.discipline, staffed=plan.staffed),
        rework_to=plan.rework.to if plan.rework else None,
        rework_prob=plan.rework.prob if plan.rework else 0.0,
        only=plan.only,
    )
