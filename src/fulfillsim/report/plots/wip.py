"""Work in process: orders between receipt and the dock through time, and its mean over the reported window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.journeys import find_journeys
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.spans import Floats, mean_present, present
from fulfillsim.report.plots.style import BLUE, axes, date_axis, grid_s, tidy
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def wip_spans(world: World, trace: Trace) -> tuple[Floats, Floats]:
    """Begin and end (NaN: still there) of each order's stay between receipt and the dock, shape (n_orders,)."""
    journeys = find_journeys(world, trace)
    return journeys.received_s, np.fmin(journeys.shipped_s, journeys.closed_s)


def wip_frame(world: World, trace: Trace, step_s: float = 1800.0) -> pd.DataFrame:
    """Orders received and neither shipped nor closed at regular times.

    Returns
    -------
    Frame with ``time_s``, ``local_time`` and ``wip`` (orders).
    """
    import pandas as pd

    time_s = grid_s(trace.end_s, step_s)
    counts = present(*wip_spans(world, trace), time_s)
    return pd.DataFrame({"time_s": time_s, "local_time": local_times(time_s, world.days), "wip": counts})


def plot_wip(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `wip_frame`; its mean over the reported window is a dashed line."""
    ax = tidy(axes(ax))
    frame = wip_frame(world, trace)
    local = frame["local_time"].to_numpy()
    ax.fill_between(local, frame["wip"], step="post", color=BLUE, alpha=0.25, linewidth=0)
    ax.step(local, frame["wip"], where="post", color=BLUE, linewidth=1.4)
    date_axis(ax, world.days, 0.0, trace.end_s)
    window = np.array([world.days.window_start_s, min(world.days.window_end_s, trace.end_s)])
    mean = float(mean_present(*wip_spans(world, trace), window)[0])
    ax.hlines(mean, *local_times(window, world.days), color="0.2", linestyle="--", linewidth=1.2)
    hint(
        ax, local, frame["wip"], [f"{row.local_time:%a %d %b %H:%M}: {row.wip:,} orders" for row in frame.itertuples()]
    )
    ax.set_ylim(bottom=0)
    ax.set_ylabel("orders between receipt and dock")
    ax.set_title(f"Work in process: {mean:,.0f} orders on average over the window (dashed)")
    return ax
