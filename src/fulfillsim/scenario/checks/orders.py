"""Channels, volumes, goods and money."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.checks.references import BY_SHARE
from fulfillsim.scenario.checks.walking import walk
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.demand import Channel, RatePoints, RateWave
from fulfillsim.scenario.schema.goods import Catalog
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.units import MAX_RATE_PER_H, Money

_SOURCES = ("orders_per_day", "rate", "headway")


def check_channels(settings: Settings) -> Iterator[Finding]:
    """Each channel has one source of orders and what its kind needs."""
    for name, channel in settings.demand.channels.items():
        at = ("demand", "channels", name)
        given = [source for source in _SOURCES if getattr(channel, source) is not None]
        if len(given) > 1:
            yield Finding((*at, given[1]), f"stands beside {given[0]}", f"give one of {', '.join(_SOURCES)}")
        if not given and settings.demand.history is None:
            yield Finding(at, f"must have one of {', '.join(_SOURCES)}", "orders_per_day: 500")
        yield from _kind(at, channel)
        yield from _ranks(at, channel)
        if channel.lines is not None and settings.catalog is None:
            yield Finding((*at, "lines"), "needs a catalog", "catalog: {skus: 1000}")
        if channel.lines is None and settings.catalog is not None and settings.demand.history is None:
            yield Finding((*at, "lines"), "is missing beside a catalog", "lines: {geometric: {mean: 1.8}}")


def _kind(at: Path, channel: Channel) -> Iterator[Finding]:
    needs_people = channel.kind in ("phone", "in_person")
    if needs_people and channel.capture is None:
        yield Finding((*at, "capture"), f"is missing for kind {channel.kind}", "capture: {time: 4 min}")
    if not needs_people and channel.capture is not None:
        yield Finding((*at, "capture"), f"does not go with kind {channel.kind}", "kind: phone, or take it out")
    if channel.kind == "file_drop" and not channel.drops:
        yield Finding((*at, "drops"), "is missing for kind file_drop", "drops: {night: 05:30}")
    if channel.kind != "file_drop" and channel.drops:
        yield Finding((*at, "drops"), f"does not go with kind {channel.kind}", "kind: file_drop, or take it out")


def _ranks(at: Path, channel: Channel) -> Iterator[Finding]:
    ranks: dict[int, str] = {}
    for name, priority in channel.priorities.items():
        if priority.rank in ranks:
            rule = f"has the rank {priority.rank} of {ranks[priority.rank]}"
            yield Finding((*at, "priorities", name, "rank"), rule, "give each class its own")
        ranks[priority.rank] = name


def check_rates(settings: Settings) -> Iterator[Finding]:
    """No rate beyond what any operation has, and none below 0."""
    for name, channel in settings.demand.channels.items():
        at = ("demand", "channels", name)
        peak = settings.demand.factor * max(channel.weekdays) * _peak_per_h(channel)
        if peak > MAX_RATE_PER_H:
            source = next(s for s in _SOURCES if getattr(channel, s) is not None)
            yield Finding((*at, source), f"makes {peak:.3g} orders an hour, more than 1e7", "check the unit")
        if isinstance(channel.rate, RateWave) and channel.rate.amplitude > channel.rate.mean:
            yield Finding((*at, "rate", "amplitude"), "must be at most the mean", "else the rate falls below 0")
        if isinstance(channel.rate, RatePoints) and (channel.rate.points is None) == (channel.rate.file is None):
            yield Finding((*at, "rate"), "must have either points or file", "points: {0h: 30/h, 6h: 60/h}")
        if channel.headway is not None and not channel.headway.mean > 0:
            yield Finding((*at, "headway"), "must be more than 0 in the mean", "headway: {exponential: {mean: 1 min}}")


def _peak_per_h(channel: Channel) -> float:
    if channel.orders_per_day is not None:
        return max(channel.orders_per_day * max(day) / (sum(day) or 1.0) for day in channel.hours)
    if isinstance(channel.rate, RateWave):
        return 3600 * (channel.rate.mean + channel.rate.amplitude)
    if channel.headway is not None and channel.headway.mean > 0:
        return 3600 / channel.headway.mean
    return 3600 * channel.rate if isinstance(channel.rate, float) else 0.0


def check_goods(settings: Settings) -> Iterator[Finding]:
    """Catalog, layout and stock fit together; every SKU has stock or a supplier."""
    catalog, layout, stock = settings.catalog, settings.layout, settings.inventory
    if catalog is not None and catalog.skus is not None and catalog.table is not None:
        yield Finding(("catalog", "table"), "stands beside skus", "make SKUs or name a table")
    if catalog is not None and catalog.items:
        yield from _items(catalog)
    elif catalog is not None and catalog.skus is None and catalog.table is None and settings.demand.history is None:
        yield Finding(("catalog",), "must have skus, items or table", "skus: 1000")
    if layout is not None and catalog is None:
        yield Finding(("layout",), "needs a catalog", "catalog: {skus: 1000}")
    if catalog is not None and catalog.slots == "cooccurrence" and settings.demand.history is None:
        rule = "needs a history: in orders that are drawn no SKUs go together"
        yield Finding(("catalog", "slots"), rule, "demand: {history: ...}, or slots: popularity")
    if stock is not None:
        yield from _stock(settings)


def _items(catalog: Catalog) -> Iterator[Finding]:
    """SKUs said by name stand alone, and some of them are sold."""
    for other in ("skus", "table"):
        if getattr(catalog, other) is not None:
            yield Finding(("catalog", "items"), f"stands beside {other}", "keep one of the two")
    if not any(item.popularity for item in catalog.items.values()):
        yield Finding(("catalog", "items"), "has no SKU that anybody orders", "popularity: 1, for one of them")


def _stock(settings: Settings) -> Iterator[Finding]:
    stock = settings.inventory
    assert stock is not None
    if settings.catalog is None:
        yield Finding(("inventory",), "needs a catalog", "catalog: {skus: 1000}")
    if stock.rule != "none" and not stock.suppliers:
        yield Finding(("inventory", "suppliers"), "is missing: no SKU can be replenished", "or write rule: none")
    if stock.sourcing.table is not None and stock.sourcing.policy == BY_SHARE:
        yield Finding(("inventory", "sourcing", "table"), "is not looked at by by_share", "policy: cheapest")
    for name, level in stock.levels.items():
        if level.supplier is not None and stock.sourcing.policy != BY_SHARE:
            at = ("inventory", "levels", name, "supplier")
            yield Finding(at, f"stands beside sourcing {stock.sourcing.policy}", "sourcing: by_share, or take it out")
    if stock.rule == "none" and not stock.on_hand and stock.table is None and not stock.levels:
        yield Finding(("inventory", "on_hand"), "is missing: no SKU has stock or a supplier", "on_hand: 100")
    if stock.rule == "none" and stock.start == "steady" and stock.on_hand is not None:
        yield Finding(("inventory", "start"), "has no meaning with rule none", "start: given")
    if (
        stock.order_up_to is not None
        and stock.reorder_point is not None
        and stock.rule == "sS"
        and stock.order_up_to <= stock.reorder_point
    ):
        yield Finding(("inventory", "order_up_to"), "must be above reorder_point", "S > s")


def check_money(settings: Settings) -> Iterator[Finding]:
    """All amounts are in the scenario's currency."""
    for path, money, _ in walk(settings):
        if isinstance(money, Money) and money.currency not in (None, settings.currency):
            hint = "convert it, or change `currency`"
            yield Finding(path, f"is in {money.currency}, the scenario in {settings.currency}", hint)
