"""The pictures of a run: each file has a frame twin (the figures) and a plot (the drawing of that frame)."""

from __future__ import annotations

from pathlib import Path

from fulfillsim.domain.world import World
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.lateness import plot_lateness
from fulfillsim.report.plots.orders_by_stage import plot_orders_by_stage
from fulfillsim.report.plots.stock_levels import plot_stock_levels
from fulfillsim.report.plots.style import Plot, save
from fulfillsim.report.plots.svg import save_svg
from fulfillsim.report.plots.utilization import plot_utilization

PLOTS: dict[str, Plot] = {
    "orders_by_stage": plot_orders_by_stage,
    "utilization": plot_utilization,
    "lateness": plot_lateness,
    "stock_levels": plot_stock_levels,
}
"""Name (also of the file) -> plot. A new picture is one file and one line here."""

NEEDS = {
    "utilization": lambda world: bool(world.staff),
    "lateness": lambda world: world.processing is not None and bool(world.processing.promises),
    "stock_levels": lambda world: world.inventory is not None,
}
"""Name -> whether a world has what the picture shows; a picture that is not listed suits every world."""


CAPTIONS = {
    "orders_by_stage": "Orders in process through time, a layer for each stage: one that grows is work piling up.",
    "utilization": "Busy share of each role hour by hour, dark is idle and light is busy.",
    "lateness": "Share of orders that came at most so many hours after their promise; what is left of zero is on time.",
    "stock_levels": "Units on hand of the busiest articles through time, beside the level at which more is ordered.",
}
"""Name -> what a picture shows and how to read it, in a sentence: its alternative text in reports."""


def suited(world: World) -> list[str]:
    """Names of the pictures that a world has something for."""
    return [name for name in PLOTS if name not in NEEDS or NEEDS[name](world)]


def save_all(world: World, trace: Trace, folder: str | Path) -> list[Path]:
    """Draw every picture that suits the world into ``folder`` as PNG and, for reports, SVG; return the PNG files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in suited(world):
        ax = PLOTS[name](world, trace)
        files.append(save(ax, folder / f"{name}.png"))
        save_svg(ax, folder / f"{name}.svg")
    return files
