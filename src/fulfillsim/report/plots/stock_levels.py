"""Stock of the busiest SKUs through time, with the level at which more is ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fulfillsim.domain.records import StockMove
from fulfillsim.domain.world import World
from fulfillsim.io.local_time import local_times
from fulfillsim.kpi.flow import taken
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import COLORS, DASHES, axes, date_axis, say_nothing_there, tidy
from fulfillsim.report.plots.svg import hint

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ORDERS_AT_A_POINT = ("rq", "sS")
"""Rules that have a reorder point."""


def stock_levels_frame(world: World, trace: Trace, n_skus: int = 5) -> pd.DataFrame:
    """Units on hand of the SKUs of which most units were ordered, after each change.

    Returns
    -------
    Frame with ``sku``, ``time_s``, ``local_time``, ``on_hand`` (units on the shelf, reserved ones included
    if there is picking) and
    ``reorder_point`` (units, NaN where the rule has none); busiest SKU first, then by time; a row at the run's begin
    and at its end.
    """
    import pandas as pd

    columns = ["sku", "time_s", "local_time", "on_hand", "reorder_point"]
    if world.inventory is None or world.catalog is None:
        return pd.DataFrame(columns=columns)
    tape = trace.tape
    units = np.bincount(tape.sku, tape.quantity, minlength=len(world.catalog))
    busiest = [int(sku) for sku in np.argsort(-units, kind="stable")[:n_skus] if units[sku] > 0]
    parts = [_level(world, trace, sku) for sku in busiest]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def plot_stock_levels(world: World, trace: Trace, ax: Axes | None = None) -> Axes:
    """Draw `stock_levels_frame`: a step line per SKU, its reorder point thin in the same color."""
    ax = tidy(axes(ax))
    frame = stock_levels_frame(world, trace)
    date_axis(ax, world.days, 0.0, trace.end_s)
    for number, (sku, part) in enumerate(frame.groupby("sku", sort=False)):
        color, dashes = COLORS[number % len(COLORS)], DASHES[number % len(DASHES)]
        local = part["local_time"].to_numpy()
        ax.step(local, part["on_hand"], where="post", color=color, linestyle=dashes, linewidth=1.5, label=sku)
        hint(ax, local, part["on_hand"], [_told(row) for row in part.itertuples()])
        if (point := part["reorder_point"].iloc[0]) == point:
            ax.axhline(point, color=color, linewidth=0.7, linestyle=dashes, alpha=0.6)
    if frame.empty:
        say_nothing_there(ax, "no SKU was ordered")
    else:
        ax.legend(title="SKU", loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
        ax.set_ylim(bottom=min(0.0, frame["on_hand"].min()))
    ax.set_ylabel("units on hand")
    points = ", reorder points thin" if frame["reorder_point"].notna().any() else ""
    ax.set_title(f"Stock of the busiest SKUs{points}")
    return ax


def _told(row: Any) -> str:
    more = f", more is ordered at {row.reorder_point:,.0f}" if row.reorder_point == row.reorder_point else ""
    return f"{row.sku}, {row.local_time:%a %d %b %H:%M}: {row.on_hand:,} units{more}"


def _level(world: World, trace: Trace, sku: int) -> pd.DataFrame:
    import pandas as pd

    assert world.inventory is not None
    assert world.catalog is not None
    moves = trace.columns("stock")
    kind = moves["kind"]
    come, go = _moves_of_the_shelf(world)
    shelf = (moves["sku"] == sku) & np.isin(kind, come + go)
    time_s = moves["time_s"][shelf]
    by_time = np.argsort(time_s, kind="stable")
    change = np.where(np.isin(kind, go), -moves["units"], moves["units"])[shelf][by_time]
    on_hand = trace.stock_start[sku] + np.concatenate([[0.0], np.cumsum(change)])
    time_s = np.concatenate([[0.0], time_s[by_time], [trace.end_s]])
    has_point = world.inventory.rule in ORDERS_AT_A_POINT
    return pd.DataFrame(
        {
            "sku": world.catalog.names[sku],
            "time_s": time_s,
            "local_time": local_times(time_s, world.days),
            "on_hand": np.append(on_hand, on_hand[-1]).astype(np.int64),
            "reorder_point": float(world.inventory.reorder_point[sku]) if has_point else np.nan,
        }
    )


def _moves_of_the_shelf(world: World) -> tuple[list[StockMove], list[StockMove]]:
    """Moves that put units on the shelf and that take them; where nobody picks, goods go when reserved."""
    if taken(world) is StockMove.PICKED:
        return [StockMove.PUT_AWAY, StockMove.ADJUSTED], [StockMove.PICKED, StockMove.WRITTEN_OFF]
    return [StockMove.PUT_AWAY, StockMove.RELEASED], [StockMove.RESERVED]
