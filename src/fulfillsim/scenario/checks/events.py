"""Disruptions: each is of one kind, lies inside the run and is about something that is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.checks.stations import staffed_stations
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.events import Event
from fulfillsim.scenario.schema.root import Settings

KINDS = ("stations", "carrier", "role", "demand", "supplier")
NEEDS = {"slower": "carrier", "missing": "role", "channel": "demand", "late": "supplier"}


def check_events(settings: Settings) -> Iterator[Finding]:
    """Every event can happen."""
    for name, event in settings.events.items():
        at = ("events", name)
        kinds = [kind for kind in KINDS if getattr(event, kind) not in (None, {})]
        if len(kinds) != 1:
            said = f"has {' and '.join(kinds)}" if kinds else "says nothing that happens"
            yield Finding(at, f"{said}: an event is of one kind", f"give one of {', '.join(KINDS)}")
            continue
        for key, kind in NEEDS.items():
            if getattr(event, key) is not None and kinds != [kind]:
                yield Finding((*at, key), f"has a meaning with {kind} only", "take it out")
        yield from _time(settings, at, event)
        yield from _subject(settings, at, event)


def _time(settings: Settings, at: Path, event: Event) -> Iterator[Finding]:
    if event.until <= event.since:
        yield Finding((*at, "until"), "must come after `from`", "swap the two, or mend the date")
    first = settings.start - timedelta(days=settings.n_warm_up)
    last = settings.start + timedelta(days=settings.days - 1)
    if not first <= event.since.date() <= last:
        rule = f"lies outside the run, which is simulated from {first} and counted until {last}"
        yield Finding((*at, "from"), rule, "move it into the run")


def _subject(settings: Settings, at: Path, event: Event) -> Iterator[Finding]:
    """Names that nothing bears, and what an event of the kind has to say."""
    stations = (*staffed_stations(settings), "all")
    for station in event.stations:
        if station not in stations:
            yield unknown((*at, "stations", station), "station", station, stations)
    carriers = settings.delivery.carriers if settings.delivery else {}
    suppliers = settings.inventory.suppliers if settings.inventory else {}
    for kind, known in (
        ("carrier", carriers),
        ("role", settings.staff),
        ("supplier", suppliers),
        ("channel", settings.demand.channels),
    ):
        name = getattr(event, kind)
        if name is not None and name not in known:
            yield unknown((*at, kind), kind, name, known)
    for kind, needed, hint in (("role", "missing", "missing: 30 %"), ("supplier", "late", "late: 3 days")):
        if getattr(event, kind) is not None and getattr(event, needed) is None:
            yield Finding((*at, needed), "is missing", hint)
    if event.demand is not None:
        yield from _drawn(settings, at, event)


def _drawn(settings: Settings, at: Path, event: Event) -> Iterator[Finding]:
    """More orders come only where they are drawn by rates."""
    if settings.demand.history is not None:
        yield Finding((*at, "demand"), "has no meaning for orders replayed from a history", "take the history out")
    for name, channel in settings.demand.channels.items():
        if channel.headway is not None and event.channel in (None, name):
            rule = f"cannot change the channel {name}, which has times between arrivals"
            yield Finding((*at, "demand"), rule, "give it a rate")
