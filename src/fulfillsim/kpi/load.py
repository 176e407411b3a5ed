"""Hours of work against rostered productive hours, hour by hour, without simulating.

Work flows like water: each hour brings the work of the orders that are expected then, people do what is due first, and
nobody waits for the step before. So this is the least that is needed: what tips over here tips over in the simulation
too; what holds here may still wait too long there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.staff import Role
from fulfillsim.domain.world import World
from fulfillsim.kpi.stock_work import hours_by_station
from fulfillsim.sim.workload import OrderWork, order_work
from fulfillsim.tape import Tape, draw_tape

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
HOUR_S = 3600.0
NOTHING_H = 1.0 / 60.0
"""Less than a minute of work is none."""
DAY_H = 24


@dataclass(frozen=True)
class DayLoad:
    """A role on a day; hours.

    Parameters
    ----------
    work_h
        Work that comes to its home stations on the day.
    carried_h
        Work that waits there when the day begins.
    productive_h
        Rostered hours without breaks, expected absence and indirect work; people of agencies are not in it.
    done_h
        What it works, at home and where it helps out.
    on_call_h
        Hours for which people of an agency could be called.
    """

    day: str
    role: str
    work_h: float
    carried_h: float
    productive_h: float
    done_h: float
    on_call_h: float = 0.0

    @property
    def load(self) -> float:
        """Work of the day and carried into it over productive hours; infinite where there is work and nobody."""
        need_h = self.work_h + self.carried_h
        if self.productive_h <= 0:
            return inf if need_h > NOTHING_H else 0.0
        return need_h / self.productive_h


@dataclass(frozen=True)
class Tip:
    """The first hour at whose end work is left that was due by then."""

    hour_s: float
    station: str
    role: str
    left_h: float


@dataclass(frozen=True)
class Load:
    """Work against hours of a scenario; ``days`` by day and role, in the days that count.

    Parameters
    ----------
    utilization
        Role -> hours worked over productive hours, in the days that count.
    not_counted
        Stations whose work does not follow from orders.
    """

    days: tuple[DayLoad, ...]
    tip: Tip | None
    utilization: dict[str, float]
    not_counted: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """A row per day and role, hours in the names of the columns."""
        import pandas as pd

        return pd.DataFrame([{**asdict(day), "load": day.load} for day in self.days])


def load_of(world: World, seed: int = 1) -> Load:
    """Weigh the expected work of a scenario against its people, without simulating.

    Parameters
    ----------
    seed
        Of the orders whose contents stand for all; how many come in an hour is what the scenario expects.
    """
    tape = draw_tape(world, seed, 0)
    work = order_work(world, tape)
    return _Flow(world, tape, work).load()


class _Flow:
    """Work and people by hour from clock zero to the end of the window."""

    def __init__(self, world: World, tape: Tape, work: OrderWork) -> None:
        self.world, self.work = world, work
        self.n_hours = round(world.days.window_end_s / HOUR_S)
        goods = hours_by_station(world, self.n_hours)
        self.stations = [n for n in (*work.seconds, *goods) if any(_serves(role, n) for role in world.staff)]
        self.not_counted = tuple(name for name in work.not_counted if name not in goods)
        weight = _weights(world, tape, self.n_hours)
        here = tape.placed_s < self.n_hours * HOUR_S
        hour = (tape.placed_s[here] // HOUR_S).astype(np.int64)
        hour = np.maximum(hour, int(world.days.begin_s // HOUR_S))
        self.arriving: list[dict[int, Floats]] = []
        for name in self.stations:
            if name in goods:
                self.arriving.append(goods[name])
                continue
            due_s = work.due_of(name, tape.placed_s)
            due = np.ceil(np.minimum(due_s[here] / HOUR_S, self.n_hours + 1.0)) - 1.0  # the hour before it is due
            hours = work.seconds[name][here] * weight[here] / HOUR_S
            self.arriving.append(_by_hour(hour, due.astype(np.int64), hours, self.n_hours))
        self.home = [_home(world, name) for name in self.stations]
        rostered = [_rostered(world, role, self.n_hours) for role in world.staff]
        self.productive = [productive for productive, _ in rostered]
        self.on_call = [on_call for _, on_call in rostered]

    def load(self) -> Load:
        """Let it flow."""
        n_roles = len(self.world.staff)
        backlog = [np.zeros(self.n_hours + 1) for _ in self.stations]
        done, came = np.zeros((n_roles, self.n_hours)), np.zeros((n_roles, self.n_hours))
        waiting = np.zeros((n_roles, self.n_hours + 1))
        tip: Tip | None = None
        for hour in range(self.n_hours):
            for place, arriving in enumerate(self.arriving):
                if hour in arriving:
                    backlog[place] += arriving[hour]
                    came[self.home[place], hour] += arriving[hour].sum()
            self._work(hour, backlog, done)
            for place, left in enumerate(backlog):
                waiting[self.home[place], hour + 1] += left.sum()
                late_h = float(left[: hour + 1].sum())
                if tip is None and late_h > NOTHING_H and hour * HOUR_S >= self.world.days.window_start_s:
                    role = self.world.staff[self.home[place]].name
                    tip = Tip(hour * HOUR_S, self.stations[place], role, late_h)
        return Load(self._days(came, waiting, done), tip, self._utilization(done), self.not_counted)

    def _work(self, hour: int, backlog: list[Floats], done: Floats) -> None:
        """One hour: everybody at the station they prefer most that has work, what is due first first."""
        free = [float(productive[hour]) for productive in self.productive]
        ranks = sorted({skill.rank for role in self.world.staff for skill in role.skills})
        for rank in ranks:
            for index, role in enumerate(self.world.staff):
                for skill in role.skills:
                    if skill.rank == rank and skill.station in self.stations and free[index] > 0:
                        queue = backlog[self.stations.index(skill.station)]
                        spent = _serve(queue, free[index] * skill.speed) / skill.speed
                        free[index] -= spent
                        done[index, hour] += spent

    def _days(self, came: Floats, waiting: Floats, done: Floats) -> tuple[DayLoad, ...]:
        days = self.world.days
        found = []
        for day in range(days.n_warm_up, days.n_warm_up + days.n_window):
            first, last = (round(days.midnight_s[d] / HOUR_S) for d in (day, day + 1))
            for index, role in enumerate(self.world.staff):
                hours = slice(first, last)
                found.append(
                    DayLoad(
                        days.date(day).isoformat(),
                        role.name,
                        float(came[index, hours].sum()),
                        float(waiting[index, first]),
                        float(self.productive[index][hours].sum()),
                        float(done[index, hours].sum()),
                        float(self.on_call[index][hours].sum()),
                    )
                )
        return tuple(found)

    def _utilization(self, done: Floats) -> dict[str, float]:
        first = int(self.world.days.window_start_s // HOUR_S)
        return {
            role.name: float(done[index, first:].sum() / self.productive[index][first:].sum())
            for index, role in enumerate(self.world.staff)
            if self.productive[index][first:].sum() > 0
        }


def _serves(role: Role, station: str) -> bool:
    return any(skill.station == station for skill in role.skills)


def _home(world: World, station: str) -> int:
    """The role that prefers a station most."""
    every = ((skill, index) for index, role in enumerate(world.staff) for skill in role.skills)
    return min((skill.rank, index) for skill, index in every if skill.station == station)[1]


def _serve(queue: Floats, most: float) -> float:
    """Take so much work off a queue, the earliest due first; returns how much there was."""
    left = most
    for due in np.flatnonzero(queue).tolist():
        taken = min(left, float(queue[due]))
        queue[due] -= taken
        left -= taken
        if left <= 0:
            break
    return most - left


def _by_hour(hour: Counts, due: Counts, hours: Floats, n_hours: int) -> dict[int, Floats]:
    """Hour of arrival -> hours of work by the hour in which they are due."""
    cells = np.bincount(hour * (n_hours + 1) + due, hours, minlength=n_hours * (n_hours + 1))
    table = cells.reshape(n_hours, n_hours + 1)
    return {place: table[place] for place in np.flatnonzero(table.sum(axis=1)).tolist()}


def _weights(world: World, tape: Tape, n_hours: int) -> Floats:
    """How many expected orders each drawn one stands for: those of its channel and hour, or of its channel and day."""
    weight = np.ones(len(tape))
    if world.demand.history is not None:
        return weight
    midnights = np.asarray(world.days.midnight_s)
    for index, channel in enumerate(world.demand.channels):
        plan = channel.arrivals
        if plan.headway is not None:
            continue
        together = 1.0 if plan.orders_per_arrival is None else plan.orders_per_arrival.mean
        mine = (tape.channel == index) & (tape.placed_s >= world.days.begin_s)
        mine &= tape.placed_s < n_hours * HOUR_S
        edges_s = np.arange(n_hours + 1) * HOUR_S
        total = np.concatenate([[0.0], np.cumsum(plan.expected)]) * together
        expected = np.diff(np.interp(edges_s, plan.edges_s, total))
        hour = (tape.placed_s[mine] // HOUR_S).astype(np.int64)
        drawn = np.bincount(hour, minlength=n_hours)
        day_of = np.searchsorted(midnights, edges_s[:-1], side="right") - 1
        met = expected * (drawn > 0)
        by_day = np.bincount(day_of, expected) / np.maximum(np.bincount(day_of, met), 1e-12)
        weight[mine] = (met / np.maximum(drawn, 1) * by_day[day_of])[hour]
    return weight


def _rostered(world: World, role: Role, n_hours: int) -> tuple[Floats, Floats]:
    """Productive hours by hour of own people, and of people of agencies who could be called."""
    own, on_call = np.zeros(n_hours), np.zeros(n_hours)
    edges_s = np.arange(n_hours + 1, dtype=np.float64) * HOUR_S
    there = 1.0 - (role.absence.prob if role.absence is not None else 0.0)
    for shift in role.shifts:
        hours = own if shift.agency is None else on_call
        for duty in shift.duties:
            if duty.start_s >= edges_s[-1]:
                continue
            heads = shift.headcount if duty.heads is None else duty.heads
            present: Floats = _overlap(duty.start_s, duty.end_s, edges_s)
            for pause in duty.breaks:
                present = present - _overlap(pause.start_s, pause.end_s, edges_s)
            coming = 1.0 if duty.is_known else there
            hours += heads * coming * (1.0 - role.indirect_share) * present / HOUR_S
    return own, on_call


def _overlap(start_s: float, end_s: float, edges_s: Floats) -> Floats:
    """Seconds of a span between each pair of edges."""
    inside = np.minimum(end_s, edges_s[1:]) - np.maximum(start_s, edges_s[:-1])
    return np.asarray(np.maximum(inside, 0.0), dtype=np.float64)
