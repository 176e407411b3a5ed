"""Paid time, second by second: where what the roster pays goes.

Rostered paid time = direct work + idle + indirect work + paid breaks + paid absence; overtime is apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import WorkerState
from fulfillsim.kpi.facts import Facts, Run
from fulfillsim.kpi.keeping import once

if TYPE_CHECKING:
    from fulfillsim.domain.staff import Shift

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Spans:
    """Stretches of time that belong to people, disjoint for each.

    Parameters
    ----------
    worker, start_s, end_s
        Shape (n,), in any order.
    horizon_s
        Later than every time asked for.
    """

    def __init__(self, worker: Ints, start_s: Floats, end_s: Floats, horizon_s: float) -> None:
        self.horizon_s = horizon_s
        order = np.lexsort((start_s, worker))
        self._start = self._key(worker[order], start_s[order])
        self._length_s = (end_s - start_s)[order]
        self._before_s = np.concatenate([[0.0], np.cumsum(self._length_s)])

    def _key(self, worker: Ints, time_s: Floats) -> Floats:
        """Order of (worker, time)."""
        return np.asarray(worker * self.horizon_s + time_s)

    def _until_s(self, worker: Ints, time_s: Floats) -> Floats:
        """Seconds of all stretches of all people up to this one at this time."""
        if not len(self._start):
            return np.zeros(np.shape(time_s))
        key = self._key(worker, time_s)
        place = np.searchsorted(self._start, key, side="right") - 1
        inside = np.minimum(key - self._start[place], self._length_s[place])
        return np.where(place < 0, 0.0, self._before_s[place] + inside)

    def within(self, worker: Ints, start_s: Floats, end_s: Floats) -> Floats:
        """Seconds of each of these people's times that lie in stretches of theirs; 0 where it ends before it starts."""
        inside = self._until_s(worker, np.maximum(end_s, start_s)) - self._until_s(worker, start_s)
        return np.maximum(inside, 0.0)


@once
def rostered_spans(run: Run) -> Spans:
    """What the roster pays, per person: duties without their unpaid breaks; of an agency, those that were called."""
    numbers, starts, ends = [], [], []
    shifts = {(i, s.name): s for i, role in enumerate(run.world.staff) for s in role.shifts}
    came = set(zip(run.index("duty", "worker").tolist(), run.column("duty", "start_s").tolist(), strict=True))
    places: dict[tuple[int, str], int] = {}
    for number, worker in enumerate(run.trace.workers):
        key = (worker.role, worker.shift)
        place = places[key] = places.get(key, -1) + 1
        for start_s, end_s in _paid(shifts[key], place, number, came):
            numbers.append(number)
            starts.append(start_s)
            ends.append(end_s)
    return Spans(np.array(numbers, np.int64), np.array(starts, float), np.array(ends, float), _horizon_s(run))


def _paid(shift: Shift, place: int, number: int, came: set[tuple[int, float]]) -> list[tuple[float, float]]:
    """Paid spans of the person at a place in a crew."""
    return [
        span
        for duty in shift.duties
        if (duty.heads is None or place < duty.heads) and (shift.agency is None or (number, duty.start_s) in came)
        for span in duty.paid_spans
    ]


def spans_in(run: Run, state: WorkerState) -> Spans:
    """Times that people spent in a state."""
    rows = np.flatnonzero(run.column("duty", "state") == state)
    start_s, end_s = run.column("duty", "start_s")[rows], run.column("duty", "end_s")[rows]
    return Spans(run.index("duty", "worker")[rows], start_s, end_s, _horizon_s(run))


def _horizon_s(run: Run) -> float:
    return float(max(run.midnight_s[-1], run.trace.end_s)) + 86_400.0


