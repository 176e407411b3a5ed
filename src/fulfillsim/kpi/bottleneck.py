"""Where it breaks first: the station whose queue grew most between two runs, and the hour at which it is longest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.kpi.protocols import Trace

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
HOUR_S = 3600.0
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True)
class Bottleneck:
    """A queue that grew.

    Parameters
    ----------
    station
        Its name.
    weekday, hour
        Local hour of the week at which it is longest on average (Monday 0).
    more_waiting
        Mean number waiting over the window, more than in the easier run.
    """

    station: str
    weekday: int
    hour: int
    more_waiting: float

    def __str__(self) -> str:
        return f"{self.station} breaks first, {WEEKDAYS[self.weekday]} {self.hour:02d}:00"


def find_bottleneck(easy: tuple[World, Trace], hard: tuple[World, Trace]) -> Bottleneck | None:
    """Compare the queues of two runs over the same days; None where none has grown.

    Parameters
    ----------
    easy, hard
        World and trace of the run in which all was well, and of the one in which it was not. Stations are matched by
        name.
    """
    before = {name: queue.mean() for name, queue in _queues(*easy).items()}
    after = _queues(*hard)
    grown = {name: float(queue.mean() - before.get(name, 0.0)) for name, queue in after.items()}
    worst = max(grown, key=lambda name: grown[name], default=None)
    if worst is None or grown[worst] <= 0.0:
        return None
    weekday, hour = _worst_hour(hard[0], after[worst])
    return Bottleneck(worst, weekday, hour, grown[worst])


def _queues(world: World, trace: Trace) -> dict[str, Floats]:
    """Mean number waiting in each hour of the window, by staffed station."""
    visits, days = trace.columns("visits"), world.days
    edges_s = np.arange(days.window_start_s, days.window_end_s + 1.0, HOUR_S)
    until_s = np.where(np.isfinite(visits["started_s"]), visits["started_s"], visits["ended_s"])
    return {
        info.name: _mean_between(
            visits["queued_s"][visits["station"] == index], until_s[visits["station"] == index], edges_s
        )
        for index, info in enumerate(trace.stations)
        if info.staffed
    }


def _mean_between(from_s: Floats, until_s: Floats, edges_s: Floats) -> Floats:
    """Mean number of spans that cover each stretch between edges, shape (n_edges - 1,)."""
    return np.diff(_passed_s(from_s, edges_s) - _passed_s(until_s, edges_s)) / np.diff(edges_s)


def _passed_s(moments_s: Floats, edges_s: Floats) -> Floats:
    """Sum over moments of the seconds that have passed since each, at each edge."""
    moments_s = np.sort(moments_s)
    running = np.concatenate([[0.0], np.cumsum(moments_s)])
    n_before = np.searchsorted(moments_s, edges_s)
    return np.asarray(n_before * edges_s - running[n_before], dtype=np.float64)


def _worst_hour(world: World, queue: Floats) -> tuple[int, int]:
    """Weekday and hour at which a queue is longest on average."""
    days = world.days
    midnight_s = np.array(days.midnight_s)
    starts_s = days.window_start_s + HOUR_S * np.arange(len(queue))
    day = np.searchsorted(midnight_s, starts_s, side="right") - 1
    hour = ((starts_s - midnight_s[day]) // HOUR_S).astype(np.int64)
    weekday = np.array([(date.fromordinal(days.first_ordinal) + timedelta(int(d))).weekday() for d in day])
    slot = weekday * 25 + hour
    sums, counts = np.bincount(slot, queue), np.bincount(slot)
    worst = int(np.argmax(sums / np.maximum(counts, 1)))
    return worst // 25, worst % 25
