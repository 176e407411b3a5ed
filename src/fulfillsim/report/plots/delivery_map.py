"""Map of a delivery plan: depots, stops by demand, and each vehicle's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.timing import timetable
from fulfillsim.report.plots.route_schedule import plot_route_schedule
from fulfillsim.report.plots.style import COLORS, DASHES, VERMILLION, axes, panels, say_nothing_there

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_NAMED = 60
"""Stops up to which each bears its name."""


def way_points(instance: DeliveryInstance, routes: Routes) -> list[np.ndarray]:
    """Coordinates of each route's calls in order, depots included, shape (n_calls, 2)."""
    assert instance.points is not None
    return [instance.points[[visit.place for visit in timetable(instance, route).visits]] for route in routes]


def delivery_map_frame(instance: DeliveryInstance, routes: Routes) -> pd.DataFrame:
    """A row per call of each route, depots included: ``vehicle`` (from 1), ``call`` (from 0), ``x``, ``y``."""
    import pandas as pd

    ways = zip(routes, way_points(instance, routes), strict=True)
    rows = [(route.vehicle + 1, call, x, y) for route, way in ways for call, (x, y) in enumerate(way.tolist())]
    return pd.DataFrame(rows, columns=["vehicle", "call", "x", "y"])


def plot_delivery_map(instance: DeliveryInstance, routes: Routes, ax: Axes | None = None) -> Axes:
    """Draw the routes; the first and last leg of each are thin, so that the depot stays readable.

    Parameters
    ----------
    instance, routes
        A plan of an instance with coordinates; without them the axes say so.
    ax
        Where to draw; axes of their own otherwise.
    """
    ax = axes(ax)
    if instance.points is None:
        say_nothing_there(ax, "places without coordinates")
        return ax
    for number, way in enumerate(way_points(instance, routes)):
        color, dash = COLORS[number % len(COLORS)], DASHES[(number + number // len(COLORS)) % len(DASHES)]
        ax.plot(*way[1:-1].T, color=color, linestyle=dash, linewidth=1.3, zorder=2)
        for leg in (way[:2], way[-2:]):
            ax.plot(*leg.T, color=color, linewidth=0.5, alpha=0.6, zorder=1)
    _draw_places(ax, instance, routes)
    ax.set_aspect("equal")
    ax.set_xlabel("to the east (units of the instance)")
    ax.set_ylabel("to the north (units of the instance)")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _draw_places(ax: Axes, instance: DeliveryInstance, routes: Routes) -> None:
    points, n_depots = instance.points, instance.n_depots
    assert points is not None
    demand = np.array([stop.demand[0] for stop in instance.stops])
    served = {stop for route in routes for stop in route.stops}
    edge = ["0.15" if stop in served else VERMILLION for stop in range(len(instance.stops))]
    size = 10 + 50 * demand / max(demand.max(initial=0.0), 1e-9)
    ax.scatter(
        points[n_depots:, 0], points[n_depots:, 1], s=size, facecolor="white", edgecolor=edge, linewidth=0.9, zorder=3
    )
    ax.scatter(points[:n_depots, 0], points[:n_depots, 1], s=90, marker="s", color="black", zorder=4)
    if len(instance.stops) <= MOST_NAMED:
        for number, stop in enumerate(instance.stops):
            ax.annotate(stop.name, points[n_depots + number], xytext=(4, 4), textcoords="offset points", fontsize=7)


def plot_plan(instance: DeliveryInstance, routes: Routes, title: str = "") -> Axes:
    """Map and schedule of a plan beside each other; returns the map's axes."""
    left, right = panels(1, 2, 14.0, min(max(5.0, 2.0 + 0.34 * len(routes)), 14.0))
    plot_delivery_map(instance, routes, left)
    plot_route_schedule(instance, routes, right)
    left.figure.suptitle(title, fontsize=10)
    return left
