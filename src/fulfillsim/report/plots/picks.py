"""Where picks fall in the warehouse: a heat map of slots, and how crowded aisles are hour by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import GraphLayout, Layout, RectangularLayout
from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import axes, say_nothing_there
from fulfillsim.report.plots.warehouse_map import draw_building, place

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Ints = NDArray[np.int64]


def layout_of(world: World) -> Layout | None:
    """The layout that pickers walk through; None where there is none."""
    pickings = world.fulfillment.pickings if world.fulfillment is not None else ()
    return next((picking.tour.layout for picking in pickings if picking.tour is not None), None)


def slot_frame(world: World, trace: Trace) -> pd.DataFrame:
    """Order lines picked at each slot in the reported window.

    Returns
    -------
    Frame with ``aisle`` (in a graph the vertex), ``position_m``, ``n_lines`` and ``share`` of all lines; only slots
    with a pick, busiest first. Levels above each other and both sides of an aisle are one slot: one stops there.
    """
    import pandas as pd

    columns = ["aisle", "position_m", "n_lines", "share"]
    picked = _picked_lines(world, trace)
    inside = (picked["time_s"] >= world.days.window_start_s) & (picked["time_s"] < world.days.window_end_s)
    picked = picked[inside]
    counts = picked.groupby(["aisle", "position_m"]).size().rename("n_lines").reset_index()
    counts = counts.assign(share=counts["n_lines"] / max(len(picked), 1))
    by_lines = counts.sort_values(["n_lines", "aisle", "position_m"], ascending=[False, True, True], ignore_index=True)
    return by_lines if len(by_lines) else pd.DataFrame(columns=columns)


def crowd_frame(world: World, trace: Trace) -> pd.DataFrame:
    """Pickers in each aisle by hour of the day, on average over the days of the reported window with picking.

    A tour's time is shared among aisles by its lines in them: where exactly a picker stands when, the run does not
    write down.

    Returns
    -------
    Frame with ``aisle``, ``hour`` (local) and ``pickers`` (mean number there).
    """
    import pandas as pd

    layout = layout_of(world)
    picked = _picked_lines(world, trace)
    hours = _hours_of_tours(world, trace, picked)
    if layout is None or hours.empty:
        return pd.DataFrame(columns=["aisle", "hour", "pickers"])
    n_days = max(1, int(hours["day"].nunique()))
    total = hours.groupby(["aisle", "hour"])["picker_s"].sum() / (3600.0 * n_days)
    return total.rename("pickers").reset_index()


def _picked_lines(world: World, trace: Trace) -> pd.DataFrame:
    """Lines of orders on tours: tour, when it began and ended, aisle and position."""
    import pandas as pd

    tape, catalog = trace.tape, world.catalog
    loads, visits = trace.columns("tour_orders"), trace.columns("visits")
    walked = np.array([station.items == "tour" for station in trace.stations] or [False])
    of_tours = walked[visits["station"].astype(np.int64)] & np.isfinite(visits["ended_s"])
    spans = pd.DataFrame({name: visits[name][of_tours] for name in ("item", "started_s", "ended_s")}, dtype=np.float64)
    spans = spans.groupby("item").agg(time_s=("started_s", "min"), until_s=("ended_s", "max"))
    order, tour = loads["order"].astype(np.int64), loads["tour"]
    n_lines = (tape.line_start[order + 1] - tape.line_start[order]).astype(np.int64)
    line = _each_line(np.asarray(tape.line_start)[order], n_lines)
    sku = np.asarray(tape.sku)[line]
    aisle = catalog.aisle[sku] if catalog is not None else np.zeros(len(sku))
    position = catalog.position_m[sku] if catalog is not None else np.zeros(len(sku))
    frame = pd.DataFrame({"tour": np.repeat(tour, n_lines), "aisle": aisle, "position_m": position})
    return frame.join(spans, on="tour", how="inner")


def _each_line(first: Ints, n_lines: Ints) -> Ints:
    """Indices of all lines, order after order."""
    ends = np.cumsum(n_lines)
    offset = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - n_lines, n_lines)
    lines: Ints = np.repeat(first, n_lines) + offset
    return lines


def _hours_of_tours(world: World, trace: Trace, picked: pd.DataFrame) -> pd.DataFrame:
    """Seconds of pickers by day, hour and aisle in the reported window."""
    import pandas as pd

    del trace
    by_aisle = picked.groupby(["tour", "aisle", "time_s", "until_s"]).size().rename("n").reset_index()
    share = by_aisle["n"] / by_aisle.groupby("tour")["n"].transform("sum")
    parts = []
    begin, end = by_aisle["time_s"].to_numpy(), by_aisle["until_s"].to_numpy()
    hour = np.floor(begin / 3600.0)
    while (open_ := hour * 3600.0 < end).any():
        inside = np.minimum(end, (hour + 1) * 3600.0) - np.maximum(begin, hour * 3600.0)
        part = {"aisle": by_aisle["aisle"], "at_s": hour * 3600.0, "picker_s": inside * share}
        parts.append(pd.DataFrame(part)[open_])
        hour = hour + 1
    if not parts:
        return pd.DataFrame(columns=["aisle", "at_s", "picker_s", "day", "hour"])
    frame = pd.concat(parts, ignore_index=True)
    window = frame["at_s"].between(world.days.window_start_s, world.days.window_end_s, inclusive="left")
    frame = frame[window]
    local = pd.Series(local_times(frame["at_s"].to_numpy(), world.days), index=frame.index)
    return frame.assign(day=local.dt.floor("D"), hour=local.dt.hour)


def plot_slots(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `slot_frame` on the map of the warehouse: the lighter a slot, the more is picked there."""
    ax = axes(ax)
    layout, frame = layout_of(world), slot_frame(world, trace)
    ax.set_title("Order lines picked at each slot in the reported window")
    ax.set_xlabel("m across the aisles")
    ax.set_ylabel("m from the front")
    if layout is None or frame.empty:
        say_nothing_there(ax, "nothing was picked from a layout")
        return ax
    draw_building(layout, ax)
    at = [place(layout, point) for point in zip(frame["aisle"].tolist(), frame["position_m"].tolist(), strict=True)]
    mesh = _slots(layout, np.array(at), frame["n_lines"].to_numpy(), ax)
    depot = place(layout, layout.start)
    ax.plot([depot[0]], [depot[1]], marker="s", markersize=7, color="black", linestyle="none")
    ax.annotate("depot", depot, xytext=(6, -4), textcoords="offset points")
    ax.figure.colorbar(mesh, ax=ax, label="order lines (logarithmic)")
    busiest = int(np.ceil(0.2 * len(frame)))
    told = f"the busiest fifth of slots has {frame['share'].head(busiest).sum():.0%} of all lines"
    ax.set_title(f"Order lines picked at each slot: {told}")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _slots(layout: Layout, at: NDArray[np.float64], values: Ints, ax: Axes) -> Any:
    """Slots as they lie along aisles, or dots on the vertices of a graph."""
    if isinstance(layout, GraphLayout):
        from matplotlib.colors import LogNorm

        return ax.scatter(at[:, 0], at[:, 1], s=45, c=values, cmap="cividis", norm=LogNorm(), marker="o", zorder=3)
    width, height = 0.44 * layout.aisle_spacing_m, 0.9 * (layout.cell_m or 1.0)
    mesh = _squares(at[:, 0], at[:, 1], width, height, values)
    ax.add_collection(mesh)
    return mesh


