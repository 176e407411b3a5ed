"""Carriers, their departures and tariffs."""

from __future__ import annotations

from pathlib import Path

from fulfillsim.domain.delivery import Assignment, Carrier, CarrierService, Commitment, Delivery, Departure
from fulfillsim.scenario.build.fleet import with_fleet
from fulfillsim.scenario.build.rates import build_tariff
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.names import zone_names
from fulfillsim.scenario.schema import delivery as says
from fulfillsim.scenario.schema.base import by_weekday
from fulfillsim.scenario.schema.root import Settings


def build_delivery(settings: Settings, timeline: Timeline, folder: Path) -> Delivery | None:
    """All carriers, None if the scenario leaves delivery out."""
    plan = settings.delivery
    if plan is None:
        return None
    names = sorted(plan.carriers)
    delivery = Delivery(
        carriers=tuple(_carrier(timeline, name, plan.carriers[name]) for name in names),
        services=tuple(
            _service(settings, timeline, folder, index, name, plan.carriers[name], service)
            for index, name in enumerate(names)
            for service in sorted(plan.carriers[name].services)
        ),
        choice=plan.choice,
        lateness_cost_per_order=plan.lateness_cost.amount,
        residential_prob=plan.residential,
        assignment=_assignment(plan.assignment),
        consolidate_s=plan.consolidate,
    )
    return with_fleet(delivery, settings, timeline, folder)


def _assignment(plan: says.Assignment | None) -> Assignment | None:
    return None if plan is None else Assignment(plan.method, plan.on_promise, plan.budget)


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
        daily_capacity=_daily(timeline, plan),
        max_share=plan.max_share,
        commitment=_commitment(plan.commitment),
    )


def _daily(timeline: Timeline, plan: says.Carrier) -> tuple[int, ...] | None:
    """Parcels that a carrier takes on each day; None for any number."""
    if plan.daily_cap is None and not plan.daily_cap_on:
        return None
    usual = plan.daily_cap if plan.daily_cap is not None else says.MOST_PARCELS
    week = by_weekday(usual, int, says.MOST_PARCELS) if isinstance(usual, dict) else (usual,) * 7
    dated = {day: plan.daily_cap_on[date_] for day, date_ in timeline.dated(plan.daily_cap_on).items()}
    return tuple(dated.get(day, week[timeline.days.weekday(day)]) for day in range(len(timeline.days)))


def _commitment(plan: says.Commitment | None) -> Commitment | None:
    return None if plan is None else Commitment(plan.per_week, plan.shortfall.amount)


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


def _service(
    settings: Settings, timeline: Timeline, folder: Path, index: int, name: str, carrier: says.Carrier, key: str
) -> CarrierService:
    zones, plan = zone_names(settings), carrier.services[key]
    transit = plan.transit
    quoted = tuple(transit if isinstance(transit, int) else transit.get(zone, -1) for zone in zones)
    served = tuple(zone for zone, days in zip(zones, quoted, strict=True) if days >= 0)
    late = sorted(plan.late.items())
    return CarrierService(
        name=f"{name}/{key}",
        carrier=index,
        quoted_days=quoted,
        day_offsets=tuple(days for days, _ in late),
        day_probs=tuple(share for _, share in late),
        tariff=build_tariff(plan.rates, zones, served, timeline.midnight, folder),
        failed_attempt_prob=plan.failed_attempt,
        loss_prob=plan.loss,
        damage_prob=plan.damage,
        hazmat=plan.hazmat,
        departures_s=_departures(timeline, name, carrier, plan),
    )


def _departures(
    timeline: Timeline, name: str, carrier: says.Carrier, plan: says.CarrierService
) -> tuple[float, ...] | None:
    """Departures that a service leaves with; None for all of its carrier's."""
    if plan.days is None and not plan.pickups:
        return None
    days = range(7) if plan.days is None else plan.days
    chosen = {
        time_s for key in plan.goes_with(carrier.pickups) for time_s in pickup_times(timeline, name, carrier, key)
    }
    return tuple(sorted(t for t in chosen if timeline.days.weekday(timeline.days.of(t)) in days))
