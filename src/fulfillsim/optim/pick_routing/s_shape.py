"""S-shape (traversal): every visited aisle is walked through, from the front and from the back in turn."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.domain.layout import Point
from fulfillsim.optim.pick_routing import _one_block
from fulfillsim.optim.pick_routing._shape import S_SHAPE
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, by_aisle, front_of_one_block, tour_along


def route_s_shape(picks: PickList) -> Tour:
    """The s-shape tour; with an odd number of aisles the last is entered and left at the front.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4).
    """
    return tour_along(picks, _path(picks))


def _path(picks: PickList) -> Iterator[Point]:
    layout = picks.layout
    aisles, side, other = by_aisle(picks), 0.0, layout.aisle_length_m  # type: ignore[union-attr]
    last = max(aisles)
    yield layout.start
    for aisle, positions in aisles.items():
        yield aisle, side
        if aisle == last and side == 0.0:
            yield aisle, positions[-1]
            yield aisle, side
        else:
            yield aisle, other
            side, other = other, side
    yield layout.end


METHOD = RoutingMethod("s_shape", front_of_one_block, route_s_shape, S_SHAPE, _one_block.s_shape)
