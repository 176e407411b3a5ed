"""Queues: how many wait at each staffed station through time, with warm-up and drain shaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.journeys import find_journeys
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.spans import Floats, present
from fulfillsim.report.plots.style import COLORS, DASHES, axes, date_axis, grid_s, say_nothing_there, tidy
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_QUEUES = 7
"""Stations drawn: the longest queues; more lines would not be told apart."""


def queues_frame(world: World, trace: Trace, step_s: float = 1800.0) -> pd.DataFrame:
    """How many wait at each staffed station at regular times.

    Returns
    -------
    Frame with ``time_s``, ``local_time`` and a column of counts per staffed station: orders, questions or deliveries
    queued and not yet begun. Where pickers walk tours, orders count from their release until their tour begins.
    """
    import pandas as pd

    time_s = grid_s(trace.end_s, step_s)
    columns = {
        station.name: present(*_waits(world, trace, index, station.items), time_s)
        for index, station in enumerate(trace.stations)
        if station.staffed
    }
    return pd.DataFrame({"time_s": time_s, "local_time": local_times(time_s, world.days)} | columns)


def _waits(world: World, trace: Trace, station: int, items: str) -> tuple[Floats, Floats]:
    """Begin and end of each wait at a station."""
    visits = trace.columns("visits")
    here = visits["station"] == station
    if items != "tour":
        left = np.where(np.isnan(visits["started_s"]), visits["ended_s"], visits["started_s"])
        return visits["queued_s"][here], left[here]
    return _orders_of_tours(world, trace, visits["item"][here], visits["started_s"][here])


def _orders_of_tours(world: World, trace: Trace, tour: Floats, started_s: Floats) -> tuple[Floats, Floats]:
    """Waits of orders until their tours begin; orders that no tour took wait to the end."""
    released_s = find_journeys(world, trace).released_s
    loads = trace.columns("tour_orders")
    begun: dict[int, float] = {}
    for number, start in zip(tour.astype(np.int64).tolist(), started_s.tolist(), strict=True):
        begun[number] = min(start, begun.get(number, np.inf))
    mine = np.isin(loads["tour"], tour)
    order = loads["order"][mine].astype(np.int64)
    ends = np.array([begun[number] for number in loads["tour"][mine].astype(np.int64).tolist()])
    untaken = np.isfinite(released_s)
    untaken[loads["order"].astype(np.int64)] = False
    rest = released_s[untaken] if sum(station.items == "tour" for station in trace.stations) == 1 else np.zeros(0)
    return np.concatenate([released_s[order], rest]), np.concatenate([ends, np.full(len(rest), np.inf)])


def plot_queues(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `queues_frame`, a line per station, the longest queues where there are many stations."""
    ax = tidy(axes(ax))
    frame = queues_frame(world, trace)
    names = [str(name) for name in frame.columns[2:] if frame[name].any()]
    shown = sorted(sorted(names, key=lambda name: -int(frame[name].to_numpy().sum()))[:MOST_QUEUES])
    date_axis(ax, world.days, 0.0, trace.end_s)
    local = frame["local_time"].to_numpy()
    for number, name in enumerate(shown):
        color, dashes = COLORS[number % len(COLORS)], DASHES[number % len(DASHES)]
        ax.step(local, frame[name], where="post", color=color, linestyle=dashes, linewidth=1.4, label=name)
        most = int(frame[name].to_numpy().argmax())
        told = f"{name}: at most {frame[name].iloc[most]:,}, {frame['local_time'].iloc[most]:%a %d %b %H:%M}"
        hint(ax, local[[most]], frame[name].iloc[[most]], [told])
    if shown:
        ax.legend(title="station", loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
        ax.set_ylim(bottom=0)
    else:
        say_nothing_there(ax, "nobody had to wait")
    ax.set_ylabel("waiting (orders, questions, deliveries)")
    left_out = f", the longest {MOST_QUEUES} of {len(names)}" if len(names) > MOST_QUEUES else ""
    ax.set_title(f"Queues at staffed stations{left_out}")
    return ax
