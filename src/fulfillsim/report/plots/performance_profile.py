"""Performance profiles of solvers: who is how often how near to the best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fulfillsim.report.plots.style import COLORS, DASHES, axes, say_nothing_there, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_performance_profile(rows: Iterable[Mapping[str, Any]], ax: Axes | None = None) -> Axes:
    """Draw a performance profile.

    Parameters
    ----------
    rows
        Steps of the curves: ``solver``, ``ratio`` to the best, ``share`` of the runs with at most that ratio.
    ax
        Where to draw; axes of their own otherwise.

    References
    ----------
    Dolan and Moré (2002), Benchmarking optimization software with performance profiles, Mathematical Programming 91.
    """
    ax = axes(ax)
    curves: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        curves.setdefault(str(row["solver"]), []).append((row["ratio"], row["share"]))
    most = max((ratio for curve in curves.values() for ratio, _ in curve), default=1.0)
    right = 1.0 + 1.05 * max(most - 1.0, 1e-3)
    for number, (solver, curve) in enumerate(curves.items()):
        ratios, shares = zip(*curve, (right, curve[-1][1]), strict=True)
        style = DASHES[number % len(DASHES)]
        percent = [100.0 * (ratio - 1.0) for ratio in ratios]
        color = COLORS[number % len(COLORS)]
        ax.step(percent, [100.0 * share for share in shares], where="post", label=solver, color=color, linestyle=style)
    if curves:
        ax.legend(frameon=False, loc="lower right")
        ax.set_xlim(0.0, 100.0 * (right - 1.0))
    else:
        say_nothing_there(ax, "no runs")
    ax.set_ylim(0.0, 102.0)
    ax.set_xlabel("at most so many percent above the best value known")
    ax.set_ylabel("runs (%)")
    ax.set_title("Performance profile: further up and left is better")
    return tidy(ax)
