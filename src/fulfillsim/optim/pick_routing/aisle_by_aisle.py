"""Aisle-by-aisle: every visited aisle once, from the left, changing at the cross-aisle that suits best."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.domain.layout import Point, RectangularLayout
from fulfillsim.optim.pick_routing._shape import AISLE_BY_AISLE
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import RoutingMethod, by_aisle, rectangular, tour_along


def route_aisle_by_aisle(picks: PickList) -> Tour:
    """The shortest tour that visits each aisle once, all its blocks together, from the left to the right.

    The picker goes along the depot's cross-aisle to the first aisle and comes back along that of the end. In one block
    it is `combined`.

    References
    ----------
    Vaughan and Petersen (1999), The effect of warehouse cross aisles on order picking efficiency, International Journal
    of Production Research 37(4).
    """
    return tour_along(picks, _path(picks))


def _path(picks: PickList) -> Iterator[Point]:
    layout = picks.layout
    assert isinstance(layout, RectangularLayout)
    ways: dict[int, tuple[float, list[Point]]] = {layout.depot_cross_aisle: (0.0, [])}
    for aisle, positions in by_aisle(picks).items():
        ways = {
            out: min(
                (metres + _along(positions, into, to), [*points, *_through(aisle, positions, into, to)])
                for metres, points, into in ((m, p, layout.cross_m[c]) for c, (m, p) in ways.items())
            )
            for out, to in enumerate(layout.cross_m)
        }
    yield layout.start
    yield from ways[layout.last_cross_aisle][1]
    yield layout.end


def _along(positions: list[float], into: float, out: float) -> float:
    """Metres in an aisle from one cross-aisle past all picks to another."""
    return 2.0 * (max(positions[-1], into, out) - min(positions[0], into, out)) - abs(out - into)


def _through(aisle: int, positions: list[float], into: float, out: float) -> list[Point]:
    """Points from one cross-aisle past all picks to another: first away from where one leaves."""
    bottom, top = min(positions[0], into, out), max(positions[-1], into, out)
    first, second = (bottom, top) if into <= out else (top, bottom)
    return [(aisle, y) for y in (into, first, second, out)]


METHOD = RoutingMethod("aisle_by_aisle", rectangular, route_aisle_by_aisle, AISLE_BY_AISLE)
