"""Where picks lie and how far it is between them: rectangular warehouses, and walkable graphs for all others.

A point is a pair. In a `RectangularLayout` it is (aisle, metres from the front cross-aisle of the building); in a
`GraphLayout` it is (vertex, 0.0). Both kinds say where a tour starts and ends, what a direct step costs and how one
walks the shortest way, so that whoever measures a tour needs no other knowledge of the building.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError

Point = tuple[int, float]
NEAR_M = 1e-9
"""Two positions closer than this are the same place."""


@dataclass(frozen=True)
class RectangularLayout:
    """Parallel aisles cut into blocks by straight cross-aisles, one at the front, one at the back, any between.

    An aisle is a line: its sides are reached from the middle. Cell ``c`` of block ``b`` lies
    ``end_m + c * cell_m`` behind that block's front cross-aisle.

    Parameters
    ----------
    n_aisles, n_cells
        Aisles, and cells (storage places behind each other) per block and side of an aisle.
    aisle_spacing_m
        Between the middles of neighboring aisles.
    cell_m, end_m
        Length of a cell; from a cross-aisle to the middle of the nearest cell.
    depot_aisle, depot_cross_aisle
        Mouth at which tours start: aisle, and cross-aisle counted from the front.
    n_blocks
        Blocks behind each other; one more cross-aisle than that.
    cross_aisles_m
        Positions of all cross-aisles, rising from 0.0, where they do not follow from cells; empty: they do.
    end_aisle, end_cross_aisle
        Mouth at which tours end; ``None``: where they start.
    n_sides
        Sides of an aisle with shelves, 1 or 2; distances do not depend on it.

    Raises
    ------
    InputError
        With all rules that are broken.
    """

    n_aisles: int
    n_cells: int
    aisle_spacing_m: float
    cell_m: float
    end_m: float
    depot_aisle: int = 0
    n_blocks: int = 1
    cross_aisles_m: tuple[float, ...] = ()
    depot_cross_aisle: int = 0
    end_aisle: int | None = None
    end_cross_aisle: int | None = None
    n_sides: int = 2

    def __post_init__(self) -> None:
        if faults := [f"{name}: {rule} (got {value})" for name, value, rule in self._broken()]:
            raise InputError("layout\n  " + "\n  ".join(faults))

    def _broken(self) -> Iterator[tuple[str, object, str]]:
        """Name, value and rule of what cannot be."""
        for name in ("n_aisles", "n_cells", "n_blocks"):
            if getattr(self, name) < 1:
                yield name, getattr(self, name), "must be at least 1"
        for name in ("aisle_spacing_m", "cell_m", "end_m"):
            if not 0 <= getattr(self, name) < float("inf"):
                yield name, getattr(self, name), "must be metres, at least 0"
        if not self.cross_aisles_m and self.end_m == 0 and (self.n_cells - 1) * self.cell_m == 0:
            yield "end_m", self.end_m, "must be above 0 where an aisle has but one cell: aisles need a length"
        if self.n_sides not in (1, 2):
            yield "n_sides", self.n_sides, "must be 1 or 2"
        if cross := self.cross_aisles_m:
            if len(cross) != self.n_blocks + 1:
                yield "cross_aisles_m", cross, f"must be one more than blocks, {self.n_blocks + 1}"
            if cross[0] != 0 or any(not a < b for a, b in pairwise(cross)):
                yield "cross_aisles_m", cross, "must rise from 0.0"
        for name, number in (("depot_aisle", self.n_aisles), ("depot_cross_aisle", self.n_blocks + 1)):
            for which in (name, name.replace("depot", "end")):
                if (value := getattr(self, which)) is not None and not 0 <= value < number:
                    yield which, value, f"must be from 0 to {number - 1}, counted from 0"

    @cached_property
    def cross_m(self) -> tuple[float, ...]:
        """Positions of all cross-aisles, front first, given or following from the cells."""
        block_m = 2.0 * self.end_m + (self.n_cells - 1) * self.cell_m
        return self.cross_aisles_m or tuple(block * block_m for block in range(self.n_blocks + 1))

    @property
    def aisle_length_m(self) -> float:
        """From the front to the back cross-aisle of the building."""
        return self.cross_m[-1]

    @property
    def start(self) -> Point:
        """Where tours start."""
        return self.depot_aisle, self.cross_m[self.depot_cross_aisle]

    @property
    def end(self) -> Point:
        """Where tours end."""
        aisle = self.depot_aisle if self.end_aisle is None else self.end_aisle
        return aisle, self.cross_m[self.last_cross_aisle]

    @property
    def last_cross_aisle(self) -> int:
        """Cross-aisle at which tours end."""
        return self.depot_cross_aisle if self.end_cross_aisle is None else self.end_cross_aisle

    def cell_position_m(self, cell: int, block: int = 0) -> float:
        """Position of a cell's middle, counted from the front of the building."""
        return self.cross_m[block] + self.end_m + cell * self.cell_m

    def holds(self, point: Point) -> bool:
        """Whether a point lies on an aisle."""
        aisle, position_m = point
        return 0 <= aisle < self.n_aisles and -NEAR_M <= position_m <= self.aisle_length_m + NEAR_M

    def all_hold(self, aisle: NDArray[np.int32], position_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """`holds` of many points, shape (n_points,)."""
        on_aisle: NDArray[np.bool_] = (position_m >= -NEAR_M) & (position_m <= self.aisle_length_m + NEAR_M)
        inside: NDArray[np.bool_] = (aisle >= 0) & (aisle < self.n_aisles)
        return on_aisle & inside

    def distance_m(self, a: Point, b: Point) -> float:
        """Metres of the shortest walk between two points."""
        if a[0] == b[0]:
            return abs(a[1] - b[1])
        return self.aisle_spacing_m * abs(a[0] - b[0]) + abs(a[1] - (by := self._cross(a, b))) + abs(b[1] - by)

    def walk(self, a: Point, b: Point) -> list[Point]:
        """Points of a shortest walk, both ends included."""
        by = self._cross(a, b)
        middle = [] if a[0] == b[0] else [(a[0], by), (b[0], by)]
        return [a, *middle, b]

    def _cross(self, a: Point, b: Point) -> float:
        """The cross-aisle by which one changes the aisle, nearest to the front among the best."""
        return min(self.cross_m, key=lambda by: abs(a[1] - by) + abs(b[1] - by))

    def step_m(self, a: Point, b: Point) -> float | None:
        """Metres of a straight step along one aisle or one cross-aisle; ``None`` where shelves are between."""
        if not self.holds(a) or not self.holds(b):
            return None
        if a[0] == b[0]:
            return abs(a[1] - b[1])
        on_cross = abs(a[1] - b[1]) <= NEAR_M and any(abs(a[1] - by) <= NEAR_M for by in self.cross_m)
        return self.aisle_spacing_m * abs(a[0] - b[0]) if on_cross else None


@dataclass(frozen=True)
class GraphLayout:
    """A building as a graph: obstacles, one-way aisles, anything that is not a rectangle.

    Parameters
    ----------
    n_vertices
        Vertices, numbered from 0; picks lie on vertices.
    arcs
        (from, to, metres) in the direction in which one may walk; a two-way aisle is two arcs.
    start_vertex, end_vertex
        Where tours start and end; ``end_vertex`` ``None``: where they start.
    places
        (x, y) of each vertex in metres, for drawing only; empty where unknown.

    Raises
    ------
    InputError
        With all rules that are broken.
    """

    n_vertices: int
    arcs: tuple[tuple[int, int, float], ...]
    start_vertex: int = 0
    end_vertex: int | None = None
    places: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if faults := list(self._broken()):
            raise InputError("layout\n  " + "\n  ".join(faults))

    def _broken(self) -> Iterator[str]:
        known = range(self.n_vertices)
        for a, b, metres in self.arcs:
            if a not in known or b not in known:
                yield f"arc {a} -> {b}: vertices must be from 0 to {self.n_vertices - 1}"
            if not 0 <= metres < float("inf"):
                yield f"arc {a} -> {b}: must be metres, at least 0 (got {metres})"
        for name, vertex in (("start_vertex", self.start_vertex), ("end_vertex", self.end[0])):
            if vertex not in known:
                yield f"{name}: must be from 0 to {self.n_vertices - 1} (got {vertex})"
        if self.places and len(self.places) != self.n_vertices:
            yield f"places: must be one per vertex, {self.n_vertices} (got {len(self.places)})"

    @property
    def start(self) -> Point:
        """Where tours start."""
        return self.start_vertex, 0.0

    @property
    def end(self) -> Point:
        """Where tours end."""
        return (self.start_vertex if self.end_vertex is None else self.end_vertex), 0.0

    @cached_property
    def _onward(self) -> Neighbors:
        return _neighbors(self.n_vertices, self.arcs)

    @cached_property
    def home_m(self) -> NDArray[np.float64]:
        """Metres from each vertex to the end of tours, shape (n_vertices,); infinite where no walk leads there."""
        backward = _neighbors(self.n_vertices, ((b, a, metres) for a, b, metres in self.arcs))
        return _dijkstra(backward, self.end[0])[0]

    @cached_property
    def round_trip_m(self) -> NDArray[np.float64]:
        """Metres of a tour to each vertex alone, shape (n_vertices,); infinite where there is none."""
        out_m: NDArray[np.float64] = self.nearest_from(self.start_vertex)[0] + self.home_m
        return out_m

    def holds(self, point: Point) -> bool:
        """Whether a point is a vertex that a tour can reach and from which it can go home."""
        vertex, position_m = point
        return 0 <= vertex < self.n_vertices and position_m == 0 and bool(np.isfinite(self.round_trip_m[vertex]))

    def all_hold(self, aisle: NDArray[np.int32], position_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """`holds` of many points, shape (n_points,)."""
        known: NDArray[np.bool_] = (aisle >= 0) & (aisle < self.n_vertices) & (position_m == 0)
        reached: NDArray[np.bool_] = np.isfinite(self.round_trip_m[np.where(known, aisle, self.start_vertex)])
        return known & reached

    def distance_m(self, a: Point, b: Point) -> float:
        """Metres of the shortest walk between two vertices, infinite where there is none."""
        return float(self.nearest_from(a[0])[0][b[0]])

    def distances_m(self, vertices: Sequence[int]) -> NDArray[np.float64]:
        """Metres of the shortest walks from each to each of some vertices, shape (n, n)."""
        return np.stack([self.nearest_from(vertex)[0] for vertex in vertices])[:, vertices]

    def walk(self, a: Point, b: Point) -> list[Point]:
        """Vertices of a shortest walk, both ends included; it exists (see `holds`)."""
        before, way = self.nearest_from(a[0])[1], [b[0]]
        while way[-1] != a[0]:
            way.append(before[way[-1]])
        return [(vertex, 0.0) for vertex in reversed(way)]

    def step_m(self, a: Point, b: Point) -> float | None:
        """Metres of the arc from a to b; ``None`` where there is none."""
        return 0.0 if a == b else self._onward[a[0]].get(b[0])

    @cached_property
    def _nearest(self) -> dict[int, tuple[NDArray[np.float64], list[int]]]:
        """What `nearest_from` has found so far."""
        return {}

    def nearest_from(self, vertex: int) -> tuple[NDArray[np.float64], list[int]]:
        """Metres to all vertices, and the vertex before each on a shortest walk (-1: none)."""
        if vertex not in self._nearest:
            self._nearest[vertex] = _dijkstra(self._onward, vertex)
        return self._nearest[vertex]

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be found again, so that it travels light between processes."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


Neighbors = tuple[dict[int, float], ...]
"""Per vertex, the vertices one step away and their metres."""


def _neighbors(n_vertices: int, arcs: Iterable[tuple[int, int, float]]) -> Neighbors:
    """Neighbors in the direction of the arcs, the shortest of parallel ones."""
    onward: Neighbors = tuple({} for _ in range(n_vertices))
    for a, b, metres in arcs:
        onward[a][b] = min(metres, onward[a].get(b, metres))
    return onward


def _dijkstra(onward: Neighbors, source: int) -> tuple[NDArray[np.float64], list[int]]:
    """Metres from the source to all vertices, and the vertex before each."""
    metres, before = [float("inf")] * len(onward), [-1] * len(onward)
    metres[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        length, vertex = heappop(heap)
        if length > metres[vertex]:
            continue
        for other, step in onward[vertex].items():
            if length + step < metres[other]:
                metres[other], before[other] = length + step, vertex
                heappush(heap, (metres[other], other))
    return np.array(metres), before


Layout = RectangularLayout | GraphLayout
