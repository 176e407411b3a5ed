"""A world that begins with a snapshot: nothing is in it that would happen before, and the people are those there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fulfillsim.domain.delivery import Delivery
from fulfillsim.domain.demand import Channel
from fulfillsim.domain.events import Event
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.staff import Duty, Role, Shift
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.world import World
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build.events import outside, surge
from fulfillsim.scenario.build.snapshot import Heads, read_on_hand, read_people, read_snapshot
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.schema.root import Settings


def begin_with(world: World, settings: Settings, timeline: Timeline, folder: Path) -> World:
    """The world with the snapshot that the settings name; as it is without one.

    Raises
    ------
    ScenarioError
        With all faults of all its tables.
    """
    plan = settings.snapshot
    if plan is None:
        return world
    faults: list[Fault] = []
    snapshot = read_snapshot(world, plan, timeline, folder, faults)
    people = read_people(world, plan, folder, faults)
    begun = _from(world, timeline.days.begin_s, people)
    if world.inventory is not None and begun.inventory is not None:
        on_hand = read_on_hand(world, plan, folder, faults, snapshot)
        begun = replace(begun, inventory=replace(begun.inventory, on_hand=on_hand, start="snapshot"))
    if faults:
        raise ScenarioError(faults)
    return replace(begun, snapshot=snapshot)


def _from(world: World, at_s: float, people: list[Heads]) -> World:
    """The same operation from a moment on."""
    before = Event("before the run", 0.0, at_s)
    channels = tuple(_channel(channel, before) for channel in world.demand.channels)
    return replace(
        world,
        demand=replace(world.demand, channels=channels),
        staff=tuple(_role(role, before, people) for role in world.staff),
        inventory=world.inventory and _inventory(world.inventory, at_s),
        fulfillment=world.fulfillment and _fulfillment(world.fulfillment, at_s),
        delivery=world.delivery and _delivery(world.delivery, at_s),
    )


def _channel(channel: Channel, before: Event) -> Channel:
    arrivals = channel.arrivals if channel.arrivals.headway else surge(channel.arrivals, 0.0, before)
    drops = tuple(time_s for time_s in channel.drop_times_s if time_s >= before.end_s)
    return replace(channel, arrivals=arrivals, drop_times_s=drops)


def _inventory(plan: Inventory, at_s: float) -> Inventory:
    return replace(plan, review_times_s=tuple(time_s for time_s in plan.review_times_s if time_s >= at_s))


def _fulfillment(plan: Fulfillment, at_s: float) -> Fulfillment:
    def later(release: Release | None) -> Release | None:
        return release and replace(release, waves=tuple(wave for wave in release.waves if wave.time_s >= at_s))

    release = later(plan.release)
    assert release is not None
    return replace(
        plan, release=release, paths=tuple(replace(path, release=later(path.release)) for path in plan.paths)
    )


def _delivery(plan: Delivery, at_s: float) -> Delivery:
    carriers = tuple(
        replace(carrier, departures=tuple(each for each in carrier.departures if each.time_s >= at_s))
        for carrier in plan.carriers
    )
    services = tuple(
        product
        if product.departures_s is None
        else replace(product, departures_s=tuple(time_s for time_s in product.departures_s if time_s >= at_s))
        for product in plan.services
    )
    return replace(plan, carriers=carriers, services=services)


def _role(role: Role, before: Event, people: list[Heads]) -> Role:
    return replace(role, shifts=tuple(_shift(role, shift, before, people) for shift in role.shifts))


def _shift(role: Role, shift: Shift, before: Event, people: list[Heads]) -> Shift:
    """What is left of a shift's duties; the one that is going on has the heads that are known to be there."""
    heads = next((each.heads for each in people if (each.role, each.shift) == (role.name, shift.name)), None)
    duties = tuple(part for duty in shift.duties for part in _duties(duty, before, heads))
    most = max([shift.headcount, *(duty.heads for duty in duties if duty.heads is not None)])
    if most > shift.headcount:
        duties = tuple(replace(d, heads=shift.headcount) if d.heads is None else d for d in duties)
    return replace(shift, headcount=most, duties=duties)


def _duties(duty: Duty, before: Event, heads: int | None) -> Iterator[Duty]:
    going_on = duty.start_s <= before.end_s < duty.end_s
    for part in outside(duty, before):
        if part.start_s >= before.end_s:
            yield part if heads is None or not going_on else replace(part, heads=heads, is_known=True)
