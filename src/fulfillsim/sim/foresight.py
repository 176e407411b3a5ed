"""The chance that an order comes late, from what is known now.

An order in the house makes a departure if it is at the dock by then: how long that takes is the experience with orders
of its kind from the same stage on, given the time that it has stood there. Before there is experience it goes by plan.
At the dock it goes with the next departure. Then the transit law of its carrier service says when it arrives. Trucks
are taken to have room.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sim.carriers import Carriers
from fulfillsim.sim.progress import Progress, Stage
from fulfillsim.sim.transit import Transit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Foresight:
    """Looks ahead for many orders at once.

    Parameters
    ----------
    zones
        Destination by row.
    """

    def __init__(self, progress: Progress, carriers: Carriers, zones: NDArray[np.int16]) -> None:
        self.progress, self.carriers, self.transit = progress, carriers, Transit(carriers)
        self.zones = zones.astype(np.int64)
        self.midnight_s = carriers.days.midnight_s

    def late_on_the_way(self, rows: Ints, lane: int, until_days: Ints, departure_s: float) -> Floats:
        """Chance that orders which leave now arrive after these days, shape (n,)."""
        return 1.0 - self.transit.chances(lane, departure_s, self.zones[rows], until_days)

    def late(self, rows: Ints, until_days: Ints, now: float) -> Floats:
        """Chance that orders at the dock or before it arrive after these days, shape (n,)."""
        kept, lanes = np.zeros(len(rows)), self.progress.lane[rows]
        at_dock = self.progress.stage[rows] == Stage.STAGED
        for lane in np.unique(lanes).tolist():
            departures = self._departures(lane, now, int(until_days.max()))
            if len(departures):
                staged = np.flatnonzero((lanes == lane) & at_dock)
                inside = np.flatnonzero((lanes == lane) & ~at_dock)
                kept[staged] = self._arrives(lane, departures[0], rows[staged], until_days[staged])
                kept[inside] = self._kept(rows[inside], until_days[inside], lane, departures, now)
        return 1.0 - kept

    def _departures(self, lane: int, now: float, until_day: int) -> list[float]:
        times = self.carriers.lane_times[lane]
        return times[bisect_right(times, now) : bisect_right(times, self.midnight_s[until_day + 1])]

    def _arrives(self, lane: int, departure_s: float, rows: Ints, until_days: Ints) -> Floats:
        return self.transit.chances(lane, departure_s, self.zones[rows], until_days)

    def _kept(self, rows: Ints, until_days: Ints, lane: int, departures: list[float], now: float) -> Floats:
        """Sum over departures: the chance to make this one and none before, times the chance to arrive in time."""
        made = self._made(rows, departures, now)
        arrives = np.stack([self._arrives(lane, time_s, rows, until_days) for time_s in departures], axis=1)
        return np.asarray((np.diff(made, axis=1, prepend=0.0) * arrives).sum(axis=1))

    def _made(self, rows: Ints, departures: list[float], now: float) -> Floats:
        """Chance to be at the dock by each departure, shape (n, n_departures)."""
        progress, made = self.progress, np.zeros((len(rows), len(departures)))
        stages, groups = progress.stage[rows], progress.group[rows]
        by_then = progress.clock.at(np.array(departures))
        here = progress.clock.reading(now)
        for stage, group in {*zip(stages.tolist(), groups.tolist(), strict=True)}:
            those = np.flatnonzero((stages == stage) & (groups == group))
            law, since = progress.law(stage, group), progress.since[stage, rows[those]]
            if law is None:
                made[those] = np.array(departures) >= progress.due_s[rows[those]][:, None]
            else:
                made[those] = chance_by(law, since, here, by_then)
        return made


def chance_by(law: Floats, since: Floats, now: float, by: Floats) -> Floats:
    """Chance to be done by times ``by`` of what began at ``since`` and is not done now, shape (n, n_times).

    ``law`` holds equally likely durations in rising order. Who has taken longer than all of them is taken to begin now.

    >>> chance_by(np.array([1.0, 2.0, 4.0, 8.0]), np.array([0.0, -9.0]), 2.0, np.array([3.0, 4.0, 6.0, 10.0])).tolist()
    [[0.0, 0.5, 0.5, 1.0], [0.25, 0.5, 0.75, 1.0]]
    """
    since = np.where(now - since >= law[-1], now, since)
    done = np.searchsorted(law, now - since, side="right") * (since < now)
    by_then = np.searchsorted(law, by[None, :] - since[:, None], side="right")
    return np.asarray((by_then - done[:, None]) / (len(law) - done)[:, None])
