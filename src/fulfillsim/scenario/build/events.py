"""Disruptions laid over a world: each changes the plan it is about, so that a run without events pays nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fulfillsim.domain.delivery import Carrier, Delivery, Departure
from fulfillsim.domain.demand import Arrivals, Demand
from fulfillsim.domain.events import Delay, Event
from fulfillsim.domain.staff import Duty, Role, Shift
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.world import World
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.schema import events as says
from fulfillsim.scenario.schema.root import Settings

ALL = "all"


def disturb(world: World, settings: Settings, timeline: Timeline) -> World:
    """The world with its events; what it would be without them stays in ``undisturbed``."""
    if not settings.events:
        return world
    disturbed = world
    for name, plan in sorted(settings.events.items()):
        event = Event(name, timeline.moment(plan.since), timeline.moment(plan.until), _closes(plan))
        disturbed = replace(_with(disturbed, plan, event), events=(*disturbed.events, event))
    return replace(disturbed, undisturbed=world)


def _closes(plan: says.Event) -> frozenset[str] | None:
    named = frozenset(name for name, closed in plan.stations.items() if closed)
    return named or None


def _with(world: World, plan: says.Event, event: Event) -> World:
    """The world in which one event changes what it is about."""
    if plan.carrier is not None and world.delivery is not None:
        return replace(world, delivery=_carrier(world.delivery, plan, event))
    if plan.role is not None:
        return replace(world, staff=tuple(_role(role, plan, event) for role in world.staff))
    if plan.demand is not None:
        return replace(world, demand=_demand(world.demand, plan, event))
    if plan.supplier is not None and world.inventory is not None:
        return replace(world, inventory=_supplier(world.inventory, plan, event))
    return world


def _carrier(delivery: Delivery, plan: says.Event, event: Event) -> Delivery:
    def changed(carrier: Carrier) -> Carrier:
        if carrier.name != plan.carrier:
            return carrier
        if plan.slower is not None:
            return replace(carrier, delays=(*carrier.delays, Delay(event.start_s, event.end_s, plan.slower)))
        return replace(carrier, departures=tuple(_skipped(departure, event) for departure in carrier.departures))

    return replace(delivery, carriers=tuple(map(changed, delivery.carriers)))


def _skipped(departure: Departure, event: Event) -> Departure:
    """A truck that takes nothing, since it does not come: nobody knows that before."""
    return replace(departure, capacity=0) if event.start_s <= departure.time_s < event.end_s else departure


def _role(role: Role, plan: says.Event, event: Event) -> Role:
    if role.name != plan.role:
        return role
    shifts = [part for shift in role.shifts for part in _parts(shift, plan.missing or 0.0, event)]
    return replace(role, shifts=tuple(sorted(shifts, key=lambda shift: event.name in shift.name)))


def _parts(shift: Shift, missing: float, event: Event) -> Iterator[Shift]:
    """Those who come, and those who do not while the event lasts (behind the others, whose numbers stay)."""
    n_missing = int(shift.headcount * missing + 0.5)
    touched = any(duty.start_s < event.end_s and duty.end_s > event.start_s for duty in shift.duties)
    if not n_missing or not touched:
        yield shift
        return
    duties = tuple(part for duty in shift.duties for part in outside(duty, event))
    yield replace(shift, headcount=shift.headcount - n_missing)
    yield replace(shift, name=f"{shift.name} ({event.name})", headcount=n_missing, duties=duties)


def outside(duty: Duty, event: Event) -> Iterator[Duty]:
    """What is left of a duty before and after an event."""
    spans = ((duty.start_s, min(duty.end_s, event.start_s)), (max(duty.start_s, event.end_s), duty.end_s))
    for start_s, end_s in spans:
        if end_s > start_s:
            inside = tuple(pause for pause in duty.breaks if start_s <= pause.start_s and pause.end_s <= end_s)
            yield replace(duty, start_s=start_s, end_s=end_s, breaks=inside)


def _demand(demand: Demand, plan: says.Event, event: Event) -> Demand:
    factor = plan.demand
    assert factor is not None
    channels = tuple(
        replace(channel, arrivals=surge(channel.arrivals, factor, event))
        if plan.channel in (None, channel.name)
        else channel
        for channel in demand.channels
    )
    return replace(demand, channels=channels)


def surge(plan: Arrivals, factor: float, event: Event) -> Arrivals:
    """Rates times a factor inside the event; pieces of rates are cut where it begins and ends."""
    inside = [s for s in (event.start_s, event.end_s) if plan.edges_s[0] < s < plan.edges_s[-1]]
    edges_s = np.union1d(plan.edges_s, inside)
    old = np.searchsorted(plan.edges_s, edges_s[:-1], side="right") - 1
    share = np.diff(edges_s) / np.diff(plan.edges_s)[old]
    during = (edges_s[:-1] >= event.start_s) & (edges_s[:-1] < event.end_s)
    return replace(plan, edges_s=edges_s, expected=plan.expected[old] * share * np.where(during, factor, 1.0))


def _supplier(inventory: Inventory, plan: says.Event, event: Event) -> Inventory:
    late = Delay(event.start_s, event.end_s, plan.late or 0.0)
    suppliers = tuple(
        replace(supplier, delays=(*supplier.delays, late)) if supplier.name == plan.supplier else supplier
        for supplier in inventory.suppliers
    )
    return replace(inventory, suppliers=suppliers)
