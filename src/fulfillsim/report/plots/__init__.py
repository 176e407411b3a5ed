"""The pictures of a run: each file has a frame twin (the figures) and a plot (the drawing of that frame)."""

from __future__ import annotations

from pathlib import Path

from fulfillsim.domain.world import World
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.lateness import plot_lateness
from fulfillsim.report.plots.orders_by_stage import plot_orders_by_stage
from fulfillsim.report.plots.stock_levels import plot_stock_levels
from fulfillsim.report.plots.style import Plot, save
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


def save_all(world: World, trace: Trace, folder: str | Path) -> list[Path]:
    """Draw every picture that suits the world into ``folder`` as PNG and return the files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    suited = [name for name in PLOTS if name not in NEEDS or NEEDS[name](world)]
    return [save(PLOTS[name](world, trace), folder / f"{name}.png") for name in suited]
