"""People on shifts: who is there, who is idle, what each does next."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Any

import simpy

from fulfillsim.domain.records import WorkerState
from fulfillsim.domain.staff import Duty, Role, Shift
from fulfillsim.sim.engine import Engine, Rank
from fulfillsim.sim.station import Station
from fulfillsim.sim.trace import Table, WorkerInfo


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
    stations
        Stations served, in order of preference.
    item, station
        Work in hand, None while idle or away; the station worked last.
    state
        None while away.
    """

    __slots__ = (
        "duty",
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
                station.start(station.pop(), self, now)
                return
        self.pool.idle.append(self)

    def come(self, now: float) -> None:
        """Begin a shift, or return from a break (whoever is still finishing work simply stays)."""
        if self.item is not None and self.leaving is not None:
            self.leaving = None
            self._become(WorkerState.ON, now)
            return
        self._become(WorkerState.ON, now)
        self.next(now)

    def leave(self, now: float, reason: WorkerState | None) -> None:
        """Go on a break (``WorkerState.BREAK``) or home (None): at once, or with the work in hand."""
        if self.item is None:
            if self.state is WorkerState.ON:
                self.pool.idle.remove(self)
            self._become(reason, now)
        elif self.hands_over:
            station = self.station
            station.interrupt(self, now)
            self._become(reason, now)
            station.wake(now)
        else:
            self.leaving = reason if reason is not None else WorkerState.LEAVING
            self._become(WorkerState.LEAVING, now)

    def _go(self, reason: WorkerState, now: float) -> None:
        self.leaving = None
        self._become(None if reason is WorkerState.LEAVING else reason, now)

    def _become(self, state: WorkerState | None, now: float) -> None:
        """Write down what the worker was until now."""
        if self.state is not None and now > self.since_s:
            self.duty.add(self.number, self.state, self.since_s, now)
        self.state, self.since_s = state, now

    def close(self, now: float) -> None:
        """Write down the last state at the end of the run, and work still in hand."""
        self._become(None, now)


def hire(
    engine: Engine, role_index: int, role: Role, stations: dict[str, Any], duty: Table, first_number: int
) -> tuple[list[Worker], list[WorkerInfo]]:
    """Make the workers of a role, tell their stations, and start a process per shift."""
    pool = Pool()
    workers: list[Worker] = []
    infos: list[WorkerInfo] = []
    skills = [skill for skill in sorted(role.skills, key=lambda s: s.rank) if skill.station in stations]
    served = tuple(stations[skill.station] for skill in skills)
    n_stations = 1 + max((station.index for station in stations.values()), default=-1)
    pace = [1.0 / (1.0 - role.indirect_share)] * n_stations
    for skill in skills:
        pace[stations[skill.station].index] /= skill.speed
    for shift in role.shifts:
        crew = []
        for place in range(shift.headcount):
            worker = Worker(first_number + len(workers), pool, duty, role.at_break == "hand_over")
            worker.stations, worker.pace = served, pace
            workers.append(worker)
            crew.append(worker)
            infos.append(WorkerInfo(f"{role.name}.{shift.name}.{place + 1}", role_index, shift.name))
        engine.process(_work_shift(engine, shift, crew))
    for skill, station in zip(skills, served, strict=True):
        station.add_pool(pool, skill.rank)
    return workers, infos


def _work_shift(engine: Engine, shift: Shift, crew: list[Worker]) -> Generator[simpy.Event, None, None]:
    """Let a crew come and go, duty by duty."""
    for time_s, what in _timeline(shift.duties):
        if time_s > 0:
            yield engine.until(time_s, Rank.CAPACITY)
        if what == "come":
            for worker in crew:
                worker.come(time_s)
            continue
        # Idle people go first: nobody is handed work on the way out.
        for worker in sorted(crew, key=lambda each: each.item is not None):
            worker.leave(time_s, WorkerState.BREAK if what == "break" else None)


def _timeline(duties: tuple[Duty, ...]) -> list[tuple[float, str]]:
    """(second, ``come`` | ``break`` | ``end``) in order."""
    line = []
    for duty in duties:
        line.append((duty.start_s, "come"))
        for pause in duty.breaks:
            line += [(pause.start_s, "break"), (pause.end_s, "come")]
        line.append((duty.end_s, "end"))
    return line
