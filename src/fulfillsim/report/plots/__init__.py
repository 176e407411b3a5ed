"""The pictures of a run: each file has a frame twin (the figures) and a plot (the drawing of that frame)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.domain.world import World
from fulfillsim.experiment.counting import Count, counted
from fulfillsim.kpi.needs import promises
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.gantt import plot_gantt
from fulfillsim.report.plots.journey import plot_journey
from fulfillsim.report.plots.lateness import plot_lateness
from fulfillsim.report.plots.orders_by_stage import plot_orders_by_stage
from fulfillsim.report.plots.picks import layout_of, plot_crowds, plot_slots
from fulfillsim.report.plots.queues import plot_queues
from fulfillsim.report.plots.stock_levels import plot_stock_levels
from fulfillsim.report.plots.style import Plot, lay_out, save
from fulfillsim.report.plots.svg import save_svg
from fulfillsim.report.plots.utilization import plot_utilization
from fulfillsim.report.plots.utilization_bands import plot_utilization_bands
from fulfillsim.report.plots.warm_up import plot_warm_up
from fulfillsim.report.plots.why_late import plot_why_late, plot_why_late_by_hour
from fulfillsim.report.plots.wip import plot_wip

PLOTS: dict[str, Plot] = {
    "orders_by_stage": plot_orders_by_stage,
    "utilization": plot_utilization,
    "lateness": plot_lateness,
    "why_late": plot_why_late,
    "why_late_by_hour": plot_why_late_by_hour,
    "stock_levels": plot_stock_levels,
    "wip": plot_wip,
    "queues": plot_queues,
    "gantt": plot_gantt,
    "slots": plot_slots,
    "crowds": plot_crowds,
}
"""Name (also of the file) -> plot of one replication. A new picture is one file and one line here."""

OVER_REPLICATIONS = {"utilization_bands": plot_utilization_bands, "warm_up": plot_warm_up}
"""Name -> plot of several replications, ``(world, traces, ax=None)``; traces may come one by one."""

OF_AN_ORDER = {"journey": plot_journey}
"""Name -> plot of one order, ``(world, trace, order, ax=None)``."""

NEEDS: dict[str, Callable[[World], bool]] = {
    "utilization": lambda world: bool(world.staff),
    "lateness": promises,
    "why_late": promises,
    "why_late_by_hour": promises,
    "stock_levels": lambda world: world.inventory is not None,
    "queues": lambda world: bool(world.staff),
    "gantt": lambda world: bool(world.staff),
    "slots": lambda world: layout_of(world) is not None,
    "crowds": lambda world: isinstance(layout_of(world), RectangularLayout),
}
"""Name -> whether a world has what the picture shows; a picture that is not listed suits every world."""


CAPTIONS = {
    "orders_by_stage": "Orders in process through time, a layer for each stage: one that grows is work piling up.",
    "utilization": "Busy share of each role hour by hour, dark is idle and light is busy.",
    "lateness": "Share of orders that came at most so many hours after their promise; what is left of zero is on time.",
    "stock_levels": "Units on hand of the busiest articles through time, beside the level at which more is ordered.",
    "wip": "Orders between receipt and the dock through time, with their mean over the window dashed.",
    "queues": "Number waiting at each staffed station through time; warm-up and drain are shaded.",
    "gantt": "What each worker did on the first reported day: a row for each, colored by station, grey without work.",
    "slots": "Map of the warehouse with the order lines picked at each slot, lighter where more is picked.",
    "why_late": "Late orders by cause, most frequent first; each bar begins where the one above it ends.",
    "why_late_by_hour": "Late orders by the hour of the day at which they were placed, and by cause.",
    "crowds": "Mean number of pickers in each aisle by hour of the day, lighter where they meet.",
}
"""Name -> what a picture shows and how to read it, in a sentence: its alternative text in reports."""


def suited(world: World) -> list[str]:
    """Names of the pictures that a world has something for."""
    return [name for name in PLOTS if name not in NEEDS or NEEDS[name](world)]


def save_all(world: World, trace: Trace, folder: str | Path, progress: Count | None = None) -> list[Path]:
    """Draw every picture that suits the world into ``folder`` as PNG and, for reports, SVG; return the PNG files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in counted(suited(world), progress):
        ax = lay_out(PLOTS[name](world, trace))
        files.append(save(ax, folder / f"{name}.png"))
        save_svg(ax, folder / f"{name}.svg")
    return files
