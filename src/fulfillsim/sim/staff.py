"""People on shifts: who is there, who is idle, what each does next.

Rules that a scenario does not use cost nothing: workers of another class are hired where people serve one station
alone or choose by a rule, and absence, learning and calls are looked at once per duty (`fulfillsim.sim.roster`).
"""

from __future__ import annotations

from collections import deque
from typing import Any

from fulfillsim.domain.records import WorkerState
from fulfillsim.domain.staff import Role
from fulfillsim.policies.assignment import ASSIGNMENT, Assignment, Line, preference
from fulfillsim.sim.model import Model
from fulfillsim.sim.roster import Roster
from fulfillsim.sim.station import Station
from fulfillsim.sim.trace import Table, WorkerInfo

AT_WORK = (WorkerState.ON, WorkerState.OVERTIME)


class Pool:
    """Workers alike in role and skills; the one idle longest is taken first."""

    __slots__ = ("idle", "workers")

    def __init__(self) -> None:
        self.idle: deque[Worker] = deque()
        self.workers: list[Worker] = []


class Worker:
    """One person.

    Attributes
    ----------
    pace
        Factor on the work content by station number (1 / speed).
    errors
        Errors in picking, relative to an experienced colleague.
    stations
        Stations served, in order of preference.
    item, station
        Work in hand, None while idle or away; the station worked last.
    state
        None while away.
    """

    __slots__ = (
        "duty",
        "errors",
        "hands_over",
        "item",
        "leaving",
        "number",
        "pace",
        "pool",
        "since_s",
        "state",
        "station",
        "stations",
    )

    def __init__(self, number: int, pool: Pool, duty: Table, hands_over: bool) -> None:
        self.number, self.pool, self.duty, self.hands_over = number, pool, duty, hands_over
        self.stations: tuple[Station, ...] = ()
        self.pace: list[float] = []
        self.errors = 1.0
        self.item: Any = None
        self.station: Any = None
        self.leaving: WorkerState | None = None
        self.state: WorkerState | None = None
        self.since_s = 0.0
        pool.workers.append(self)

    def next(self, now: float) -> None:
        """Choose what to do: go if it is time, else the first station with work, else be idle."""
        if self.leaving is not None:
            self._go(self.leaving, now)
            return
        for station in self.stations:
            if station.queue:
                station.start(station.queue.pop(), self, now)
                return
        self.pool.idle.append(self)

    def come(self, now: float) -> None:
        """Begin a shift, or return from a break (whoever is still there simply stays)."""
        if self.state is WorkerState.OVERTIME or (self.item is not None and self.leaving is not None):
            self.leaving = None
            self.become(WorkerState.ON, now)
            return
        self.become(WorkerState.ON, now)
        self.next(now)

    def leave(self, now: float, reason: WorkerState | None) -> None:
        """Go on a break (``WorkerState.BREAK``), home (None) or home early: at once, or with the work in hand."""
        if self.item is None:
            if self.state in AT_WORK:
                self.pool.idle.remove(self)
            self.become(reason, now)
        elif self.hands_over:
            station = self.station
            station.interrupt(self, now)
            self.become(reason, now)
            station.wake(now)
        else:
            self.leaving = reason if reason is not None else WorkerState.LEAVING
            self.become(WorkerState.LEAVING, now)

    def _go(self, reason: WorkerState, now: float) -> None:
        self.leaving = None
        self.become(None if reason is WorkerState.LEAVING else reason, now)

    def become(self, state: WorkerState | None, now: float) -> None:
        """Write down what the worker was until now."""
        if self.state is not None and now > self.since_s:
            self.duty.add(self.number, self.state, self.since_s, now)
        self.state, self.since_s = state, now

    def close(self, now: float) -> None:
        """Write down the last state at the end of the run, and work still in hand."""
        self.become(None, now)


class Specialist(Worker):
    """Somebody who serves one station."""

    __slots__ = ("home",)

    home: Station

    def next(self, now: float) -> None:
        """Go if it is time, else take what waits, else be idle."""
        if self.leaving is not None:
            self._go(self.leaving, now)
            return
        station = self.home
        queue = station.queue
        if queue:
            station.start(queue.pop(), self, now)
        else:
            self.pool.idle.append(self)


class ChoosingWorker(Worker):
    """Somebody who goes by a rule when two or more stations have work."""

    __slots__ = ("choose",)

    choose: Assignment

    def next(self, now: float) -> None:
        """Go if it is time, else where the rule says, else be idle."""
        there = [place for place, station in enumerate(self.stations) if station.queue]
        if self.leaving is None and len(there) > 1:
            lines = [_line(place, self.stations[place]) for place in there]
            station = self.stations[there[self.choose(lines, now)]]
            station.start(station.queue.pop(), self, now)
        else:
            super().next(now)


def _line(place: int, station: Station) -> Line:
    waiting = getattr(station.queue, "waiting", station.queue)  # orders, where a pool makes tours of them
    if not waiting:  # nothing but interrupted tours
        waiting = station.queue.interrupted
    item = waiting.head
    return Line(place, len(waiting), item.queued_s, item.rank)


def hire(model: Model, role_index: int, role: Role, first_number: int) -> tuple[list[Worker], list[WorkerInfo]]:
    """Make the workers of a role, tell their stations, and start a process per shift."""
    pool = Pool()
    workers: list[Worker] = []
    infos: list[WorkerInfo] = []
    stations, duty = model.stations, model.trace.tables["duty"]
    skills = [skill for skill in sorted(role.skills, key=lambda s: s.rank) if skill.station in stations]
    served = tuple(stations[skill.station] for skill in skills)
    n_stations = 1 + max((station.index for station in stations.values()), default=-1)
    pace = [1.0 / (1.0 - role.indirect_share)] * n_stations
    for skill in skills:
        pace[stations[skill.station].index] /= skill.speed
    for shift in role.shifts:
        crew = []
        for place in range(shift.headcount):
            worker = _worker(first_number + len(workers), pool, duty, role, served)
            worker.pace = pace
            workers.append(worker)
            crew.append(worker)
            infos.append(WorkerInfo(f"{role.name}.{shift.name}.{place + 1}", role_index, shift.name))
        Roster(model, role, shift, crew).begin()
    for skill, station in zip(skills, served, strict=True):
        station.add_pool(pool, skill.rank)
    return workers, infos


def _worker(number: int, pool: Pool, duty: Table, role: Role, served: tuple[Station, ...]) -> Worker:
    choose, hands_over = ASSIGNMENT[role.assignment], role.at_break == "hand_over"
    worker: Worker
    if len(served) == 1:
        worker = Specialist(number, pool, duty, hands_over)
        worker.home = served[0]
    elif choose is preference:
        worker = Worker(number, pool, duty, hands_over)
    else:
        worker = ChoosingWorker(number, pool, duty, hands_over)
        worker.choose = choose
    worker.stations = served
    return worker
