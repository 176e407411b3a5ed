"""Tour lengths in one block of aisles, as plain functions of numbers.

They are compiled as they stand in `_kernels`, and called as they stand where compiling would cost more than it saves
(a simulation that walks s-shape tours); so none of them calls another. Each tour is given by its visited aisles, left
to right, as entries ``start`` to ``stop`` of the columns of `Summaries`.
"""

from __future__ import annotations

from typing import Any

from fulfillsim.optim.pick_routing._shape import Shape

INF = float("inf")
Column = Any
"""Numbers in an array, compiled, or in a list or tuple."""


def fold(
    order: Column,
    aisle: Column,
    position: Column,
    start: int,
    stop: int,
    cross: Column,
    into: int,
    s_aisle: Column,
    s_block: Column,
    lo: Column,
    hi: Column,
    gap: Column,
    low: Column,
    high: Column,
) -> int:
    """Summarize the picks ``order[start:stop]``, sorted by aisle and position, into entries from ``into`` on.

    Returns the entry after the last one written. Columns: see `Summaries`.
    """
    at, here, block, last_block = into - 1, -1, 0, len(cross) - 2
    front = length = middle = 0.0
    for i in range(start, stop):
        pick = order[i]
        there, y, before = aisle[pick], position[pick], block
        if there != here:
            block = 0
        while block < last_block and y > cross[block + 1]:
            block += 1
        if there == here and block == before:
            y -= front
            gap[at] = max(gap[at], y - hi[at])
        else:
            if at >= into and length - hi[at] > gap[at]:
                gap[at] = length - hi[at]
            here, at, front, length = there, at + 1, cross[block], cross[block + 1] - cross[block]
            y, middle = y - front, 0.5 * length
            s_aisle[at], s_block[at], lo[at], gap[at], low[at], high[at] = here, block, y, y, 0.0, length
        hi[at] = y
        if y <= middle:
            low[at] = y
        elif y < high[at]:
            high[at] = y
    if at >= into and length - hi[at] > gap[at]:
        gap[at] = length - hi[at]
    return at + 1


def across(aisle: Column, start: int, stop: int, shape: Shape) -> float:
    """From the tour's start to the first visited aisle, past all of them, and from the last to its end."""
    first: int = aisle[start]
    last: int = aisle[stop - 1]
    return shape.spacing_m * (abs(shape.start_aisle - first) + last - first + abs(last - shape.end_aisle))


def s_shape(
    lo: Column,
    hi: Column,
    gap: Column,
    low: Column,
    high: Column,
    start: int,
    stop: int,
    length: float,
) -> float:
    """Metres in the aisles: each walked through; of an odd number the last is entered and left at the front."""
    n_aisles = stop - start
    along = n_aisles * length
    if n_aisles % 2:
        along += 2.0 * hi[stop - 1] - length
    return along


def return_trips(
    lo: Column,
    hi: Column,
    gap: Column,
    low: Column,
    high: Column,
    start: int,
    stop: int,
    length: float,
) -> float:
    """Metres in the aisles: each entered and left at the front."""
    along = 0.0
    for i in range(start, stop):
        along += 2.0 * hi[i]
    return along


def largest_gap(
    lo: Column,
    hi: Column,
    gap: Column,
    low: Column,
    high: Column,
    start: int,
    stop: int,
    length: float,
) -> float:
    """Metres in the aisles: first and last walked through, the others entered up to their largest gap."""
    n_aisles, along = stop - start, 2.0 * length
    if n_aisles == 1:
        along = 2.0 * hi[start]
    for i in range(start + 1, stop - 1):
        along += 2.0 * (length - gap[i])
    return along


def midpoint(
    lo: Column,
    hi: Column,
    gap: Column,
    low: Column,
    high: Column,
    start: int,
    stop: int,
    length: float,
) -> float:
    """Metres in the aisles: first and last walked through, the others entered from both ends up to the middle."""
    n_aisles, along = stop - start, 2.0 * length
    if n_aisles == 1:
        along = 2.0 * hi[start]
    for i in range(start + 1, stop - 1):
        along += 2.0 * (low[i] + length - high[i])
    return along


def combined(
    lo: Column,
    hi: Column,
    gap: Column,
    low: Column,
    high: Column,
    start: int,
    stop: int,
    length: float,
) -> float:
    """Least metres in the aisles, each walked through or left where it was entered, from front to front."""
    front, back = 0.0, INF
    for i in range(start, stop):
        front, back = (
            min(front + 2.0 * hi[i], back + length),
            min(back + 2.0 * (length - lo[i]), front + length),
        )
    return front


def exact(
    aisle: Column,
    lo: Column,
    hi: Column,
    gap: Column,
    start: int,
    stop: int,
    shape: Shape,
    with_gaps: bool,
) -> float:
    """Least closed tour; without gaps and double passes it is the composite one.

    In that the depot is like a pick, and the two cross-aisles are never both walked twice between two aisles.
    The five states carry the names of Ratliff and Rosenthal, back mouth first: ``uu`` both odd, ``e0`` and ``oe`` one
    even and the other unused, ``ee1`` and ``ee2`` both even in one component or two; ``none`` is the start. An aisle
    with the depot alone is one whose picks cost nothing to collect from either end.
    """
    length, depot, at_front = shape.cross_m[1], shape.start_aisle, shape.start_cross == 0
    none, uu, e0, oe, ee1, ee2 = 0.0, INF, INF, INF, INF, INF
    double = 2.0 * length if with_gaps else INF
    here, i, met_depot = -1, start, False
    while i < stop or not met_depot:
        if i < stop and (met_depot or aisle[i] <= depot):
            there, by_back, by_front = aisle[i], 2.0 * (length - lo[i]), 2.0 * hi[i]
            both = 2.0 * (length - gap[i]) if with_gaps else INF
            i += 1
        else:
            there, by_back, by_front, both = depot, 0.0, 0.0, 0.0
        if there == depot and not with_gaps:
            both = INF
            if at_front:
                by_back = 2.0 * length
            else:
                by_front = 2.0 * length
        if here >= 0:
            once = 2.0 * shape.spacing_m * (there - here)
            uu, e0, oe, ee1, ee2 = (
                uu + once,
                min(e0, ee1) + once,
                min(oe, ee1) + once,
                ee1 + 2.0 * once if with_gaps else INF,
                ee2 + 2.0 * once if with_gaps else INF,
            )
        here = there
        stay = min(by_back, by_front, both)
        uu, e0, oe, ee1, ee2 = (
            min(uu + stay, min(none, e0, oe, ee1, ee2) + length),
            min(none, e0) + by_back,
            min(none, oe) + by_front,
            min(uu + length, ee1 + stay, min(none, e0, oe, ee2) + double),
            min(e0 + min(by_front, both), oe + min(by_back, both), ee2 + stay, none + both),
        )
        none = INF
        met_depot = met_depot or here == depot
        if here == depot and with_gaps:
            if at_front:
                e0, ee2 = INF, min(ee2, e0)
            else:
                oe, ee2 = INF, min(ee2, oe)
    return min(e0, oe, ee1)
