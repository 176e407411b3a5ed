"""A whole little warehouse built without files: every stage, two carrier services, real tours."""

from __future__ import annotations

from typing import Any

import numpy as np

from fulfillsim.domain.clock import Days, WorkCalendar
from fulfillsim.domain.communication import Communication, Notification
from fulfillsim.domain.delivery import Carrier, CarrierService, Delivery, Departure
from fulfillsim.domain.demand import Channel, Content, Demand
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release, WalkedTour
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.domain.processing import Hold, Processing, Promise, Verification
from fulfillsim.domain.staff import Break, Duty, Role, Shift, Skill
from fulfillsim.domain.stock import Inventory, Supplier
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import make, make_count
from fulfillsim.testing.worlds import DAY_S, catalog_of, constant_arrivals, days_of, work_time

HOUR_S = 3600.0


def calendar(name: str, days: Days, working: range) -> WorkCalendar:
    """Calendar of weekdays (Monday 0) without holidays."""
    return WorkCalendar(name, tuple(days.weekday(day) in working for day in range(len(days))))


def little_warehouse(
    scale: float = 1.0, n_skus: int = 500, n_window: int = 7, n_warm_up: int = 7, **changes: Any
) -> World:
    """A week of about ``6000 * scale`` orders a day; ``changes`` replace fields of the `World`."""
    days = days_of(n_window, n_warm_up, n_drain=10)
    catalog = catalog_of(n_skus, 20, 40.0)
    parts: dict[str, Any] = {
        "name": "little warehouse",
        "days": days,
        "demand": _demand(days, scale),
        "staff": _staff(days, scale),
        "catalog": catalog,
        "processing": _processing(days),
        "inventory": _inventory(days, n_skus, 6000 * scale * 2.1 * catalog.popularity / catalog.popularity.sum()),
        "fulfillment": _fulfillment(),
        "delivery": _delivery(days),
        "communication": _communication(),
    }
    return World(**{**parts, **changes})


def _demand(days: Days, scale: float) -> Demand:
    def content(mean_lines: float, error_prob: float) -> Content:
        lines, units = make_count("geometric", mean=mean_lines), make_count("geometric", mean=1.3)
        return Content(lines, units, (0.6, 0.4), (0.8, 0.2), 0.05, 0.02, error_prob)

    calls = Station("agents", work_time(240.0), patience=make("exponential", mean=300.0), max_in_system=30)
    drops = tuple(DAY_S * day + HOUR_S * hour for day in range(days.n_run) for hour in (6, 10, 14))
    return Demand(
        (
            Channel("web", "web", constant_arrivals(days, 200 * scale, 1.5), content(1.6, 0.01)),
            Channel("phone", "phone", constant_arrivals(days, 25 * scale), content(1.6, 0.03), capture=calls),
            Channel("edi", "file_drop", constant_arrivals(days, 25 * scale), content(3.0, 0.0), drop_times_s=drops),
        ),
        ("near", "far"),
        ("standard", "express"),
        day_cv=0.1,
        forecast_cv=0.05,
    )


def _staff(days: Days, scale: float) -> tuple[Role, ...]:
    def duties(from_h: float) -> tuple[Duty, ...]:
        starts = [DAY_S * d + HOUR_S * from_h for d in range(days.n_run + 1) if days.weekday(d) < 6]
        return tuple(Duty(s, s + 8 * HOUR_S, (Break(s + 4 * HOUR_S, s + 4.5 * HOUR_S),)) for s in starts)

    def role(name: str, stations: tuple[str, ...], heads: float) -> Role:
        count = max(1, round(heads * scale))
        shifts = (Shift("early", count, duties(6)), Shift("late", count, duties(14)))
        return Role(name, tuple(Skill(s, rank + 1) for rank, s in enumerate(stations)), shifts, 18.0, 0.08)

    return (
        role("pickers", ("picking", "packing"), 14),
        role("packers", ("packing",), 9),
        role("agents", ("agents",), 6),
        role("clerks", ("verification",), 3),
        role("receivers", ("receiving", "putaway"), 6),
    )


