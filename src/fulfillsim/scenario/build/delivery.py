"""Carriers, their departures and rate cards."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from fulfillsim.domain.delivery import Carrier, CarrierService, Delivery, Departure, RateCard
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build.fleet import with_fleet
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.cells import not_negative, number, text
from fulfillsim.scenario.names import ALL, zone_names
from fulfillsim.scenario.schema import delivery as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import read_table
from fulfillsim.scenario.units import UnitError

Prices = dict[str, dict[float, float]]


def build_delivery(settings: Settings, timeline: Timeline, folder: Path) -> Delivery | None:
    """All carriers, None if the scenario leaves delivery out."""
    plan = settings.delivery
    if plan is None:
        return None
    names = sorted(plan.carriers)
    delivery = Delivery(
        carriers=tuple(_carrier(timeline, name, plan.carriers[name]) for name in names),
        services=tuple(
            _service(settings, folder, index, f"{name}/{service}", plan.carriers[name].services[service])
            for index, name in enumerate(names)
            for service in sorted(plan.carriers[name].services)
        ),
        choice=plan.choice,
        lateness_cost_per_order=plan.lateness_cost.amount,
    )
    return with_fleet(delivery, settings, timeline)


def _carrier(timeline: Timeline, name: str, plan: says.Carrier) -> Carrier:
    calendar = timeline.calendar(name, plan.calendar)
    departures = [
        Departure(time_s, pickup.capacity)
        for pickup in plan.pickups.values()
        for time_s in _times(timeline, pickup, calendar.working, plan)
    ]
    return Carrier(
        name=name,
        calendar=calendar,
        departures=tuple(sorted(departures, key=lambda d: (d.time_s, d.capacity is None, d.capacity))),
        close_out_s=plan.close_out,
        shock_correlation=plan.shock_correlation,
        delivery_from_s=plan.delivery_hours.from_s,
        delivery_until_s=plan.delivery_hours.until_s,
    )


def pickup_times(timeline: Timeline, carrier: str, plan: says.Carrier, pickup: str) -> list[float]:
    """Seconds at which one pickup of a carrier leaves, rising."""
    working = timeline.calendar(carrier, plan.calendar).working
    return sorted(_times(timeline, plan.pickups[pickup], working, plan))


def _times(
    timeline: Timeline, pickup: says.Pickup, working: tuple[bool, ...], carrier: says.Carrier
) -> tuple[float, ...]:
    if pickup.every is not None:
        return timeline.every(pickup.every)
    assert pickup.time is not None, "checked: a pickup has a time or a distance"
    if pickup.days is None:
        return timeline.on_days(pickup.time, working)
    holidays = timeline.dated(carrier.calendar.holidays)
    flags = [flag and day not in holidays for day, flag in enumerate(timeline.on_weekdays(pickup.days))]
    return timeline.on_days(pickup.time, flags)


def _service(settings: Settings, folder: Path, carrier: int, name: str, plan: says.CarrierService) -> CarrierService:
    zones = zone_names(settings)
    transit = plan.transit
    quoted = tuple(transit if isinstance(transit, int) else transit.get(zone, -1) for zone in zones)
    late = sorted(plan.late.items())
    return CarrierService(
        name=name,
        carrier=carrier,
        quoted_days=quoted,
        day_offsets=tuple(days for days, _ in late),
        day_probs=tuple(share for _, share in late),
        rates=_rate_card(plan.rates, zones, folder),
        failed_attempt_prob=plan.failed_attempt,
        loss_prob=plan.loss,
        hazmat=plan.hazmat,
    )


def _rate_card(plan: says.RateTable, zones: tuple[str, ...], folder: Path) -> RateCard:
    prices = _from_table(plan.file, zones, folder) if plan.file else _inline(plan)
    fallback = prices.get(ALL) or next(iter(prices.values()))
    breaks = sorted(fallback)
    rows = [[prices.get(zone, fallback)[kg] for kg in breaks] for zone in zones]
    extra = np.full(len(zones), plan.extra_per_kg.amount)
    return RateCard(np.array(breaks), np.array(rows), extra)


def _inline(plan: says.RateTable) -> Prices:
    return {zone: {kg: money.amount for kg, money in row.items()} for zone, row in plan.zones.items()}


def _from_table(file: str, zones: tuple[str, ...], folder: Path) -> Prices:
    """Prices of the columns zone, up_to_kg, price; every zone has the same weights."""
    table = read_table(file, folder)
    faults: list[Fault] = table.unknown(("zone", "up_to_kg", "price"))

    def zone(cell: object) -> str:
        if text(cell) not in (*zones, ALL):
            raise UnitError("is no zone", f"there are {', '.join(zones)}, {ALL}")
        return text(cell)

    columns = [
        table.column("zone", zone, faults),
        table.column("up_to_kg", not_negative(number), faults),
        table.column("price", not_negative(number), faults),
    ]
    if faults:
        raise ScenarioError(faults)
    prices: Prices = defaultdict(dict)
    for name, kg, price in zip(*columns, strict=True):
        prices[name][kg] = price
    if len({tuple(sorted(row)) for row in prices.values()}) > 1:
        raise ScenarioError([table.fault(0, "up_to_kg", "must be the same weights for every zone")])
    return dict(prices)
