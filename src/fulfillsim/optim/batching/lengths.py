"""Tour length of a set of orders under any routing, also those that no kernel computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.pick_routing import ROUTING, PickList, router
from fulfillsim.optim.pick_routing.distances import distances_m
from fulfillsim.optim.pick_routing.lengths import Length, checked

if TYPE_CHECKING:
    from fulfillsim.optim.batching.instance import BatchingInstance


Measure = Callable[[frozenset[int]], float]
"""Metres of the tour that collects these orders, at least one."""
MOST_PLACES = 2000
"""A matrix of distances between all places takes 32 MB then."""


class Lengths:
    """Metres of the tour that collects some orders, each set routed once.

    Parameters
    ----------
    instance
        Whose orders.
    routing
        Name of a routing method.

    Raises
    ------
    UnknownNameError
        If no routing bears the name.
    InputError
        If the routing does not support the layout.
    """

    def __init__(self, instance: BatchingInstance, routing: str) -> None:
        if routing not in ROUTING:
            raise UnknownNameError("routing", routing, ROUTING)
        method = checked(ROUTING[routing], instance.layout)
        by_distances = None if method.by_distances is None else _by_distances(instance, method.by_distances)
        self._measure = by_distances or _by_picks(instance, router(instance.layout, method))
        self._known: dict[frozenset[int], float] = {}

    def __call__(self, orders: Iterable[int]) -> float:
        """Metres of one tour for these orders; 0 for none."""
        which = frozenset(orders)
        if which not in self._known:
            self._known[which] = self._measure(which) if which else 0.0
        return self._known[which]

    @property
    def n_measured(self) -> int:
        """Sets routed so far."""
        return len(self._known)


def _by_picks(instance: BatchingInstance, route: Length) -> Measure:
    """Lengths from the picks of a tour."""

    def measure(orders: frozenset[int]) -> float:
        lines = instance.line_indices(tuple(sorted(orders)))
        # An order line in a place that another line has visited adds nothing: one stop collects both.
        places = np.unique(np.column_stack([instance.aisle[lines], instance.position_m[lines]]), axis=0)
        return float(route(places[:, 0].astype(np.int32), np.ascontiguousarray(places[:, 1])))

    return measure


def _by_distances(instance: BatchingInstance, length: Callable[[NDArray[np.float64]], float]) -> Measure | None:
    """Lengths from one matrix of distances between all places of the instance; None where it would be large."""
    lines = np.column_stack([instance.aisle, instance.position_m])
    places, number = np.unique(lines, axis=0, return_inverse=True)
    if len(places) > MOST_PLACES:
        return None
    metres = distances_m(PickList(instance.layout, places[:, 0], places[:, 1]))
    stops = (number.ravel() + 1).tolist()  # stop 0 is the start, the last one the end
    visited = [frozenset(stops[instance.lines(order)]) for order in range(instance.n_orders)]
    last = len(places) + 1

    def measure(orders: frozenset[int]) -> float:
        tour = np.array([0, *sorted(frozenset().union(*(visited[order] for order in orders))), last])
        return length(metres[tour[:, None], tour])

    return measure
