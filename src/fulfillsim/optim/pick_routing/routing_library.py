"""OR-Tools: the routing library's traveling salesman, for any building."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.pick_routing.distances import distances_m
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, anywhere, tour_in_order

UNITS_PER_M = 1000
"""Distances are given in whole millimetres, rounded."""
NEVER = 10**12
"""Millimetres where there is no walk."""


def route_ortools(picks: PickList, time_limit_s: float | None = None) -> Tour:
    """Cheapest arc and local search; with a limit also guided local search until it is over.

    Parameters
    ----------
    picks
        The pick list.
    time_limit_s
        Wall time of the search; ``None``: until the first local optimum, the same on every machine.

    References
    ----------
    Furnon and Perron, OR-Tools routing library.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    metres = distances_m(picks)
    last = len(metres) - 1
    manager = pywrapcp.RoutingIndexManager(last + 1, 1, [0], [last])
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(_millimetres(metres).tolist()))
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    if time_limit_s is not None:
        asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        asked.time_limit.FromMilliseconds(max(1, round(1000 * time_limit_s)))
    solution = model.SolveWithParameters(asked)
    assert solution is not None, "a tour exists: every pick is reached from the start and leads to the end"
    return tour_in_order(picks, _sequence(manager, model, solution))


def _millimetres(metres: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(np.minimum(metres * UNITS_PER_M, NEVER)).astype(np.int64)


def _sequence(manager: Any, model: Any, solution: Any) -> list[int]:
    """Indices of the picks in the order of the solution."""
    found, index = [], solution.Value(model.NextVar(model.Start(0)))
    while not model.IsEnd(index):
        found.append(manager.IndexToNode(index) - 1)
        index = solution.Value(model.NextVar(index))
    return found


METHOD = RoutingMethod("ortools", anywhere, route_ortools)
