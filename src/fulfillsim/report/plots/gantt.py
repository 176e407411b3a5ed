"""Gantt of one day: what each worker did, who idles and when breaks fall; or who worked at each place of a station."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import WorkerState
from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import COLORS, axes, say_nothing_there
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

GAP_S = 60.0
"""Pieces of work with less between them are drawn as one."""

MOST_WORKERS = 80
MOST_SPELLS = 1000
"""Spells that tell their values."""


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


def bench_frame(world: World, trace: Trace, day: int | None = None) -> pd.DataFrame:
    """Work of one day, place by place: a station has as many places as people worked at it at once.

    Places have no names in the model: whoever begins takes the first one that is free.

    Parameters
    ----------
    day
        As for `gantt_frame`.

    Returns
    -------
    Frame with ``station``, ``place`` (1, 2, ...), ``role``, ``start_s``, ``end_s`` and ``n`` (pieces of work in the
    spell); by station, place and time.
    """
    import pandas as pd

    start_s, end_s = _day(world, day)
    parts = [part.sort_values(["start_s", "worker"], kind="stable") for part in _work(trace, start_s, end_s)]
    frame = pd.concat([*parts, pd.DataFrame(columns=["worker", "what", "start_s", "end_s", "n"])], ignore_index=True)
    places = np.zeros(len(frame), np.int64)
    for rows in frame.groupby("what").indices.values():
        places[rows] = _places(frame["start_s"].to_numpy(float)[rows], frame["end_s"].to_numpy(float)[rows])
    roles = [world.staff[trace.workers[int(worker)].role].name for worker in frame["worker"]]
    found = pd.DataFrame({"station": frame["what"], "place": places, "role": roles})
    found[["start_s", "end_s"]] = frame[["start_s", "end_s"]].astype(float)
    found["n"] = frame["n"].astype("int64")
    order = {info.name: number for number, info in enumerate(trace.stations)}
    by_station = found.assign(order=found["station"].map(order)).sort_values(
        ["order", "place", "start_s"], kind="stable"
    )
    return by_station.drop(columns="order").reset_index(drop=True)


def _places(start_s: NDArray[np.float64], end_s: NDArray[np.float64]) -> list[int]:
    """First free place for each spell, spells by their begin."""
    free: list[int] = []
    taken: list[tuple[float, int]] = []
    places = []
    for begin, end in zip(start_s.tolist(), end_s.tolist(), strict=True):
        while taken and taken[0][0] <= begin:
            heappush(free, heappop(taken)[1])
        place = heappop(free) if free else len(taken) + 1
        heappush(taken, (end, place))
        places.append(place)
    return places


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


def plot_gantt(
    world: World,
    trace: Trace,
    ax: Axes | None = None,
    day: int | None = None,
    by: Literal["worker", "bench"] = "worker",
) -> Axes:
    """Draw `gantt_frame`: a row per worker, grey is present without work, white is break or away.

    With ``by="bench"`` draw `bench_frame`: a row per place of each station, colored by role, white is nobody there.
    """
    ax = axes(ax)
    if by == "bench":
        frame = bench_frame(world, trace, day)
        frame["row"] = frame["station"] + " " + frame["place"].astype(str)
        what, group, kinds = "role", "station", [role.name for role in world.staff]
        title = "Who worked where on {}: a row for each place"
    else:
        frame = gantt_frame(world, trace, day)
        frame["row"] = frame["worker"]
        what, group, kinds = "what", "role", [info.name for info in trace.stations]
        title = "Who did what on {}: a row for each worker"
    rows = list(dict.fromkeys(frame["row"]))
    shown = rows[:MOST_WORKERS]
    start_s, end_s = _day(world, day)
    used = [kind for kind in kinds if kind in set(frame[what])]
    _bars(ax, frame[frame["row"].isin(shown)], what, shown, used, start_s)
    if not shown:
        say_nothing_there(ax, "nobody was on duty that day")
    groups = dict(zip(frame["row"], frame[group], strict=True))
    _name_roles(ax, [groups[row] for row in shown])
    _legend(ax, used, by == "worker")
    _clock_axis(ax, frame, start_s, end_s)
    date = f"{local_times(np.array([start_s]), world.days)[0].astype('datetime64[D]').item():%a %d %b}"
    left_out = f", the first {MOST_WORKERS} of {len(rows)}" if len(rows) > MOST_WORKERS else ""
    ax.set_title(title.format(date) + left_out)
    return ax


def _bars(ax: Axes, frame: pd.DataFrame, what: str, rows: list[str], kinds: list[str], start_s: float) -> None:
    """A bar for each spell, breaks left white; those of a kind are one heap, since single bars are slow to draw."""
    from matplotlib.collections import PolyCollection

    place = {name: row for row, name in enumerate(rows)}
    for kind, part in frame.groupby(what, sort=False):
        if kind == "break":
            continue
        color = "0.85" if kind == "present" else COLORS[kinds.index(str(kind)) % len(COLORS)]
        at = part["row"].map(place).to_numpy(dtype=np.float64)
        hours = (part[["start_s", "end_s"]].to_numpy() - start_s) / 3600.0
        corners = np.stack([hours[:, [0, 1, 1, 0]], at[:, None] + np.array([-0.4, -0.4, 0.4, 0.4])], axis=2)
        ax.add_collection(PolyCollection(list(corners), facecolor=color, linewidth=0, rasterized=len(part) > 300))
    if len(worked := frame[frame["n"] > 0]):
        middles = (worked[["start_s", "end_s"]].mean(axis=1) - start_s) / 3600.0
        told = [_told(row, what, start_s) for row in worked.to_dict("records")]
        hint(ax, middles, worked["row"].map(place).astype(float), told, most=MOST_SPELLS)


def _told(row: Mapping[Hashable, Any], what: str, start_s: float) -> str:
    since, until = (_clock(row[end] - start_s) for end in ("start_s", "end_s"))
    return f"{row['row']}: {row[what]}, {since}-{until}, {row['n']} done"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}"


def _legend(ax: Axes, kinds: list[str], tells_idle: bool) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=COLORS[number % len(COLORS)], label=name) for number, name in enumerate(kinds)]
    idle = [Patch(color="0.85", label="no work")] if tells_idle else []
    ax.legend(handles=[*handles, *idle], loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)


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
