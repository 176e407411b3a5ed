"""Names that must be borne by something, and shares that must sum to 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.checks.walking import walk
from fulfillsim.scenario.names import ALL, called, carrier_services, service_names, zone_names
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.goods import Inventory
from fulfillsim.scenario.schema.listed import Listed
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.terms import every_terms

BY_SHARE = "by_share"
"""`fulfillsim.policies.supplier_choice.BY_SHARE`, written down so that checking stays light."""


def check_names(settings: Settings) -> Iterator[Finding]:
    """Zones, services, channels and carriers that are named and not there."""
    zones, services = zone_names(settings), service_names(settings)
    channels = settings.demand.channels
    for name, channel in channels.items():
        at = ("demand", "channels", name)
        yield from _among(channel.zone_shares, (*at, "zone_shares"), "zone", zones)
        yield from _among(channel.service_shares, (*at, "service_shares"), "service", services)
    for date_, special in settings.demand.special_days.items():
        yield from _among(
            special.channels, ("demand", "special_days", date_.isoformat(), "channels"), "channel", channels
        )
    history = settings.demand.history
    if history is not None and history.channel is not None and history.channel not in channels:
        yield unknown(("demand", "history", "channel"), "channel", history.channel, channels)
    for name, hold in (settings.processing.holds if settings.processing else {}).items():
        yield from _among(hold.channels, ("processing", "holds", name, "channels"), "channel", channels)
    yield from _carriers(settings)
    yield from _delivery(settings, zones)
    yield from _policies(settings)


def _carriers(settings: Settings) -> Iterator[Finding]:
    """Carrier services of a service; a carrier with one service may stand for it."""
    products = carrier_services(settings)
    for where, service in every_terms(settings):
        at = (*where, "carriers")
        said: dict[str, str] = {}
        for key in service.carriers:
            meant = called(key, products)
            if not meant:
                yield unknown((*at, key), "carrier service", key, products)
            elif len(meant) > 1:
                rule = f"names the carrier {key}, which has {len(meant)} services"
                yield Finding((*at, key), rule, f"name one of {', '.join(meant)}")
            elif said.setdefault(meant[0], key) != key:
                yield Finding((*at, key), f"names {meant[0]} again, after {said[meant[0]]}", "keep one of the two")


def _delivery(settings: Settings, zones: Iterable[str]) -> Iterator[Finding]:
    for carrier, plan in (settings.delivery.carriers if settings.delivery else {}).items():
        for name, service in plan.services.items():
            at = ("delivery", "carriers", carrier, "services", name)
            if isinstance(service.transit, dict):
                yield from _among(service.transit, (*at, "transit"), "zone", zones)
            yield from _among(service.rates.zones, (*at, "rates", "zones"), "zone", (*zones, ALL))


def _policies(settings: Settings) -> Iterator[Finding]:
    for path, name, field in walk(settings):
        if field is None or not isinstance(name, str) or name == field.default:
            continue
        for listed in field.metadata:
            if isinstance(listed, Listed) and name not in listed.names():
                yield unknown(path, listed.kind, name, listed.names())


def _among(given: Iterable[str], path: Path, kind: str, known: Iterable[str]) -> Iterator[Finding]:
    names = list(known)
    for name in given:
        if name not in names:
            yield unknown((*path, name), kind, name, names)


def check_shares(settings: Settings) -> Iterator[Finding]:
    """Shares of a whole."""
    yield from _whole(("zones",), {name: zone.share for name, zone in settings.zones.items()})
    yield from _whole(("services",), {name: service.share for name, service in settings.services.items()})
    for name, channel in settings.demand.channels.items():
        at = ("demand", "channels", name)
        yield from _whole((*at, "zone_shares"), channel.zone_shares)
        yield from _whole((*at, "service_shares"), channel.service_shares)
        yield from _whole((*at, "priorities"), {key: c.share for key, c in channel.priorities.items()})
    if settings.catalog is not None and settings.catalog.skus is not None:
        yield from _whole(("clients",), {name: client.skus for name, client in settings.clients.items()})
    if settings.inventory:
        yield from _supplied(settings.inventory)
    picking = settings.fulfillment.picking if settings.fulfillment else None
    if picking:
        yield from _whole(("fulfillment", "picking", "zones"), {n: z.share for n, z in picking.zones.items()})
    for carrier, plan in (settings.delivery.carriers if settings.delivery else {}).items():
        for name, service in plan.services.items():
            yield from _whole(("delivery", "carriers", carrier, "services", name, "late"), service.late)


def _supplied(stock: Inventory) -> Iterator[Finding]:
    """Shares of SKUs that suppliers have where nobody chooses, and of the parts in which they deliver."""
    if stock.table is None and stock.sourcing.policy == BY_SHARE:
        yield from _whole(("inventory", "suppliers"), {name: s.share for name, s in stock.suppliers.items()})
    for name, supplier in stock.suppliers.items():
        parts = {part: plan.share for part, plan in supplier.parts.items()}
        yield from _whole(("inventory", "suppliers", name, "parts"), parts)


def _whole(path: Path, shares: Mapping[Any, float]) -> Iterator[Finding]:
    total = sum(shares.values())
    if shares and abs(total - 1) > 1e-6:
        yield Finding(path, f"shares must sum to 1, here {total:.6g}", "mend one of them")
