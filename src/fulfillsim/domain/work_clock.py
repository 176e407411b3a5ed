"""Clocks that go only while somebody works: how much work the people of a house can do until a moment.

The clock of presence counts hours in which at least one is there, so that a night is no time at all; a clock of
capacity counts the hours of all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fulfillsim.domain.staff import Duty, Role, Shift
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
FOREVER_S = 1e12


class WorkClock:
    """Seconds of work that have been possible since clock zero, by second.

    Parameters
    ----------
    edges_s
        Seconds at which the number of people changes, rising, the first 0.
    passed_s
        Reading at each of them.
    """

    def __init__(self, edges_s: Sequence[float], passed_s: Sequence[float]) -> None:
        self._edges, self._passed = list(edges_s), list(passed_s)

    @classmethod
    def of(cls, spans: Iterable[tuple[float, float, float]], most: float = inf) -> WorkClock:
        """Clock of (from, until, people), of whom at most ``most`` count at once.

        >>> clock = WorkClock.of([(10.0, 20.0, 2.0), (15.0, 30.0, 1.0)])
        >>> clock.at(np.array([12.0, 20.0, 99.0])).tolist(), clock.when(0.0, 4.0), clock.when(0.0, 36.0)
        ([4.0, 25.0, 35.0], 12.0, inf)
        """
        steps: dict[float, float] = defaultdict(float)
        for start_s, end_s, people in spans:
            steps[max(start_s, 0.0)] += people
            steps[max(end_s, 0.0)] -= people
        edges, passed, people = [0.0], [0.0], 0.0
        for time_s in sorted(steps):
            passed.append(passed[-1] + min(max(people, 0.0), most) * (time_s - edges[-1]))
            edges.append(time_s)
            people += steps[time_s]
        return cls(edges, passed)

    @classmethod
    def always(cls) -> WorkClock:
        """Clock that never stops."""
        return cls([0.0, FOREVER_S], [0.0, FOREVER_S])

    def at(self, time_s: Floats) -> Floats:
        """Reading at each second; NaN stays."""
        passed = np.interp(np.nan_to_num(time_s), self._edges, self._passed)
        return np.where(np.isnan(time_s), np.nan, passed)

    def reading(self, time_s: float) -> float:
        """Reading at one second."""
        place = bisect_left(self._edges, time_s)
        if place == len(self._edges):
            return self._passed[-1]
        if not place:
            return self._passed[0]
        share = (time_s - self._edges[place - 1]) / (self._edges[place] - self._edges[place - 1])
        return self._passed[place - 1] + share * (self._passed[place] - self._passed[place - 1])

    def when(self, since_s: float, work_s: float) -> float:
        """First second from ``since_s`` on at which so much more is done; infinite if it never is."""
        if work_s <= 0.0:
            return since_s
        reading = self.reading(since_s) + work_s
        place = bisect_left(self._passed, reading)
        if place == len(self._passed):
            return inf
        share = (reading - self._passed[place - 1]) / (self._passed[place] - self._passed[place - 1])
        return self._edges[place - 1] + share * (self._edges[place] - self._edges[place - 1])


def presence(world: World) -> WorkClock:
    """Clock that goes while anybody of the house is rostered; always, where nobody works."""
    stations = world.fulfillment.stations if world.fulfillment is not None else frozenset()
    roles = [role for role in world.staff if any(skill.station in stations for skill in role.skills)]
    spans = [(d.start_s, d.end_s, 1.0) for r in roles for s in r.shifts if s.headcount for d in s.duties]
    return WorkClock.of(spans, most=1.0) if spans else WorkClock.always()


def capacity(roles: Iterable[Role]) -> WorkClock:
    """Clock of the hours of direct work that roles are rostered for, without breaks, absence and indirect work.

    People of an agency, who come only when called, do not count.
    """
    return WorkClock.of(
        span
        for role in roles
        for shift in role.shifts
        if shift.agency is None
        for duty in shift.duties
        for span in _worked(role, shift, duty)
    )


def _worked(role: Role, shift: Shift, duty: Duty) -> Iterator[tuple[float, float, float]]:
    heads = shift.headcount if duty.heads is None else duty.heads
    people = heads * (1.0 - role.indirect_share) * (1.0 - (role.absence.prob if role.absence is not None else 0.0))
    yield duty.start_s, duty.end_s, people
    for pause in duty.breaks:
        yield pause.start_s, pause.end_s, -people
