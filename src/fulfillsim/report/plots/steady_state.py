"""One long run from an empty start: what was left out as its warm-up, and the mean of the rest with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fulfillsim.report.plots.style import BLUE, VERMILLION, axes, tidy
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_steady_state(rows: Sequence[Mapping[str, Any]], told: Mapping[str, Any], ax: Axes | None = None) -> Axes:
    """Draw the KPI cycle by cycle.

    Parameters
    ----------
    rows
        Of ``SteadyState.to_frame``: ``day``, ``value``, ``is_left_out``.
    told
        Document of the answer: ``kpi``, ``unit``, ``estimate``, ``low``, ``high``, ``cycle_days``.
    """
    ax = tidy(axes(ax))
    days, values = [row["day"] for row in rows], [row["value"] for row in rows]
    ax.plot(days, values, color=BLUE, linewidth=0.8)
    cut = sum(bool(row["is_left_out"]) for row in rows) * told["cycle_days"]
    if cut:
        ax.axvspan(0, cut, color="0.85", zorder=0, label="left out (MSER)")
    ax.axhspan(told["low"], told["high"], color=VERMILLION, alpha=0.25, linewidth=0)
    ax.axhline(told["estimate"], color=VERMILLION, linewidth=1.6, label=f"mean with its {told['level']:.0%} interval")
    hint(ax, days, values, [f"from day {row['day']:,}: {row['value']:.4g} {told['unit']}" for row in rows])
    length = told["cycle_days"]
    ax.set_xlabel("day of the run")
    ax.set_ylabel(f"{told['kpi']} ({told['unit']}), mean of {'a day' if length == 1 else f'{length} days'}")
    ax.set_title(f"{told['kpi']} from an empty start")
    ax.legend(frameon=True, framealpha=0.9, edgecolor="none", loc="best")
    return ax
