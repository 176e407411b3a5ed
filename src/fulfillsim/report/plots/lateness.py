"""Signed lateness against the first promise: how many orders come how early or late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.world import World
from fulfillsim.kpi.journeys import BY_CUSTOMER, find_journeys
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import BLUE, axes, say_nothing_there, tidy
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.ticker import Locator


def lateness_frame(world: World, trace: Trace) -> pd.DataFrame:
    """Orders promised for the window and how late each was against its FIRST promise.

    Returns
    -------
    Frame with ``order``, ``lateness_h`` (hours after the promise, negative is early; NaN if it never came), rising,
    and ``share``, the share of orders that came at most so late. Without delivery the due departure and the time of
    leaving stand for promise and delivery. Orders that the customer ended before are left out.
    """
    import pandas as pd

    journeys = find_journeys(world, trace)
    delivered = world.delivery is not None
    due_s = journeys.promise_s if delivered else journeys.due_departure_s
    done_s = journeys.delivered_s if delivered else journeys.shipped_s
    inside = (due_s >= world.days.window_start_s) & (due_s < world.days.window_end_s)
    gone = np.isin(journeys.status, BY_CUSTOMER) & (journeys.closed_s < due_s)
    order = np.flatnonzero(inside & ~gone)
    lateness_h = (done_s - due_s)[order] / 3600
    by_lateness = np.argsort(lateness_h, kind="stable")
    share = np.arange(1, len(order) + 1) / max(len(order), 1)
    frame = pd.DataFrame({"order": order[by_lateness], "lateness_h": lateness_h[by_lateness], "share": share})
    return frame.assign(share=frame["share"].where(frame["lateness_h"].notna()))


def plot_lateness(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `lateness_frame` as a curve that rises to the share of orders that came at all; the promise is at 0."""
    ax = tidy(axes(ax))
    frame = lateness_frame(world, trace)
    came = frame.dropna()
    ax.axvline(0.0, color="0.2", linewidth=1.2, linestyle="--")
    ax.set_ylim(0, 103)
    ax.set_xlabel("hours after the promise (negative: early)")
    what = "delivered" if world.delivery is not None else "shipped"
    ax.set_ylabel(f"orders {what} by then (%)")
    if frame.empty:
        say_nothing_there(ax, "no promise lies in the reported window")
        ax.set_title("Lateness against the first promise")
        return ax
    ax.xaxis.set_major_locator(_whole_days(came["lateness_h"]))
    ax.step(came["lateness_h"], came["share"] * 100, where="post", color=BLUE, linewidth=1.8)
    _tell(ax, came, what)
    ax.text(0.0, 101, " promise", va="bottom", ha="left", fontsize="small")
    on_time = (came["lateness_h"] <= 0).sum() / len(frame)
    never = f", {len(frame) - len(came):,} never came" if len(came) < len(frame) else ""
    by = "promise" if world.delivery is not None else "due departure"
    ax.set_title(f"Lateness: {on_time:.1%} of {len(frame):,} orders {what} by their {by}{never}", pad=14)
    return ax


def _tell(ax: Axes, came: pd.DataFrame, what: str) -> None:
    """A mark at about every hundredth order."""
    some = came.iloc[np.unique(np.linspace(0, len(came) - 1, 100).astype(int))] if len(came) else came
    pairs = zip(some["lateness_h"].tolist(), some["share"].tolist(), strict=True)
    told = [f"{share:.1%} are {what} by {_by_when(late_h)}" for late_h, share in pairs]
    hint(ax, some["lateness_h"], some["share"] * 100, told)


def _by_when(late_h: float) -> str:
    """Examples: ``1.5 h before the promise``."""
    return f"{abs(late_h):.1f} h {'after' if late_h > 0 else 'before'} the promise"


def _whole_days(lateness_h: pd.Series[float]) -> Locator:
    """Ticks at multiples of a day where the curve spans days, else wherever they look well."""
    from matplotlib.ticker import AutoLocator, MultipleLocator

    span_h = lateness_h.max() - lateness_h.min() if len(lateness_h) else 0.0
    return MultipleLocator(24 * np.ceil(span_h / 240)) if span_h > 48 else AutoLocator()
