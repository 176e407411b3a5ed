"""Composite: the shortest tour whose aisles are walked through once or left where they were entered."""

from __future__ import annotations

from fulfillsim.optim.pick_routing._shape import COMPOSITE
from fulfillsim.optim.pick_routing.euler import route_exactly
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, closed_one_block


def route_composite(picks: PickList) -> Tour:
    """The exact tour without largest gaps and double passes, which pickers find easier to follow.

    Unlike `combined` it may go along both cross-aisles and take aisles out of turn. The depot counts as a pick at its
    mouth, as in the published tables: its aisle is not entered from the far end without coming all the way. Between
    two aisles the tour goes along both cross-aisles once, or along one of them there and back.

    References
    ----------
    Petersen (1995), Routeing and storage policy interaction in order picking operations, Decision Sciences Institute
    Proceedings 3, as a dynamic program after Ratliff and Rosenthal (1983).
    """
    return route_exactly(picks, with_gaps=False)


METHOD = RoutingMethod("composite", closed_one_block, route_composite, COMPOSITE)
