"""Heavy first: the shortest tour that collects every heavy pick before any other, so that nothing is crushed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing.distances import distances_m
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, anywhere, tour_in_order

MOST_PLACES = 13
"""Of heavy picks, and of others: all subsets of them are looked at."""


def route_heavy_first(picks: PickList) -> Tour:
    """The shortest tour through the heavy picks in any order, then through the others in any order, in any building.

    A dynamic program over the sets of places visited, first of the heavy picks, then, from wherever these may end, of
    the others: O(2^n n²) for the n places of the larger group. Without weights it is the shortest tour.

    Raises
    ------
    InputError
        If one of the groups has more than `MOST_PLACES` places.

    References
    ----------
    Held and Karp (1962), A dynamic programming approach to sequencing problems, SIAM Journal 10(1).
    Chabot, Coelho, Renaud and Côté (2018), Mathematical model, heuristics and exact method for order picking in
    narrow aisles, Journal of the Operational Research Society 69(8): weights among the precedences of picking.
    """
    groups = [group for heavy in (True, False) if (group := _places(picks, heavy))]
    metres = distances_m(picks)
    steps: list[_Step] = []
    for group in groups:
        stops = np.array([1 + indices[0] for indices in group])
        if steps:
            onward = steps[-1].least[-1][:, None] + metres[np.ix_(steps[-1].stops, stops)]
            steps.append(_Step(metres, stops, onward.min(axis=0), onward.argmin(axis=0)))
        else:
            steps.append(_Step(metres, stops, metres[0, stops], np.zeros(len(stops), np.int64)))
    order: list[list[int]] = []
    last = int((steps[-1].least[-1] + metres[steps[-1].stops, -1]).argmin())
    for step, group in zip(reversed(steps), reversed(groups), strict=True):
        way = step.way_to(last)
        order = [group[place] for place in way] + order
        last = int(step.came_from[way[0]])
    return tour_in_order(picks, [index for indices in order for index in indices])


def _places(picks: PickList, heavy: bool) -> list[list[int]]:
    """Picks of a group by the places at which they lie."""
    found: dict[tuple[int, float], list[int]] = {}
    for index, point in enumerate(picks.points):
        if picks.is_heavy[index] == heavy:
            found.setdefault(point, []).append(index)
    if len(found) > MOST_PLACES:
        what = "heavy picks" if heavy else "picks that are not heavy"
        raise InputError(f"routing heavy_first: takes up to {MOST_PLACES} places of {what} (got {len(found)})")
    return list(found.values())


class _Step:
    """Shortest walks through all places of a group, by the set visited so far and the place where one stands.

    Attributes
    ----------
    stops
        Rows of the matrix of distances, shape (n,).
    least
        Metres, shape (2^n, n); set ``s`` holds place ``i`` if its bit is set.
    came_from
        Place of the group before from which each place is entered, shape (n,).
    """

    def __init__(
        self,
        metres: NDArray[np.float64],
        stops: NDArray[np.int64],
        entry: NDArray[np.float64],
        came_from: NDArray[np.int64],
    ) -> None:
        n, between = len(stops), metres[np.ix_(stops, stops)]
        self.stops, self.came_from, places = stops, came_from, np.arange(n)
        self.least, self._before = np.full((1 << n, n), np.inf), np.full((1 << n, n), -1)
        self.least[1 << places, places] = entry
        for visited in range(1, (1 << n) - 1):
            through = self.least[visited][:, None] + between
            left = places[(visited >> places & 1) == 0]
            self.least[visited | 1 << left, left] = through.min(axis=0)[left]
            self._before[visited | 1 << left, left] = through.argmin(axis=0)[left]

    def way_to(self, last: int) -> Sequence[int]:
        """Places in the order of the shortest walk through all that ends at one."""
        visited, way = len(self.least) - 1, [last]
        while (before := int(self._before[visited, way[-1]])) >= 0:
            visited ^= 1 << way[-1]
            way.append(before)
        return way[::-1]


METHOD = RoutingMethod("heavy_first", anywhere, route_heavy_first)
