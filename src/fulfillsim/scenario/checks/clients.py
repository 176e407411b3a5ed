"""Clients: whose orders and SKUs they are, and whether their terms can be kept."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.names import service_names
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.terms import first_skus


def check_clients(settings: Settings) -> Iterator[Finding]:
    """Every order and SKU has a client, and a client with orders has goods."""
    yield from _channels(settings)
    for sku, item in (settings.catalog.items if settings.catalog else {}).items():
        if item.client is not None and item.client not in settings.clients:
            yield unknown(("catalog", "items", sku, "client"), "client", item.client, settings.clients)
    for name, client in settings.clients.items():
        for service in client.services:
            if service not in service_names(settings):
                yield unknown(("clients", name, "services", service), "service", service, service_names(settings))
        if client.communication is not None and settings.communication is None:
            hint = "communication: {notices: {confirmation: true}}"
            yield Finding(("clients", name, "communication"), "needs `communication`, which it changes", hint)


def _channels(settings: Settings) -> Iterator[Finding]:
    history = settings.demand.history
    by_column = history is not None and history.columns.client is not None
    for name, channel in settings.demand.channels.items():
        at = ("demand", "channels", name)
        if channel.client is not None and channel.client not in settings.clients:
            yield unknown((*at, "client"), "client", channel.client, settings.clients)
        elif channel.client is None and settings.clients and not by_column:
            yield Finding((*at, "client"), "is missing: there are clients", f"client: {min(settings.clients)}")
        elif channel.client is not None and channel.lines is not None:
            yield from _goods(settings, name, channel.client)


def _goods(settings: Settings, channel: str, client: str) -> Iterator[Finding]:
    catalog = settings.catalog
    if catalog is None or catalog.skus is None:
        return
    until = first_skus(settings, catalog.skus)
    place = sorted(settings.clients).index(client)
    if until[place] <= (until[place - 1] if place else 0):
        rule = f"is less than one SKU of {catalog.skus}, and the channel {channel} brings orders of this client"
        yield Finding(("clients", client, "skus"), rule, "give it a larger share, or make more SKUs")
