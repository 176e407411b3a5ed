"""What a routing method is, and what several of them share."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import NEAR_M, Layout, Point, RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing._one_block import Column
from fulfillsim.optim.pick_routing.evaluate import measure_path
from fulfillsim.optim.pick_routing.instance import PickList, Tour

Along = Callable[[Column, Column, Column, Column, Column, int, int, float], float]
"""lo, hi, gap, low, high of `Summaries`, first and last entry of a tour, aisle length -> metres in the aisles."""

MOST_CROSS_AISLES = 7
"""16,769 states for closed tours; open ones are limited to one less by `few_cross_aisles`."""


@dataclass(frozen=True)
class RoutingMethod:
    """One way to route a picker.

    Parameters
    ----------
    name
        By which scenarios, commands and policies call it.
    supports
        Why it cannot route in a layout; an empty text where it can.
    walk
        The tour through a pick list whose layout it supports, with sequence and walkable path; `route` for callers.
    code
        Its number in `_kernels.tour_length`; ``None`` where it has no compiled length.
    along
        Its metres in the aisles of one block in plain Python, for methods so light that compiling costs more than it
        saves.
    by_distances
        Metres of its tour from the distances between all stops, as `distances_m` gives them, for graphs: faster than
        the tour itself. ``None`` where it has nothing faster.
    """

    name: str
    supports: Callable[[Layout], str]
    walk: Callable[[PickList], Tour]
    code: int | None = None
    along: Along | None = None
    by_distances: Callable[[NDArray[np.float64]], float] | None = None

    def route(self, picks: PickList) -> Tour:
        """The tour through a pick list.

        Raises
        ------
        InputError
            With the reason, if it does not support the layout.
        """
        self.check(picks.layout)
        return self.walk(picks)

    def check(self, layout: Layout) -> None:
        """Raise `InputError` with the reason, if it does not support a layout."""
        if why := self.supports(layout):
            raise InputError(f"routing {self.name}: {why}")


def anywhere(layout: Layout) -> str:
    """No reason: the method routes in every layout."""
    return ""


def rectangular(layout: Layout) -> str:
    """Why a layout is not rectangular."""
    if isinstance(layout, RectangularLayout):
        return ""
    return "needs a rectangular layout, this one is a graph: use nearest_2opt or ortools"


def few_cross_aisles(layout: Layout) -> str:
    """Why a layout is not rectangular with few enough cross-aisles for all states of an aisle to be enumerated."""
    if why := rectangular(layout):
        return why
    assert isinstance(layout, RectangularLayout)
    most = MOST_CROSS_AISLES - (layout.start != layout.end)
    if (number := len(layout.cross_m)) > most:
        return f"enumerates the states of up to {most} cross-aisles, this layout has {number}: use nearest_2opt"
    return ""


def one_block(layout: Layout) -> str:
    """Why a layout is not one block."""
    if why := rectangular(layout):
        return why
    assert isinstance(layout, RectangularLayout)
    if layout.n_blocks == 1:
        return ""
    return f"is defined for one block, this layout has {layout.n_blocks}: use exact or aisle_by_aisle"


def closed_one_block(layout: Layout) -> str:
    """Why a layout is not one block whose tours return to their start."""
    if why := one_block(layout):
        return why
    return "" if layout.start == layout.end else "returns to its start, these tours end elsewhere: use exact"


def at_front(layout: Layout) -> str:
    """Why a layout is not rectangular with start and end at the front."""
    if why := rectangular(layout):
        return why
    assert isinstance(layout, RectangularLayout)
    if layout.depot_cross_aisle or layout.last_cross_aisle:
        return "starts and ends at the front cross-aisle, this depot lies at the back: use exact"
    return ""


def front_of_one_block(layout: Layout) -> str:
    """Why a layout is not one block with start and end at the front."""
    return one_block(layout) or at_front(layout)


def closed_front_of_one_block(layout: Layout) -> str:
    """Why a layout is not one block whose tours return to their start at the front."""
    return closed_one_block(layout) or at_front(layout)


def by_aisle(picks: PickList) -> dict[int, list[float]]:
    """Positions of the picks of each visited aisle, aisles and positions rising."""
    found: dict[int, list[float]] = {}
    for aisle, position_m in sorted(picks.points):
        found.setdefault(aisle, []).append(position_m)
    return found


def tour_along(picks: PickList, path: Iterable[Point]) -> Tour:
    """The tour that walks a path and collects each pick when it first passes."""
    walked = tuple(_simple(path))
    left = _Uncollected(picks)
    sequence = list(left.between(walked[0], walked[0]))
    for a, b in pairwise(walked):
        sequence += left.between(a, b) if a[0] == b[0] else left.between(b, b)
    assert len(sequence) == len(picks), f"path passes {len(sequence)} of {len(picks)} picks"
    return Tour(tuple(sequence), walked, measure_path(picks.layout, walked))


def tour_in_order(picks: PickList, sequence: Sequence[int]) -> Tour:
    """The tour that collects the picks in this order and takes the shortest walks between them."""
    layout, points = picks.layout, picks.points
    path = [layout.start]
    for there in (*(points[index] for index in sequence), layout.end):
        path += layout.walk(path[-1], there)[1:]
    walked = tuple(_simple(path))
    return Tour(tuple(sequence), walked, measure_path(layout, walked))


def _simple(path: Iterable[Point]) -> Iterator[Point]:
    """Without standing still."""
    last = None
    for point in path:
        if point != last:
            yield point
        last = point


def _position(pick: tuple[float, int]) -> float:
    return pick[0]


class _Uncollected:
    """Picks that wait, per aisle in the order of positions."""

    def __init__(self, picks: PickList) -> None:
        self.aisles: dict[int, list[tuple[float, int]]] = {}
        for index, (aisle, position_m) in enumerate(picks.points):
            self.aisles.setdefault(aisle, []).append((position_m, index))
        for waiting in self.aisles.values():
            waiting.sort()

    def between(self, a: Point, b: Point) -> list[int]:
        """Take the picks between two points of one aisle, in walking direction."""
        waiting = self.aisles.get(a[0], [])
        first = bisect_left(waiting, min(a[1], b[1]) - NEAR_M, key=_position)
        last = bisect_right(waiting, max(a[1], b[1]) + NEAR_M, key=_position)
        taken = [index for _, index in waiting[first:last]]
        del waiting[first:last]
        return taken if a[1] <= b[1] else taken[::-1]
