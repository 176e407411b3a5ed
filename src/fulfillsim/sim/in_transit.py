"""Parcels that are on their way when a run begins: when they arrive, given that they have not arrived yet."""

from __future__ import annotations

from math import inf, isfinite

import numpy as np

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.delivery import Carrier
from fulfillsim.domain.snapshot import Snapshot
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Order


def arrive(model: Model, snapshot: Snapshot, orders: list[Order], now: float) -> None:
    """Write down their parcels: what they cost was paid before, so they cost nothing here."""
    tape, boxes = model.tape, model.packing.boxes(orders)
    of = boxes.order
    rows = np.array([order.row for order in orders], np.int64)
    u_day, u_hour, u_door = (tape.uniforms(name)[rows] for name in ("transit", "delivery_hour", "first_attempt"))
    attempted, delivered, lanes, quoted = [], [], [], []
    for place, order in enumerate(orders):
        lane = max(0, int(snapshot.lane[order.row]))
        product = model.carriers.delivery.services[lane]
        carrier = model.carriers.delivery.carriers[product.carrier]
        days, hour = _days(model, snapshot, order, lane, now), float(u_hour[place])
        chances = np.cumsum([prob for prob, time_s in days if time_s > now] or [1.0])
        coming = [time_s for _, time_s in days if time_s > now]
        there_s = coming[int(np.searchsorted(chances / chances[-1], u_day[place], side="right"))] if coming else -inf
        first_s = _at_the_door(model, carrier, there_s, hour, now)
        again_s = _at_the_door(model, carrier, first_s + DAY_S, hour, now)
        lanes.append(lane)
        quoted.append(product.quoted_days[order.zone])
        attempted.append(first_s)
        delivered.append(again_s if u_door[place] < product.failed_attempt_prob else first_s)
    model.trace.tables["parcels"].add_block(
        rows[of],
        np.array(lanes, np.int64)[of],
        boxes.units,
        boxes.weight_kg,
        0.0,
        snapshot.since_s[rows][of],
        snapshot.since_s[rows][of],
        np.array(quoted, np.int64)[of],
        np.array(attempted)[of],
        np.array(delivered)[of],
        False,
        False,
        boxes.carton,
        boxes.content_l,
        boxes.weight_kg,
        False,
    )
    model.n_parcels += len(of)
    for order, delivered_s in zip(orders, delivered, strict=True):
        model.gone(order)
        if model.communication is not None:
            model.communication.on_the_road(order, delivered_s, now)


def _days(model: Model, snapshot: Snapshot, order: Order, lane: int, now: float) -> list[tuple[float, float]]:
    """(chance, last second of the day) of each day on which the parcel may arrive, by the law of its service."""
    product = model.carriers.delivery.services[lane]
    calendar = model.carriers.delivery.carriers[product.carrier].calendar
    clock, since_s = model.world.days, float(snapshot.since_s[order.row])
    if since_s >= 0:
        quoted_day = calendar.add(clock.of(since_s), product.quoted_days[order.zone])
    elif isfinite(order.promise_s) and order.promise_s >= 0:
        quoted_day = clock.of(order.promise_s)
    else:
        quoted_day = clock.of(now)
    arrivals = [quoted_day + late if late < 0 else calendar.add(quoted_day, late) for late in product.day_offsets]
    return [
        (prob, clock.midnight_s[max(0, day) + 1] - 1.0)
        for prob, day in zip(product.day_probs, arrivals, strict=True)
        if day >= 0
    ]


def _at_the_door(model: Model, carrier: Carrier, day_s: float, hour: float, now: float) -> float:
    """Second between the carrier's delivery hours of the day of ``day_s``, a working day that is not over yet."""
    clock = model.world.days
    day = carrier.calendar.on_or_after(max(clock.of(day_s) if day_s > -inf else 0, clock.of(now)))
    if clock.second(day, carrier.delivery_until_s) <= now:
        day = carrier.calendar.add(day, 1)
    opens_s = max(clock.second(day, carrier.delivery_from_s), now)
    return opens_s + (max(clock.second(day, carrier.delivery_until_s), opens_s) - opens_s) * hour