@dataclass(frozen=True)
class PaidTime:
    """Seconds of the window per person, shape (n_workers,).

    Parameters
    ----------
    rostered
        What the roster pays: duties without unpaid breaks, unpaid absence and the rest of a shift after being sent
        home. Equal to the sum of the next five.
    direct, idle, indirect, breaks, absence
        Work for orders, waiting for it, work that belongs to no order, paid breaks, paid absence.
    overtime
        Present outside rostered time, busy or idle.
    busy, present
        While rostered: at work on something (the indirect share included), and neither absent nor on a break.
    """

    rostered: Floats
    direct: Floats
    idle: Floats
    indirect: Floats
    breaks: Floats
    absence: Floats
    overtime: Floats
    busy: Floats
    present: Floats

    @property
    def paid(self) -> Floats:
        """Rostered paid time and overtime."""
        return self.rostered + self.overtime


@once
def account_for(facts: Facts) -> PaidTime:
    """Account for every paid second of the window."""
    run, n = facts.run, len(facts.trace.workers)
    everyone, ones = np.arange(n), np.ones(n)
    window = (everyone, ones * facts.start_s, ones * facts.end_s)
    planned = rostered_spans(run).within(*window)
    inside, outside = _by_state(facts)
    unpaid = np.array([role.absence is not None and not role.absence.paid for role in facts.world.staff], dtype=bool)
    is_unpaid = unpaid[facts.worker_role] if n else np.zeros(0, dtype=bool)
    absence = inside[WorkerState.ABSENT]
    present, finishing = inside[WorkerState.ON] + outside[WorkerState.ON], inside[WorkerState.LEAVING]
    late_busy = _busy_in_overtime(facts)
    busy = facts.busy_s.sum(axis=1) - late_busy - finishing - outside[WorkerState.LEAVING]
    busy = np.maximum(busy, 0.0)  # differences of sums: nobody works less than nothing
    share = np.array([role.indirect_share for role in facts.world.staff])[facts.worker_role] if n else ones
    return PaidTime(
        rostered=planned - np.where(is_unpaid, absence, 0.0) - inside[WorkerState.SENT_HOME],
        direct=(1.0 - share) * (busy + finishing),
        idle=(1.0 - share) * (present - busy),
        indirect=share * (present + finishing),
        breaks=inside[WorkerState.BREAK],
        absence=np.where(is_unpaid, 0.0, absence),
        overtime=outside[WorkerState.LEAVING] + outside[WorkerState.OVERTIME] + inside[WorkerState.OVERTIME],
        busy=busy,
        present=present,
    )


def _by_state(facts: Facts) -> tuple[dict[WorkerState, Floats], dict[WorkerState, Floats]]:
    """Seconds of the window in each state, inside rostered paid time and outside."""
    worker, state = facts.index("duty", "worker"), facts.column("duty", "state")
    start_s = np.maximum(facts.column("duty", "start_s"), facts.start_s)
    end_s = np.minimum(facts.column("duty", "end_s"), facts.end_s)
    whole = np.maximum(end_s - start_s, 0.0)
    paid = rostered_spans(facts.run).within(worker, start_s, end_s)
    n = len(facts.trace.workers)

    def sums(kind: WorkerState, values: Floats) -> Floats:
        chosen = state == kind
        return np.asarray(np.bincount(worker[chosen], values[chosen], minlength=n), dtype=np.float64)

    inside = {kind: sums(kind, paid) for kind in WorkerState}
    return inside, {kind: sums(kind, whole - paid) for kind in WorkerState}


def _busy_in_overtime(facts: Facts) -> Floats:
    """Seconds of the window worked by people who stayed after their shift."""
    n = len(facts.trace.workers)
    if not (facts.column("duty", "state") == WorkerState.OVERTIME).any():
        return np.zeros(n)
    started_s, worker = facts.column("visits", "started_s"), facts.index("visits", "worker")
    rows = np.flatnonzero((worker >= 0) & np.isfinite(started_s))
    from_s = np.maximum(started_s[rows], facts.start_s)
    until_s = np.minimum(facts.column("visits", "ended_s")[rows], facts.end_s)
    seconds = spans_in(facts.run, WorkerState.OVERTIME).within(worker[rows], from_s, until_s)
    return np.asarray(np.bincount(worker[rows], seconds, minlength=n), dtype=np.float64)
