"""Return: every visited aisle is entered and left at the front."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.domain.layout import Point
from fulfillsim.optim.pick_routing import _one_block
from fulfillsim.optim.pick_routing._shape import RETURN
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, by_aisle, front_of_one_block, tour_along


def route_return(picks: PickList) -> Tour:
    """The return tour: twice the farthest pick of each aisle.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4).
    """
    return tour_along(picks, _path(picks))


def _path(picks: PickList) -> Iterator[Point]:
    yield picks.layout.start
    for aisle, positions in by_aisle(picks).items():
        yield from ((aisle, 0.0), (aisle, positions[-1]), (aisle, 0.0))
    yield picks.layout.end


METHOD = RoutingMethod("return", front_of_one_block, route_return, RETURN, _one_block.return_trips)
