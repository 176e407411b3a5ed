"""Buildings as JSON: parallel aisles, or the arcs of a graph, within a line or in a file of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from fulfillsim.domain.layout import GraphLayout, Layout, RectangularLayout
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
    cross_m = tuple(float(position) for position in said["cross_aisles"])
    if len(cross_m) < 2 or any(a >= b for a, b in pairwise(cross_m)):
        raise ValueError(f"cross_aisles must be two or more, rising (got {cross_m})")
    aisle, cross = _mouth(cross_m, said, "depot")
    end_aisle, end_cross = _mouth(cross_m, said, "end") if "end" in said else (None, None)
    return RectangularLayout(
        n_aisles=int(said["aisles"]),
        # places are given in meters: cells are for drawing only
        n_cells=max(1, int(cross_m[1] - cross_m[0])),
        aisle_spacing_m=float(said["aisle_spacing"]),
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
    arcs = [(_vertex(a), _vertex(b), float(metres)) for a, b, metres in said["arcs"]]
    if said.get("two_way", False):
        arcs += [(b, a, metres) for a, b, metres in arcs]
    return GraphLayout(
        n_vertices=1 + max((max(a, b) for a, b, _ in arcs), default=-1),
        arcs=tuple(arcs),
        start_vertex=_vertex(said["start"]),
        end_vertex=None if said.get("end") is None else _vertex(said["end"]),
        places=tuple((float(x), float(y)) for x, y in said.get("places", ())),
    )


def _vertex(said: Any) -> int:
    if isinstance(said, bool) or not isinstance(said, int):
        raise TypeError(f"a vertex must be a whole number (got {said!r})")
    return said


def _mouth(cross_m: tuple[float, ...], said: Mapping[str, Any], name: str) -> tuple[int, int]:
    aisle, position_m = said[name]
    if float(position_m) not in cross_m:
        raise ValueError(f"the {name} must lie on a cross-aisle {cross_m} (got {position_m})")
    return int(aisle), cross_m.index(float(position_m))


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
