"""Benches, people and gates in plain SimPy, for `plain_network`: a process per worker, and per shift."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import simpy

from fulfillsim.domain.fulfillment import Picking
from fulfillsim.domain.staff import Role, Shift
from fulfillsim.domain.work import Station
from fulfillsim.testing.plain_simpy import presences

Process = Generator[simpy.Event, Any, None]
Visit = tuple[str, int, int, float, float, float]
"""Station, item, worker (-1 for nobody), and when it queued, started and ended."""


@dataclass
class Facts:
    """What happened: visits in the order of their ends, milestones as (order, kind, second)."""

    visits: list[Visit] = field(default_factory=list)
    milestones: list[tuple[int, int, float]] = field(default_factory=list)


@dataclass
class Floor:
    """What all share: the clock, what happened, the numbers of tours, the benches by name."""

    env: simpy.Environment = field(default_factory=simpy.Environment)
    facts: Facts = field(default_factory=Facts)
    tours: count[int] = field(default_factory=count)
    benches: dict[str, Bench] = field(default_factory=dict)


class Job:
    """A piece of work that waits at a bench: an order there, or a tour with the jobs that it collects."""

    def __init__(self, env: simpy.Environment, item: int, rank: float, seconds: float) -> None:
        self.item, self.rank, self.seconds = item, rank, seconds
        self.taken, self.finished = env.event(), env.event()
        self.queued_s = self.started_s = env.now
        self.place = 0
        self.collected: list[Job] = [self]


@dataclass
class Pool:
    """The people of a role as a bench sees them: how much they prefer it, who is idle (longest first), who there is."""

    rank: int
    idle: list[Worker]
    workers: list[Worker]


class Bench:
    """A station with its queue and the workers who can serve it, those who prefer it first."""

    def __init__(self, floor: Floor, plan: Station) -> None:
        self.floor, self.plan = floor, plan
        self.queue: list[Job] = []
        self.pools: list[Pool] = []
        self.n_inside = 0
        self._places = count(1)

    def offer(self, job: Job) -> None:
        """Take a job in: somebody idle begins, somebody with less urgent work stops, or it waits."""
        job.place = next(self._places)
        self.queue.append(job)
        self.call()
        if self.plan.discipline == "preemptive" and job in self.queue:
            everybody = [worker for pool in self.pools for worker in pool.workers]
            busy = [worker for worker in everybody if worker.bench is self and worker.job is not None and worker.on]
            worst = max(busy, key=lambda worker: (worker.job.rank, worker.job.started_s), default=None)
            if worst is not None and worst.job.rank > job.rank:
                worst.process.interrupt("something more urgent")

    def give_back(self, job: Job) -> None:
        """Put work that was interrupted before its equals."""
        job.queued_s, job.place = self.floor.env.now, -next(self._places)
        self.queue.append(job)

    def call(self) -> None:
        """Let idle people take what waits."""
        for pool in self.pools:
            while pool.idle and self.has_work():
                pool.idle.pop(0).take(self)

    def has_work(self) -> bool:
        """Whether somebody who comes would find something to do."""
        return bool(self.queue)

    def next(self) -> Job:
        """Take the next job out of the queue."""
        job = min(self.queue, key=self._order)
        self.queue.remove(job)
        return job

    def _order(self, job: Job) -> tuple[float, int]:
        urgency = {"fifo": 0.0, "shortest": job.seconds}.get(self.plan.discipline, job.rank)
        return urgency, job.place


class Shelves(Bench):
    """A picking zone, whose queue becomes tours when a picker comes."""

    def __init__(self, floor: Floor, plan: Station, picking: Picking) -> None:
        super().__init__(floor, plan)
        self.batch, self.per_tour = picking.batch, picking.per == "tour"
        self.interrupted: list[Job] = []

    def give_back(self, job: Job) -> None:
        """Let a tour that was interrupted be the next."""
        job.queued_s = self.floor.env.now
        self.interrupted.append(job)

    def has_work(self) -> bool:
        """Whether a tour waits, or orders enough for one."""
        return bool(self.interrupted) or len(self.queue) >= self.batch.min_orders

    def next(self) -> Job:
        """Take the next tour, or as many orders as fit on one."""
        if self.interrupted:
            return self.interrupted.pop()
        chosen = sorted(self.queue, key=self._order)[: self.batch.max_orders]
        for job in chosen:
            self.queue.remove(job)
        seconds = chosen[0].seconds if self.per_tour else sum(job.seconds for job in chosen)
        tour = Job(self.floor.env, next(self.floor.tours), min(job.rank for job in chosen), seconds)
        tour.queued_s, tour.collected = min(job.queued_s for job in chosen), chosen
        return tour


class Worker:
    """One person: ``on`` while on duty, with a job in hand or waiting to be called."""

    def __init__(self, floor: Floor, number: int, role: Role, idle: list[Worker]) -> None:
        self.floor, self.number, self.idle = floor, number, idle
        self.hands_over = role.at_break == "hand_over"
        self.skills: list[tuple[Bench, float]] = []
        for skill in sorted(role.skills, key=lambda skill: skill.rank):
            self.skills.append((floor.benches[skill.station], 1.0 / (1.0 - role.indirect_share) / skill.speed))
        self.on = False
        self.job: Any = None
        self.bench: Any = None
        self.called = floor.env.event()
        self.process = floor.env.process(self._work())

    def take(self, bench: Bench) -> None:
        """Begin the next job of a bench."""
        self.job, self.bench = bench.next(), bench
        self.job.started_s = self.floor.env.now
        if not self.job.taken.triggered:
            self.job.taken.succeed()
        if not self.called.triggered:
            self.called.succeed()

    def look_round(self) -> None:
        """Begin something, by preference, or be idle."""
        bench = next((bench for bench, _ in self.skills if bench.has_work()), None)
        if bench is not None:
            self.take(bench)
        else:
            self.idle.append(self)

    def come(self) -> None:
        """Begin a shift or return from a break; whoever still finishes work stays."""
        self.on = True
        if self.job is None:
            self.look_round()

    def leave(self) -> None:
        """Go on a break or home, at once or with the work in hand."""
        self.on = False
        if self in self.idle:
            self.idle.remove(self)
        if self.job is not None and self.hands_over:
            self.process.interrupt("going")

    def _work(self) -> Process:
        env = self.floor.env
        while True:
            try:
                if self.job is None:
                    self.called = env.event()
                    yield self.called
                yield env.timeout(self.job.seconds * self._pace())
            except simpy.Interrupt as interrupt:
                self._stop(interrupt.cause == "going")
                continue
            self._write()
            for job in self.job.collected:
                job.finished.succeed()
            self.job = None
            yield env.timeout(0)  # whatever was finished moves on first
            if self.on and self.job is None:
                self.look_round()

    def _pace(self) -> float:
        return next(pace for bench, pace in self.skills if bench is self.bench)

    def _stop(self, going: bool) -> None:
        """Give back what is left of the work, for others; or for something more urgent at the same bench."""
        self._write()
        self.job.seconds -= (self.floor.env.now - self.job.started_s) / self._pace()
        self.bench.give_back(self.job)
        self.job = None
        if going:
            self.bench.call()
        else:
            self.take(self.bench)

    def _write(self) -> None:
        job = self.job
        visit = (self.bench.plan.name, job.item, self.number, job.queued_s, job.started_s, self.floor.env.now)
        self.floor.facts.visits.append(visit)


class Gate:
    """Where orders wait for a time: a wave, a file drop."""

    def __init__(self, env: simpy.Environment, times_s: tuple[float, ...], by_rank: bool) -> None:
        self.env, self.by_rank = env, by_rank
        self.waiting: list[tuple[float, simpy.Event]] = []
        env.process(self._open(times_s))

    def wait(self, rank: float) -> simpy.Event:
        """Event of the next opening."""
        event = self.env.event()
        self.waiting.append((rank, event))
        return event

    def _open(self, times_s: tuple[float, ...]) -> Process:
        for time_s in times_s:
            yield self.env.timeout(time_s - self.env.now)
            due, self.waiting = self.waiting, []
            for _, event in sorted(due, key=lambda pair: pair[0] if self.by_rank else 0.0):
                event.succeed()


def work_shift(env: simpy.Environment, shift: Shift, crew: list[Worker]) -> Process:
    """Let a crew come and go, duty by duty."""
    for duty in shift.duties:
        for begin_s, end_s in presences(duty):
            if begin_s > env.now:
                yield env.timeout(begin_s - env.now)
            for worker in crew:
                worker.come()
            yield env.timeout(end_s - env.now)
            for worker in crew:
                worker.leave()
