"""What all pictures share: colors, axes, the local time axis, saving without pyplot's global state."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import Days
from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.protocols import Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, INDIGO, SKY = "#0072B2", "#E69F00", "#332288", "#56B4E9"
GREEN, PINK, VERMILLION = "#009E73", "#CC79A7", "#D55E00"

COLORS = (BLUE, ORANGE, INDIGO, SKY, GREEN, PINK, VERMILLION)
"""Okabe and Ito (2008) with a dark indigo: told apart by color-blind eyes, neighbors in grey too (a test computes it).

Lines differ by their dashes as well.
"""

DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 1)))
"""Line styles that go with `COLORS`."""

STAGE_COLORS = {
    "receipt": "#FDE725",
    "processing": "#A0DA39",
    "waiting": "#4AC16D",
    "picking": "#1FA187",
    "packing": "#277F8E",
    "dock": "#365C8D",
    "transit": "#46327E",
}
"""One color per stage in every picture (steps of viridis): lightness falls along the journey, in grey too."""


MIN_DAYS, MAX_DAYS = 2, 16
"""Spans in which every midnight has its tick."""

MAX_LABELS, MAX_WEEKS = 10, 10
"""Up to so many days every midnight has weekday and date, up to so many weeks every Monday."""


class Plot(Protocol):
    """A picture of a run: draws on ``ax``, or on axes of its own, and returns them."""

    def __call__(self, world: World, trace: Trace, ax: Axes | None = None) -> Axes: ...  # noqa: D102


def axes(ax: Axes | None, height_in: float = 4.5) -> Axes:
    """Return the axes given, or those of a new figure, which notebooks show and no global state knows."""
    return panels(height_in=height_in)[0] if ax is None else ax


def panels(n_rows: int = 1, n_columns: int = 1, width_in: float = 9.0, height_in: float = 4.5) -> list[Axes]:
    """Axes of a new figure, row by row."""
    from fulfillsim.report.plots import _axes

    return _axes.panels(n_rows, n_columns, width_in, height_in)


def lay_out(ax: Axes) -> Axes:
    """Give all parts of the axes' figure their final places, so that every file of it is a single drawing."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    figure.set_layout_engine(None)
    return ax


def save(ax: Axes, file: Path) -> Path:
    """Write the picture of some axes beside its place as PNG, then rename it into it."""
    unfinished = file.with_name(f".{file.name}.part")
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(unfinished, format="png", dpi=150)
    os.replace(unfinished, file)
    return file


def date_axis(ax: Axes, days: Days, start_s: float, end_s: float) -> None:
    """Local dates on the horizontal axis from one second to another; what lies outside the window is shaded."""
    from matplotlib.dates import (
        MONDAY,
        AutoDateLocator,
        ConciseDateFormatter,
        DateFormatter,
        DateLocator,
        DayLocator,
        WeekdayLocator,
    )

    inside = np.clip([days.window_start_s, days.window_end_s], start_s, end_s)
    left, window, until, right = date_numbers(np.array([start_s, *inside, end_s]), days)
    for begin, end in ((left, window), (until, right)):
        if end > begin:
            ax.axvspan(begin, end, color="0.9", zorder=0, linewidth=0)
    span = right - left
    locator: DateLocator = AutoDateLocator(minticks=4, maxticks=10)  # type: ignore[no-untyped-call]
    formatter: Any = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    if MIN_DAYS <= span <= 7 * MAX_WEEKS:
        weekly = span > MAX_LABELS
        locator = WeekdayLocator(MONDAY) if weekly else DayLocator()  # type: ignore[no-untyped-call]
        if weekly and span <= MAX_DAYS:
            ax.xaxis.set_minor_locator(DayLocator())  # type: ignore[no-untyped-call]
        formatter = DateFormatter("%a\n%d %b")  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(formatter)
    ax.set_xlim(left, right)
    shaded = ", outside the reported window shaded" if left < window or until < right else ""
    ax.set_xlabel(f"local time ({days.zone}{shaded})")


def date_numbers(time_s: NDArray[np.float64], days: Days) -> NDArray[np.float64]:
    """Local times of seconds since clock zero as the numbers of a date axis."""
    from matplotlib.dates import date2num

    return np.asarray(date2num(local_times(time_s, days)), np.float64)  # type: ignore[no-untyped-call]


def tidy(ax: Axes) -> Axes:
    """Take away the ink that says nothing."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)
    return ax


def say_nothing_there(ax: Axes, what: str) -> None:
    """Write across empty axes what is not there."""
    ax.text(0.5, 0.5, what, transform=ax.transAxes, ha="center", va="center")


def grid_s(end_s: float, step_s: float) -> NDArray[np.float64]:
    """Seconds from 0 to ``end_s`` in steps."""
    return np.arange(0.0, end_s + step_s / 2, step_s)
