"""All sections put together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fulfillsim.domain.world import Target, World
from fulfillsim.scenario.build.communication import build_communication
from fulfillsim.scenario.build.delivery import build_delivery
from fulfillsim.scenario.build.demand import build_demand, mean_orders_per_day
from fulfillsim.scenario.build.fulfillment import build_fulfillment
from fulfillsim.scenario.build.goods import build_catalog, daily_units
from fulfillsim.scenario.build.history import lines_by_sku, read_orders, replay
from fulfillsim.scenario.build.inventory import build_inventory
from fulfillsim.scenario.build.processing import build_processing
from fulfillsim.scenario.build.staff import build_staff
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.schema.root import Settings


def build_world(settings: Settings, folder: Path) -> World:
    """Operation of checked settings; equal settings give an equal world, whatever the order of their keys.

    Parameters
    ----------
    folder
        Where the tables lie that the settings name.

    Raises
    ------
    ScenarioError
        With the faults of those tables.
    """
    timeline = Timeline(settings)
    demand = build_demand(settings, timeline, folder)
    orders = read_orders(settings, folder)
    catalog = build_catalog(settings, folder, lines_by_sku(orders))
    if orders is not None:
        demand = replace(demand, history=replay(settings, timeline, orders, catalog))
    inventory = None
    if catalog is not None:
        per_day = mean_orders_per_day(demand, timeline.days.end_s)
        inventory = build_inventory(settings, timeline, folder, catalog, daily_units(demand, catalog, per_day))
    return World(
        name=settings.name,
        days=timeline.days,
        demand=demand,
        staff=build_staff(settings, timeline),
        catalog=catalog,
        processing=build_processing(settings, timeline),
        inventory=inventory,
        fulfillment=build_fulfillment(settings, timeline),
        delivery=build_delivery(settings, timeline, folder),
        communication=build_communication(settings),
        targets=tuple(Target(kpi, *settings.targets[kpi]) for kpi in sorted(settings.targets)),
        currency=settings.currency,
        question=settings.question,
        assumed=tuple(f"{name}: {text}" for name, text in sorted(settings.assumed.items())),
    )
