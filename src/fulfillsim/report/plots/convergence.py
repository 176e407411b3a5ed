"""Convergence of solvers: mean gap to the best known value over time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fulfillsim.report.plots.style import COLORS, DASHES, axes, say_nothing_there, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_convergence(rows: Iterable[Mapping[str, Any]], ax: Axes | None = None) -> Axes:
    """Draw mean gaps over time, from the moment on at which all runs that ever have a plan have one.

    Parameters
    ----------
    rows
        Points of the curves: ``solver``, ``objective``, ``time_s``, ``mean_gap_percent``, ``share`` of the runs with a
        plan by then.
    ax
        Where to draw; axes of their own otherwise.
    """
    ax = axes(ax)
    curves: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        curves.setdefault((row["solver"], row["objective"]), []).append(row)
    solvers = list(dict.fromkeys(solver for solver, _ in curves))
    objectives = list(dict.fromkeys(objective for _, objective in curves))
    for (solver, objective), points in curves.items():
        if not (most := max(point["share"] for point in points)):
            continue
        whole = [point for point in points if point["share"] == most and _is_number(point["mean_gap_percent"])]
        label = f"{solver}, {objective}" if most == 1 else f"{solver}, {objective} ({100 * most:.0f} % of the runs)"
        ax.plot(
            [point["time_s"] for point in whole],
            [point["mean_gap_percent"] for point in whole],
            drawstyle="steps-post",
            label=label,
            color=COLORS[solvers.index(solver) % len(COLORS)],
            linestyle=DASHES[(solvers.index(solver) + 3 * objectives.index(objective)) % len(DASHES)],
        )
    if curves:
        ax.set_xscale("log")
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    else:
        say_nothing_there(ax, "no best known values")
    ax.set_xlabel("seconds of a run")
    ax.set_ylabel("mean gap to the best known value (%)")
    ax.set_title("Convergence: lower and further left is better")
    return tidy(ax)


def _is_number(value: Any) -> bool:
    return value is not None and math.isfinite(value)
