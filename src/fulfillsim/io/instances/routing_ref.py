"""Lists of single tours, one JSON object a line, each with its layout, its picks and lengths that are known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.io.instances.scanner import Line, Scanner
from fulfillsim.optim.pick_routing.instance import PickList

_KEYS = ("id", "aisles", "aisle_spacing", "cross_aisles", "depot", "picks")


@dataclass(frozen=True)
class KnownTour:
    """A tour to be found and the lengths in metres that its file states, by routing.

    Parameters
    ----------
    n_blocks
        Of its layout.
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
    tours = []
    while lines.more:
        line = lines.take("a tour")
        if (tour := _tour(lines, line)) is not None:
            tours.append(tour)
    lines.check()
    return tours


def _tour(lines: Scanner, line: Line) -> KnownTour | None:
    try:
        read: dict[str, Any] = json.loads(line.text)
    except ValueError:
        lines.fault(line, "", "must be one JSON object: the line is cut short or damaged", f"{line.text[:30]}...")
        return None
    if missing := [key for key in _KEYS if key not in read]:
        lines.fault(line, "", f"must have {', '.join(missing)}")
        return None
    try:
        picks = PickList.of(_layout(lines, line, read), read["picks"], str(read["id"]))
        known = {key: float(read[key]) for key in read if key not in _KEYS and key not in ("blocks",)}
    except (InputError, TypeError, ValueError) as error:
        lines.fault(line, str(read["id"]), str(error))
        return None
    return KnownTour(picks, len(read["cross_aisles"]) - 1, known)


def _layout(lines: Scanner, line: Line, read: dict[str, Any]) -> RectangularLayout:
    cross_m = tuple(float(position) for position in read["cross_aisles"])
    aisle, position_m = read["depot"]
    if float(position_m) not in cross_m:
        raise ValueError(f"the depot must lie on a cross-aisle {cross_m} (got {position_m})")
    if len(cross_m) < 2 or any(a >= b for a, b in pairwise(cross_m)):
        raise ValueError(f"cross_aisles must be two or more, rising (got {cross_m})")
    return RectangularLayout(
        n_aisles=int(read["aisles"]),
        # places are given in meters: cells are for drawing only
        n_cells=max(1, int(cross_m[1] - cross_m[0])),
        aisle_spacing_m=float(read["aisle_spacing"]),
        cell_m=1.0,
        end_m=0.5,
        depot_aisle=int(aisle),
        n_blocks=len(cross_m) - 1,
        cross_aisles_m=cross_m,
        depot_cross_aisle=cross_m.index(float(position_m)),
    )
