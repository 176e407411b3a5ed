"""Midpoint: the first and last visited aisle are walked through, the others entered from both ends up to the middle."""

from __future__ import annotations

from collections.abc import Sequence

from fulfillsim.optim.pick_routing import _one_block
from fulfillsim.optim.pick_routing._shape import MIDPOINT
from fulfillsim.optim.pick_routing.both_ends import route_from_both_ends
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, closed_front_of_one_block


def route_midpoint(picks: PickList) -> Tour:
    """The midpoint tour; a pick in the very middle is collected from the front, a single aisle is a return trip.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4).
    """
    return route_from_both_ends(picks, _halves)


def _halves(positions: Sequence[float], length: float) -> tuple[float, float]:
    front = [y for y in positions if y <= 0.5 * length]
    back = [y for y in positions if y > 0.5 * length]
    return max(front, default=0.0), min(back, default=length)


METHOD = RoutingMethod("midpoint", closed_front_of_one_block, route_midpoint, MIDPOINT, _one_block.midpoint)
