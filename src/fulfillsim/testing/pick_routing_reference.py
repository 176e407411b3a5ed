"""A second exact method, and a second idea of distance, that share nothing with the routing methods."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import GraphLayout, Point, RectangularLayout
from fulfillsim.optim.pick_routing import PickList


def held_karp(metres: NDArray[np.float64]) -> float:
    """Least metres from stop 0 through all stops to the last one; O(2^n n²) for n stops between.

    Parameters
    ----------
    metres
        From stop to stop, shape (n + 2, n + 2), n >= 1.

    References
    ----------
    Held and Karp (1962), A dynamic programming approach to sequencing problems, SIAM Journal 10(1).
    """
    n, between = len(metres) - 2, metres[1:-1, 1:-1]
    least = np.full((1 << n, n), np.inf)
    for stop in range(n):
        least[1 << stop, stop] = metres[0, 1 + stop]
    for visited in range(1, 1 << n):
        onward = (least[visited][:, None] + between).min(axis=0)
        for stop in range(n):
            if not visited >> stop & 1:
                more = visited | 1 << stop
                least[more, stop] = min(least[more, stop], onward[stop])
    return float((least[-1] + metres[1:-1, -1]).min())


def shortest_m(picks: PickList) -> float:
    """Metres of the shortest tour by `held_karp` on walks through the layout's graph; up to about twelve places."""
    if isinstance(picks.layout, RectangularLayout):
        picks = as_graph(picks)
    graph = picks.layout
    assert isinstance(graph, GraphLayout)
    vertices = [graph.start[0], *sorted(set(picks.aisle.tolist())), graph.end[0]]
    return held_karp(graph.distances_m(vertices))


def as_graph(picks: PickList) -> PickList:
    """The same pick list in a graph whose vertices are the mouths and the picks of a rectangular layout."""
    layout = picks.layout
    assert isinstance(layout, RectangularLayout)
    places: dict[int, list[float]] = {
        aisle: sorted({*layout.cross_m, *(y for a, y in picks.points if a == aisle)})
        for aisle in range(layout.n_aisles)
    }
    points: list[Point] = [(aisle, y) for aisle, ys in places.items() for y in ys]
    number = {point: vertex for vertex, point in enumerate(points)}
    steps = [(number[aisle, a], number[aisle, b], b - a) for aisle, ys in places.items() for a, b in pairwise(ys)]
    steps += [
        (number[aisle, y], number[aisle + 1, y], layout.aisle_spacing_m)
        for aisle in range(layout.n_aisles - 1)
        for y in layout.cross_m
    ]
    both_ways = (*steps, *((b, a, metres) for a, b, metres in steps))
    drawn = tuple((aisle * layout.aisle_spacing_m, y) for aisle, y in points)
    graph = GraphLayout(len(points), both_ways, number[layout.start], number[layout.end], drawn)
    return PickList(graph, np.array([number[point] for point in picks.points]), np.zeros(len(picks)), picks.name)
