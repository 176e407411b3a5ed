"""Buildings as JSON: parallel aisles, or the arcs of a graph, within a line or in a file of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any

from fulfillsim.domain.layout import GraphLayout, Layout, Point, RectangularLayout
from fulfillsim.errors import DataError, Fault

AISLES = ("aisles", "aisle_spacing", "cross_aisles", "depot")
GRAPH = ("arcs", "start")
GRAPH_TOO = ("end", "two_way", "places")


def read_layout(said: Any, folder: Path) -> Layout:
    """The building that an object describes, or the file that a text names, from ``folder``.

    Raises
    ------
    DataError
        If the file cannot be read or is no JSON.
    InputError, TypeError, ValueError
        If it describes none.
    """
    if isinstance(said, str):
        said = _content(folder / said)
    if not isinstance(said, Mapping):
        raise ValueError(f"layout: must be an object or the name of a file (got {said!r})")
    return graph(said) if "arcs" in said else rectangle(said)


def rectangle(said: Mapping[str, Any]) -> RectangularLayout:
    """Parallel aisles; tours end at ``end``, or where they start."""
    _all_there(said, AISLES)
    cross_m = tuple(number_of("cross_aisles", position) for position in said["cross_aisles"])
    if len(cross_m) < 2 or any(a >= b for a, b in pairwise(cross_m)):
        raise ValueError(f"cross_aisles must be two or more, rising (got {cross_m})")
    aisle, cross = _mouth(cross_m, said, "depot")
    end_aisle, end_cross = _mouth(cross_m, said, "end") if "end" in said else (None, None)
    return RectangularLayout(
        n_aisles=whole("aisles", said["aisles"]),
        # places are given in meters: cells are for drawing only
        n_cells=max(1, int(cross_m[1] - cross_m[0])),
        aisle_spacing_m=number_of("aisle_spacing", said["aisle_spacing"]),
        cell_m=1.0,
        end_m=0.5,
        depot_aisle=aisle,
        n_blocks=len(cross_m) - 1,
        cross_aisles_m=cross_m,
        depot_cross_aisle=cross,
        end_aisle=end_aisle,
        end_cross_aisle=end_cross,
    )


def graph(said: Mapping[str, Any]) -> GraphLayout:
    """Arcs ``[from, to, metres]`` in the direction of walking, or both where ``two_way``; vertices count from 0."""
    _all_there(said, GRAPH)
    if strange := sorted(set(said) - {*GRAPH, *GRAPH_TOO}):
        raise ValueError(f"layout: must not have {', '.join(strange)} - a graph has {', '.join((*GRAPH, *GRAPH_TOO))}")
    arcs = [_arc(arc) for arc in said["arcs"]]
    highest = max((max(a, b) for a, b, _ in arcs), default=-1)
    if highest >= 2 * len(arcs):
        raise ValueError(f"arcs: vertices count from 0, and {len(arcs)} arcs cannot join so many (got {highest})")
    if said.get("two_way", False):
        arcs += [(b, a, length_m) for a, b, length_m in arcs]
    return GraphLayout(
        n_vertices=highest + 1,
        arcs=tuple(arcs),
        start_vertex=whole("start", said["start"]),
        end_vertex=None if said.get("end") is None else whole("end", said["end"]),
        places=tuple((float(x), float(y)) for x, y in said.get("places", ())),
    )


def whole(name: str, said: Any) -> int:
    """A whole number as it was said, never one that was cut to be whole; ``TypeError`` for anything else."""
    if isinstance(said, bool) or not isinstance(said, int):
        raise TypeError(f"{name}: must be a whole number (got {said!r})")
    return said


def number_of(name: str, said: Any) -> float:
    """A finite number of at least 0; ``ValueError`` for anything else."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not isfinite(said) or said < 0:
        raise ValueError(f"{name}: must be a number of at least 0 (got {said!r})")
    return float(said)


def place(said: Any, layout: Layout) -> Point:
    """Where a pick lies: ``[aisle, metres]`` or, in a graph, a vertex."""
    if isinstance(layout, GraphLayout):
        return whole("vertex of a pick", said), 0.0
    aisle, position_m = said
    return whole("aisle of a pick", aisle), number_of("position of a pick", position_m)


def _arc(said: Any) -> tuple[int, int, float]:
    if not isinstance(said, list) or len(said) != 3:
        raise ValueError(f"arcs: must be [from, to, metres] (got {said!r})")
    a, b, length_m = said
    if isinstance(length_m, bool) or not isinstance(length_m, int | float):
        raise TypeError(f"arc {a} -> {b}: must be metres (got {length_m!r})")
    return whole("a vertex", a), whole("a vertex", b), length_m  # the layout tells all metres that cannot be at once


def _mouth(cross_m: tuple[float, ...], said: Mapping[str, Any], name: str) -> tuple[int, int]:
    if not isinstance(said[name], list) or len(said[name]) != 2:
        raise ValueError(f"{name}: must be [aisle, metres] (got {said[name]!r})")
    aisle, position_m = whole(f"aisle of the {name}", said[name][0]), number_of(f"the {name}", said[name][1])
    if position_m not in cross_m:
        raise ValueError(f"the {name} must lie on a cross-aisle {cross_m} (got {position_m})")
    return aisle, cross_m.index(position_m)


def _all_there(said: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    if missing := [key for key in keys if key not in said]:
        raise ValueError(f"layout: must have {', '.join(missing)}")


def _content(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise DataError([Fault(str(file), None, None, "", reason)]) from error
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise DataError([Fault(str(file), line, None, "", f"is no JSON: {error}: is it cut short?")]) from error
