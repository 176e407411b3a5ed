"""Formulas of money: what the window cost, part by part; the total is their sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fulfillsim.kpi.carriers import carton_cost, commitment_cost, commits
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.fleet import fleet_cost
from fulfillsim.kpi.flow import YEAR_S, stock_value
from fulfillsim.kpi.journeys import Status
from fulfillsim.kpi.labor import labor_cost
from fulfillsim.kpi.measure import ratio
from fulfillsim.kpi.service import n_late_delivery

if TYPE_CHECKING:
    from fulfillsim.domain.world import World


def carrier_cost(facts: Facts) -> float:
    """What the carriers charge for the parcels that left."""
    return float(facts.column("parcels", "cost")[facts.rows("parcels")].sum())


def packaging_cost(facts: Facts) -> float:
    """Packaging and cartons of the parcels that left (of the orders, where nothing is delivered)."""
    plan, world = facts.world.fulfillment, facts.world
    n_packed = len(facts.rows("parcels" if world.delivery is not None else "shipped"))
    return plan.packaging_cost * n_packed + carton_cost(facts) if plan is not None else 0.0


def holding_cost(facts: Facts) -> float:
    """Mean value on the shelf times the yearly share, for the length of the window."""
    inventory = facts.world.inventory
    if inventory is None or not inventory.holding_cost_share_per_year:
        return 0.0
    return stock_value(facts) * inventory.holding_cost_share_per_year * facts.length_s / YEAR_S


def stockout_cost(facts: Facts) -> float:
    """Orders lost for lack of stock."""
    inventory = facts.world.inventory
    n_lost = int((facts.journeys.status[facts.rows("closed")] == Status.OUT_OF_STOCK).sum())
    return inventory.shortage_cost_per_order * n_lost if inventory is not None else 0.0


def contact_cost(facts: Facts) -> float:
    """Contacts, beside the agents' time."""
    told = facts.world.communication
    n = int(facts.inside(facts.column("contacts", "time_s")).sum())
    return told.contact_cost * n if told is not None else 0.0


def lateness_cost(facts: Facts) -> float:
    """Orders promised for the window and late."""
    delivery = facts.world.delivery
    if delivery is None:
        return 0.0
    return delivery.lateness_cost_per_order * n_late_delivery(facts, facts.rows("promised"))


PARTS: dict[str, tuple[Callable[[Facts], float], Callable[[World], bool]]] = {
    "labor": (labor_cost, lambda w: bool(w.staff)),
    "carrier": (carrier_cost, lambda w: w.delivery is not None),
    "commitment": (commitment_cost, commits),
    "fleet": (fleet_cost, lambda w: w.delivery is not None and w.delivery.fleet is not None),
    "packaging": (packaging_cost, lambda w: w.fulfillment is not None),
    "holding": (holding_cost, lambda w: w.inventory is not None and w.catalog is not None),
    "stockout": (stockout_cost, lambda w: w.inventory is not None),
    "contact": (contact_cost, lambda w: w.communication is not None),
    "lateness": (lateness_cost, lambda w: w.delivery is not None),
}
"""Part -> formula, and the scenarios that have it."""


def costs(facts: Facts) -> dict[str, float]:
    """Return every part of the cost that the scenario has."""
    return {name: formula(facts) for name, (formula, needs) in PARTS.items() if needs(facts.world)}


def total_cost(facts: Facts) -> float:
    """Sum of the parts."""
    return sum(costs(facts).values())


def cost_per_order(facts: Facts) -> float:
    """Total over the orders that left in the window."""
    return ratio(total_cost(facts), len(facts.rows("shipped")))


def cost_parts_per_order(facts: Facts) -> dict[str, float]:
    """Each part over the orders that left in the window."""
    n = len(facts.rows("shipped"))
    return {name: ratio(part, n) for name, part in costs(facts).items()}
