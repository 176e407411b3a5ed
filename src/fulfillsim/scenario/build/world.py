"""All sections put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from fulfillsim.domain.world import World
from fulfillsim.errors import Fault, FaultyFileError, ScenarioError
from fulfillsim.scenario.build.assembly import build_assembly, with_kits
from fulfillsim.scenario.build.beginning import begin_with
from fulfillsim.scenario.build.communication import build_communication
from fulfillsim.scenario.build.delivery import build_delivery
from fulfillsim.scenario.build.demand import build_demand
from fulfillsim.scenario.build.events import disturb
from fulfillsim.scenario.build.fulfillment import build_fulfillment
from fulfillsim.scenario.build.goods import build_catalog, daily_units
from fulfillsim.scenario.build.history import read_orders, replay
from fulfillsim.scenario.build.inventory import build_inventory
from fulfillsim.scenario.build.processing import build_processing
from fulfillsim.scenario.build.returns import build_returns
from fulfillsim.scenario.build.staff import build_staff
from fulfillsim.scenario.build.targets import build_targets, refuse_what_nobody_can_say
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.schema.root import Settings

T = TypeVar("T")


def build_world(settings: Settings, folder: Path) -> World:
    """Operation of checked settings; equal settings give an equal world, whatever the order of their keys.

    Parameters
    ----------
    folder
        Where the tables lie that the settings name.

    Raises
    ------
    ScenarioError
        With the faults of all those tables and of the order history.
    """
    faults: list[Fault] = []
    timeline = Timeline(settings)
    demand = _attempt(faults, build_demand, settings, timeline, folder)
    delivery = _attempt(faults, build_delivery, settings, timeline, folder)
    orders = _attempt(faults, read_orders, settings.demand.history, folder, settings.zone)
    is_known = orders is not None or settings.demand.history is None or _has_table(settings)
    catalog = _attempt(faults, build_catalog, settings, folder, orders) if is_known else None
    if demand is not None and orders is not None and (catalog is not None or settings.catalog is None):
        history = _attempt(faults, replay, settings, timeline, orders, catalog)
        demand = replace(demand, history=history)
    assembly = _attempt(faults, build_assembly, settings, catalog)
    if assembly is not None and catalog is not None:
        catalog = with_kits(catalog, assembly, settings)
    inventory = None
    if demand is not None and catalog is not None:
        per_day = tuple(channel.arrivals.orders_per_day(timeline.days) for channel in demand.channels)
        units = daily_units(demand, catalog, per_day)
        inventory = _attempt(faults, build_inventory, settings, timeline, folder, catalog, units, demand, assembly)
    if faults:
        raise ScenarioError(faults)
    assert demand is not None
    world = World(
        name=settings.name,
        days=timeline.days,
        demand=demand,
        staff=build_staff(settings, timeline),
        catalog=catalog,
        processing=build_processing(settings, timeline),
        inventory=inventory,
        assembly=assembly,
        fulfillment=build_fulfillment(settings, timeline),
        delivery=delivery,
        communication=build_communication(settings, timeline),
        returns=build_returns(settings),
        targets=build_targets(settings),
        currency=settings.currency,
        question=settings.question,
        assumed=tuple(f"{name}: {text}" for name, text in sorted(settings.assumed.items())),
    )
    world = disturb(begin_with(world, settings, timeline, folder), settings, timeline)
    refuse_what_nobody_can_say(world)
    return world


def _attempt(faults: list[Fault], make: Callable[..., T], *given: Any) -> T | None:
    """What ``make`` makes; its faults are gathered, so that those of the next file are told with them."""
    try:
        return make(*given)
    except FaultyFileError as error:
        faults += error.faults
        return None


def _has_table(settings: Settings) -> bool:
    return settings.catalog is not None and settings.catalog.table is not None
