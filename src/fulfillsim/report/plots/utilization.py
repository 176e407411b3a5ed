"""How busy the people of each role are, hour by hour: who is short, who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.records import WorkerState
from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import MAX_DAYS, axes, date_axis, date_numbers, grid_s, say_nothing_there
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
HOUR_S = 3600.0
MOST_CELLS = 1500
"""Cells that tell their values."""


def utilization_frame(world: World, trace: Trace) -> pd.DataFrame:
    """Hours worked and hours present by role and hour.

    Returns
    -------
    Frame with a row per role and hour in which somebody of the role was there: ``role``, ``time_s`` (begin of the
    hour), ``local_time``, ``busy_h``, ``present_h`` and ``utilization`` = busy / present. Breaks and overtime (work
    finished after a break or the shift's end has come) are in neither, as in the KPI of that name.
    """
    import pandas as pd

    edges_s = grid_s(np.ceil(trace.end_s / HOUR_S) * HOUR_S, HOUR_S)
    local = local_times(edges_s[:-1], world.days)
    parts = []
    for index, role in enumerate(world.staff):
        busy_h, present_h = _hours(trace, index, edges_s)
        there = present_h > 1e-9
        part = {"time_s": edges_s[:-1], "local_time": local, "busy_h": busy_h, "present_h": present_h}
        parts.append(pd.DataFrame({"role": role.name} | {name: values[there] for name, values in part.items()}))
    if not parts:
        return pd.DataFrame(columns=["role", "time_s", "local_time", "busy_h", "present_h", "utilization"])
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(utilization=frame["busy_h"] / frame["present_h"])


def plot_utilization(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `utilization_frame`: a band per role, dark is idle, light is busy, blank is off duty.

    Over a week or two the hours stand side by side; over longer runs each day is a column, with its hours downwards.
    """
    ax = axes(ax)
    frame = utilization_frame(world, trace)
    roles = [role.name for role in world.staff]
    in_columns = trace.end_s > MAX_DAYS * DAY_S
    date_axis(ax, world.days, 0.0, trace.end_s)
    ax.set_yticks(np.arange(len(roles)) + 0.5, roles)
    if len(frame):
        edges, levels, cells = (_columns if in_columns else _strips)(world, trace, frame, roles)
        mesh = ax.pcolormesh(date_numbers(edges, world.days), levels, cells * 100, cmap="cividis", vmin=0, vmax=100)
        _tell(ax, world, _by_day(frame) if in_columns else frame, DAY_S if in_columns else HOUR_S)
        ax.figure.colorbar(mesh, ax=ax, label="busy share of time present (%)")
    else:
        say_nothing_there(ax, "nobody was on duty")
    for row in range(1, len(roles)):
        ax.axhline(row, color="white", linewidth=4)
    ax.set_ylim(max(len(roles), 1), 0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_title("Utilization by role and hour (blank: off duty)")
    if in_columns and len(frame):
        first, last = _hours_of_day(frame)
        ax.set_ylabel(f"each day downwards from {first:02d}:00 to {last:02d}:00")
    return ax


def _tell(ax: Axes, world: World, frame: pd.DataFrame, step_s: float) -> None:
    """A mark in the middle of each hour or day of a role."""
    middles = date_numbers(frame["time_s"].to_numpy() + step_s / 2, world.days)
    rows = frame["role"].map({role.name: row + 0.5 for row, role in enumerate(world.staff)})
    when = frame["local_time"].dt.strftime("%a %d %b" if step_s == DAY_S else "%a %d %b %H:%M")
    shares = zip(frame["role"], when, frame["busy_h"] / frame["present_h"], frame["present_h"], strict=True)
    told = [f"{role}, {begin}: {share:.0%} of {hours:.3g} h" for role, begin, share, hours in shares]
    hint(ax, middles, rows, told, most=MOST_CELLS)


def _by_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Hours of whole days, each with its midnight."""
    midnight = frame["local_time"].dt.normalize()
    begin_s = frame["time_s"] - (frame["local_time"] - midnight).dt.total_seconds()
    days = frame.assign(local_time=midnight, time_s=begin_s).groupby(["role", "time_s", "local_time"], sort=False)
    return days[["busy_h", "present_h"]].sum().reset_index()


Cells = tuple[Floats, Floats, Floats]
"""Edges across (seconds), edges down (role i lies from i to i + 1), and the utilization between them."""


def _strips(world: World, trace: Trace, frame: pd.DataFrame, roles: list[str]) -> Cells:
    """One row per role, one cell per hour."""
    edges_s = grid_s(np.ceil(trace.end_s / HOUR_S) * HOUR_S, HOUR_S)
    cells = np.full((len(roles), len(edges_s) - 1), np.nan)
    for row, role in enumerate(roles):
        of_role = frame[frame["role"] == role]
        cells[row, np.rint(of_role["time_s"].to_numpy() / HOUR_S).astype(int)] = of_role["utilization"]
    return edges_s, np.arange(len(roles) + 1.0), cells


def _columns(world: World, trace: Trace, frame: pd.DataFrame, roles: list[str]) -> Cells:
    """One column per day, the hours of the day in use downwards, role below role."""
    first, last = _hours_of_day(frame)
    n_hours, n_days = last - first, world.days.of(trace.end_s - 1.0) + 1
    cells = np.full((len(roles) * n_hours, n_days), np.nan)
    role = frame["role"].map({name: row for row, name in enumerate(roles)}).to_numpy()
    hour = frame["local_time"].dt.hour.to_numpy() - first
    day = np.searchsorted(np.asarray(world.days.midnight_s), frame["time_s"].to_numpy(), side="right") - 1
    cells[role * n_hours + hour, day] = frame["utilization"]
    return np.asarray(world.days.midnight_s[: n_days + 1]), np.arange(len(cells) + 1) / n_hours, cells


def _hours_of_day(frame: pd.DataFrame) -> tuple[int, int]:
    """First hour of the day at which anybody is there, and the end of the last."""
    hours = frame["local_time"].dt.hour
    return int(hours.min()), int(hours.max()) + 1


def _hours(trace: Trace, role: int, edges_s: Floats) -> tuple[Floats, Floats]:
    """Hours busy and hours present of a role between edges, without breaks and overtime."""
    of_role = np.array([*(worker.role == role for worker in trace.workers), False])
    visits, duty = trace.columns("visits"), trace.columns("duty")
    worked = of_role[visits["worker"].astype(np.int64)] & np.isfinite(visits["started_s"])
    mine = of_role[duty["worker"].astype(np.int64)]
    on = mine & (duty["state"] == WorkerState.ON)
    over = mine & (duty["state"] == WorkerState.LEAVING)
    busy_s = _between(visits["started_s"][worked], visits["ended_s"][worked], edges_s)
    busy_s -= _between(duty["start_s"][over], duty["end_s"][over], edges_s)
    present_s = _between(duty["start_s"][on], duty["end_s"][on], edges_s)
    return np.maximum(busy_s, 0.0) / HOUR_S, present_s / HOUR_S


def _between(start_s: Floats, end_s: Floats, edges_s: Floats) -> Floats:
    """Seconds of all spans together between each pair of edges, shape (n_edges - 1,)."""
    ended = np.where(np.isfinite(end_s), end_s, edges_s[-1])
    return np.diff(_passed(start_s, edges_s) - _passed(ended, edges_s))


def _passed(moments_s: Floats, edges_s: Floats) -> Floats:
    """Sum over moments of the seconds that have passed since each, at each edge."""
    moments_s = np.sort(moments_s)
    running = np.concatenate([[0.0], np.cumsum(moments_s)])
    n_before = np.searchsorted(moments_s, edges_s)
    passed: Floats = n_before * edges_s - running[n_before]
    return passed
