"""The clock: SimPy's environment, with the tape's arrivals merged in and a documented order of simultaneous events.

Stock SimPy processes, timeouts and events work as ever. Two things are added: orders arrive from a sorted iterator
without passing through the event list, and events carry a rank that orders what happens at the same second. Every entry
of the event list is a call; SimPy's own events come as calls of `happen`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from heapq import heappop, heappush
from math import inf
from typing import Any

import simpy


class Rank(IntEnum):
    """What comes first at the same second; then the order of creation.

    A pickup at 17:00 takes what was packed at 17:00: completions, people coming and going, arrivals, decisions
    (release, cutoff, pickup, review), observation. A plain SimPy timeout has the rank of ``CAPACITY``.
    """

    COMPLETE = 0
    CAPACITY = 1
    ARRIVE = 2
    DECIDE = 3
    OBSERVE = 4


class Item:
    """Something that can be worked on; no event, no process: its completion is a call in the event list.

    Attributes
    ----------
    row
        Number in the trace: the order's row, the tour's or contact's number.
    work
        Work contents for a worker of speed 1: ``work[station.column]`` seconds at each station.
    seconds
        What is left of the work at the present station.
    rank
        Urgency in queues with priorities; smaller first.
    queued_s, started_s
        When it came to the present station, and when its work began.
    worker
        Who works on it; None while it waits.
    """

    __slots__ = ("patience", "queued_s", "rank", "row", "seconds", "started_s", "work", "worker")

    queued_s: float
    started_s: float
    seconds: float
    work: Any
    worker: Any
    patience: Any

    def __init__(self, row: int, rank: float = 0.0) -> None:
        self.row = row
        self.rank = rank


Call = Callable[[Any, float], None]
"""What the event list calls with its argument and the time."""


class Alarm:
    """A call at a time that `Engine.call_at` makes; ``cancel`` silences it."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[float], None]) -> None:
        self.function = function

    def cancel(self) -> None:
        """Let it pass without effect."""
        self.function = _pass

    @staticmethod
    def ring(alarm: Alarm, now: float) -> None:
        """Call what is to be called."""
        alarm.function(now)


def _pass(_: float) -> None:
    pass


class Engine(simpy.Environment):
    """SimPy's environment with merged arrivals and plain calls in its event list.

    Attributes
    ----------
    agenda
        The event list: a heap of (time, rank, ticket, call, argument).
    tickets
        Counter that keeps the order of creation among equals.
    """

    def __init__(self) -> None:
        super().__init__()
        self.agenda: list[Any] = self._queue
        self.tickets = self._eid
        self.n_arrived = 0

    def schedule(self, event: simpy.Event, priority: Any = Rank.CAPACITY, delay: float = 0.0) -> None:
        """Let an event of SimPy happen after a delay (SimPy's own door: timeouts and processes come through it)."""
        heappush(self.agenda, (self._now + delay, priority, next(self.tickets), happen, event))

    def at(self, time_s: float, rank: Rank, call: Call, argument: Any) -> None:
        """Put a call into the event list."""
        heappush(self.agenda, (time_s, rank, next(self.tickets), call, argument))

    def call_at(self, time_s: float, rank: Rank, function: Callable[[float], None]) -> Alarm:
        """Call ``function(time_s)`` at that time; the alarm returned can be cancelled."""
        alarm = Alarm(function)
        self.at(time_s, rank, Alarm.ring, alarm)
        return alarm

    def until(self, time_s: float, rank: Rank) -> simpy.Event:
        """Event for a process to yield: happens at exactly ``time_s``, in its rank."""
        event = self.event()
        event._ok, event._value = True, None
        self.at(time_s, rank, happen, event)
        return event

    def forget(self, item: Item) -> float:
        """Take an item's completion out of the event list; returns the time at which it would have come."""
        agenda = self.agenda
        place = next(index for index, entry in enumerate(agenda) if entry[-1] is item)
        time_s, rank, ticket, _, _ = agenda[place]
        agenda[place] = (time_s, rank, ticket, Alarm.ring, Alarm(_pass))
        return float(time_s)

    def step(self) -> None:
        """Work off the next entry of the event list."""
        if not self.agenda:
            raise simpy.core.EmptySchedule
        self._now, _, _, call, argument = heappop(self.agenda)
        call(argument, self._now)

    def stop(self) -> None:
        """End the run at once; for callbacks, not for processes."""
        raise simpy.core.StopSimulation

    def run_with(self, arrivals: Iterator[Any], admit: Callable[[Any, float], None], until_s: float) -> None:
        """Run until ``until_s``: what lies exactly there still happens.

        Parameters
        ----------
        arrivals
            Orders with ``placed_s``, rising; none are taken after ``until_s``.
        admit
            Called with each order and its time, in the rank of arrivals.
        """
        agenda, arrive, pop = self.agenda, Rank.ARRIVE, heappop
        self.call_at(until_s, Rank.OBSERVE, lambda _: self.stop())
        order = next(arrivals, None)
        next_s = inf if order is None else order.placed_s
        try:
            while True:
                now, rank, _, call, argument = agenda[0]
                if now >= next_s and (now > next_s or rank > arrive):
                    self._now = next_s
                    admit(order, next_s)
                    self.n_arrived += 1
                    order = next(arrivals, None)
                    next_s = inf if order is None else order.placed_s
                    continue
                pop(agenda)
                self._now = now
                call(argument, now)
        except simpy.core.StopSimulation:
            return


def happen(event: Any, _: float) -> None:
    """Let an event of SimPy happen."""
    callbacks, event.callbacks = event.callbacks, None
    for callback in callbacks:
        callback(event)
    if not event._ok and not hasattr(event, "_defused"):
        raise event._value
