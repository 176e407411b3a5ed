"""Lengths of tours by name of the method: of many at once, of one, and of one after the other as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import GraphLayout, Layout, RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing._one_block import across, fold
from fulfillsim.optim.pick_routing._shape import Shape, shape_of
from fulfillsim.optim.pick_routing.instance import PickList
from fulfillsim.optim.pick_routing.method import Along, RoutingMethod
from fulfillsim.optim.pick_routing.summaries import Summaries

Length = Callable[[Any, Any], float]
"""Aisles and positions in metres of one tour's picks (one or more) -> metres."""


def checked(method: RoutingMethod, layout: Layout) -> RoutingMethod:
    """The method, if it supports the layout.

    Raises
    ------
    InputError
        With the reason why it does not.
    """
    method.check(layout)
    return method


def length_m(method: RoutingMethod, picks: PickList) -> float:
    """Metres of the method's tour."""
    return router(picks.layout, method)(picks.aisle, picks.position_m)


def lengths_m(method: RoutingMethod, layout: RectangularLayout, summaries: Summaries) -> NDArray[np.float64]:
    """Metres of many tours, shape (n_tours,); for methods with a compiled length (``code``)."""
    code = checked(method, layout).code
    if code is None:
        raise InputError(f"routing {method.name}: has no compiled length, call length_m tour by tour")
    from fulfillsim.optim.pick_routing._kernels import lengths

    out = np.empty(len(summaries))
    lengths(code, summaries.first, *summaries.columns, shape_of(layout), out)
    return out


def router(layout: Layout, method: RoutingMethod) -> Length:
    """A function for one tour after the other: (aisles, positions in metres) -> metres.

    Light methods run as plain Python and take any sequences; others run compiled and are fastest on contiguous int32
    and float64 arrays.
    """
    checked(method, layout)
    if isinstance(layout, GraphLayout) and method.by_distances is not None:
        return _by_distances(layout, method.by_distances)
    if not isinstance(layout, RectangularLayout) or method.code is None:
        return lambda aisle, position_m: method.route(PickList(layout, aisle, position_m)).length_m
    if method.along is not None and layout.n_blocks == 1:
        return _plain(shape_of(layout), method.along)
    return _compiled(shape_of(layout), method.code)


def _by_distances(layout: GraphLayout, by_distances: Callable[[NDArray[np.float64]], float]) -> Length:
    start, end = layout.start[0], layout.end[0]

    def length(aisle: Any, position_m: Any) -> float:
        del position_m
        vertices = aisle.tolist() if isinstance(aisle, np.ndarray) else aisle
        return by_distances(layout.distances_m([start, *vertices, end]))

    return length


def _compiled(shape: Shape, code: int) -> Length:
    from fulfillsim.optim.pick_routing._kernels import length_of_picks

    def length(aisle: Any, position_m: Any) -> float:
        aisles = np.ascontiguousarray(aisle, dtype=np.int32)
        return length_of_picks(code, aisles, np.ascontiguousarray(position_m, dtype=np.float64), shape)

    return length


def _plain(shape: Shape, along: Along) -> Length:
    cross = shape.cross_m.tolist()
    shape = shape._replace(cross_m=cross)

    def length(aisle: Any, position_m: Any) -> float:
        if isinstance(aisle, np.ndarray):  # numbers of numpy are slow, one by one
            aisle, position_m = aisle.tolist(), position_m.tolist()
        n = len(aisle)
        aisles, positions = zip(*sorted(zip(aisle, position_m, strict=True)), strict=True)
        where, lo, hi, gap, low, high = [0] * n, [0.0] * n, [0.0] * n, [0.0] * n, [0.0] * n, [0.0] * n
        stop = fold(range(n), aisles, positions, 0, n, cross, 0, where, [0] * n, lo, hi, gap, low, high)
        return across(where, 0, stop, shape) + along(lo, hi, gap, low, high, 0, stop, cross[1])

    return length
