"""The building: its layout in metres and the places in which SKUs may lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.scenario.cells import number, text, whole
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.units import UnitError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


def build_layout(plan: says.Layout) -> RectangularLayout:
    """The layout in metres."""
    return RectangularLayout(
        n_aisles=plan.aisles,
        n_cells=plan.cells,
        aisle_spacing_m=plan.aisle_spacing,
        cell_m=plan.cell,
        end_m=plan.end,
        depot_aisle=plan.depot_aisle,
        n_blocks=plan.n_blocks,
        cross_aisles_m=tuple(sorted(plan.cross_aisles.values())),
        depot_cross_aisle=plan.depot_cross_aisle,
        end_aisle=plan.end_aisle,
        end_cross_aisle=plan.end_cross_aisle,
        n_sides=plan.sides,
    )


@dataclass(frozen=True)
class Places:
    """Where SKUs may lie, as columns of shape (n_places,).

    Parameters
    ----------
    aisle, position_m
        Aisle, and metres from the front of the building.
    depth
        SKUs that fit on top of each other in each place.
    names
        Codes of the slots, in the order of the places; empty where they have none.
    """

    aisle: NDArray[np.int32]
    position_m: NDArray[np.float64]
    depth: int
    names: tuple[str, ...] = ()


def build_places(plan: says.Layout, folder: Path) -> Places:
    """Places of a layout, from its table of slots or one for each cell, aisle by aisle from the front."""
    import numpy as np

    layout = build_layout(plan)
    if plan.slots is not None:
        return _from_table(layout, read_table(plan.slots.table, folder))
    along = [layout.cell_position_m(cell, block) for block in range(layout.n_blocks) for cell in range(layout.n_cells)]
    n_along = layout.n_sides * len(along)
    aisle = np.repeat(np.arange(layout.n_aisles, dtype=np.int32), n_along)
    return Places(aisle, np.tile(np.repeat(along, layout.n_sides), layout.n_aisles), plan.levels)


def _from_table(layout: RectangularLayout, table: Table) -> Places:
    import numpy as np

    faults: list[Fault] = table.unknown(("slot", "aisle", "position_m", "cell", "block"))
    names = tuple(table.column("slot", text, faults))
    aisles = table.column("aisle", index_below(layout.n_aisles, "an aisle"), faults)
    if "cell" in table.columns:
        cells = table.column("cell", index_below(layout.n_cells, "a cell"), faults)
        blocks = table.column("block", index_below(layout.n_blocks, "a block"), faults, 0)
        positions = [layout.cell_position_m(*pair) for pair in zip(cells, blocks, strict=False)]
        if "position_m" in table.columns:
            faults.append(table.fault(0, "position_m", "stands beside cell", hint="keep one of the two"))
    else:
        positions = table.column("position_m", position_in(layout), faults)
    faults += repeated(table, "slot", names)
    if faults:
        raise ScenarioError(faults)
    return Places(np.array(aisles, dtype=np.int32), np.array(positions, dtype=np.float64), 1, names)


def index_below(number_of: int, what: str) -> Callable[[object], int]:
    """Parser of an index that counts from 0."""

    def parse(cell: object) -> int:
        index = whole(cell)
        if not 0 <= index < number_of:
            raise UnitError(f"must be {what} from 0 to {number_of - 1}")
        return index

    return parse


def position_in(layout: RectangularLayout) -> Callable[[object], float]:
    """Parser of a position between the front and the back cross-aisle."""

    def parse(cell: object) -> float:
        position_m = number(cell)
        if not 0 <= position_m <= layout.aisle_length_m:
            raise UnitError(f"must be metres from 0 to {layout.aisle_length_m:g}, the length of an aisle")
        return position_m

    return parse


def one_of(names: tuple[str, ...]) -> Callable[[object], int]:
    """Parser of a name into its index."""
    index = {name: i for i, name in enumerate(names)}

    def parse(cell: object) -> int:
        name = text(cell)
        if name not in index:
            near = nearest(name, names)
            listed = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
            raise UnitError(f"must be one of {listed}", f"did you mean {near}?" if near else "")
        return index[name]

    return parse


def repeated(table: Table, column: str, names: tuple[str, ...]) -> list[Fault]:
    """Faults of names that stand in two rows; at most 20."""
    seen: set[str] = set()
    faults = []
    for row, name in enumerate(names):
        if name in seen:
            faults.append(table.fault(row, column, "is written twice", name, "keep one row for each"))
        seen.add(name)
    return faults[:20]
