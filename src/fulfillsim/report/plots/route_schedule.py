"""Schedule of a delivery plan: windows as bars, waiting, slack and load, one row per vehicle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fulfillsim.optim.delivery.evaluation import driven_m
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.timing import Timetable, timetable
from fulfillsim.report.plots.style import BLUE, GREEN, ORANGE, PINK, SKY, VERMILLION, axes, say_nothing_there, tidy

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Row = dict[str, Any]


def route_rows(instance: DeliveryInstance, routes: Routes) -> list[Row]:
    """One row per route: vehicle, stops, load of the fullest trip, way, times, waiting, slack, in units of the file."""
    rows, scale = [], instance.convention.scale
    for route in routes:
        table = timetable(instance, route)
        van = instance.vehicles[route.vehicle]
        loads = [sum(instance.stops[s].demand[0] for s in trip) for trip in route.trips]
        metres, inner = driven_m(instance, table), table.visits[1:-1]
        rows.append(
            {
                "vehicle": route.vehicle + 1,
                "n_stops": len(route.stops),
                "n_trips": len(route.trips),
                "load_share": max(loads) / van.capacity[0],
                "distance": metres / scale,
                "starts": table.start_s / scale,
                "ends": table.end_s / scale,
                "waiting": sum(visit.begin_s - visit.arrive_s for visit in inner) / scale,
                "least_slack": min(visit.closes_s - visit.begin_s for visit in inner) / scale,
                "stops": " | ".join(" ".join(instance.stops[s].name for s in trip) for trip in route.trips),
            }
        )
    return rows


def visit_rows(instance: DeliveryInstance, routes: Routes) -> list[Row]:
    """One row per stop: vehicle, window used, times, slack, load of the whole trip and on board behind it."""
    rows, scale = [], instance.convention.scale
    for line, route in enumerate(routes):
        load = {}
        for trip in route.trips:
            on_board = sum(instance.stops[s].demand[0] for s in trip)
            full = on_board
            for s in trip:
                stop = instance.stops[s]
                on_board += (stop.pickup[0] if stop.pickup else 0.0) - stop.demand[0]
                load[s] = (full, on_board)
        for visit in timetable(instance, route).visits:
            if visit.stop < 0:
                continue
            opens = max(o for o, c in instance.stops[visit.stop].windows_s if c == visit.closes_s)
            rows.append(
                {
                    "line": line,
                    "vehicle": route.vehicle + 1,
                    "stop": instance.stops[visit.stop].name,
                    "opens": opens / scale,
                    "closes": visit.closes_s / scale,
                    "arrive": visit.arrive_s / scale,
                    "begin": visit.begin_s / scale,
                    "leave": visit.leave_s / scale,
                    "slack": (visit.closes_s - visit.begin_s) / scale,
                    "loaded_share": load[visit.stop][0] / instance.vehicles[route.vehicle].capacity[0],
                    "load_share": load[visit.stop][1] / instance.vehicles[route.vehicle].capacity[0],
                }
            )
    return rows


def route_schedule_frame(instance: DeliveryInstance, routes: Routes) -> pd.DataFrame:
    """`visit_rows` as a frame."""
    import pandas as pd

    return pd.DataFrame(visit_rows(instance, routes))


def plot_route_schedule(instance: DeliveryInstance, routes: Routes, ax: Axes | None = None) -> Axes:
    """Draw each vehicle's day: windows behind, waiting hatched, service on top, load as a line in its row.

    Parameters
    ----------
    instance, routes
        A plan; its stops must exist.
    ax
        Where to draw; axes of their own otherwise.
    """
    ax = axes(ax)
    rows = visit_rows(instance, routes)
    if not rows:
        say_nothing_there(ax, "no route")
        return ax
    tables, scale = [timetable(instance, route) for route in routes], instance.convention.scale
    spans = [(table.start_s / scale, table.end_s / scale) for table in tables]
    last = max(end for _, end in spans)
    _draw_windows(ax, rows, last)
    for line, (table, span) in enumerate(zip(tables, spans, strict=True)):
        ax.plot(span, [line, line], color="0.35", linewidth=0.8, zorder=2)
        for begin, end in table.rests:
            ax.barh(line, (end - begin) / scale, left=begin / scale, height=0.3, color=PINK, zorder=4)
        steps = [*load_steps(table, [row for row in rows if row["line"] == line]), (table.end_s, 0.0)]
        times, heights = [time / scale for time, _ in steps], [line + 0.42 - 0.8 * share for _, share in steps]
        ax.step(times, [*heights[:-1], heights[-2]], where="post", color=VERMILLION, linewidth=0.9, zorder=5)
    ax.set_yticks(range(len(routes)), [f"{route.vehicle + 1}" for route in routes])
    ax.set_ylim(len(routes) - 0.4, -0.6)
    ax.set_xlim(min(start for start, _ in spans), last * 1.01)
    ax.set_ylabel("vehicle")
    if instance.convention.is_metric:
        ax.xaxis.set_major_formatter(lambda time_s, _: f"{int(time_s) // 3600:02d}:{int(time_s) % 3600 // 60:02d}")
    ax.set_xlabel("time (h:min)" if instance.convention.is_metric else "time (units of the instance)")
    _legend(ax, any(table.rests for table in tables))
    return tidy(ax)


def load_steps(table: Timetable, rows: Sequence[Row]) -> list[tuple[float, float]]:
    """When the load of a route changes (in seconds of the instance) and what share of the room it then takes.

    Parameters
    ----------
    table
        Clock of the route.
    rows
        Those of `visit_rows` that are its own.
    """
    steps: list[tuple[float, float]] = []
    served = 0
    for visit in table.visits:
        if visit.stop >= 0:
            steps.append((visit.leave_s, rows[served]["load_share"]))
            served += 1
        elif served < len(rows):  # loads for its next trip
            steps.append((visit.leave_s, rows[served]["loaded_share"]))
    return steps


def _draw_windows(ax: Axes, rows: list[Row], last: float) -> None:
    limited = [row for row in rows if row["closes"] < last or row["opens"] > 0]
    lines = [row["line"] for row in limited]
    faint = max(0.03, min(0.16, 1.2 * (1 + max(lines, default=0)) / max(len(lines), 1)))
    spans = [min(row["closes"], last) - row["opens"] for row in limited]
    ax.barh(lines, spans, left=[r["opens"] for r in limited], height=0.84, color=SKY, alpha=faint, zorder=1)
    slacks = [min(row["closes"], last) - row["begin"] for row in limited]
    ax.barh(lines, slacks, left=[r["begin"] for r in limited], height=0.06, color=GREEN, alpha=0.7, zorder=3)
    waits = [row for row in rows if row["begin"] > row["arrive"]]
    ax.barh(
        [row["line"] for row in waits],
        [row["begin"] - row["arrive"] for row in waits],
        left=[row["arrive"] for row in waits],
        height=0.22,
        color="white",
        edgecolor=ORANGE,
        hatch="////",
        linewidth=0.6,
        zorder=3,
    )
    least = last / 400
    widths = [max(row["leave"] - row["begin"], least) for row in rows]
    ax.barh([r["line"] for r in rows], widths, left=[r["begin"] for r in rows], height=0.34, color=BLUE, zorder=4)


def _legend(ax: Axes, rests: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=SKY, alpha=0.3, label="time window"),
        Patch(facecolor="white", edgecolor=ORANGE, hatch="////", label="waiting"),
        Patch(color=BLUE, label="service"),
        Patch(color=GREEN, alpha=0.7, label="slack until the window closes"),
        *([Patch(color=PINK, label="driver's break")] if rests else []),
        Line2D([], [], color=VERMILLION, label="load on board (full at the top of the row)"),
    ]
    ax.legend(handles=handles, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, fontsize=8)
