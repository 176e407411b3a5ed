"""Stations: one queue, the people who serve it, and where its items go next.

`Station.offer`, `Station.start` and `Station.finish` with `Worker.next` (staff.py) are the whole flow of the hot
path: one entry in the event list per piece of work. They touch numbers and references only, and take no decision.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappush
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from fulfillsim.sim.engine import Engine, Item, Rank
from fulfillsim.sim.queues import QUEUES
from fulfillsim.sim.trace import Table

if TYPE_CHECKING:
    from fulfillsim.sim.staff import Pool, Worker

Then = Callable[[Any, float], None]


class InTurn:
    """Idle people of several pools, asked in turn; true while somebody is idle."""

    def __init__(self, pools: Sequence[Pool]) -> None:
        self._idle = [pool.idle for pool in pools]

    def __bool__(self) -> bool:
        return any(self._idle)

    def popleft(self) -> Worker:
        """Whoever is idle longest in the first pool that has somebody."""
        return next(filter(None, self._idle)).popleft()


class Station:
    """A place where one worker at a time works on an item.

    Parameters
    ----------
    index
        Number in the trace.
    column
        Place of its seconds in the ``work`` of its items.
    discipline
        Name in `QUEUES`.
    then
        Called with the finished item and the time, before the worker looks for more work.

    Attributes
    ----------
    pools
        Who serves here; those who prefer this station come first.
    idle
        Those of them who are free, in the order in which they are taken.
    """

    def __init__(
        self, engine: Engine, visits: Table, name: str, index: int, column: int, discipline: str, then: Then
    ) -> None:
        self.engine, self.name, self.index, self.column, self.then = engine, name, index, column, then
        self.agenda, self.tickets = engine.agenda, engine.tickets
        self.record, self.pack = visits.hot
        self.queue: Any = QUEUES[discipline]()
        self.done = self.finish  # bound once
        self._ranks: list[int] = []
        self.serve_by([])

    def add_pool(self, pool: Pool, rank: int) -> None:
        """Let a pool serve here; those who prefer this station (smaller rank) are asked first."""
        place = bisect_right(self._ranks, rank)
        self._ranks.insert(place, rank)
        self.serve_by([*self.pools[:place], pool, *self.pools[place:]])

    def serve_by(self, pools: list[Pool]) -> None:
        """Let these pools serve here, asked in this order."""
        self.pools = pools
        self.idle: deque[Worker] | InTurn = pools[0].idle if len(pools) == 1 else InTurn(pools)

    def offer(self, item: Item, now: float) -> None:
        """Take an item in: somebody idle starts at once, otherwise it waits."""
        item.seconds = item.work[self.column]
        item.queued_s = now
        idle = self.idle
        if idle:
            self.start(item, idle.popleft(), now)
        else:
            item.worker = None
            self.queue.push(item)

    def start(self, item: Item, worker: Worker, now: float) -> None:
        """Bind item and worker until the work is done."""
        item.worker = worker
        item.started_s = now
        worker.item = item
        worker.station = self
        heappush(self.agenda, (now + item.seconds * worker.pace[self.index], 0, next(self.tickets), self.done, item))

    def finish(self, item: Item, now: float) -> None:
        """Write the visit down; the item moves first, then the worker chooses and can see it."""
        worker = item.worker
        record, pack, then = self.record, self.pack, self.then  # functions in attributes are slow to call
        record(pack(item.row, self.index, worker.number, item.queued_s, item.started_s, now))
        worker.item = None
        then(item, now)
        worker.next(now)

    def interrupt(self, worker: Worker, now: float) -> None:
        """Take the work in hand off a worker: it waits with what is left of it, before its equals."""
        item = worker.item
        end_s = self.engine.forget(item)
        self.record(self.pack(item.row, self.index, worker.number, item.queued_s, item.started_s, now))
        item.seconds = (end_s - now) / worker.pace[self.index]
        item.queued_s, item.worker, worker.item = now, None, None
        self.queue.back(item)

    def wake(self, now: float) -> None:
        """Let idle people start on what waits (after an interruption, or when a batch has become large enough).

        Whoever starts is called first: taking goods for a tour may ask for a replenishment, and that for somebody idle.
        """
        idle, queue = self.idle, self.queue
        while idle and queue:
            worker = idle.popleft()
            self.start(queue.pop(), worker, now)


class PreemptiveStation(Station):
    """A more urgent arrival interrupts the least urgent work in hand (the latest started among equals).

    Whoever only finishes work before leaving is not interrupted: people on their way out begin nothing.
    """

    def offer(self, item: Item, now: float) -> None:
        """Take an item in, interrupting where that helps."""
        super().offer(item, now)
        if item.worker is not None:
            return
        busy = [
            worker
            for pool in self.pools
            for worker in pool.workers
            if worker.item is not None and worker.station is self and worker.leaving is None
        ]
        worst = max(busy, key=lambda w: (w.item.rank, w.item.started_s), default=None)
        if worst is not None and worst.item.rank > item.rank:
            self.interrupt(worst, now)
            self.start(self.queue.pop(), worst, now)


class Party(NamedTuple):
    """What happens to one kind of customer: served, turned away, gone."""

    served: Then
    blocked: Then
    gave_up: Then


class CallStation(Station):
    """A station that customers wait at in person or on the line: limited places, limited patience.

    Several kinds of customers may share it (people who order and people who ask), each with its own `Party`.

    Parameters
    ----------
    max_in_system
        Places, being served included; None for no limit.
    """

    def __init__(
        self,
        engine: Engine,
        visits: Table,
        name: str,
        index: int,
        column: int,
        discipline: str,
        max_in_system: int | None,
    ) -> None:
        super().__init__(engine, visits, name, index, column, discipline, self._served)
        self.max_in_system = max_in_system
        self.parties: dict[type[Item], Party] = {}
        self.n_in_system = 0

    def _served(self, item: Item, now: float) -> None:
        self.n_in_system -= 1
        self.parties[type(item)].served(item, now)

    def offer_for(self, item: Item, now: float, patience_s: float | None) -> None:
        """Take a customer in who waits at most so long (None: for ever)."""
        if self.max_in_system is not None and self.n_in_system >= self.max_in_system:
            self.parties[type(item)].blocked(item, now)
            return
        self.n_in_system += 1
        item.patience = None
        self.offer(item, now)
        if item.worker is None and patience_s is not None:
            item.patience = self.engine.call_at(
                now + patience_s, Rank.ARRIVE, lambda time_s: self._give_up(item, time_s)
            )

    def start(self, item: Item, worker: Worker, now: float) -> None:
        """Serve: the patience no longer counts."""
        if item.patience is not None:
            item.patience.cancel()
            item.patience = None
        super().start(item, worker, now)

    def withdraw(self, item: Item, now: float) -> None:
        """Let a customer who waits leave the queue."""
        if item.patience is not None:
            item.patience.cancel()
            item.patience = None
        self.n_in_system -= 1
        self.queue.remove(item)
        self.record(self.pack(item.row, self.index, -1, item.queued_s, nan, now))

    def _give_up(self, item: Item, now: float) -> None:
        self.withdraw(item, now)
        self.parties[type(item)].gave_up(item, now)


class Delay:
    """A station that needs nobody: every item takes its time at once."""

    def __init__(self, engine: Engine, visits: Table, name: str, index: int, column: int, then: Then) -> None:
        self.engine, self.name, self.index, self.column, self.then = engine, name, index, column, then
        self.agenda, self.tickets, self.done = engine.agenda, engine.tickets, self.finish
        self.record, self.pack = visits.hot

    def offer(self, item: Item, now: float) -> None:
        """Let it pass after its time."""
        item.queued_s = item.started_s = now
        heappush(self.agenda, (now + item.work[self.column], 0, next(self.tickets), self.done, item))

    def finish(self, item: Item, now: float) -> None:
        """Write the visit down and move on."""
        record, pack, then = self.record, self.pack, self.then
        record(pack(item.row, self.index, -1, item.queued_s, item.started_s, now))
        then(item, now)
