"""Gantt: what each worker did on one day: who works where, who idles, when breaks fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.records import WorkerState
from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import COLORS, axes, say_nothing_there

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

GAP_S = 60.0
"""Pieces of work with less between them are drawn as one."""

MOST_WORKERS = 80


def gantt_frame(world: World, trace: Trace, day: int | None = None) -> pd.DataFrame:
    """Spells of one day, worker by worker.

    Parameters
    ----------
    day
        Index of the day, 0 is the first of the warm-up; the first of the reported window if not given.

    Returns
    -------
    Frame with ``worker``, ``role``, ``what`` (``present``, ``break`` or the name of a station), ``start_s``, ``end_s``
    and ``n`` (pieces of work in the spell); workers in the order of roles, then by time.
    """
    import pandas as pd

    start_s, end_s = _day(world, day)
    parts = [_duty(trace, start_s, end_s), *_work(trace, start_s, end_s)]
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.sort_values(["worker", "start_s"], kind="stable", ignore_index=True)
    workers = frame.pop("worker").astype("int64")
    names = [worker.name for worker in trace.workers]
    roles = [world.staff[worker.role].name for worker in trace.workers]
    frame.insert(0, "worker", [names[index] for index in workers])
    frame.insert(1, "role", [roles[index] for index in workers])
    return frame


def _day(world: World, day: int | None) -> tuple[float, float]:
    index = world.days.n_warm_up if day is None else day
    return world.days.midnight_s[index], world.days.midnight_s[index + 1]


def _duty(trace: Trace, start_s: float, end_s: float) -> pd.DataFrame:
    """Times of presence and breaks that touch the day."""
    import pandas as pd

    duty = trace.columns("duty")
    ended = np.where(np.isfinite(duty["end_s"]), duty["end_s"], trace.end_s)
    here = (duty["start_s"] < end_s) & (ended > start_s)
    rest = duty["state"][here] == WorkerState.BREAK
    return pd.DataFrame(
        {
            "worker": duty["worker"][here],
            "what": np.where(rest, "break", "present"),
            "start_s": np.maximum(duty["start_s"][here], start_s),
            "end_s": np.minimum(ended[here], end_s),
            "n": 0,
        }
    )


def _work(trace: Trace, start_s: float, end_s: float) -> list[pd.DataFrame]:
    """Work of the day at each station, pieces close to each other joined."""
    import pandas as pd

    visits = trace.columns("visits")
    ended = np.where(np.isfinite(visits["ended_s"]), visits["ended_s"], trace.end_s)
    here = (visits["worker"] >= 0) & (visits["started_s"] < end_s) & (ended > start_s)
    rows = np.flatnonzero(here)
    rows = rows[np.lexsort((visits["started_s"][rows], visits["worker"][rows]))]
    worker, station = visits["worker"][rows], visits["station"][rows].astype(np.int64)
    begin, end = np.maximum(visits["started_s"][rows], start_s), np.minimum(ended[rows], end_s)
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = (worker[1:] != worker[:-1]) | (station[1:] != station[:-1]) | (begin[1:] - end[:-1] >= GAP_S)
    first = np.flatnonzero(fresh)
    if not len(first):
        return []
    last = np.append(first[1:], len(rows)) - 1
    names = np.array([info.name for info in trace.stations])
    spells = {"worker": worker[first], "what": names[station[first]], "start_s": begin[first], "end_s": end[last]}
    return [pd.DataFrame(spells | {"n": last - first + 1})]


def plot_gantt(world: World, trace: Trace, ax: Axes | None = None, day: int | None = None) -> Axes:
    """Draw `gantt_frame`: a row per worker, grey is present without work, white is break or away."""
    from matplotlib.patches import Patch

    ax = axes(ax)
    frame = gantt_frame(world, trace, day)
    workers = list(dict.fromkeys(frame["worker"]))
    shown = workers[:MOST_WORKERS]
    stations = [info.name for info in trace.stations if info.name in set(frame["what"])]
    start_s, end_s = _day(world, day)
    place = {name: row for row, name in enumerate(shown)}
    for what, part in frame[frame["worker"].isin(shown)].groupby("what", sort=False):
        if what == "break":
            continue
        color = "0.85" if what == "present" else COLORS[stations.index(str(what)) % len(COLORS)]
        rows = part["worker"].map(place).to_numpy(dtype=np.float64)
        hours = (part[["start_s", "end_s"]].to_numpy() - start_s) / 3600.0
        ax.barh(rows, hours[:, 1] - hours[:, 0], 0.8, hours[:, 0], color=color, linewidth=0, rasterized=len(part) > 300)
    if not shown:
        say_nothing_there(ax, "nobody was on duty that day")
    roles = dict(zip(frame["worker"], frame["role"], strict=True))
    _name_roles(ax, [roles[name] for name in shown])
    handles = [Patch(color=COLORS[number % len(COLORS)], label=name) for number, name in enumerate(stations)]
    ax.legend(
        handles=[*handles, Patch(color="0.85", label="no work")],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
    )
    _clock_axis(ax, frame, start_s, end_s)
    date = f"{local_times(np.array([start_s]), world.days)[0].astype('datetime64[D]').item():%a %d %b}"
    left_out = f", the first {MOST_WORKERS} of {len(workers)}" if len(workers) > MOST_WORKERS else ""
    ax.set_title(f"Who did what on {date}: a row for each worker{left_out}")
    return ax


def _name_roles(ax: Axes, roles: list[str]) -> None:
    """One label in the middle of the rows of a role, and a line between roles."""
    starts = [row for row in range(len(roles)) if row == 0 or roles[row] != roles[row - 1]]
    ends = [*starts[1:], len(roles)][: len(starts)]
    middles = [(start + end - 1) / 2 for start, end in zip(starts, ends, strict=True)]
    ax.set_yticks(middles, [f"{roles[s]} ({e - s})" for s, e in zip(starts, ends, strict=True)])
    for start in starts[1:]:
        ax.axhline(start - 0.5, color="0.6", linewidth=0.8)
    ax.set_ylim(max(len(roles), 1) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)


def _clock_axis(ax: Axes, frame: pd.DataFrame, start_s: float, end_s: float) -> None:
    """Whole hours of the day in which anybody is there."""
    n_hours = round((end_s - start_s) / 3600.0)
    first = int((frame["start_s"].min() - start_s) // 3600) if len(frame) else 0
    last = int(-(-(frame["end_s"].max() - start_s) // 3600)) if len(frame) else n_hours
    step = 1 if last - first <= 12 else 2
    ax.set_xticks(range(first, last + 1, step), [f"{hour:02d}" for hour in range(first, last + 1, step)])
    ax.set_xlim(first, max(last, first + 1))
    ax.set_xlabel("hours since midnight")
