"""Combined: each visited aisle is walked through or left where it was entered, what is shortest for all together."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.domain.layout import Point, RectangularLayout
from fulfillsim.optim.pick_routing import _one_block
from fulfillsim.optim.pick_routing._shape import COMBINED
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, by_aisle, front_of_one_block, tour_along


def route_combined(picks: PickList) -> Tour:
    """The shortest tour that takes the aisles one after the other from the left and begins and ends at the front.

    References
    ----------
    Roodbergen and de Koster (2001), Routing methods for warehouses with multiple cross aisles, International Journal
    of Production Research 39(9), section 3.3, for one block.
    """
    return tour_along(picks, _path(picks))


def _path(picks: PickList) -> Iterator[Point]:
    layout = picks.layout
    assert isinstance(layout, RectangularLayout)
    length = layout.aisle_length_m
    front: tuple[float, list[Point]] = (0.0, [])
    back: tuple[float, list[Point]] = (float("inf"), [])
    for aisle, positions in by_aisle(picks).items():
        lo, hi, at_front, at_back = positions[0], positions[-1], (aisle, 0.0), (aisle, length)
        front, back = (
            min(
                (front[0] + 2.0 * hi, [*front[1], at_front, (aisle, hi), at_front]),
                (back[0] + length, [*back[1], at_back, at_front]),
            ),
            min(
                (back[0] + 2.0 * (length - lo), [*back[1], at_back, (aisle, lo), at_back]),
                (front[0] + length, [*front[1], at_front, at_back]),
            ),
        )
    yield layout.start
    yield from front[1]
    yield layout.end


METHOD = RoutingMethod("combined", front_of_one_block, route_combined, COMBINED, _one_block.combined)
