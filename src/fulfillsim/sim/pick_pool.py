"""Orders that wait to be picked: from the head of the queue onto the next cart, or by a plan of batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from fulfillsim.domain.fulfillment import Batch
from fulfillsim.policies.batching import FROM_HEAD, Load
from fulfillsim.sim.engine import Item, Rank
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.queues import FirstCome
from fulfillsim.sim.station import Station
from fulfillsim.sim.walking import TourTime


class Tour(Item):
    """A cart with the orders it collects."""

    __slots__ = ("orders",)

    def __init__(self, row: int, orders: list[Order]) -> None:
        super().__init__(row, min(order.rank for order in orders))
        self.orders = orders


class Counter:
    """Numbers the tours of all zones."""

    n = 0

    def next(self) -> int:
        """The next number, from 0."""
        self.n += 1
        return self.n - 1


Decide = Callable[[list[Order], float], list[list[Order]]]
"""Waiting orders, most urgent first, and the time -> batches, the next to be picked first."""


class PickPool:
    """Orders that wait to be picked; a free picker takes the next batch as a tour.

    It stands where other stations have their queue: tours that were interrupted wait before all orders.

    Parameters
    ----------
    station
        Whose queue it takes over.
    usual
        Metres of a tour as usual, None where that is what `timed` says.
    loads
        What an order weighs on a cart; None where only the number of orders is limited.
    """

    def __init__(
        self,
        model: Model,
        station: Station,
        batch: Batch,
        timed: TourTime,
        usual: Callable[[list[Order]], float] | None,
        zone: int,
        counter: Counter,
        loads: Callable[[Order], Load] | None,
    ) -> None:
        self.engine, self.station, self.waiting = model.engine, station, station.queue
        self.batch, self.timed, self.usual, self.zone = batch, timed, usual, zone
        self.counter, self.loads, self.interrupted = counter, loads, FirstCome()
        self.enough = max(batch.min_orders, 1)
        self.tours = model.trace.tables["tours"]
        self.note_order, self.pack_order = model.trace.tables["tour_orders"].hot
        station.queue = self

    def __bool__(self) -> bool:
        return len(self.waiting) >= self.enough or bool(self.interrupted)

    def intake(self) -> Callable[[Order, float], None]:
        """How orders come in."""
        push, wake = self.waiting.push, self.station.wake

        def intake(order: Order, now: float) -> None:
            order.queued_s = now
            push(order)
            wake(now)

        return intake

    def back(self, tour: Tour) -> None:
        """An interrupted tour is the next to be taken."""
        self.interrupted.back(tour)

    def pop(self) -> Tour:
        """The next tour for a picker who is free."""
        if self.interrupted:
            return self.interrupted.pop()  # type: ignore[return-value]
        return self._tour(self._batch())

    def _batch(self) -> list[Order]:
        waiting = self.waiting
        n = min(len(waiting), self.batch.max_orders or len(waiting))
        head: list[Order] = [waiting.pop() for _ in range(n)]
        if self.loads is None:
            return head
        n = FROM_HEAD[self.batch.policy]([self.loads(order) for order in head], self.batch)
        for order in reversed(head[n:]):
            waiting.back(order)
        return head[:n]

    def _first_come(self, orders: list[Order]) -> list[Order]:
        """As many orders as these, the ones that first come, first served would have picked in their place."""
        return orders

    def _tour(self, orders: list[Order]) -> Tour:
        tour = Tour(self.counter.next(), orders)
        metres, setup_s, walk_s, search_s = self.timed(orders)
        tour.seconds = setup_s + walk_s + search_s
        tour.queued_s = min(order.queued_s for order in orders)
        n_lines = n_units = 0
        note, pack = self.note_order, self.pack_order
        for order in orders:
            note(pack(tour.row, order.row))
            for _, units in order.lines:
                n_lines += 1
                n_units += units
        self.tours.add(
            tour.row,
            self.zone,
            len(orders),
            n_lines,
            n_units,
            metres,
            metres if self.usual is None else self.usual(self._first_come(orders)),
            setup_s,
            walk_s,
            search_s,
        )
        return tour


class PlannedPool(PickPool):
    """Orders that are picked by a plan.

    A plan is made when a picker is free and the last one is used up or stale: since then as many orders have come as
    fill a cart (`max_orders`), or as it still holds. So a wave is planned as it is released. A plan is made for the
    `look_ahead` orders that the queue would serve first, with those of the stale plan among them. A picker who is idle
    when orders come starts after all that come in that very second.
    """

    def __init__(self, decide: Decide, *given: Any) -> None:
        super().__init__(*given)
        self.decide = decide
        self.view: list[Order] = []
        self.planned: deque[list[Order]] = deque()
        self.in_turn: Any = type(self.waiting)()
        self.n_planned = self.n_come = 0
        self.is_woken = False

    def __bool__(self) -> bool:
        return len(self.waiting) + self.n_planned >= self.enough or bool(self.interrupted)

    def intake(self) -> Callable[[Order, float], None]:
        """How orders come in; pickers are woken once in a second, after all of them."""

        def intake(order: Order, now: float) -> None:
            order.queued_s = now
            self.waiting.push(order)
            self.in_turn.push(order)
            self.n_come += 1
            if not self.is_woken:
                self.is_woken = True
                self.engine.at(now, Rank.DECIDE, self._wake, None)

        return intake

    def _wake(self, _: object, now: float) -> None:
        self.is_woken = False
        self.station.wake(now)

    def _batch(self) -> list[Order]:
        if not self.planned or self.n_come >= min(self.n_planned, self.batch.max_orders or self.n_planned):
            self._plan()
        batch = self.planned.popleft()
        self.n_planned -= len(batch)
        return batch

    def _plan(self) -> None:
        """Put what was planned back into the queue and plan its head anew."""
        waiting = self.waiting
        left = {order for batch in self.planned for order in batch}
        for order in reversed(self.view):
            if order in left:
                waiting.back(order)
        self.view = [waiting.pop() for _ in range(min(len(waiting), self.batch.look_ahead))]
        self.planned = deque(self.decide(self.view, self.engine.now))
        self.n_planned, self.n_come = len(self.view), 0

    def _first_come(self, orders: list[Order]) -> list[Order]:
        return [self.in_turn.pop() for _ in orders]
