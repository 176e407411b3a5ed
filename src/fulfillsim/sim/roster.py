"""Rosters: who of a crew comes to a duty, how quick they are by then, how long they stay.

All chance belongs to a person (role, shift, place in the crew) and a day, so that hiring two leaves what happens to
the others as it was.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from math import ceil
from typing import TYPE_CHECKING

import simpy

from fulfillsim.domain.records import WorkerState
from fulfillsim.domain.staff import Duty, Learning, Role, Shift
from fulfillsim.sampling.distributions import make
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Model

if TYPE_CHECKING:
    from fulfillsim.sim.staff import Worker

LOOK_S = 900.0
"""Whether people stay, or go early, is looked at so often."""


class Roster:
    """One shift of a role through all its duties.

    Attributes
    ----------
    crew
        Its workers; the first ``heads`` of them come where a duty has fewer.
    called
        People of an agency who are called, by the start of the duty.
    """

    def __init__(self, model: Model, role: Role, shift: Shift, crew: Sequence[Worker]) -> None:
        self.model, self.role, self.shift, self.crew = model, role, shift, crew
        self.engine, self.days, self.streams = model.engine, model.world.days, model.tape.streams
        self.owner = f"role:{role.name}/"
        self.person = f"role:{role.name}.{shift.name}/"
        self.learning = shift.learning or role.learning
        self.called: dict[float, int] = {}
        self.first_s: dict[Worker, float] = {}
        self.usual_pace = [list(worker.pace) for worker in crew]
        if role.spread_cv > 0:
            self._spread(role.spread_cv)

    def begin(self) -> None:
        """Let the crew come and go, duty by duty."""
        if not any(duty.start_s <= self.days.end_s for duty in self.shift.duties):
            return
        if self.shift.agency is not None:
            for duty in self.shift.duties:
                self._call_for(duty)
        self.engine.process(self._work())

    def _work(self) -> Generator[simpy.Event, None, None]:
        for place, duty in enumerate(self.shift.duties):
            if duty.start_s > 0:
                yield self.engine.until(duty.start_s, Rank.CAPACITY)
            coming, absent = self._who(duty)
            for worker in absent:
                worker.become(WorkerState.ABSENT, duty.start_s)
            for worker in coming:
                self._get_ready(worker, duty.start_s)
                worker.come(duty.start_s)
            self._watch(coming, duty)
            for time_s, what in _timeline(duty):
                yield self.engine.until(time_s, Rank.CAPACITY)
                self._turn(coming, absent, time_s, what)
            yield self.engine.until(duty.end_s, Rank.CAPACITY)
            next_s = self.shift.duties[place + 1].start_s if place + 1 < len(self.shift.duties) else float("inf")
            self._end(coming, absent, duty, next_s)

    def _turn(self, coming: Sequence[Worker], absent: Sequence[Worker], time_s: float, what: str) -> None:
        """A break begins or ends."""
        for worker in absent:
            if what != "paid break":
                worker.become(WorkerState.ABSENT if what == "come" else None, time_s)
        if what == "come":
            for worker in coming:
                if worker.state is not WorkerState.SENT_HOME:
                    worker.come(time_s)
        else:
            _leave(coming, time_s, WorkerState.BREAK)

    def _end(self, coming: Sequence[Worker], absent: Sequence[Worker], duty: Duty, next_s: float) -> None:
        """Go home, or stay while orders due today are open."""
        now = duty.end_s
        for worker in (*absent, *(worker for worker in coming if worker.state is WorkerState.SENT_HOME)):
            worker.become(None, now)
        rule = self.role.shift_end
        until_s = min(now + rule.overtime_s, next_s) if rule is not None else now
        if until_s <= now or not self._due_today(now):
            _leave(coming, now, None)
            return
        staying = [worker for worker in coming if worker.state is not None]
        for worker in staying:
            worker.leaving = None
            worker.become(WorkerState.OVERTIME, now)
        self.engine.process(self._stay(staying, now, until_s, self._midnight_after(now)))

    def _stay(
        self, staying: Sequence[Worker], now: float, until_s: float, due_s: float
    ) -> Generator[simpy.Event, None, None]:
        house = self.model.house
        while house is not None and now < until_s and house.n_due_by(due_s):
            now = min(now + LOOK_S, until_s)
            yield self.engine.until(now, Rank.CAPACITY)
        _leave([worker for worker in staying if worker.state is WorkerState.OVERTIME], now, None)

    def _watch(self, coming: Sequence[Worker], duty: Duty) -> None:
        """Send idle people home when nothing due today is open."""
        rule = self.role.shift_end
        if rule is not None and rule.home_after_s is not None:
            self.engine.process(self._look(coming, duty, duty.start_s + rule.home_after_s))

    def _look(self, coming: Sequence[Worker], duty: Duty, now: float) -> Generator[simpy.Event, None, None]:
        while now < duty.end_s:
            yield self.engine.until(now, Rank.DECIDE)
            if not self._due_today(now):
                for worker in coming:
                    if worker.state is WorkerState.ON and worker.item is None:
                        worker.leave(now, WorkerState.SENT_HOME)
            now += LOOK_S

    def _due_today(self, now: float) -> int:
        house = self.model.house
        return 0 if house is None else int(house.n_due_by(self._midnight_after(now)))

    def _midnight_after(self, now: float) -> float:
        return float(self.days.midnight_s[self.days.of(now) + 1])

    def _call_for(self, duty: Duty) -> None:
        agency = self.shift.agency
        assert agency is not None

        def call(now: float) -> None:
            n_open = self.model.house.n_open if self.model.house is not None else 0
            self.called[duty.start_s] = ceil(n_open / agency.orders_per_head)

        self.engine.call_at(max(0.0, duty.start_s - agency.notice_s), Rank.CAPACITY, call)

    def _who(self, duty: Duty) -> tuple[list[Worker], list[Worker]]:
        """People who come to a duty, and people who should and do not."""
        heads = self.shift.headcount if duty.heads is None else duty.heads
        if self.shift.agency is not None:
            heads = min(heads, self.called.get(duty.start_s, 0))
        rostered = list(self.crew[:heads])
        absence = self.role.absence
        if absence is None or duty.is_known:
            return rostered, []
        day = self.days.ordinal(self.days.of(duty.start_s))
        gone = [self._is_absent(absence.prob, absence.correlation, place, day) for place in range(len(rostered))]
        # Whoever is still there from the duty before does not stay away.
        pairs = [(worker, away and worker.state is None) for worker, away in zip(rostered, gone, strict=True)]
        return [worker for worker, away in pairs if not away], [worker for worker, away in pairs if away]

    def _is_absent(self, prob: float, shared: float, place: int, day: int) -> bool:
        """Whether a person does not come: by chances that share a part, each alone as large as it should be."""
        u = self.streams.hashed_uniform(f"{self.person}absence", place, day)
        if shared <= 0.0 or prob <= 0.0:
            return u < prob
        from scipy.special import ndtr, ndtri

        common = ndtri(self.streams.hashed_uniform(f"{self.owner}absence_shock", day))
        return bool(ndtr(shared**0.5 * common + (1.0 - shared) ** 0.5 * ndtri(u)) < prob)

    def _get_ready(self, worker: Worker, now: float) -> None:
        """Work as quickly and as well as this person does by now."""
        learning = self.learning
        if learning is None:
            return
        place = self.crew.index(worker)
        there_s = (
            now - self.first_s.setdefault(worker, now if self.shift.agency else 0.0) + self._tenure(learning, place)
        )
        share = learning.share(there_s)
        speed = learning.start_speed + (1.0 - learning.start_speed) * share
        worker.errors = learning.start_errors + (1.0 - learning.start_errors) * share
        worker.pace = [pace / speed for pace in self.usual_pace[place]]

    def _tenure(self, learning: Learning, place: int) -> float:
        if learning.tenure is None:
            return 0.0
        return float(learning.tenure.quantile_one(self.streams.hashed_uniform(f"{self.person}experience", place, 0)))

    def _spread(self, cv: float) -> None:
        """Give everybody a speed of their own."""
        speeds = make("gamma", mean=1.0, cv=cv)
        for place, worker in enumerate(self.crew):
            speed = speeds.quantile_one(self.streams.hashed_uniform(f"{self.person}experience", place, 1))
            self.usual_pace[place] = worker.pace = [pace / speed for pace in worker.pace]


def _leave(crew: Sequence[Worker], now: float, reason: WorkerState | None) -> None:
    """Let those who are there go; idle people first: nobody is handed work on the way out."""
    there = [worker for worker in crew if worker.state not in (None, WorkerState.SENT_HOME)]
    for worker in sorted(there, key=lambda each: each.item is not None):
        worker.leave(now, reason)


def _timeline(duty: Duty) -> list[tuple[float, str]]:
    """(second, ``come`` | ``paid break`` | ``unpaid break``) in order."""
    line = []
    for pause in duty.breaks:
        line += [(pause.start_s, "paid break" if pause.paid else "unpaid break"), (pause.end_s, "come")]
    return line
