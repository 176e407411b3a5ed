"""S-shape (traversal): every visited subaisle is walked through, from the front and from the back in turn."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.domain.layout import Point, RectangularLayout
from fulfillsim.optim.pick_routing import _one_block
from fulfillsim.optim.pick_routing._shape import S_SHAPE
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, at_front, tour_along
from fulfillsim.optim.pick_routing.summaries import summaries_of

Subaisle = tuple[int, float]
"""Aisle, and the farthest pick from the subaisle's front."""


def route_s_shape(picks: PickList) -> Tour:
    """The s-shape tour; what is left last of a block is entered and left at its front where that must be.

    With several blocks the first visited aisle is walked up to the farthest block with a pick, collecting on the way.
    That block is served from left to right, each nearer one from whichever of its outer subaisles is closer (the left
    one of equals); a block without picks is passed through the aisle where the picker stands.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4): one block.
    Roodbergen and de Koster (2001), Routing methods for warehouses with multiple cross aisles, International Journal
    of Production Research 39(9), section 3.1: several.
    """
    return tour_along(picks, _path(picks))


def _path(picks: PickList) -> Iterator[Point]:
    layout = picks.layout
    assert isinstance(layout, RectangularLayout)
    first = int(picks.aisle.min())
    blocks = _blocks(picks, layout)
    farthest = max(blocks)
    yield layout.start
    yield from ((first, 0.0), (first, layout.cross_m[farthest]))
    here = first
    for block in range(farthest, -1, -1):
        front, back = layout.cross_m[block], layout.cross_m[block + 1]
        wanted = [found for found in blocks.get(block, []) if block == farthest or found[0] != first]
        if block < farthest and wanted and abs(here - wanted[-1][0]) < abs(here - wanted[0][0]):
            wanted.reverse()
        yield from _through(wanted or [(here, 0.0)], front, back, from_back=block < farthest)
        here = wanted[-1][0] if wanted else here
    yield layout.end


def _blocks(picks: PickList, layout: RectangularLayout) -> dict[int, list[Subaisle]]:
    """Visited subaisles of each block, left to right."""
    tour = summaries_of(layout, [0, len(picks)], picks.aisle, picks.position_m)
    found: dict[int, list[Subaisle]] = {}
    for aisle, block, hi in zip(tour.aisle.tolist(), tour.block.tolist(), tour.hi.tolist(), strict=True):
        found.setdefault(block, []).append((aisle, hi))
    return found


def _through(wanted: list[Subaisle], front: float, back: float, from_back: bool) -> Iterator[Point]:
    """Through the subaisles of a block one after the other, to its front."""
    side, other = (back, front) if from_back else (front, back)
    for aisle, _ in wanted[:-1]:
        yield from ((aisle, side), (aisle, other))
        side, other = other, side
    aisle, hi = wanted[-1]
    yield from ((aisle, side), (aisle, front + hi if side == front else back), (aisle, front))


METHOD = RoutingMethod("s_shape", at_front, route_s_shape, S_SHAPE, _one_block.s_shape)
