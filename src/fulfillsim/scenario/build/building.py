"""The building: its layout in metres and the places in which SKUs may lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fulfillsim.domain.layout import GraphLayout, Layout, RectangularLayout
from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.scenario.cells import number, text, whole
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.units import UnitError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

IN_AISLES = ("aisle", "position_m")
IN_A_GRAPH = ("vertex",)
WHERE = ("slot", *IN_AISLES, *IN_A_GRAPH)
"""Columns of a catalog's table that say where a SKU lies."""


def build_layout(plan: says.Layout | says.Hall) -> Layout:
    """The layout in metres."""
    return plan.graph if isinstance(plan, says.Hall) else rectangle(plan)


def rectangle(plan: says.Layout) -> RectangularLayout:
    """Parallel aisles in metres."""
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
        Aisle, and metres from the front of the building; in a graph the vertex, and zeros.
    depth
        SKUs that fit on top of each other in each place.
    names
        Codes of the slots, in the order of the places; empty where they have none.
    """

    aisle: NDArray[np.int32]
    position_m: NDArray[np.float64]
    depth: int
    names: tuple[str, ...] = ()


def build_places(plan: says.Layout | says.Hall, folder: Path) -> Places:
    """Places of a layout, from its table of slots or one for each cell, aisle by aisle from the front."""
    import numpy as np

    if plan.slots is not None:
        return _from_table(build_layout(plan), read_table(plan.slots.table, folder))
    if isinstance(plan, says.Hall):
        vertices = np.array(free_vertices(plan.graph), dtype=np.int32)
        return Places(vertices, np.zeros(len(vertices)), plan.levels)
    layout = rectangle(plan)
    along = [layout.cell_position_m(cell, block) for block in range(layout.n_blocks) for cell in range(layout.n_cells)]
    n_along = layout.n_sides * len(along)
    aisle = np.repeat(np.arange(layout.n_aisles, dtype=np.int32), n_along)
    return Places(aisle, np.tile(np.repeat(along, layout.n_sides), layout.n_aisles), plan.levels)


def free_vertices(graph: GraphLayout) -> list[int]:
    """Vertices to which a tour leads, but its start and its end."""
    ends = {graph.start[0], graph.end[0]}
    return [v for v in range(graph.n_vertices) if v not in ends and graph.holds((v, 0.0))]


def _from_table(layout: Layout, table: Table) -> Places:
    import numpy as np

    columns = ("vertex",) if isinstance(layout, GraphLayout) else ("aisle", "position_m", "cell", "block")
    faults: list[Fault] = table.unknown(("slot", *columns))
    names = tuple(table.column("slot", text, faults))
    if isinstance(layout, GraphLayout):
        aisles = table.column("vertex", vertex_of(layout), faults)
        positions = [0.0] * len(aisles)
    else:
        aisles, positions = _in_aisles(layout, table, faults)
    faults += repeated(table, "slot", names)
    if faults:
        raise ScenarioError(faults)
    return Places(np.array(aisles, dtype=np.int32), np.array(positions, dtype=np.float64), 1, names)


def _in_aisles(layout: RectangularLayout, table: Table, faults: list[Fault]) -> tuple[list[int], list[float]]:
    """Aisle and position of each slot."""
    aisles = table.column("aisle", index_below(layout.n_aisles, "an aisle"), faults)
    if "cell" in table.columns:
        cells = table.column("cell", index_below(layout.n_cells, "a cell"), faults)
        blocks = table.column("block", index_below(layout.n_blocks, "a block"), faults, 0)
        positions = [layout.cell_position_m(*pair) for pair in zip(cells, blocks, strict=False)]
        if "position_m" in table.columns:
            faults.append(table.fault(0, "position_m", "stands beside cell", hint="keep one of the two"))
    else:
        positions = table.column("position_m", position_in(layout), faults)
    return aisles, positions


def given_slots(
    plan: says.Layout | says.Hall | None, places: Places | None, table: Table, faults: list[Fault]
) -> dict[str, NDArray[Any]]:
    """Aisle and position of each SKU, by the code of its slot or as figures, where the catalog's table has them."""
    written = [name for name in WHERE if name in table.columns]
    if written and (plan is None or places is None):
        faults.append(table.fault(0, written[0], "needs a layout", hint="layout: {aisles: 20, cells: 50}"))
    if not written or plan is None or places is None:
        return {}
    figures = IN_A_GRAPH if isinstance(plan, says.Hall) else IN_AISLES
    if strange := [name for name in written if name not in ("slot", *figures)]:
        rule = f"is no column where the layout is {'a graph' if isinstance(plan, says.Hall) else 'parallel aisles'}"
        faults.append(table.fault(0, strange[0], rule, hint=f"write {' and '.join(figures)}"))
        return {}
    if written[0] != "slot":
        return _figures(plan, table, faults)
    if rule := f"stands beside {written[1]}" if written[1:] else "" if plan.slots else "needs a table of slots":
        hint = f"layout: {{slots: {{table: slots.csv}}}}, or columns {' and '.join(figures)}"
        faults.append(table.fault(0, "slot", rule, hint=hint))
        return {}
    rows = table.column("slot", one_of(places.names), faults)
    return {} if faults else {"aisle": places.aisle[rows], "position_m": places.position_m[rows]}


def _figures(plan: says.Layout | says.Hall, table: Table, faults: list[Fault]) -> dict[str, NDArray[Any]]:
    """Places written as figures; in aisles one of the two may be left out."""
    import numpy as np

    if isinstance(plan, says.Hall):
        vertices = np.array(table.column("vertex", vertex_of(plan.graph), faults), dtype=np.int32)
        return {"aisle": vertices, "position_m": np.zeros(len(vertices))}
    found: dict[str, NDArray[Any]] = {}
    if "aisle" in table.columns:
        found["aisle"] = np.array(table.column("aisle", index_below(plan.aisles, "an aisle"), faults), dtype=np.int32)
    if "position_m" in table.columns:
        found["position_m"] = np.array(table.column("position_m", position_in(rectangle(plan)), faults))
    return found


def index_below(number_of: int, what: str) -> Callable[[object], int]:
    """Parser of an index that counts from 0."""

    def parse(cell: object) -> int:
        index = whole(cell)
        if not 0 <= index < number_of:
            raise UnitError(f"must be {what} from 0 to {number_of - 1}")
        return index

    return parse


def vertex_of(graph: GraphLayout) -> Callable[[object], int]:
    """Parser of a vertex to which a tour leads."""

    def parse(cell: object) -> int:
        vertex = whole(cell)
        if not 0 <= vertex < graph.n_vertices:
            raise UnitError(f"must be a vertex from 0 to {graph.n_vertices - 1}")
        if not graph.holds((vertex, 0.0)):
            raise UnitError("must be a vertex to which a walk leads from the start and on to the end")
        return vertex

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
