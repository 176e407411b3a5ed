"""Release, picking, paths and the chain of steps."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from math import inf

from fulfillsim.domain.fulfillment import (
    Batch,
    Consolidation,
    Fulfillment,
    Path,
    PickErrors,
    Picking,
    PickZone,
    Release,
    WalkedTour,
    Wave,
)
from fulfillsim.domain.work import Condition, Range, Step, Wall, WorkTime
from fulfillsim.scenario.build.building import build_layout
from fulfillsim.scenario.build.delivery import pickup_times
from fulfillsim.scenario.build.sizes import build_cartons
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.names import (
    OTHERS,
    among,
    chain,
    client_names,
    path_names,
    pick_zone_names,
    picking_stations,
    pickup_names,
    service_names,
    zone_names,
)
from fulfillsim.scenario.schema import fulfillment as says
from fulfillsim.scenario.schema.root import Settings


def build_fulfillment(settings: Settings, timeline: Timeline) -> Fulfillment | None:
    """From acceptance to the dock, None if the scenario leaves it out."""
    plan = settings.fulfillment
    if plan is None:
        return None
    return Fulfillment(
        release=_release(settings, plan.release, timeline),
        picking=_picking(settings, plan.picking, None) if plan.picking else None,
        steps=tuple(_step(settings, name, plan.steps[name]) for name in chain(plan.steps)),
        order_priority=plan.priority,
        packaging_cost=plan.packaging_cost.amount,
        cartons=build_cartons(plan),
        cartonization=plan.carton_rule,
        paths=tuple(_path(settings, timeline, name, plan.paths[name]) for name in path_names(settings)),
    )


def _path(settings: Settings, timeline: Timeline, name: str, plan: says.Path) -> Path:
    return Path(
        name=name,
        when=_condition(settings, plan.when),
        release=_release(settings, plan.release, timeline) if plan.release else None,
        picking=_picking(settings, plan.picking, name) if plan.picking else None,
    )


def _condition(settings: Settings, plan: says.Condition) -> Condition:
    return Condition(
        lines=_range(plan.lines),
        units=_range(plan.units),
        options=tuple(sorted(plan.options.items())),
        channels=among(plan.channels, sorted(settings.demand.channels)),
        clients=among(plan.clients, client_names(settings)),
        services=among(plan.services, service_names(settings)),
        zones=among(plan.zones, zone_names(settings)),
        pick_zones=among(plan.pick_zones, pick_zone_names(settings)),
    )


def _range(plan: says.Counted | None) -> Range | None:
    return None if plan is None else (plan.least, inf if plan.most is None else plan.most)


def _release(settings: Settings, plan: says.Release, timeline: Timeline) -> Release:
    if plan.rule != "waves":
        return Release(plan.rule, lead_s=plan.lead, is_observed=plan.lead_from == "observed")
    if plan.every is not None:
        waves = [Wave(time_s) for time_s in timeline.every(plan.every)]
    else:
        working = timeline.warehouse.working
        waves = [
            Wave(time_s, _departures(settings, timeline, wave, time_s))
            for wave in plan.waves.values()
            for time_s in timeline.on_days(wave.at, working)
        ]
    waves.sort(key=lambda wave: (wave.time_s, sorted(wave.departures or ())))
    return Release("waves", tuple(waves), plan.lead)


def _departures(
    settings: Settings, timeline: Timeline, plan: says.Wave, time_s: float
) -> frozenset[tuple[int, float]] | None:
    """Next time after a wave of each pickup that it names."""
    if plan.departures is None or settings.delivery is None:
        return None
    names, carriers = pickup_names(settings), settings.delivery.carriers
    found = set()
    for index in among(plan.departures, names) or ():
        carrier, pickup = list(names.values())[index]
        times = pickup_times(timeline, carrier, carriers[carrier], pickup)
        place = bisect_right(times, time_s)
        found |= {(sorted(carriers).index(carrier), times[place])} if place < len(times) else set()
    return frozenset(found)


def _picking(settings: Settings, plan: says.Picking, path: str | None) -> Picking:
    shared = settings.fulfillment.picking if settings.fulfillment else None
    zones = plan.zones if path is None or shared is None else shared.zones | plan.zones
    times = {name: zone.time for name, zone in zones.items()}
    stations = [
        station(name, None if plan.tour else times.get(zone) or plan.time, discipline=plan.discipline)
        for zone, name in zip(pick_zone_names(settings), picking_stations(settings, path), strict=True)
    ]
    picking = Picking(
        zones=tuple(PickZone(place.name, place) for place in stations),
        batch=_batch(plan.batch),
        tour=_tour(settings, plan.tour) if plan.tour else None,
        split=plan.split,
        consolidation=_consolidation(plan, path),
        per=plan.per,
        errors=PickErrors(plan.errors.mispick, plan.errors.short, plan.errors.when_short) if plan.errors else None,
    )
    return picking if plan.sort is None else _sorted(picking, plan.sort)


def _consolidation(plan: says.Picking, path: str | None) -> Consolidation | None:
    if plan.consolidation is None:
        return None
    return Consolidation("consolidation" if path is None else f"{path}_consolidation", plan.consolidation)


def _sorted(picking: Picking, plan: says.Sorting) -> Picking:
    """Sort while picking: a tote for each order, and time to find it for each line."""

    def longer(time: WorkTime | None) -> WorkTime | None:
        return None if time is None else replace(time, per_line_s=time.per_line_s + plan.time)

    tour = picking.tour
    return replace(
        picking,
        batch=replace(picking.batch, max_orders=min(plan.totes, picking.batch.max_orders or plan.totes)),
        tour=None if tour is None else replace(tour, search_s=tour.search_s + plan.time),
        zones=tuple(
            replace(zone, station=replace(zone.station, time=longer(zone.station.time))) for zone in picking.zones
        ),
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
    return WalkedTour(layout, plan.routing, plan.setup, plan.search, plan.unit, plan.speed, plan.cv, plan.congestion)


def _step(settings: Settings, name: str, plan: says.Step) -> Step:
    only = None if plan.only is None else _condition(settings, plan.only)
    if plan.paths:
        only = replace(only or Condition(), paths=among(plan.paths, (*path_names(settings), OTHERS)))
    return Step(
        station=station(name, plan.time, discipline=plan.discipline, staffed=plan.staffed),
        rework_to=plan.rework.to if plan.rework else None,
        rework_prob=plan.rework.prob if plan.rework else 0.0,
        only=only,
        catch_prob=plan.rework.mispicks if plan.rework else 0.0,
        wall=Wall(plan.wall.positions, plan.wall.until) if plan.wall else None,
    )
