"""Returns: a share of what customers got comes back, is looked at, and goes to the shelf if it is as new.

It comes by itself, or a van of ours fetches it and it is there when the van is home. No order waits here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.returns import Returns
from fulfillsim.sim.engine import Item, Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order


class Return(Item):
    """Goods of an order, or of a piece of one, on their way back.

    Attributes
    ----------
    asked_s, arrived_s, done_s
        When its customer sent it off, it came to the desk, and it was looked at.
    is_collected
        Whether a van brought it.
    n_restocked
        Units that went back to the shelf.
    """

    __slots__ = ("arrived_s", "asked_s", "done_s", "is_collected", "n_restocked", "order")

    def __init__(self, row: int, order: Order, asked_s: float) -> None:
        super().__init__(row)
        self.order, self.asked_s = order, asked_s
        self.arrived_s, self.done_s, self.is_collected, self.n_restocked = nan, nan, False, 0


def build(model: Model, onward: Intake) -> Intake:
    """Set up the desk; carriers and vans tell it what they have delivered."""
    if model.world.returns is not None:
        model.returns = Desk(model, model.world.returns)
    return onward


class Desk:
    """Who sends what back and when, and the people who look at it."""

    def __init__(self, model: Model, plan: Returns) -> None:
        self.model, self.plan, self.streams = model, plan, model.tape.streams
        self.all: list[Return] = []
        self.station = model.station(plan.desk, self._looked_at, "return")
        self.unshelved = model.world.assembly.to_order if model.world.assembly is not None else frozenset()
        model.afterwards.append(self.close)

    def delivered(self, orders: Sequence[Order], times_s: NDArray[np.float64]) -> None:
        """Take note of orders that are at their customers' at these moments, perhaps to come; NaN: never."""
        keys = np.array([(order.row, order.n_parcel) for order in orders], np.int64).reshape(len(orders), 2).T
        back = (self.streams.hashed_uniforms("return", *keys) < self.plan.share) & np.isfinite(times_s)
        for place in np.flatnonzero(back).tolist():
            order = orders[place]
            delay_s = self.plan.delay.quantile_one(self._u("delay", order))
            asked_s = float(times_s[place]) + delay_s
            if asked_s <= self.model.world.days.end_s:
                self.model.engine.call_at(asked_s, Rank.COMPLETE, partial(self._ask, order))

    def _u(self, what: str, order: Order, *more: int) -> float:
        return self.streams.hashed_uniform(f"return:{what}", order.row, order.n_parcel, *more)

    def _ask(self, order: Order, now: float) -> None:
        """A customer sends goods off, or asks for a van where one may come."""
        back = Return(len(self.all), order, now)
        self.all.append(back)
        wants_van = self.plan.collected_prob > 0 and self._u("collected", order) < self.plan.collected_prob
        if not (wants_van and self.model.vans is not None and self.model.vans.fetching.collect(back, now)):
            self.arrive(back, now)

    def arrive(self, back: Return, now: float) -> None:
        """Goods come to the desk."""
        order, time = back.order, self.plan.desk.time
        assert time is not None, "the desk of a world has a time"
        parts_s = time.per_order_s + time.per_line_s * len(order.lines)
        parts_s += time.per_unit_s * sum(units for _, units in order.lines)
        back.arrived_s = now
        back.work = (parts_s * time.shape.quantile_one(self._u("work", order)),)
        self.station.offer(back, now)

    def _looked_at(self, back: Return, now: float) -> None:
        """Bring to the shelf what is as new."""
        back.done_s, order, stock = now, back.order, self.model.stock
        if stock is None:
            return
        for sku, units in order.lines:
            if sku not in self.unshelved and self._u("as_new", order, sku) < self.plan.as_new_prob:
                back.n_restocked += units
                stock.come_back(sku, units, (order.row, order.n_parcel), now)

    def close(self) -> None:
        """Write all returns down, finished or not."""
        table = self.model.trace.tables["returns"]
        for back in self.all:
            order, units = back.order, sum(units for _, units in back.order.lines)
            times = (back.asked_s, back.arrived_s, back.done_s)
            is_collected = back.is_collected and isfinite(back.arrived_s)
            table.add(back.row, order.row, order.n_parcel, units, *times, is_collected, back.n_restocked)
