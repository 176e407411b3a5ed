"""Which stations a scenario has, read off its sections without building anything."""

from __future__ import annotations

from typing import NamedTuple

from fulfillsim.scenario.names import RETURNS, bench_names, picking_stations
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.root import Settings


class Place(NamedTuple):
    """A station that needs people: where the file says so."""

    name: str
    path: Path


def staffed_stations(settings: Settings) -> dict[str, Path]:
    """Every station that roles can serve, and the path that makes it."""
    places = [*_receipt(settings), *_inside(settings)]
    return {place.name: place.path for place in reversed(places)}


def _receipt(settings: Settings) -> list[Place]:
    found = [
        Place(channel.capture.station or name, ("demand", "channels", name, "capture"))
        for name, channel in settings.demand.channels.items()
        if channel.capture is not None
    ]
    if settings.processing and settings.processing.manual:
        found.append(Place("verification", ("processing", "manual")))
    if settings.communication and settings.communication.contact:
        found.append(Place(settings.communication.contact.station, ("communication", "contact")))
    return found


def _inside(settings: Settings) -> list[Place]:
    found: list[Place] = []
    stock, plan = settings.inventory, settings.fulfillment
    for name in ("receiving", "putaway"):
        if stock is not None and getattr(stock, name) is not None:
            found.append(Place(name, ("inventory", name)))
    if stock is not None and stock.forward is not None:
        found.append(Place("replenishment", ("inventory", "forward")))
    if stock is not None and stock.records is not None and stock.records.counts is not None:
        found.append(Place("counting", ("inventory", "records", "counts")))
    found += _benches(settings)
    if settings.returns is not None:
        found.append(Place(RETURNS, ("returns",)))
    if plan is None:
        return found
    if plan.picking is not None:
        at: Path = ("fulfillment", "picking")
        found += [Place(name, (*at, "zones", name)) for name in plan.picking.zones] or [Place("picking", at)]
    for path, own in plan.paths.items():
        if own.picking is not None:
            where = ("fulfillment", "paths", path, "picking")
            found += [Place(name, where) for name in picking_stations(settings, path)]
    found += [Place(name, ("fulfillment", "steps", name)) for name, step in plan.steps.items() if step.staffed]
    return found


def _benches(settings: Settings) -> list[Place]:
    said = settings.assembly.benches if settings.assembly is not None else {}
    at: Path = ("assembly",)
    return [Place(name, (*at, "benches", name) if name in said else at) for name in bench_names(settings)]
