"""Own vans, their waves and slots, and where the customers of each zone live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np

from fulfillsim.domain.delivery import Delivery
from fulfillsim.domain.fleet import Fleet, FleetWave, Rest, Slot, Van
from fulfillsim.sampling.distributions import Distribution, make
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.ways import Listed, read_ways
from fulfillsim.scenario.names import carrier_services, zone_names
from fulfillsim.scenario.places import Map
from fulfillsim.scenario.schema import fleet as says
from fulfillsim.scenario.schema.root import Settings

HOUR_S = 3600.0
KM_M = 1000.0


def with_fleet(delivery: Delivery, settings: Settings, timeline: Timeline, folder: Path) -> Delivery:
    """The delivery with its own vans, whose services leave with their waves and arrive by the end of their slots."""
    plan = settings.delivery.fleet if settings.delivery else None
    if plan is None:
        return delivery
    names = list(carrier_services(settings))
    slots = tuple(
        Slot(name, names.index(f"{says.FLEET}/{name}"), slot.hours.from_s, slot.hours.until_s)
        for name, slot in sorted(plan.slots.items())
    )
    waves = _waves(plan, timeline)
    services = list(delivery.services)
    for number, slot in enumerate(slots):
        departures = tuple(wave.time_s for wave in waves if number in wave.slots)
        services[slot.lane] = replace(services[slot.lane], departures_s=departures, until_s=slot.closes_s)
    carrier = services[slots[0].lane].carrier
    found = _fleet(plan, settings, carrier, slots, waves, timeline, folder)
    return replace(delivery, services=tuple(services), fleet=found)


def _fleet(
    plan: says.Fleet,
    settings: Settings,
    carrier: int,
    slots: tuple[Slot, ...],
    waves: tuple[FleetWave, ...],
    timeline: Timeline,
    folder: Path,
) -> Fleet:
    nowhere, listed = (np.nan, np.nan, np.nan), None if plan.ways is None else Listed(plan, settings)
    on_map = Map(plan.depot) if listed is None else listed
    spread = 1.0 if listed is None else 0.0
    lies = {name: (*on_map(zone, name), spread * zone.spread) for name, zone in plan.zones.items()}
    zones = np.array([lies.get(name, nowhere) for name in zone_names(settings)])
    return Fleet(
        carrier=carrier,
        slots=slots,
        vans=tuple(van for name in sorted(plan.vans) for van in _vans(name, plan.vans[name], on_map)),
        waves=waves,
        depot_m=on_map(plan.depot, says.DEPOT),
        zone_m=zones[:, :2],
        spread_m=zones[:, 2],
        travel=noise(1.0, plan.travel_cv),
        at_door=noise(plan.at_door, plan.at_door_cv),
        speed_m_per_s=plan.speed,
        circuity=plan.circuity,
        failed_attempt_prob=plan.failed_attempt,
        n_attempts=plan.attempts,
        solver=plan.solver,
        budget=plan.budget,
        replan_after_s=None if plan.replan_after == "never" else plan.replan_after,
        insert_cost=None if plan.insert_up_to is None else plan.insert_up_to.amount,
        tell_after_s=plan.tell_after,
        speeds=tuple(_speeds(plan, timeline)),
        latitude_deg=plan.depot.lat,
        loading_s=plan.loading,
        ways=None if plan.ways is None or listed is None else read_ways(plan, plan.ways, listed, folder),
    )


def _speeds(plan: says.Fleet, timeline: Timeline) -> Iterator[tuple[float, float]]:
    """(second, factor) wherever the speed changes; nothing where it never does."""
    if all(factor == 1.0 for day in plan.speeds for factor in day):
        return
    known = None
    for day in range(len(timeline.days)):
        for hour, factor in enumerate(plan.speeds[timeline.days.weekday(day)]):
            if factor != known:
                second = timeline.second(day, hour * HOUR_S)
                yield (0.0 if known is None else second), factor
                known = factor


def noise(mean: float, cv: float) -> Distribution:
    """Gamma law, or the mean itself where nothing varies."""
    return make("gamma", mean=mean, cv=cv) if cv else make("deterministic", mean=mean)


def _vans(name: str, plan: says.Van, on_map: Map | Listed) -> list[Van]:
    return [
        Van(
            name=f"{name} {number + 1}",
            capacity=(float(plan.parcels), plan.weight, plan.volume),
            from_s=plan.shift.from_s,
            until_s=plan.shift.until_s,
            cost_per_m=plan.cost_per_km.amount / KM_M,
            cost_per_s=plan.cost_per_h.amount / HOUR_S,
            cost_per_day=plan.cost_per_day.amount,
            overtime_per_s=plan.overtime_per_h.amount / HOUR_S,
            rests=_rests(plan),
            most_m=inf if plan.max_distance is None else plan.max_distance,
            starts_m=None if plan.starts is None else on_map(plan.starts),
            ends_m=None if plan.ends is None else on_map(plan.ends),
            reloads=plan.reloads,
        )
        for number in range(plan.count)
    ]


def _rests(plan: says.Van) -> tuple[Rest, ...]:
    """Breaks by the time from which they may be taken."""
    rests = (Rest(rest.time, rest.between.from_s, rest.between.until_s) for rest in plan.breaks.values())
    return tuple(sorted(rests, key=lambda rest: (rest.from_s, rest.until_s)))


def _waves(plan: says.Fleet, timeline: Timeline) -> tuple[FleetWave, ...]:
    """All waves by time; each knows the slots that it serves on its weekday."""
    calendar = timeline.calendar(says.FLEET, plan.calendar).working
    found = []
    for day in range(len(timeline.days)):
        weekday = timeline.days.weekday(day)
        for time_s, slots in says.serving(plan, weekday).items() if calendar[day] else ():
            second = timeline.second(day, time_s)
            found.append(FleetWave(second, second - plan.close_out, day, slots))
    return tuple(found)
