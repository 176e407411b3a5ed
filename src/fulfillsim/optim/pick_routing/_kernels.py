"""Compiled tour lengths: one entry per tour for all methods, which every caller shares."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.compiled import kernel
from fulfillsim.optim.pick_routing import _nearest, _one_block, _several_blocks
from fulfillsim.optim.pick_routing._several_blocks import Room
from fulfillsim.optim.pick_routing._shape import (
    COMBINED,
    COMPOSITE,
    EXACT,
    LARGEST_GAP,
    MIDPOINT,
    RETURN,
    S_SHAPE,
    Shape,
)

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

fold = kernel(_one_block.fold)
across = kernel(_one_block.across)
s_shape = kernel(_one_block.s_shape)
return_trips = kernel(_one_block.return_trips)
largest_gap = kernel(_one_block.largest_gap)
midpoint = kernel(_one_block.midpoint)
combined = kernel(_one_block.combined)
exact_in_one_block = kernel(_one_block.exact)
room_for = kernel(_several_blocks.room_for)
stages = kernel(_several_blocks.stages)
sweep = kernel(_several_blocks.sweep)
aisle_by_aisle = kernel(_several_blocks.aisle_by_aisle)
s_shape_in_blocks = kernel(_several_blocks.s_shape_in_blocks)
nearest_neighbor = kernel(_nearest.nearest_neighbor)
two_opt = kernel(_nearest.two_opt)
or_opt = kernel(_nearest.or_opt)


@kernel
def nearest_2opt(metres: Floats, order: Longs) -> None:
    """Nearest neighbor, then both improvements in turn until neither finds any; the order of the stops."""
    nearest_neighbor(metres, order)
    better = True
    while better:
        turned = two_opt(metres, order)
        moved = or_opt(metres, order)
        better = turned or moved


@kernel
def exact_in_blocks(
    aisle: Ints,
    block: Ints,
    lo: Floats,
    hi: Floats,
    gap: Floats,
    start: int,
    stop: int,
    shape: Shape,
    room: Room,
    with_gaps: bool,
) -> float:
    """Least metres of a tour through any number of blocks, also from one mouth to another."""
    n_stages = stages(aisle, block, lo, hi, gap, start, stop, shape, with_gaps, room)
    return sweep(room.rows, room.metres, n_stages, shape.table, room.values)


@kernel
def tour_length(
    code: int,
    aisle: Ints,
    block: Ints,
    lo: Floats,
    hi: Floats,
    gap: Floats,
    low: Floats,
    high: Floats,
    start: int,
    stop: int,
    shape: Shape,
    room: Room,
) -> float:
    """Metres of one tour, entries ``start`` to ``stop`` (at least one) of the columns of `Summaries`.

    ``code`` is a method's number; the method has said that it supports the layout. No memory is asked for.
    """
    if code in (EXACT, COMPOSITE):
        closed = shape.start_aisle == shape.end_aisle and shape.start_cross == shape.end_cross
        if closed and len(shape.cross_m) == 2:
            return exact_in_one_block(aisle, lo, hi, gap, start, stop, shape, code == EXACT)
        return exact_in_blocks(aisle, block, lo, hi, gap, start, stop, shape, room, code == EXACT)
    if code == S_SHAPE and len(shape.cross_m) > 2:
        return s_shape_in_blocks(aisle, block, hi, start, stop, shape)
    length = shape.cross_m[1]
    if code == S_SHAPE:
        along = s_shape(lo, hi, gap, low, high, start, stop, length)
    elif code == RETURN:
        along = return_trips(lo, hi, gap, low, high, start, stop, length)
    elif code == LARGEST_GAP:
        along = largest_gap(lo, hi, gap, low, high, start, stop, length)
    elif code == MIDPOINT:
        along = midpoint(lo, hi, gap, low, high, start, stop, length)
    elif code == COMBINED:
        along = combined(lo, hi, gap, low, high, start, stop, length)
    else:
        along = aisle_by_aisle(aisle, block, lo, hi, start, stop, shape, room)
    return across(aisle, start, stop, shape) + along


@kernel
def lengths(
    code: int,
    first: Longs,
    aisle: Ints,
    block: Ints,
    lo: Floats,
    hi: Floats,
    gap: Floats,
    low: Floats,
    high: Floats,
    shape: Shape,
    out: Floats,
) -> None:
    """Metres of all tours into ``out``, shape (n_tours,); tour t is the entries ``first[t]`` to ``first[t + 1]``."""
    most = 0
    for t in range(len(out)):
        most = max(most, first[t + 1] - first[t])
    room = room_for(shape, most)
    for t in range(len(out)):
        out[t] = tour_length(code, aisle, block, lo, hi, gap, low, high, first[t], first[t + 1], shape, room)


@kernel
def in_order(aisle: Ints, position: Floats, start: int, stop: int, order: Longs) -> None:
    """Indices ``start`` to ``stop`` of the picks, sorted by aisle, then position, into ``order[start:stop]``."""
    for i in range(start, stop):
        order[i] = i
    step = 1
    while 3 * step < stop - start:
        step = 3 * step + 1
    while step > 0:
        for i in range(start + step, stop):
            pick, at = order[i], i
            while at - step >= start:
                other = order[at - step]
                if aisle[other] < aisle[pick] or (aisle[other] == aisle[pick] and position[other] <= position[pick]):
                    break
                order[at] = other
                at -= step
            order[at] = pick
        step //= 3


@kernel
def summarize(
    first_pick: Longs,
    aisle: Ints,
    position: Floats,
    cross: Floats,
    first: Longs,
    s_aisle: Ints,
    s_block: Ints,
    lo: Floats,
    hi: Floats,
    gap: Floats,
    low: Floats,
    high: Floats,
) -> None:
    """Summaries of tours from their picks; tour t has the picks ``first_pick[t]`` to ``first_pick[t + 1]``."""
    order = np.empty(len(aisle), np.int64)
    first[0] = 0
    for t in range(len(first_pick) - 1):
        a, b = first_pick[t], first_pick[t + 1]
        in_order(aisle, position, a, b, order)
        first[t + 1] = fold(order, aisle, position, a, b, cross, first[t], s_aisle, s_block, lo, hi, gap, low, high)


@kernel
def length_of_picks(code: int, aisle: Ints, position: Floats, shape: Shape) -> float:
    """Metres of one tour, straight from its picks."""
    zero: Any = np.int64(0)  # a literal 0 is another type, for which all would be compiled again
    n = len(aisle)
    order, places, spans = np.empty(n, np.int64), np.empty((2, n), np.int32), np.empty((5, n))
    in_order(aisle, position, zero, n, order)
    where, what, lo, hi, gap, low, high = places[0], places[1], spans[0], spans[1], spans[2], spans[3], spans[4]
    stop = fold(order, aisle, position, zero, n, shape.cross_m, zero, where, what, lo, hi, gap, low, high)
    return tour_length(code, where, what, lo, hi, gap, low, high, zero, stop, shape, room_for(shape, stop))


def warm_up() -> None:
    """Call every kernel as it is called later: once compiled, workers find it on disk."""
    from fulfillsim.domain.layout import RectangularLayout
    from fulfillsim.optim.pick_routing import ROUTING, PickList, lengths_m, router, summaries_of

    layout, aisles, positions = RectangularLayout(2, 2, 1.0, 1.0, 1.0, n_blocks=2), [0, 1], [1.0, 2.0]
    exact = ROUTING["exact"]
    lengths_m(exact, layout, summaries_of(layout, [0, 2], aisles, positions))
    router(layout, exact)(aisles, positions)
    for name in ("exact", "nearest_2opt"):
        ROUTING[name].route(PickList.of(layout, [(0, 1.0), (1, 2.0)]))
