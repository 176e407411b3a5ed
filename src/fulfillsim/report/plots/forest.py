"""Forest: the differences of a comparison in one KPI, each with its interval, and where they do not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fulfillsim.experiment.comparison import Comparison
from fulfillsim.report.plots.style import BLUE, GREEN, INDIGO, VERMILLION, axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MARKS: dict[str, tuple[str, str]] = {
    "better": (BLUE, "o"),
    "worse": (VERMILLION, "s"),
    "higher": (INDIGO, "^"),
    "lower": (INDIGO, "v"),
    "equivalent": (GREEN, "D"),
    "no evidence": ("0.45", "x"),
}
"""Color and marker of a verdict: told apart in grey by the marker."""


def forest_frame(comparison: Comparison, kpi: str) -> pd.DataFrame:
    """Differences in one KPI, in the order of the picture from top to bottom: columns of `Comparison.to_frame`."""
    frame = comparison.to_frame()
    return frame[frame["kpi"] == kpi].reset_index(drop=True)


def plot_forest(comparison: Comparison, kpi: str, ax: Axes | None = None) -> Axes:
    """Draw differences in one KPI with their joint intervals; zero is the reference."""
    comparison.of(kpi)
    frame = forest_frame(comparison, kpi)
    ax = axes(ax, height_in=min(max(2.4, 1.3 + 0.5 * len(frame)), 12.0))
    for place, row in enumerate(frame.itertuples()):
        _bar(ax, place, row)
    names = [_label(comparison, row) for row in frame.itertuples()]
    ax.set_yticks(np.arange(len(frame)), names)
    ax.set_ylim(len(frame) - 0.5, -0.5)
    ax.axvline(0.0, color="0.2", linewidth=1.0)
    against = f" minus {comparison.baseline}" if comparison.baseline is not None else ""
    unit = comparison.units.get(kpi, "")
    ax.set_xlabel(f"difference in {kpi}{against} ({unit}), ± joint {comparison.level:.0%} interval")
    ax.set_title(f"{kpi}: what is better, by how much, how sure")
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _bar(ax: Axes, place: int, row: Any) -> None:
    color, marker = MARKS.get(row.verdict, MARKS["no evidence"])
    reach = row.half_width if np.isfinite(row.half_width) else 0.0
    ax.errorbar(
        [row.difference], [place], xerr=[reach], color=color, marker=marker, markersize=8, capsize=4, linewidth=2.0
    )
    ax.annotate(
        str(row.verdict),
        (row.difference, place),
        xytext=(0, 10),
        textcoords="offset points",
        ha="center",
        fontsize="small",
        color="0.25",
    )


def _label(comparison: Comparison, row: Any) -> str:
    return str(row.alternative) if comparison.baseline is not None else f"{row.alternative} - {row.reference}"
