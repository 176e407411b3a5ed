"""What a scenario must have for a KPI to say something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fulfillsim.kpi import labor, record_accuracy, slots

if TYPE_CHECKING:
    from fulfillsim.domain.world import World


def delivers(world: World) -> bool:
    """Parcels are handed to carriers."""
    return world.delivery is not None


def promises(world: World) -> bool:
    """Customers are told a date."""
    return world.delivery is not None and world.processing is not None and bool(world.processing.promises)


def drives(world: World) -> bool:
    """Own vans bring parcels."""
    return world.delivery is not None and world.delivery.fleet is not None


def consolidates(world: World) -> bool:
    """Parts of an order wait at the dock for each other."""
    return world.delivery is not None and world.delivery.consolidate_s is not None


def outsources(world: World) -> bool:
    """Own vans may hand parcels over to carriers."""
    return drives(world) and world.delivery is not None and world.delivery.assignment is not None


def stocked(world: World) -> bool:
    """Goods can run out."""
    return world.inventory is not None


def priced(world: World) -> bool:
    """Goods can run out and have a price."""
    return world.inventory is not None and world.catalog is not None


def shared(world: World) -> bool:
    """Goods of several clients are stored."""
    return priced(world) and len(world.demand.clients) > 1


def staffed(world: World) -> bool:
    """People work here."""
    return bool(world.staff)


def absent(world: World) -> bool:
    """People may not come."""
    return any(role.absence is not None for role in world.staff)


def errs(world: World) -> bool:
    """Pickers may take wrong goods or not find them."""
    plan = world.fulfillment
    erring = plan is not None and any(picking.errors is not None for picking in plan.pickings)
    return picks(world) and (erring or slots.has_slots(world) or record_accuracy.may_differ(world))


def picks(world: World) -> bool:
    """Goods are picked on tours, by people."""
    return staffed(world) and bool(labor.picking_stations(world))


def walks(world: World) -> bool:
    """Pickers walk through a layout."""
    plan = world.fulfillment
    return plan is not None and any(picking.tour is not None for picking in plan.pickings)


def fulfills(world: World) -> bool:
    """There is work between release and the dock."""
    return staffed(world) and bool(labor.fulfillment_stations(world))


def informs(world: World) -> bool:
    """Customers are told things and ask."""
    return world.communication is not None


def disturbed(world: World) -> bool:
    """Something goes wrong."""
    return bool(world.events)


def keeps_word(world: World) -> bool:
    """Customers are told a date, and things after it."""
    return promises(world) and informs(world)


def answers(world: World) -> bool:
    """Agents take calls."""
    return bool(labor.agent_stations(world))
