"""Largest gap: the first and last visited aisle are walked through, the others entered up to their largest gap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fulfillsim.optim.pick_routing import _one_block
from fulfillsim.optim.pick_routing._shape import LARGEST_GAP
from fulfillsim.optim.pick_routing.both_ends import route_from_both_ends
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, closed_front_of_one_block


def route_largest_gap(picks: PickList) -> Tour:
    """The largest-gap tour; a single aisle is a return trip.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4).
    """
    return route_from_both_ends(picks, around_gap)


def around_gap(positions: Sequence[float], length: float) -> tuple[float, float]:
    """Front and back end of the largest gap, aisle ends included; the first of equals."""
    return max(pairwise([0.0, *positions, length]), key=lambda gap: gap[1] - gap[0])


METHOD = RoutingMethod("largest_gap", closed_front_of_one_block, route_largest_gap, LARGEST_GAP, _one_block.largest_gap)
