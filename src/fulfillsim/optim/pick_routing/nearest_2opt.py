"""Nearest neighbor, then 2-opt and Or-opt: a good tour in any building, also where aisles are one-way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.pick_routing.distances import distances_m
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, anywhere, tour_in_order


def route_nearest_2opt(picks: PickList) -> Tour:
    """Nearest neighbor from the start, improved until no piece is better turned round or moved.

    Draws nothing; O(n_picks²) per round.

    References
    ----------
    Croes (1958), A method for solving traveling-salesman problems, Operations Research 6(6): 2-opt.
    Or (1976), Traveling salesman-type combinatorial problems, PhD thesis, Northwestern University: Or-opt.
    """
    return tour_in_order(picks, [stop - 1 for stop in _order(distances_m(picks))[1:-1].tolist()])


def _order(metres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Stops as they are walked, the first and the last as given."""
    from fulfillsim.optim.pick_routing._kernels import nearest_2opt

    metres, order = np.ascontiguousarray(metres), np.empty(len(metres), np.int64)
    nearest_2opt(metres, order)
    return order


def length_by_distances(metres: NDArray[np.float64]) -> float:
    """Metres of the same tour."""
    order = _order(metres)
    return float(metres[order[:-1], order[1:]].sum())


METHOD = RoutingMethod("nearest_2opt", anywhere, route_nearest_2opt, by_distances=length_by_distances)
