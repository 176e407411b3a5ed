"""Orders of which a history knows the day only: their times of day are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import History
from fulfillsim.sampling.streams import Streams

Floats = NDArray[np.float64]


def with_times_of_day(history: History, days: Days, streams: Streams) -> History:
    """The history with times of day drawn by its ``hours``, in order of arrival; as it is without them.

    The draws of a day depend on its date and the number of its orders alone. On days of 23 and 25 hours the profile
    is stretched to the day.
    """
    if history.hours is None:
        return history
    placed = history.arrival_s.copy()
    bounds = np.searchsorted(placed, np.asarray(days.midnight_s))
    for day in np.flatnonzero(np.diff(bounds)).tolist():
        rows = slice(bounds[day], bounds[day + 1])
        u = streams.uniforms("history:orders/arrivals", days.ordinal(day), rows.stop - rows.start)
        length_s = days.midnight_s[day + 1] - days.midnight_s[day]
        placed[rows] = days.midnight_s[day] + length_s * _share_of_day(history.hours[days.weekday(day)], u)
    return replace(history, arrival_s=placed).take(np.argsort(placed, kind="stable"))


def _share_of_day(weights: Floats, u: Floats) -> Floats:
    """Part of the day that has passed at each quantile of a profile by hour, in [0, 1)."""
    chances = np.concatenate([[0.0], np.cumsum(weights)])
    edges = np.linspace(0.0, 1.0, len(chances))
    used = np.concatenate([[True], np.diff(chances) > 0])
    begins, ends = edges[:-1][used[1:]], edges[1:][used[1:]]
    upto = chances[1:][used[1:]] / chances[-1]
    hour = np.minimum(np.searchsorted(upto, u, side="right"), len(upto) - 1)
    before = np.concatenate([[0.0], upto[:-1]])[hour]
    inside = (u - before) / (upto[hour] - before)
    return np.asarray(begins[hour] + inside * (ends[hour] - begins[hour]))
