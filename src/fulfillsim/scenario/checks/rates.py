"""Rate cards written in a scenario: a price for every zone, surcharges of one kind with dates in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.rates import COLUMNS, RateTable, Surcharge
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.units import Money


def check_rate_cards(settings: Settings) -> Iterator[Finding]:
    """Every service of every carrier has a price wherever it goes."""
    for carrier, plan in (settings.delivery.carriers if settings.delivery else {}).items():
        for name, service in plan.services.items():
            path = ("delivery", "carriers", carrier, "services", name, "rates")
            served = settings.zones if isinstance(service.transit, int) else service.transit
            yield from check_card(service.rates, served, path)


def check_card(rates: RateTable, served: Iterable[str], path: Path) -> Iterator[Finding]:
    """A card has prices, for all zones ``served``, and says about its file and surcharges what can be."""
    if rates.file is None:
        yield from _inline(rates, served, path)
    yield from _table(rates, path)
    for key, extra in rates.surcharges.items():
        yield from _surcharge(extra, (*path, "surcharges", key))


def _inline(rates: RateTable, served: Iterable[str], path: Path) -> Iterator[Finding]:
    if not all(rates.zones.values()) or not rates.zones:
        yield Finding(path, "must have a price", 'zones: {all: {"5 kg": 4.90 EUR}}')
    missing = [zone for zone in served if zone not in rates.zones and "all" not in rates.zones]
    if missing:
        yield Finding((*path, "zones"), f"has no price for {', '.join(missing)}", "add it, or a zone `all`")


def _table(rates: RateTable, path: Path) -> Iterator[Finding]:
    for name in rates.columns:
        if name not in COLUMNS:
            yield unknown((*path, "columns", name), "column of a rate card", name, COLUMNS)
    said = [name for name in ("columns", "where", "places") if getattr(rates, name)]
    if said and rates.file is None:
        yield Finding((*path, said[0]), "is about a file, and there is none", "file: rates.csv")


def _surcharge(extra: Surcharge, path: Path) -> Iterator[Finding]:
    kinds = [name for name in ("share", "per_parcel", "per_kg") if getattr(extra, name) is not None]
    if len(kinds) != 1:
        said = " and ".join(kinds) or "none"
        yield Finding(path, f"must have one of share, per_parcel, per_kg, here {said}", "per_parcel: 0.80 EUR")
    if extra.since is not None and extra.until is not None and extra.until < extra.since:
        yield Finding((*path, "until"), f"is {extra.until}, before `from` {extra.since}", "swap them")


def money_of(rates: RateTable, path: Path) -> Iterator[tuple[Path, Money]]:
    """All amounts of a card, and where they stand."""
    for zone, row in rates.zones.items():
        yield from (((*path, "zones", zone), money) for money in row.values())
    for word in ("extra_per_kg", "minimum"):
        yield (*path, word), getattr(rates, word)
    for key, extra in rates.surcharges.items():
        for word in ("per_parcel", "per_kg"):
            if (money := getattr(extra, word)) is not None:
                yield (*path, "surcharges", key, word), money
