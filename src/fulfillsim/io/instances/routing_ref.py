"""Lists of single tours, one JSON object a line, each with its layout, its picks and lengths that are known.

The building is a rectangle whose keys stand in the line, or a `layout`: a graph, or a file that holds either. With
``weight_kg`` of each pick and ``heavy_kg``, from which on a pick is heavy, `heavy_first` has something to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fulfillsim.domain.layout import GraphLayout
from fulfillsim.errors import InputError
from fulfillsim.io.instances.layouts import AISLES, number_of, place, read_layout, rectangle
from fulfillsim.io.instances.scanner import Line, Scanner, object_in
from fulfillsim.optim.pick_routing import OF_SINGLE_TOURS, PUBLISHED, PickList

_KEYS = ("id", "picks")
_WEIGHTS = ("weight_kg", "heavy_kg")
_BUILDING = (*AISLES, "end", "layout", "blocks")


@dataclass(frozen=True)
class KnownTour:
    """A tour to be found and the lengths in metres that its file states, by routing.

    Parameters
    ----------
    n_blocks
        Of its layout; 0 in a graph.
    known
        ``optimal`` and further routings.
    """

    picks: PickList
    n_blocks: int
    known: Mapping[str, float]


def read_tours(file: Path) -> list[KnownTour]:
    """Read all tours of a file.

    Raises
    ------
    DataError
        With all faults of the file, each with its line.
    """
    lines = Scanner(file)
    tours: list[KnownTour] = []
    met: dict[str, int] = {}
    while lines.more:
        line = lines.take("a tour")
        if (tour := _tour(lines, line)) is not None:
            tours.append(tour)
            if (other := met.setdefault(tour.picks.name, line.number)) != line.number:
                lines.fault(line, "id", f"must be another one: line {other} has it too", tour.picks.name)
    lines.check()
    return tours


def _tour(lines: Scanner, line: Line) -> KnownTour | None:
    if not (read := object_in(lines, line)):
        return None
    building = ("layout",) if "layout" in read else AISLES
    if missing := [key for key in (*_KEYS, *building) if key not in read]:
        lines.fault(line, "", f"must have {', '.join(missing)}")
        return None
    try:
        layout = read_layout(read["layout"], lines.file.parent) if "layout" in read else rectangle(read)
        n_blocks = 0 if isinstance(layout, GraphLayout) else layout.n_blocks
        if read.get("blocks", n_blocks) != n_blocks:
            raise ValueError(f"blocks: must be one less than the cross-aisles, {n_blocks} (got {read['blocks']!r})")
        points = [place(pick, layout) for pick in read["picks"]]
        picks = PickList.of(layout, points, str(read["id"]))
        picks = _weighed(picks, read)
        known = {key: _length(key, read[key]) for key in read if key not in (*_KEYS, *_WEIGHTS, *_BUILDING)}
    except (InputError, TypeError, ValueError) as error:
        lines.fault(line, str(read["id"]), str(error))
        return None
    return KnownTour(picks, n_blocks, known)


def _weighed(picks: PickList, read: Mapping[str, Any]) -> PickList:
    if (one := [key for key in _WEIGHTS if key in read]) and len(one) < len(_WEIGHTS):
        raise ValueError(f"must have {' and '.join(_WEIGHTS)}, or neither (got {one[0]} alone)")
    if not one:
        return picks
    if not isinstance(read["weight_kg"], list):
        raise TypeError(f"weight_kg: must be a list, one weight per pick (got {read['weight_kg']!r})")
    weights = np.array([number_of("weight_kg", weight) for weight in read["weight_kg"]])
    return replace(picks, weight_kg=weights, heavy_kg=number_of("heavy_kg", read["heavy_kg"]))


def _length(routing: str, said: Any) -> float:
    if routing not in (*OF_SINGLE_TOURS, *PUBLISHED):
        there_are = ", ".join((*_KEYS, *_BUILDING, *_WEIGHTS, *OF_SINGLE_TOURS, *PUBLISHED))
        raise ValueError(f"must not have {routing} - there are {there_are}")
    return number_of(routing, said)
