"""Walking first and last visited aisle through and the others from both ends, which two policies share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fulfillsim.domain.layout import Point, RectangularLayout
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.method import by_aisle, tour_along
from fulfillsim.optim.pick_routing.return_trips import route_return

Split = Callable[[Sequence[float], float], tuple[float, float]]
"""Rising positions, aisle length -> how deep one walks in from the front, and down to where from the back."""


def route_from_both_ends(picks: PickList, split: Split) -> Tour:
    """The tour up the first aisle, along the back, down the last and along the front; one aisle is a return trip.

    Front parts of aisles that lie between depot and first aisle are collected on the way out, the others on the way
    home, so that a depot in the middle costs nothing.
    """
    aisles = by_aisle(picks)
    return route_return(picks) if len(aisles) == 1 else tour_along(picks, _path(picks, aisles, split))


def _path(picks: PickList, aisles: dict[int, list[float]], split: Split) -> Iterator[Point]:
    layout = picks.layout
    assert isinstance(layout, RectangularLayout)
    length, (first, *inner, last) = layout.aisle_length_m, aisles
    parts = {aisle: split(aisles[aisle], length) for aisle in inner}
    yield layout.start
    for aisle in reversed([aisle for aisle in inner if aisle <= layout.depot_aisle]):
        yield from _trip(aisle, 0.0, parts[aisle][0])
    yield from ((first, 0.0), (first, length))
    for aisle in inner:
        yield from _trip(aisle, length, parts[aisle][1])
    yield from ((last, length), (last, 0.0))
    for aisle in reversed([aisle for aisle in inner if aisle > layout.depot_aisle]):
        yield from _trip(aisle, 0.0, parts[aisle][0])
    yield layout.end


def _trip(aisle: int, mouth: float, turn: float) -> tuple[Point, Point, Point]:
    """Into an aisle and back, or just past its mouth."""
    return (aisle, mouth), (aisle, turn), (aisle, mouth)
