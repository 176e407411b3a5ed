"""Tours through any number of blocks, as plain functions of numbers; compiled as they stand in `_kernels`.

For the exact method a tour is written as a list of stages. Each stage offers up to five ways on, as rows of the
transition table with their metres: what to do in a subaisle, which mouths to leave behind, that the tour starts here,
or the step to the next aisle. A sweep over the stages finds the least metres of every state after each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.pick_routing._one_block import INF, Column
from fulfillsim.optim.pick_routing._shape import Shape
from fulfillsim.optim.pick_routing._tables import DONE, IDENTITY, N_ACTIONS, N_FIXED, WEIGHT


class Room(NamedTuple):
    """Room for one tour through several blocks, so that measuring it asks for no memory; `room_for` makes it.

    Attributes
    ----------
    rows, metres
        Of the stages, shape (n_stages, 5).
    values
        Of the states before and after a stage, shape (2, n_states), or after each; or of the cross-aisles.
    """

    rows: NDArray[np.int32]
    metres: NDArray[np.float64]
    values: NDArray[np.float64]


def room_for(shape: Shape, n_entries: int, keeps_all: bool = False) -> Room:
    """Room for tours with so many entries of the columns of `Summaries` at most, and the values after each stage."""
    n_stages = (n_entries + 2) * (2 * len(shape.cross_m) + 1)
    return Room(
        np.empty((n_stages, 5), np.int32),
        np.empty((n_stages, 5)),
        np.empty((n_stages + 1 if keeps_all else 2, max(shape.table.shape[1], len(shape.cross_m)))),
    )


def stages(
    aisle: Column,
    block: Column,
    lo: Column,
    hi: Column,
    gap: Column,
    start: int,
    stop: int,
    shape: Shape,
    with_gaps: bool,
    room: Room,
) -> int:
    """Write the stages of a tour into the rows and metres of ``room`` (row -1: no more ways); how many.

    Without gaps and double passes, for closed tours of one block, the depot is like a pick
    and the two cross-aisles are never both walked twice between two aisles (the composite method).
    """
    rows, metres = room.rows, room.metres
    n_cross, closed = len(shape.cross_m), shape.start_aisle == shape.end_aisle and shape.start_cross == shape.end_cross
    drop, turn = N_FIXED + N_ACTIONS * (n_cross - 1), N_FIXED + N_ACTIONS * (n_cross - 1) + n_cross
    k, here, i, met_start, met_end = 0, -1, start, False, closed
    while i < stop or not met_start or not met_end:
        there = shape.start_aisle if not met_start else (shape.end_aisle if not met_end else aisle[i])
        if not met_end:
            there = min(there, shape.end_aisle)
        if i < stop:
            there = min(there, aisle[i])
        if here >= 0:
            for cross in range(n_cross):
                rows[k, 0], rows[k, 1], rows[k, 2] = IDENTITY, drop + cross, -1
                metres[k, 0], metres[k, 1] = 0.0, 0.0
                k += 1
            rows[k, 0], rows[k, 1], metres[k, 0] = WEIGHT, -1, shape.spacing_m * (there - here)
            metres[k, 1] = INF if with_gaps else 2.0  # most edges to the next aisle
            k += 1
        here = there
        for b in range(n_cross - 1):
            length, once = shape.cross_m[b + 1] - shape.cross_m[b], N_FIXED + N_ACTIONS * b
            rows[k, 0], rows[k, 1], metres[k, 0], metres[k, 1] = once, once + 4, length, 2.0 * length
            rows[k, 2], metres[k, 2] = IDENTITY, 0.0
            rows[k, 3], rows[k, 4] = -1, -1
            nearest, farthest = length, 0.0
            if i < stop and aisle[i] == here and block[i] == b:
                nearest, farthest = lo[i], hi[i]
                rows[k, 4], metres[k, 4] = once + 3, 2.0 * (length - gap[i])
                i += 1
            elif with_gaps:
                k += 1
                continue
            if not with_gaps:
                rows[k, 4], metres[k, 1] = -1, INF
                if here == shape.start_aisle:
                    depot = length * shape.start_cross
                    nearest, farthest = min(nearest, depot), max(farthest, depot)
            rows[k, 2], metres[k, 2] = once + 1, 2.0 * (length - nearest)
            rows[k, 3], metres[k, 3] = once + 2, 2.0 * farthest
            k += 1
        if here == shape.start_aisle and not met_start:
            met_start = True
            rows[k, 0], rows[k, 1], metres[k, 0] = turn + shape.start_cross if with_gaps else IDENTITY, -1, 0.0
            k += 1
        if here == shape.end_aisle and not met_end:
            met_end = True
            rows[k, 0], rows[k, 1], metres[k, 0] = turn + shape.end_cross, -1, 0.0
            k += 1
    return k


def sweep(rows: Column, metres: Column, n_stages: int, table: Column, values: Column) -> float:
    """Least metres of a complete tour; state values after stage k go to row ``(k + 1) % len(values)`` of ``values``."""
    n_states, n_kept = table.shape[1], len(values)
    values[0, :] = INF
    values[0, 0] = 0.0
    for k in range(n_stages):
        old, new = values[k % n_kept], values[(k + 1) % n_kept]
        if rows[k, 0] == WEIGHT:
            for s in range(n_states):
                new[s] = old[s] + metres[k, 0] * table[WEIGHT, s] if table[WEIGHT, s] <= metres[k, 1] else INF
            continue
        new[:] = INF
        for s in range(n_states):
            if old[s] < INF:
                for way in range(5):
                    if rows[k, way] < 0:
                        break
                    to = table[rows[k, way], s]
                    if to >= 0 and old[s] + metres[k, way] < new[to]:
                        new[to] = old[s] + metres[k, way]
    best = INF
    last = values[n_stages % n_kept]
    for s in range(n_states):
        if table[DONE, s] and last[s] < best:
            best = last[s]
    return best


def aisle_by_aisle(
    aisle: Column, block: Column, lo: Column, hi: Column, start: int, stop: int, shape: Shape, room: Room
) -> float:
    """Least metres in the aisles if each is visited once, from the left, and left by whichever cross-aisle suits."""
    cross = shape.cross_m
    n_cross, i = len(cross), start
    metres, then = room.values[0], room.values[1]
    for out in range(n_cross):
        metres[out] = 0.0 if out == shape.start_cross else INF
    while i < stop:
        here, nearest = aisle[i], cross[block[i]] + lo[i]
        while i < stop and aisle[i] == here:
            farthest = cross[block[i]] + hi[i]
            i += 1
        for out in range(n_cross):
            then[out] = INF
            for into in range(n_cross):
                bottom, top = min(nearest, cross[into], cross[out]), max(farthest, cross[into], cross[out])
                along = 2.0 * (top - bottom) - abs(cross[out] - cross[into])
                then[out] = min(then[out], metres[into] + along)
        metres, then = then, metres
    return float(metres[shape.end_cross])


def s_shape_in_blocks(aisle: Column, block: Column, hi: Column, start: int, stop: int, shape: Shape) -> float:
    """Metres of the s-shape tour: up the first aisle to the farthest block, then block by block towards the front."""
    first, farthest = aisle[start], 0
    for i in range(start, stop):
        farthest = max(farthest, block[i])
    here, total = first, shape.spacing_m * abs(shape.start_aisle - first) + shape.cross_m[farthest]
    for b in range(farthest, -1, -1):
        length, n, left, right, last_left, last_right = shape.cross_m[b + 1] - shape.cross_m[b], 0, 0, 0, 0.0, 0.0
        for i in range(start, stop):
            if block[i] == b and (b == farthest or aisle[i] != first):
                if n == 0:
                    left, last_left = aisle[i], hi[i]
                n, right, last_right = n + 1, aisle[i], hi[i]
        if n == 0:
            total += length
            continue
        to_left = b < farthest and abs(here - right) < abs(here - left)
        near, far, deep = (right, left, last_left) if to_left else (left, right, last_right)
        total += shape.spacing_m * (abs(here - near) + right - left) + (n - 1) * length
        last_from_front = n % 2 == (1 if b == farthest else 0)
        total += 2.0 * deep if last_from_front else length
        here = far
    return float(total + shape.spacing_m * abs(here - shape.end_aisle))
