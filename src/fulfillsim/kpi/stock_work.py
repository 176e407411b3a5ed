"""Work that goods ask for by themselves, hour by hour: receiving, putaway, and counting what lies there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.slots import Counting
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.world import World
from fulfillsim.sim.opening_stock import daily_units, usual_units
from fulfillsim.sim.purchasing import MORNING_S

Floats = NDArray[np.float64]
ByHour = dict[int, Floats]
"""Hour -> hours of work by the hour in which they are due; the last column is due at no time."""
HOUR_S = 3600.0


def hours_by_station(world: World, n_hours: int) -> dict[str, ByHour]:
    """Work by station and hour until an hour; nobody waits for it, so it is due at no time."""
    plan = world.inventory
    if plan is None:
        return {}
    found = _deliveries(world, plan, n_hours)
    counting = plan.records.counting if plan.records is not None else None
    if counting is not None:
        found[counting.station.name] = _counts(world, counting, n_hours)
    return found


def _counts(world: World, plan: Counting, n_hours: int) -> ByHour:
    """Cycle counts in their turn; who is counted because a picker found too little is not foreseen."""
    assert plan.station.time is not None
    assert world.inventory is not None
    n_skus = len(plan.rounds_between)
    share = 1.0 / plan.rounds_between if plan.per_round is None else np.full(n_skus, min(1.0, plan.per_round / n_skus))
    each_s = plan.station.time.per_order_s + plan.per_unit_s * usual_units(world.inventory, daily_units(world))
    found: ByHour = {}
    for time_s in plan.rounds_s:
        hour = int(time_s // HOUR_S)
        if hour < n_hours:
            found.setdefault(hour, np.zeros(n_hours + 1))[n_hours] += float((share * each_s).sum()) / HOUR_S
    return found


def _deliveries(world: World, plan: Inventory, n_hours: int) -> dict[str, ByHour]:
    """Work of receiving and putaway by hour: as many deliveries as the demand asks for, on mornings of working days."""
    days = world.days
    if plan.rule == "none" or not plan.suppliers:
        return {}
    units = daily_units(world)
    lots = plan.order_quantity if plan.rule == "rq" else plan.order_up_to - plan.reorder_point
    spans = lots.astype(np.float64)
    if plan.rule == "RS":
        spans = units * len(days) / max(1, len(plan.review_times_s))
    lot = np.maximum(np.maximum(spans, 1.0 if plan.rule != "base_stock" else 0.0), 1.0)
    supplied = plan.supplier >= 0
    per_day = float((units / lot)[supplied].sum())
    hours_of = {}
    if plan.receiving is not None and plan.receiving.time is not None:
        hours_of[plan.receiving.name] = per_day * plan.receiving.time.per_order_s / HOUR_S
    if plan.putaway is not None and plan.putaway.time is not None:
        per_unit = plan.putaway_per_unit_s * float(units[supplied].sum())
        hours_of[plan.putaway.name] = (per_day * plan.putaway.time.per_order_s + per_unit) / HOUR_S
    calendars = [supplier.calendar for supplier in plan.suppliers if supplier.calendar is not None]
    works = [not calendars or calendars[0].working[day] for day in range(len(days))]
    mornings = [day for day in range(days.n_warm_up + days.n_window) if works[day]]
    stretch = len(days) / max(1, sum(works))
    found: dict[str, ByHour] = {}
    for name, hours in hours_of.items():
        row = np.zeros(n_hours + 1)
        row[n_hours] = hours * stretch
        found[name] = {round(days.second(day, MORNING_S) / HOUR_S): row for day in mornings}
    return found
