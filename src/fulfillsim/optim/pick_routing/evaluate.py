"""Measures tours anew from the layout alone; no routing method judges itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fulfillsim.domain.layout import NEAR_M, Layout, Point
from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing.instance import PickList


def measure(picks: PickList, sequence: Sequence[int]) -> float:
    """Metres of the shortest walk that collects all picks in this order.

    Raises
    ------
    InputError
        If the sequence is not a permutation of the pick list's indices; the message names what is wrong.
    """
    indices = [int(index) for index in sequence]
    if sorted(indices) != list(range(len(picks))):
        raise InputError(f"sequence of {picks.name or 'a tour'}: {_not_once_each(indices, len(picks))}")
    layout, points = picks.layout, picks.points
    stops = [layout.start, *(points[index] for index in indices), layout.end]
    return sum(layout.distance_m(a, b) for a, b in pairwise(stops))


def _not_once_each(indices: list[int], n_picks: int) -> str:
    missing = sorted(set(range(n_picks)) - set(indices))
    strange = sorted({index for index in indices if not 0 <= index < n_picks})
    twice = sorted({index for index in indices if indices.count(index) > 1})
    told = {"missing": missing, "not a pick": strange, "more than once": twice}
    return f"every pick from 0 to {n_picks - 1} once - " + ", ".join(f"{k}: {v}" for k, v in told.items() if v)


def measure_path(layout: Layout, path: Sequence[Point]) -> float:
    """Metres of a path from the layout's start to its end.

    Raises
    ------
    InputError
        If it begins or ends elsewhere, or takes a step that nobody can walk; the message names the step.
    """
    if not path or not _same(path[0], layout.start) or not _same(path[-1], layout.end):
        raise InputError(f"path: must lead from {layout.start} to {layout.end} (got {path[:1]} to {path[-1:]})")
    total = 0.0
    for number, (a, b) in enumerate(pairwise(path)):
        if (metres := layout.step_m(a, b)) is None:
            raise InputError(
                f"path: step {number} from {a} to {b} must follow one aisle or one cross-aisle (or an arc)"
            )
        total += metres
    return total


def _same(a: Point, b: Point) -> bool:
    return a[0] == b[0] and abs(a[1] - b[1]) <= NEAR_M
