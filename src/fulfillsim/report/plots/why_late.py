"""Why orders are late: how many each cause adds to the late orders, and at which hour they were placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.world import World
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import BLUE, COLORS, axes, say_nothing_there, tidy
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 8
"""Causes that get a bar of their own; the rest share one."""


def why_late_frame(world: World, trace: Trace) -> pd.DataFrame:
    """Late orders of the window by cause, most frequent first.

    Returns
    -------
    Frame with ``cause``, ``n_orders``, ``share`` (of the late orders) and ``before`` (orders of the causes above).
    """
    import pandas as pd

    facts = Facts(world, trace)
    found = facts.run.why_late
    counts = np.bincount(found.code[facts.rows("late")], minlength=len(found.causes))
    order = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code]]
    n_orders = counts[order].astype(np.int64)
    frame = pd.DataFrame({"cause": [found.causes[code] for code in order], "n_orders": n_orders})
    return frame.assign(share=n_orders / max(int(n_orders.sum()), 1), before=np.cumsum(n_orders) - n_orders)


def why_late_by_hour_frame(world: World, trace: Trace) -> pd.DataFrame:
    """Late orders of the window by the local hour at which they were placed.

    Returns
    -------
    Frame with ``hour`` (0 to 23, all of them), ``n_placed`` (orders due or promised in the window, late or not) and a
    column for each cause that occurs, in the order of `why_late_frame`.
    """
    import pandas as pd

    facts = Facts(world, trace)
    run, late = facts.run, facts.rows("late")
    placed_s = facts.journeys.placed_s
    hour = np.minimum((placed_s - run.midnight_s[np.maximum(run.day_of(placed_s), 0)]) // 3600.0, 23).astype(np.int64)
    due = np.union1d(facts.rows("due"), facts.rows("promised"))
    columns = {"hour": np.arange(24), "n_placed": np.bincount(hour[due], minlength=24)}
    for cause in why_late_frame(world, trace)["cause"]:
        rows = late[run.why_late.code[late] == run.why_late.causes.index(cause)]
        columns[cause] = np.bincount(hour[rows], minlength=24)
    return pd.DataFrame(columns)


def plot_why_late(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `why_late_frame` as a waterfall: each cause begins where the one above it ends."""
    ax = tidy(axes(ax))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="0.85", linewidth=0.6)
    frame = why_late_frame(world, trace)
    ax.set_xlabel("late orders")
    if frame.empty:
        say_nothing_there(ax, "no order of the window is late")
        ax.set_title("Why orders are late")
        return ax
    total = int(frame["n_orders"].sum())
    names = [str(cause).replace("_", " ") for cause in frame["cause"][:MOST]]
    n_orders, before = frame["n_orders"].tolist()[:MOST], frame["before"].tolist()[:MOST]
    if len(frame) > MOST:
        names.append(f"{len(frame) - MOST} others")
        before.append(before[-1] + n_orders[-1])
        n_orders.append(total - before[-1])
    ax.barh(names, n_orders, left=before, color=BLUE)
    ax.barh(["all"], [total], color="0.45")
    for place, (n, left) in enumerate(zip(n_orders, before, strict=True)):
        ax.text(left + n, place, f" {n:,} ({n / total:.0%})", va="center", fontsize="small")
    ax.invert_yaxis()
    ax.set_xlim(0, total * 1.15)
    ax.set_title(f"Why {total:,} orders are late")
    return ax


def plot_why_late_by_hour(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `why_late_by_hour_frame` as bars by hour of placing, the most frequent causes on top of each other."""
    ax = tidy(axes(ax))
    frame = why_late_by_hour_frame(world, trace)
    causes = [column for column in frame.columns if column not in ("hour", "n_placed")]
    ax.set_xlabel("hour in which the order was placed")
    ax.set_ylabel("late orders")
    ax.set_title("When late orders were placed")
    if not causes:
        say_nothing_there(ax, "no order of the window is late")
        return ax
    below = np.zeros(24)
    shown = causes if len(causes) <= len(COLORS) else causes[: len(COLORS) - 1]
    parts = {cause.replace("_", " "): frame[cause] for cause in shown}
    if len(shown) < len(causes):
        parts["others"] = frame[causes[len(shown) :]].sum(axis=1)
    for color, (name, counts) in zip(COLORS, parts.items(), strict=False):
        ax.bar(frame["hour"], counts, bottom=below, color=color, label=name, width=0.9, align="edge")
        below += counts.to_numpy(dtype=np.float64)
    told = [_told(hour, {name: int(counts[hour]) for name, counts in parts.items()}) for hour in range(24)]
    hint(ax, np.arange(24) + 0.5, below, told)
    ax.set_xticks(range(0, 25, 3))
    ax.set_xlim(0, 24)
    ax.legend(fontsize="small", frameon=False)
    return ax


def _told(hour: int, counts: dict[str, int]) -> str:
    parts = ", ".join(f"{n:,} {name}" for name, n in counts.items() if n)
    return f"placed {hour:02d}-{hour + 1:02d}: {parts or 'none late'}"
