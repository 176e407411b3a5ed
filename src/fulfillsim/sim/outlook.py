"""What is known of an order that has not begun its way: how long it will take to the dock, and to the door.

The law of a path's time is the scenario's, or the experience of the run so far. Both count hours in which the house is
staffed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import ceil, inf
from typing import NamedTuple

import numpy as np

from fulfillsim.domain.processing import Promise
from fulfillsim.domain.work_clock import presence
from fulfillsim.sim.model import Model
from fulfillsim.sim.transit import Arrivals, Transit

GRID, LONGEST_DAYS = 2000, 90
"""Equally likely values that stand for a law, and the furthest promise."""


class Way(NamedTuple):
    """Carrier service, destination, and the departure that counts where nothing is known of the path's time."""

    lane: int
    zone: int
    departure_s: float


class Outlook:
    """Answers by the laws of path and transit, and by the backlog."""

    def __init__(self, model: Model) -> None:
        self.model, self.days, self.carriers = model, model.world.days, model.carriers
        self.transit, self.clock = Transit(model.carriers), presence(model.world)
        self._laws: dict[int, list[float]] = {}
        times = model.carriers.lane_times
        self._readings = [self.clock.at(np.array(lane, np.float64)).tolist() for lane in times]
        self._days = [[self.days.of(time_s) for time_s in lane] for lane in times]
        ends_s = self.days.midnight_s[1:]
        self._until = [[bisect_right(lane, end_s) for end_s in ends_s] for lane in times]
        self._arrivals: dict[tuple[int, int], list[Arrivals]] = {}

    def cleared_s(self, row: int, now: float) -> float:
        """When the work that waits now, and this order's, is done."""
        return float(self.model.backlog.cleared_s(row, now))

    def staged_s(self, terms: Promise, row: int, begin_s: float, prob: float) -> float:
        """When an order is at the dock with a chance; infinite where that is not known."""
        law = self._law(terms, row)
        if law is None:
            return inf
        took_s = law[min(ceil(prob * len(law) - 1e-9), len(law)) - 1]
        return float(self.clock.when(begin_s, took_s))

    def delivered_s(self, terms: Promise, row: int, begin_s: float, way: Way, prob: float) -> float:
        """Last second of the first day by whose end an order is delivered with a chance (or as good as ever)."""
        law, times = self._law(terms, row), self.carriers.lane_times[way.lane]
        prob = min(prob, self.transit.most(way.lane) - 1e-9)
        place, here = bisect_left(times, begin_s), self.clock.reading(begin_s)
        readings, arrivals = self._readings[way.lane], self._arrivals_of(way)
        made: list[tuple[float, Arrivals]] = []
        before, first = 0.0, self.days.of(begin_s)
        last = min(first + LONGEST_DAYS, len(self.days) - 1)
        for day in range(first, last):
            until = self._until[way.lane][day]
            for number in range(place, until):
                if law is None:
                    by_then = float(times[number] >= way.departure_s)  # by plan
                else:
                    by_then = bisect_right(law, readings[number] - here) / len(law)
                if by_then > before:
                    made.append((by_then - before, arrivals[number]))
                before = by_then
            place = max(place, until)
            kept = 0.0
            for chance, arrives in made:
                kept += chance * arrives[day]
            if kept >= prob:
                return self.days.midnight_s[day + 1] - 1.0
        return self.days.midnight_s[last + 1] - 1.0

    def _arrivals_of(self, way: Way) -> list[Arrivals]:
        """Chances of arrival after each departure of a carrier service."""
        key = (way.lane, way.zone)
        if key not in self._arrivals:
            self._arrivals[key] = [self.transit.arrivals(*key, day) for day in self._days[way.lane]]
        return self._arrivals[key]

    def _law(self, terms: Promise, row: int) -> list[float] | None:
        """Equally likely times from acceptance to the dock, rising; None before there is experience."""
        if terms.path_time is None:
            found: list[float] | None = self.model.progress.steps(row)
            return found
        key = id(terms)
        if key not in self._laws:
            self._laws[key] = np.asarray(terms.path_time.quantile((np.arange(GRID) + 0.5) / GRID)).tolist()
        return self._laws[key]
