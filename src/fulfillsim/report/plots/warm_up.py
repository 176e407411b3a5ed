"""Warm-up: work in process from the empty start, averaged over replications, and where it settles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.world import World
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.spans import Floats, mean_present
from fulfillsim.report.plots.style import BLUE, VERMILLION, axes, date_axis, date_numbers, say_nothing_there, tidy
from fulfillsim.report.plots.wip import wip_spans
from fulfillsim.stats.warmup import mser, welch

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DAYS_ENOUGH = 12
"""From so many days on, a value is the mean of a day: its hours, which are a cycle, are in it together."""


@dataclass(frozen=True)
class WarmUp:
    """The curve and the two proposals where to cut it.

    Parameters
    ----------
    frame
        A row per day (or hour, in short runs): ``time_s`` (its begin), ``wip`` (mean over replications), ``low`` and
        ``high`` (least and most of the replications), ``welch`` (moving average, NaN at the end).
    welch_s, mser_s
        Second from which on each method calls it settled; NaN where it says that the run is too short to tell.
    n
        Replications.
    """

    frame: pd.DataFrame
    welch_s: float
    mser_s: float
    n: int


def find_warm_up(world: World, traces: Iterable[Trace]) -> WarmUp:
    """Work in process from clock zero to the end of the window, and where it settles; see `fulfillsim.stats.warmup`."""
    import pandas as pd

    edges_s = _edges(world)
    runs = np.array([mean_present(*wip_spans(world, trace), edges_s) for trace in traces])
    runs = runs.reshape(-1, len(edges_s) - 1)
    if not len(runs) or runs.shape[1] < 4:
        return WarmUp(pd.DataFrame(columns=["time_s", "wip", "low", "high", "welch"]), np.nan, np.nan, len(runs))
    smooth = welch(runs, window=min(5, runs.shape[1] // 4))
    cut = mser(runs.mean(axis=0), batch=1)
    moving = np.full(runs.shape[1], np.nan)
    moving[: len(smooth.curve)] = smooth.curve
    frame = pd.DataFrame({"time_s": edges_s[:-1], "wip": runs.mean(axis=0)})
    frame = frame.assign(low=runs.min(axis=0), high=runs.max(axis=0), welch=moving)
    welch_s, mser_s = (float(edges_s[found.n_cut]) if found.is_settled else np.nan for found in (smooth, cut))
    return WarmUp(frame, welch_s, mser_s, len(runs))


def warm_up_frame(world: World, traces: Iterable[Trace]) -> pd.DataFrame:
    """The curve of `find_warm_up`."""
    return find_warm_up(world, traces).frame


def _edges(world: World) -> Floats:
    """Local midnights up to the window's end, or hours where these are few."""
    days = world.days
    n = days.n_warm_up + days.n_window
    if n >= DAYS_ENOUGH:
        return np.asarray(days.midnight_s[: n + 1])
    return np.arange(0.0, days.midnight_s[n] + 1.0, DAY_S / 24)


def plot_warm_up(world: World, traces: Iterable[Trace], ax: Axes | None = None) -> Axes:
    """Draw `find_warm_up`: the scenario's warm-up is shaded, Welch's and MSER's proposals are upright lines."""
    ax = tidy(axes(ax))
    found = find_warm_up(world, traces)
    frame = found.frame
    ax.set_ylabel("orders between receipt and dock (mean)")
    ax.set_title(f"Warm-up: work in process, mean of {found.n} replications")
    if frame.empty:
        say_nothing_there(ax, "too few days to tell")
        return ax
    date_axis(ax, world.days, 0.0, world.days.window_end_s)
    local = date_numbers(frame["time_s"].to_numpy(), world.days)
    ax.fill_between(local, frame["low"], frame["high"], color=BLUE, alpha=0.18, linewidth=0, label="least to most")
    ax.plot(local, frame["wip"], color=BLUE, linewidth=1.2, label="mean")
    ax.plot(local, frame["welch"], color=VERMILLION, linewidth=2.0, linestyle="--", label="Welch's moving average")
    for name, second, dashes in (("Welch", found.welch_s, "--"), ("MSER", found.mser_s, ":")):
        if np.isfinite(second):
            at = float(date_numbers(np.array([second]), world.days)[0])
            days = f"{second / DAY_S:.3g} days"
            ax.axvline(at, color="0.2", linestyle=dashes, linewidth=1.4, label=f"{name}: settled after {days}")
        else:
            ax.plot([], [], " ", label=f"{name}: too short to tell")
    ax.set_ylim(bottom=0)
    ax.legend(loc="best", framealpha=0.9, edgecolor="none", fontsize="small")
    return ax
