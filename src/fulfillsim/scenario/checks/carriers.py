"""What carriers allow and are promised, and whether it can be kept together."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.names import carrier_services, pickings, usable
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.delivery import Carrier, CarrierService
from fulfillsim.scenario.schema.fleet import FLEET
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.terms import every_terms


def check_carriers(settings: Settings) -> Iterator[Finding]:
    """Shares leave room for all parcels, services have pickups, and one desk assigns parcels to carriers."""
    plan = settings.delivery
    if plan is None:
        return
    shares = {name: carrier.max_share for name, carrier in plan.carriers.items() if name != FLEET}
    if plan.assignment is not None and sum(shares.values()) < 1 - 1e-9:
        rule = f"leaves parcels that no carrier may get: the shares sum to {sum(shares.values()):.6g}"
        yield Finding(("delivery", "carriers", min(shares), "max_share"), rule, "raise one of them")
    if plan.assignment is not None and plan.fleet is not None and not any(_share_orders(settings)):
        rule = "gets no order of own vans: no service may go with a slot of theirs and with a carrier"
        yield Finding(("delivery", "assignment"), rule, "name both among the carriers of a service", is_warning=True)
    yield from _consignments(settings)
    for name, carrier in plan.carriers.items():
        at = ("delivery", "carriers", name)
        if carrier.max_share < 1 and plan.assignment is None:
            rule = "counts only where parcels are assigned at the pickup"
            yield Finding((*at, "max_share"), rule, "assignment: optimal", is_warning=True)
        for key, service in carrier.services.items():
            yield from _pickups(carrier, service, (*at, "services", key))


def _share_orders(settings: Settings) -> Iterator[bool]:
    """For each requested service, whether own vans and carriers may both serve it."""
    products = carrier_services(settings)
    own = {name for name in products if name.startswith(f"{FLEET}/")}
    for _, service in every_terms(settings):
        chosen = set(usable(service.carriers or {}, products))
        yield bool(chosen & own) and bool(chosen - own)
    if not settings.services:
        yield True


def _consignments(settings: Settings) -> Iterator[Finding]:
    """What joins the parcels of an order needs orders in several parcels."""
    plan = settings.delivery
    assert plan is not None, "asked for where there are carriers"
    splits = _may_split(settings)
    if plan.consolidate is not None and not splits:
        rule = "has nothing to wait for: no order is split"
        yield Finding(("delivery", "consolidate"), rule, "inventory: {shortage: split}", is_warning=True)
    in_several = (plan.consolidate is not None and splits) or bool(
        settings.fulfillment and settings.fulfillment.cartons
    )
    for name, carrier in plan.carriers.items():
        for key, service in carrier.services.items():
            if service.rates.per == "consignment" and not in_several:
                path = ("delivery", "carriers", name, "services", key, "rates", "per")
                rule = "counts only where the parcels of an order leave together"
                yield Finding(path, rule, "delivery: {consolidate: 4 h}, or cartons", is_warning=True)


def _may_split(settings: Settings) -> bool:
    """Whether the rest of an order may follow by itself."""
    stock = settings.inventory
    if stock is None:
        return False
    rules: list[str] = [stock.shortage]
    rules += [stock.forward.when_empty] if stock.forward is not None else []
    rules += [stock.records.when_short] if stock.records is not None else []
    errors = [picking.errors for picking in pickings(settings).values()]
    return "split" in rules or any(found is not None and found.when_short == "backorder" for found in errors)


def _pickups(carrier: Carrier, service: CarrierService, at: Path) -> Iterator[Finding]:
    """A service goes with some pickup."""
    for name in service.pickups:
        if name not in carrier.pickups:
            yield unknown((*at, "pickups", name), "pickup", name, carrier.pickups)
    days = range(7) if service.days is None else service.days
    pickups = [carrier.pickups[name] for name in service.goes_with(carrier.pickups)]
    usual = carrier.calendar.working_days
    leaves = [pickup for pickup in pickups if pickup.every is not None or (pickup.days or usual).intersection(days)]
    if not leaves:
        yield Finding(at, "has no pickup to go with", "let one of its pickups be true, on one of its days")


def check_cartons(settings: Settings) -> Iterator[Finding]:
    """Cartons need goods with a size."""
    plan = settings.fulfillment
    if plan is None or not plan.cartons:
        return
    if settings.catalog is None:
        yield Finding(("fulfillment", "cartons"), "needs a catalog: cartons hold goods", "catalog: {skus: 1000}")
