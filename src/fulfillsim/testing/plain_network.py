"""Networks of stations in plain SimPy: a process per order, per worker and per shift.

The reference for the rules that the tandem of `plain_simpy` has no use for: people with several skills, priorities,
shortest first, preemption, handing over, patience and busy lines, batches, zones and joins, rework, waves, delays.
Nothing of the engine is used here but the world, its tape and their numbers. What happens at one second in which order
(a wave beside a shift's begin) is left to SimPy: the engine's ranks have exact traces of their own.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import count
from math import inf, nan, nextafter
from typing import Any

import simpy

from fulfillsim.domain.fulfillment import Picking
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.work import GIFT, Station
from fulfillsim.domain.world import World
from fulfillsim.tape import Tape
from fulfillsim.testing.plain_people import Bench, Facts, Floor, Gate, Job, Pool, Process, Shelves, Worker, work_shift

Passing = Generator[simpy.Event, Any, bool]


def run_plain_network(world: World, tape: Tape) -> Facts:
    """Run channels and fulfillment of a world (orders that are neither checked nor promised nor delivered)."""
    plant = _Plant(world, tape)
    plant.env.run(until=nextafter(world.days.end_s, inf))  # what lies exactly at the end still happens
    return plant.floor.facts


class _Plant:
    """All benches, people and gates, and the way that orders take."""

    def __init__(self, world: World, tape: Tape) -> None:
        assert world.fulfillment is not None
        self.world, self.tape, self.plan = world, tape, world.fulfillment
        self.floor = Floor()
        self.env, self.benches = self.floor.env, self.floor.benches
        self.uniforms: dict[str, list[float]] = {}
        self.channels = world.demand.channels
        self.benches |= {plan.name: self._bench(plan) for plan in self._stations()}
        self.drops = [Gate(self.env, channel.drop_times_s, False) for channel in self.channels]
        self.waves = Gate(self.env, tuple(wave.time_s for wave in self.plan.release.waves), True)
        self._hire()
        self.env.process(self._arrive())

    def _stations(self) -> list[Station]:
        picking = [zone.station for zone in self.plan.picking.zones] if self.plan.picking else []
        steps = [step.station for step in self.plan.steps if step.station.staffed]
        return [channel.capture for channel in self.channels if channel.capture] + picking + steps

    def _bench(self, plan: Station) -> Bench:
        if self.plan.picking and plan in [zone.station for zone in self.plan.picking.zones]:
            return Shelves(self.floor, plan, self.plan.picking)
        return Bench(self.floor, plan)

    def _hire(self) -> None:
        numbers = count()
        for role in self.world.staff:
            idle: list[Worker] = []
            everybody: list[Worker] = []
            for shift in role.shifts:
                crew = [Worker(self.floor, next(numbers), role, idle) for _ in range(shift.headcount)]
                everybody += crew
                self.env.process(work_shift(self.env, shift, crew))
            for skill in role.skills:
                pools = self.benches[skill.station].pools
                pools.append(Pool(skill.rank, idle, everybody))
                pools.sort(key=lambda pool: pool.rank)

    def _arrive(self) -> Process:
        for row, placed_s in enumerate(self.tape.placed_s.tolist()):
            yield self.env.timeout(max(placed_s - self.env.now, 0.0))
            self.env.process(self._order(row))

    def _note(self, row: int, kind: Milestone) -> None:
        self.floor.facts.milestones.append((row, kind, self.env.now))

    def _uniform(self, purpose: str, row: int, attempt: int = 0) -> float:
        """An order's own number for a purpose, and a fresh one after each time it was sent back."""
        if attempt:
            return self.tape.streams.hashed_uniform(purpose, row, attempt)
        if purpose not in self.uniforms:
            self.uniforms[purpose] = self.tape.uniforms(purpose).tolist()
        return self.uniforms[purpose][row]

    def _seconds(self, plan: Station, row: int, attempt: int, lines: list[int] | None = None) -> float:
        """Work content of an order, or of the part of it that has only some of its lines."""
        tape, time = self.tape, plan.time
        assert time is not None
        lines = self._lines(row) if lines is None else lines
        n_units = sum(int(tape.quantity[line]) for line in lines)
        base_s = time.per_order_s + time.per_line_s * len(lines) + time.per_unit_s * n_units
        base_s += time.per_gift_s * bool(tape.gift[row])
        return base_s * time.shape.quantile_one(self._uniform(f"work:{plan.name}", row, attempt))

    def _lines(self, row: int) -> list[int]:
        return list(range(self.tape.line_start[row], self.tape.line_start[row + 1]))

    def _order(self, row: int) -> Process:
        """The way of one order."""
        channel = self.channels[self.tape.channel[row]]
        rank = float(self.tape.priority[row])
        if channel.drop_times_s:
            yield self.drops[self.tape.channel[row]].wait(rank)
        if channel.capture and not (yield from self._captured(channel.capture, row, rank)):
            return
        self._note(row, Milestone.RECEIVED)
        if self.plan.release.rule == "waves":
            yield self.waves.wait(rank)
        self._note(row, Milestone.RELEASED)
        yield from self._fulfilled(row, rank)
        self._note(row, Milestone.LEFT)

    def _captured(self, plan: Station, row: int, rank: float) -> Passing:
        """Whether a customer got through: found a line free, and was patient enough."""
        bench = self.benches[plan.name]
        if plan.max_in_system is not None and bench.n_inside >= plan.max_in_system:
            self._note(row, Milestone.BLOCKED)
            return False
        bench.n_inside += 1
        job = Job(self.env, row, rank, self._seconds(plan, row, 0))
        bench.offer(job)
        if plan.patience is not None and not job.taken.triggered:
            patience_s = plan.patience.quantile_one(self._uniform(f"patience:{plan.name}", row))
            yield job.taken | self.env.timeout(patience_s)
            if not job.taken.triggered:
                bench.queue.remove(job)
                bench.n_inside -= 1
                self.floor.facts.visits.append((plan.name, row, -1, job.queued_s, nan, self.env.now))
                self._note(row, Milestone.HUNG_UP)
                return False
        yield job.finished
        bench.n_inside -= 1
        return True

    def _fulfilled(self, row: int, rank: float) -> Process:
        """Picking and the steps, and back where something fails."""
        names = [step.station.name for step in self.plan.steps]
        place, attempt = -1, 0
        while place < len(names):
            if place < 0:
                if self.plan.picking:
                    yield from self._picked(self.plan.picking, row, rank, attempt)
                place += 1
                continue
            step = self.plan.steps[place]
            place += 1
            if step.only == GIFT and not self.tape.gift[row]:
                continue
            seconds = self._seconds(step.station, row, attempt)
            if step.station.staffed:
                job = Job(self.env, row, rank, seconds)
                self.benches[step.station.name].offer(job)
                yield job.finished
            else:
                begun_s = self.env.now
                yield self.env.timeout(seconds)
                self.floor.facts.visits.append((step.station.name, row, -1, begun_s, begun_s, self.env.now))
            if (
                step.rework_to is not None
                and self._uniform(f"rework:{step.station.name}", row, attempt) < step.rework_prob
            ):
                attempt += 1
                place = -1 if step.rework_to == "picking" else names.index(step.rework_to)

    def _picked(self, picking: Picking, row: int, rank: float, attempt: int) -> Process:
        """All parts at once, each in its zone; the last one done completes the order."""
        jobs = []
        for zone, lines in self._parts(picking, row).items():
            plan = picking.zones[zone].station
            jobs.append(Job(self.env, row, rank, self._seconds(plan, row, attempt, lines)))
            self.benches[plan.name].offer(jobs[-1])
        for job in jobs:
            yield job.finished
        self._note(row, Milestone.PICKED)

    def _parts(self, picking: Picking, row: int) -> dict[int, list[int]]:
        """Zone -> lines that are picked there, in the order in which the zones are told."""
        if len(picking.zones) == 1:
            return {0: self._lines(row)}
        parts: dict[int, list[int]] = {zone: [] for zone in range(len(picking.zones))} if picking.split == "all" else {}
        for line in self._lines(row):
            zone = 0 if self.world.catalog is None else int(self.world.catalog.zone[self.tape.sku[line]])
            parts.setdefault(zone, []).append(line)
        return parts
