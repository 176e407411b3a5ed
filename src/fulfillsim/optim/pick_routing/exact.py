"""Exact: the shortest tour through any number of blocks, from any mouth of an aisle to any other."""

from __future__ import annotations

from fulfillsim.optim.pick_routing._shape import EXACT
from fulfillsim.optim.pick_routing.euler import route_exactly
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, few_cross_aisles


def route_exact(picks: PickList) -> Tour:
    """The shortest tour; time grows with the number of visited aisles and, steeply, of cross-aisles.

    One block follows Ratliff and Rosenthal. With more, the subaisles of an aisle are entered one after the other, which
    keeps the number of transitions of a stage linear in the number of states (25, 113, 569, 3,033 for 3 to 6
    cross-aisles). Aisles without a pick are passed over: what is walked in one could as well be walked in a neighbor.

    References
    ----------
    Ratliff and Rosenthal (1983), Order-picking in a rectangular warehouse, Operations Research 31(3).
    Roodbergen and de Koster (2001), Routing order pickers in a warehouse with a middle aisle, EJOR 133(1).
    Pansart, Catusse and Cambazard (2018), Exact algorithms for the order picking problem, Computers & Operations
    Research 100.
    """
    return route_exactly(picks, with_gaps=True)


METHOD = RoutingMethod("exact", few_cross_aisles, route_exact, EXACT)
