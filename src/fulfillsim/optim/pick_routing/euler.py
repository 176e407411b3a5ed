"""From the stages of an exact sweep back to the walk that they stand for.

The sweep knows only metres. Going back through its values gives the action of every subaisle and the edges between
aisles; these make a graph in which every mouth is even (start and end apart), so that one walk uses every edge once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import Point, RectangularLayout
from fulfillsim.optim.pick_routing._several_blocks import room_for
from fulfillsim.optim.pick_routing._shape import shape_of
from fulfillsim.optim.pick_routing._tables import DONE, N_ACTIONS, N_FIXED, WEIGHT, drop_row, states_of
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.largest_gap import around_gap
from fulfillsim.optim.pick_routing.method import by_aisle, tour_along
from fulfillsim.optim.pick_routing.summaries import summaries_of

Mouth = tuple[int, int]
"""Aisle and cross-aisle."""


def route_exactly(picks: PickList, with_gaps: bool) -> Tour:
    """The shortest tour, or the shortest whose subaisles are walked through or left where they were entered."""
    walk = _Walk(picks, with_gaps)
    walk.follow(_choices(picks, with_gaps))
    return tour_along(picks, walk.points())


def _choices(picks: PickList, with_gaps: bool) -> list[tuple[int, int]]:
    """Row of the transition table taken at every stage, and the state after it."""
    from fulfillsim.optim.pick_routing._kernels import stages, sweep

    assert isinstance(picks.layout, RectangularLayout)
    shape, table = shape_of(picks.layout), shape_of(picks.layout).table
    tour = summaries_of(picks.layout, [0, len(picks)], picks.aisle, picks.position_m)
    room = room_for(shape, len(tour.aisle), keeps_all=True)
    rows, metres, values = room
    entries = tour.aisle, tour.block, tour.lo, tour.hi, tour.gap
    n_stages = stages(*entries, 0, len(tour.aisle), shape, with_gaps, room)
    sweep(rows, metres, n_stages, table, values)
    state = int(np.argmin(np.where(table[DONE] == 1, values[n_stages], np.inf)))
    taken = []
    for k in reversed(range(n_stages)):
        row, before = _way(rows[k], metres[k], table, values[k], values[k + 1], state)
        taken.append((row, state))
        state = before
    return taken[::-1]


def _way(
    rows: NDArray[np.int32],
    metres: NDArray[np.float64],
    table: NDArray[np.int32],
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    state: int,
) -> tuple[int, int]:
    """Row by which a state was reached at its least metres, and the state before."""
    if rows[0] == WEIGHT:
        return WEIGHT, state
    for row, length in zip(rows.tolist(), metres.tolist(), strict=True):
        if row < 0:
            break
        before = np.flatnonzero((table[row] == state) & (old + length == new[state]))
        if before.size:
            return row, int(before[0])
    raise AssertionError("a state of a sweep was reached from nowhere")


class _Walk:
    """The mouths of the visited aisles, the edges between them, and trips into subaisles and back."""

    def __init__(self, picks: PickList, with_gaps: bool) -> None:
        assert isinstance(picks.layout, RectangularLayout)
        layout = self.layout = picks.layout
        self.start = layout.depot_aisle, layout.depot_cross_aisle
        self.aisles = sorted({*picks.aisle.tolist(), layout.depot_aisle, layout.end[0]})
        self.states = states_of(len(layout.cross_m), layout.start != layout.end)[0]
        self.positions = by_aisle(picks)
        if not with_gaps:  # the depot is like a pick
            aisle, position_m = layout.start
            self.positions[aisle] = sorted([*self.positions.get(aisle, []), position_m])
        self.edges: dict[Mouth, list[Mouth]] = {}
        self.trips: dict[Mouth, list[float]] = {}

    def follow(self, taken: list[tuple[int, int]]) -> None:
        """Lay the edges and trips of all stages."""
        at, n_cross = 0, len(self.layout.cross_m)
        for row, state in taken:
            if row == WEIGHT:
                for cross, (degree, _) in enumerate(self.states[state]):
                    for _ in range(degree):
                        self._join((self.aisles[at], cross), (self.aisles[at + 1], cross))
                at += 1
            elif N_FIXED <= row < drop_row(n_cross, 0):
                self._enter(self.aisles[at], (row - N_FIXED) // N_ACTIONS, (row - N_FIXED) % N_ACTIONS + 1)

    def _enter(self, aisle: int, block: int, action: int) -> None:
        """Do one of the five actions in a subaisle."""
        front, back = (aisle, block), (aisle, block + 1)
        for _ in range({1: 1, 5: 2}.get(action, 0)):
            self._join(front, back)
        if action in (2, 3, 4):
            deep, far = self._turns(aisle, block, action)
            if action in (2, 4):
                self.trips.setdefault(back, []).append(far)
            if action in (3, 4):
                self.trips.setdefault(front, []).append(deep)

    def _turns(self, aisle: int, block: int, action: int) -> tuple[float, float]:
        """Where one turns round, coming from the front and from the back."""
        low, high = self.layout.cross_m[block], self.layout.cross_m[block + 1]
        # a pick on a cross-aisle belongs to the block before it, as in Summaries
        inside = [y - low for y in self.positions[aisle] if low < y <= high or (block == 0 and y <= low)]
        deep, far = around_gap(inside, high - low) if action == 4 else (inside[-1], inside[0])
        return low + deep, low + far

    def _join(self, a: Mouth, b: Mouth) -> None:
        self.edges.setdefault(a, []).append(b)
        self.edges.setdefault(b, []).append(a)

    def points(self) -> list[Point]:
        """The walk, from the depot, which may lie at the turn of a trip."""
        met = {*self.edges, *self.trips}
        if self.start in met or not met:
            return list(self._points(self.start))
        closed = list(self._points(min(met)))[1:]
        at = closed.index(self.layout.start)
        return [*closed[at:], *closed[: at + 1]]

    def _points(self, first: Mouth) -> Iterator[Point]:
        """The walk from a mouth, trips made when a mouth is met first."""
        for mouth in self._mouths(first):
            here = mouth[0], self.layout.cross_m[mouth[1]]
            yield here
            for turn in self.trips.pop(mouth, []):
                yield from ((mouth[0], turn), here)

    def _mouths(self, first: Mouth) -> list[Mouth]:
        """A walk over all edges (Hierholzer), back to the first mouth or on to the end."""
        stack, walked = [first], []
        while stack:
            if onward := self.edges.get(stack[-1]):
                there = onward.pop()
                self.edges[there].remove(stack[-1])
                stack.append(there)
            else:
                walked.append(stack.pop())
        return walked[::-1]
