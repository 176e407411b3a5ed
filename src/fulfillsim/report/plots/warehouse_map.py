"""Tours on the map of a warehouse: shelves, aisles, the walk, and the picks numbered as they are collected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from fulfillsim.domain.layout import GraphLayout, Layout, Point, RectangularLayout
from fulfillsim.optim.pick_routing import PickList, Tour
from fulfillsim.report.plots.style import BLUE, COLORS, axes, panels

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ASIDE = 0.09
"""Way there and way back are drawn this far beside the middle, as a share of the distance of aisles."""

MOST_PANELS = 30
PANEL_WIDTH = 3.6
"""Inches."""
MOST_NUMBERED = 60
"""Picks of a panel beyond which numbers would only hide them."""


def place(layout: Layout, point: Point) -> tuple[float, float]:
    """Meters to the right and to the back of a point."""
    if isinstance(layout, RectangularLayout):
        return point[0] * layout.aisle_spacing_m, point[1]
    if layout.places:
        return layout.places[point[0]]
    # a graph without a map is drawn as a circle
    angle = 2.0 * math.pi * point[0] / layout.n_vertices
    return math.cos(angle), math.sin(angle)


def path_frame(layout: Layout, tour: Tour) -> pd.DataFrame:
    """Points of a walk.

    Returns
    -------
    Frame with a row per turn: ``x_m``, ``y_m`` and ``walked_m`` up to there.
    """
    import pandas as pd

    walked = [0.0]
    for a, b in pairwise(tour.path):
        walked.append(walked[-1] + (layout.step_m(a, b) or 0.0))
    places = [place(layout, point) for point in tour.path]
    return pd.DataFrame({"x_m": [x for x, _ in places], "y_m": [y for _, y in places], "walked_m": walked})


def pick_frame(picks: PickList, tour: Tour) -> pd.DataFrame:
    """Picks in the order of collecting: ``number`` from 1, ``pick`` (index in the list), ``x_m``, ``y_m``."""
    import pandas as pd

    places = [place(picks.layout, picks.points[index]) for index in tour.sequence]
    return pd.DataFrame(
        {
            "number": range(1, len(places) + 1),
            "pick": list(tour.sequence),
            "x_m": [x for x, _ in places],
            "y_m": [y for _, y in places],
        }
    )


def plot_tour(picks: PickList, tour: Tour, ax: Axes | None = None, color: str = BLUE, title: str = "") -> Axes:
    """Draw `path_frame` and `pick_frame` on the map; one keeps to the right, so that ways there and back show."""
    ax = axes(ax)
    layout = picks.layout
    draw_building(layout, ax)
    _draw_walk(layout, tour, ax, color)
    frame = pick_frame(picks, tour)
    ax.scatter(frame["x_m"], frame["y_m"], s=16, color=color, edgecolor="black", linewidth=0.5, zorder=4)
    if len(frame) <= MOST_NUMBERED:
        _number(layout, frame, ax)
    is_closed = layout.start == layout.end
    for point, called in ((layout.start, "depot" if is_closed else "start"), (layout.end, "end"))[: 2 - is_closed]:
        x, y = place(layout, point)
        ax.plot([x], [y], marker="s", markersize=7, color="black", zorder=5, linestyle="none")
        ax.annotate(called, (x, y), xytext=(-6, -3), textcoords="offset points", ha="right", va="top", fontsize=7)
    ax.set_aspect("equal" if _is_squat(layout) else "auto")
    ax.set_title(title or f"{tour.length_m:.10g} m, {len(picks)} picks", fontsize=9)
    ax.tick_params(labelsize=7)
    ax.set_xlabel("m across the aisles", fontsize=8)
    ax.set_ylabel("m from the front", fontsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def plot_tours(tours: Sequence[tuple[PickList, Tour, str]]) -> list[Axes]:
    """Draw one panel per tour (picks, tour, title), each in a color of its own, on a figure of their own.

    Panels beyond `MOST_PANELS` are left out; the figure's title says so.
    """
    shown = tours[:MOST_PANELS]
    n_columns = math.ceil(math.sqrt(len(shown)))
    n_rows = math.ceil(len(shown) / n_columns)
    height = _height(shown[0][0].layout) if shown else 3.3
    places = panels(n_rows, n_columns, max(6.0, PANEL_WIDTH * n_columns), max(3.0, height * n_rows + 0.5))
    for number, (panel, (picks, tour, title)) in enumerate(zip(places, shown, strict=False)):
        plot_tour(picks, tour, panel, COLORS[number % len(COLORS)], title)
    for panel in places[len(shown) :]:
        panel.set_visible(False)
    total = sum(tour.length_m for _, tour, _ in tours)
    left_out = f", the first {MOST_PANELS} shown" if len(tours) > MOST_PANELS else ""
    places[0].figure.suptitle(f"{len(tours)} tours, {total:.10g} m{left_out}", fontsize=11)
    return places[: len(shown)]


def _is_squat(layout: Layout) -> bool:
    """Whether equal scales leave a map that one can read."""
    return 0.5 <= _width_to_length(layout) <= 2.5


def _height(layout: Layout) -> float:
    """Inches of a panel of `PANEL_WIDTH`, with room for its texts."""
    return 0.8 * PANEL_WIDTH / _width_to_length(layout) + 0.9 if _is_squat(layout) else 3.3


def _width_to_length(layout: Layout) -> float:
    """Of the building; 1 where nobody knows."""
    if isinstance(layout, RectangularLayout):
        return max(1e-9, (layout.n_aisles - 1) * layout.aisle_spacing_m) / max(layout.aisle_length_m, 1e-9)
    if not layout.places:
        return 1.0
    across, back = ([place[side] for place in layout.places] for side in (0, 1))
    return min(max((max(across) - min(across)) / max(max(back) - min(back), 1e-9), 0.5), 2.5)


def draw_building(layout: Layout, ax: Axes) -> None:
    """Shelves and cross-aisles, or the arcs of a graph, in grey; an arrow where one may walk one way only."""
    if isinstance(layout, GraphLayout):
        ways = {(a, b) for a, b, _ in layout.arcs}
        for a, b in sorted(ways):
            (x, y), (to_x, to_y) = place(layout, (a, 0.0)), place(layout, (b, 0.0))
            ax.plot([x, to_x], [y, to_y], color="0.85", linewidth=1.0, zorder=1)
            if (b, a) not in ways:
                tip, tail = ((x + to_x) / 2, (y + to_y) / 2), ((2 * x + to_x) / 3, (2 * y + to_y) / 3)
                ax.annotate("", tip, tail, arrowprops={"arrowstyle": "-|>", "color": "0.6"}, zorder=2)
        return
    spacing, width = layout.aisle_spacing_m, 0.28 * layout.aisle_spacing_m
    right = (layout.n_aisles - 1) * spacing
    for aisle in range(layout.n_aisles):
        for front, back in pairwise(layout.cross_m):
            inset = min(0.04 * (back - front), layout.end_m)
            for side in (-1, 1)[: layout.n_sides]:
                x = aisle * spacing + (side * (spacing / 2 - width / 2)) - width / 2
                ax.bar(x, back - front - 2 * inset, width, front + inset, align="edge", color="0.9", zorder=1)
    for cross_m in layout.cross_m:
        ax.plot([0.0, right], [cross_m, cross_m], color="0.75", linewidth=0.6, linestyle=":", zorder=1)


def _draw_walk(layout: Layout, tour: Tour, ax: Axes, color: str) -> None:
    """The walk on the lines of aisles and cross-aisles, each leg a little to the right of its direction."""
    frame = path_frame(layout, tour)
    aside = ASIDE * (layout.aisle_spacing_m if isinstance(layout, RectangularLayout) else _typical_step(layout))
    points = _beside(list(zip(frame["x_m"], frame["y_m"], strict=True)), aside)
    ax.plot([x for x, _ in points], [y for _, y in points], color=color, linewidth=1.6, zorder=3)


def _beside(turns: Sequence[tuple[float, float]], aside: float) -> list[tuple[float, float]]:
    """The walk moved to the right of its direction; at right angles its two lines are joined where they cross."""
    legs = [(a, b, math.dist(a, b)) for a, b in pairwise(turns)]
    moved = [
        (a, b, (aside * (b[1] - a[1]) / length, -aside * (b[0] - a[0]) / length)) for a, b, length in legs if length > 0
    ]
    points = [(a[0] + off[0], a[1] + off[1]) for a, _, off in moved[:1]]
    for (_, corner, off), (_, _, then) in pairwise(moved):
        if abs(off[0] * then[0] + off[1] * then[1]) < 1e-9 * aside:
            points.append((corner[0] + off[0] + then[0], corner[1] + off[1] + then[1]))
        else:
            points += [(corner[0] + shift[0], corner[1] + shift[1]) for shift in (off, then)]
    return points + [(b[0] + off[0], b[1] + off[1]) for _, b, off in moved[-1:]]


def _typical_step(layout: GraphLayout) -> float:
    lengths = sorted(metres for _, _, metres in layout.arcs if metres > 0)
    return lengths[len(lengths) // 2] if lengths else 1.0


def _number(layout: Layout, frame: pd.DataFrame, ax: Axes) -> None:
    """Numbers beside the picks, to the left and to the right in turn along an aisle; equal places share a label."""
    labels: dict[tuple[float, float], list[str]] = {}
    for number, x, y in zip(frame["number"], frame["x_m"], frame["y_m"], strict=True):
        labels.setdefault((x, y), []).append(str(number))
    sides: dict[float, int] = {}
    for (x, y), texts in sorted(labels.items()):
        side = sides[x] = -sides.get(x, -1)
        ax.annotate(
            ",".join(texts),
            (x, y),
            xytext=(5 * side, 0),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
            fontsize=6,
            zorder=6,
        )