def _processing(days: Days) -> Processing:
    cutoffs = tuple(DAY_S * d + 14 * HOUR_S if days.weekday(d) < 6 else -1.0 for d in range(len(days)))
    check = Verification(60.0, Station("verification", work_time(180.0)), 0.05, 0.6, 0.5, 0.002, 0.05)
    hold = Hold("payment", 0.05, make("lognormal", mean=6 * HOUR_S, cv=1.0), (0,), 0.05)
    promises = (
        Promise("standard", "cutoff_quote", cutoffs, 0, (0,)),
        Promise("express", "cutoff_quote", cutoffs, 0, (1,)),
    )
    return Processing(check, (hold,), promises, calendar("warehouse", days, range(6)))


def _inventory(days: Days, n_skus: int, daily: np.ndarray[Any, np.dtype[np.float64]]) -> Inventory:
    supplier = Supplier("acme", make("lognormal", mean=2 * DAY_S, cv=0.3), calendar("acme", days, range(5)))
    return Inventory(
        on_hand=np.zeros(n_skus, np.int64),
        rule="rq",
        reorder_point=np.ceil(daily * 4.5 + 5).astype(np.int64),
        order_quantity=np.ceil(daily * 7 + 10).astype(np.int64),
        order_up_to=np.zeros(n_skus, np.int64),
        supplier=np.zeros(n_skus, np.int16),
        suppliers=(supplier,),
        receiving=Station("receiving", work_time(300.0)),
        putaway=Station("putaway", work_time(120.0)),
        putaway_per_unit_s=1.0,
        start="steady",
    )


def _fulfillment() -> Fulfillment:
    layout = RectangularLayout(20, 40, 5.0, 1.0, 1.0)
    tour = WalkedTour(layout, "s_shape", 90.0, 12.0, 3.0, 1.0, 0.3)
    picking = Picking((PickZone("all", Station("picking", None, "priority")),), Batch(max_orders=12), tour)
    check = Step(Station("check", WorkTime(10.0, make("deterministic", mean=1.0)), staffed=False), "picking", 0.01)
    pack = WorkTime(40.0, make("gamma", mean=1.0, cv=0.4), 8.0, 1.0, 60.0)
    return Fulfillment(Release(), picking, (check, Step(Station("packing", pack, "priority"))), "due_departure")


def _delivery(days: Days) -> Delivery:
    weekdays = calendar("parcelco", days, range(5))
    departures = tuple(
        Departure(DAY_S * day + HOUR_S * hour, 4000)
        for day in range(len(days))
        if weekdays.working[day]
        for hour in (18, 21)
    )
    ground = _card({"near": (4.0, 5.0, 7.0), "far": (5.0, 6.0, 9.0)})
    air = _card({"near": (8.0, 10.0, 14.0), "far": (10.0, 12.0, 18.0)})
    return Delivery(
        (Carrier("parcelco", weekdays, departures, 1800.0, 0.2),),
        (
            CarrierService("ground", 0, (1, 2), (-1, 0, 1, 2), (0.05, 0.85, 0.07, 0.03), ground, 0.05, 0.001),
            CarrierService("express", 0, (1, 1), (0, 1), (0.95, 0.05), air, 0.05, 0.001),
        ),
    )


def _card(prices: dict[str, tuple[float, ...]]) -> Tariff:
    return Tariff(weight_breaks({zone: dict(zip((1.0, 5.0, 10.0), row, strict=True)) for zone, row in prices.items()}))


def _communication() -> Communication:
    agents = Station("agents", work_time(200.0), patience=make("exponential", mean=300.0))
    notices = ("confirmation", "shipped", "out_for_delivery", "delivered", "delay", "eta_change")
    return Communication((Notification(notices),), agents, 0.3, 0.5, 3 * DAY_S, 0.02)
