"""Scheduled departures: a truck with limited room, and stations before a periodic truck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Floats, Mean, Run
from fulfillsim.bench.analytic.networks import stations
from fulfillsim.bench.analytic.setting import (
    HOUR_S,
    Setting,
    channel,
    constant,
    measures,
    steady_days,
    window,
    world,
)
from fulfillsim.domain.clock import Days, WorkCalendar
from fulfillsim.domain.delivery import Carrier, CarrierService, Delivery, Departure
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.errors import SimulationError


def punctual_truck(days: Days, every_h: float, capacity: int | None = None) -> Delivery:
    """One carrier whose truck leaves on time."""
    n = int(days.end_s // (every_h * HOUR_S)) + 1
    departures = tuple(Departure((place + 1) * every_h * HOUR_S, capacity) for place in range(n))
    carrier = Carrier("carrier", WorkCalendar("every day", (True,) * len(days)), departures, close_out_s=0.0)
    card = Tariff(weight_breaks({"all": {1.0: 1.0}}))
    return Delivery((carrier,), (CarrierService("parcel", 0, (1,), (0,), (1.0,), card),), "cheapest")


def limited_room(rows: Sequence[Case]) -> Setting:
    """Poisson orders straight to the dock; a truck every hour takes at most K, the rest waits for the next."""
    p = rows[0].parameters
    per_hour = float(p["mean_orders_per_interval"])
    days = steady_days(per_hour, 1.0)
    orders = channel("orders", constant(days, per_hour))
    model = world(days, [orders], [], delivery=punctual_truck(days, 1.0, int(p["K"])))
    of = {
        "mean_orders_left_behind": lambda _: Mean(lambda run: float(_left_behind(run).mean())),
        "P(some_left_behind)": lambda _: Mean(lambda run: float((_left_behind(run) > 0).mean())),
    }
    return Setting((model,), measures(rows, of))


def _left_behind(run: Run) -> Floats:
    pickups, days = run.trace.columns("pickups"), run.world.days
    inside = (pickups["time_s"] > days.window_start_s) & (pickups["time_s"] <= days.window_end_s)
    return pickups["n_left"][inside]


def tandem_then_truck(rows: Sequence[Case]) -> Setting:
    """Stations in tandem, then the next truck."""
    p = rows[0].parameters
    every_h = float(p["truck_every"])
    days = steady_days(float(p["lam"]), every_h)
    steps, staff = stations(p["mu"], p.get("c", [1] * len(p["mu"])), days)
    model = world(
        days,
        [channel("orders", constant(days, float(p["lam"])))],
        staff,
        fulfillment=Fulfillment(Release(), None, steps),
        delivery=punctual_truck(days, every_h),
    )
    of = {
        "mean_order_to_departure": lambda _: Mean(lambda run: float(_to_departure(run).mean())),
        "P(order_to_departure<=d)": lambda row: Mean(
            lambda run: float((_to_departure(run) <= float(row.parameters["d"])).mean())
        ),
    }
    return Setting((model,), measures(rows, of))


def _to_departure(run: Run) -> Floats:
    """Hours from order to departure of the customers of the window."""
    parcels, placed = run.trace.columns("parcels"), run.trace.tape.placed_s
    departed = np.full(len(placed), np.nan)
    departed[parcels["order"].astype(np.int64)] = parcels["departed_s"]
    hours = ((departed - placed) / HOUR_S)[window(run)]
    if np.isnan(hours).any():
        raise SimulationError(f"{int(np.isnan(hours).sum())} orders of the window never left")
    return np.asarray(hours)
