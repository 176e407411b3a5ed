"""Orders in process through time, by the stage in which they are: where work piles up, and when."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.journeys import Journeys, Status, find_journeys
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.spans import present
from fulfillsim.report.plots.style import STAGE_COLORS, axes, date_axis, grid_s, tidy
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

STAGES = {
    "receipt": "placed_s",
    "processing": "received_s",
    "waiting": "accepted_s",
    "picking": "released_s",
    "packing": "picked_s",
    "dock": "staged_s",
    "transit": "shipped_s",
}
"""Stage -> the milestone with which it begins; it ends with the next one that the order reaches."""

LEGEND = {"waiting": "waiting for goods\nor release", "dock": "at the dock"}
"""Longer words for stages in the legend."""


def orders_by_stage_frame(world: World, trace: Trace, step_s: float = 1800.0) -> pd.DataFrame:
    """Orders in each stage at regular times.

    Returns
    -------
    Frame with ``time_s``, ``local_time`` and a column of counts per stage: ``receipt`` (placed, not yet taken down),
    ``processing``, ``waiting`` (accepted; for goods or release), ``picking``, ``packing``, ``dock``, ``transit``. A
    lost parcel's order is counted until it left the dock, a cancelled one until it was closed.
    """
    import pandas as pd

    time_s = grid_s(trace.end_s, step_s)
    journeys = find_journeys(world, trace)
    spans = _spans(journeys, has_delivery=world.delivery is not None)
    counts = {stage: present(*span, time_s) for stage, span in spans.items()}
    return pd.DataFrame({"time_s": time_s, "local_time": local_times(time_s, world.days)} | counts)


def plot_orders_by_stage(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `orders_by_stage_frame` as a stack, first stage at the bottom, without orders on their way."""
    ax = tidy(axes(ax))
    frame = orders_by_stage_frame(world, trace)
    stages = [stage for stage in STAGES if stage != "transit" and frame[stage].any()]
    if stages:
        colors = [STAGE_COLORS[stage] for stage in stages]
        labels = [LEGEND.get(stage, stage) for stage in stages]
        local = frame["local_time"].to_numpy()
        ax.stackplot(local, frame[stages].to_numpy().T, labels=labels, colors=colors, linewidth=0)
        told = [_told(row, stages) for row in frame.to_dict("records")]
        hint(ax, local, frame[stages].sum(axis=1), told)
        handles, labels = ax.get_legend_handles_labels()
        ax.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    date_axis(ax, world.days, 0.0, trace.end_s)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("orders in process")
    ax.set_title("Orders in process by stage, until they leave the dock")
    return ax


def _told(row: Mapping[Hashable, Any], stages: list[str]) -> str:
    parts = ", ".join(f"{row[stage]:,} {LEGEND.get(stage, stage)}" for stage in stages if row[stage])
    return f"{row['local_time']:%a %d %b %H:%M}: {parts or 'none'}".replace("\n", " ")


def _spans(journeys: Journeys, has_delivery: bool) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Begin (NaN: never there) and end (inf: still there) of each stage for each order."""
    begins = {stage: getattr(journeys, column) for stage, column in STAGES.items()}
    arrives = has_delivery & (journeys.status != Status.LOST)
    end = np.fmin(np.where(arrives, journeys.delivered_s, journeys.shipped_s), journeys.closed_s)
    end = np.where(np.isnan(end), np.inf, end)
    spans = {}
    for stage in reversed(STAGES):
        begin = begins[stage]
        spans[stage] = (begin, np.maximum(end, begin))
        end = np.fmin(begin, end)
    return {stage: spans[stage] for stage in STAGES}