def _squares(x: NDArray[np.float64], y: NDArray[np.float64], width: float, height: float, values: Ints) -> Any:
    from matplotlib.collections import PatchCollection
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Rectangle

    places = zip(x.tolist(), y.tolist(), strict=True)
    cells = [Rectangle((across - width / 2, up - height / 2), width, height) for across, up in places]
    mesh = PatchCollection(cells, cmap="cividis", norm=LogNorm(), linewidth=0, zorder=3)
    mesh.set_array(values)
    return mesh


def plot_crowds(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `crowd_frame`: aisles across, hours of the day downwards, light where pickers meet."""
    from matplotlib.ticker import MaxNLocator

    ax = axes(ax)
    layout, frame = layout_of(world), crowd_frame(world, trace)
    ax.set_title("Pickers in each aisle by hour of the day")
    ax.set_xlabel("aisle")
    ax.set_ylabel("hour of the day (local)")
    if not isinstance(layout, RectangularLayout) or frame.empty:
        say_nothing_there(ax, "nothing was picked from aisles")
        return ax
    first, last = int(frame["hour"].min()), int(frame["hour"].max()) + 1
    cells = np.full((last - first, layout.n_aisles), np.nan)
    cells[frame["hour"].to_numpy(dtype=np.int64) - first, frame["aisle"].to_numpy(dtype=np.int64)] = frame["pickers"]
    mesh = ax.pcolormesh(
        np.arange(layout.n_aisles + 1) - 0.5, np.arange(first, last + 1), cells, cmap="cividis", vmin=0
    )
    ax.figure.colorbar(mesh, ax=ax, label="pickers there (mean)")
    ax.set_ylim(last, first)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=20, integer=True))
    most = frame.iloc[int(frame["pickers"].to_numpy().argmax())]
    place = f"aisle {int(most['aisle'])} at {int(most['hour']):02d}:00"
    ax.set_title(f"Pickers in each aisle by hour: most in {place}, {most['pickers']:.2f} on average")
    ax.spines[["top", "right", "left", "bottom"]].set_visible(False)
    return ax
