"""Turns the orders of an instance into what the kernels read, and remembers it between solvers of one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing import ROUTING, _several_blocks, _shape
from fulfillsim.optim.pick_routing.lengths import checked

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Memo, Scratch, Walk
    from fulfillsim.optim.batching.instance import BatchingInstance

MONOTONE = frozenset({"exact", "composite", "s_shape", "return", "midpoint", "largest_gap"})
"""Routings of one block under which one more pick never shortens a tour; bounds by pruning rest on it."""

READ_ENDS_ONLY = frozenset({"composite", "s_shape", "return", "combined"})
KEYS_SEED = 20_151_103  # names sets of orders; not a source of chance
MEMO_BITS = 20


def is_compiled(instance: BatchingInstance, routing: str) -> bool:
    """Whether kernels can measure tours of this instance under this routing."""
    return isinstance(instance.layout, RectangularLayout) and routing in ROUTING and ROUTING[routing].code is not None


def is_monotone(instance: BatchingInstance, routing: str) -> bool:
    """Whether one more pick never shortens a tour, so that lengths of subsets are bounds."""
    layout = instance.layout
    return isinstance(layout, RectangularLayout) and (
        routing == "exact" or (routing in MONOTONE and layout.n_blocks == 1 and layout.depot_aisle == 0)
    )


def steps_m(instance: BatchingInstance) -> NDArray[np.float64]:
    """Distances of which every tour is a sum: aisles walked through, ways to a pick and back, steps between aisles.

    In an aisle a walk passes all places an odd number of times or all an even number of times; between aisles a closed
    one goes back what it has gone.
    """
    layout = instance.layout
    assert isinstance(layout, RectangularLayout)
    cross = np.array(layout.cross_m)
    front = cross[np.searchsorted(cross[1:-1], instance.position_m, side="left")]
    spacing_m = layout.aisle_spacing_m * (2.0 if layout.start == layout.end else 1.0)
    return np.concatenate([[spacing_m], np.diff(cross), np.unique(2.0 * (instance.position_m - front))])


def encode(instance: BatchingInstance, routing: str) -> Walk:
    """Orders of the instance as bits per subaisle, with the length of each order's own tour.

    Raises
    ------
    InputError
        If the routing does not support the layout.
    """
    from fulfillsim.optim.batching._kernels import Walk, measure_alone

    layout = instance.layout
    assert isinstance(layout, RectangularLayout)
    cross = np.array(layout.cross_m)
    block = np.searchsorted(cross[1:-1], instance.position_m, side="left")
    subaisle, sub = np.unique(instance.aisle.astype(np.int64) * layout.n_blocks + block, return_inverse=True)
    rank, place, n_words = _places(sub, instance.position_m - cross[block], len(subaisle))
    order = np.repeat(np.arange(instance.n_orders), np.diff(instance.first))
    first, slot, bits = _words(order, sub * n_words + rank // 64, rank % 64, instance.n_orders)
    blocks = subaisle % layout.n_blocks
    keys = np.random.default_rng(KEYS_SEED).integers(1, 2**64, instance.n_orders, np.uint64, endpoint=False)
    seen, far = _visits(order, sub, instance.position_m - cross[block], instance.n_orders, len(subaisle))
    code = checked(ROUTING[routing], layout).code
    walk = Walk(
        first,
        slot,
        bits,
        seen,
        far,
        code == _shape.S_SHAPE and layout.n_blocks == 1 and len(subaisle) <= 64,
        keys,
        np.zeros(instance.n_orders),
        place,
        n_words,
        (subaisle // layout.n_blocks).astype(np.int32),
        blocks.astype(np.int32),
        (cross[blocks + 1] - cross[blocks]),
        routing not in READ_ENDS_ONLY or layout.n_blocks > 1,
        code,
        _shape.shape_of(layout),
    )
    measure_alone(walk, scratch_for(walk))
    return walk


def _places(
    sub: NDArray[np.int64], offset_m: NDArray[np.float64], n_subs: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """Rank of each pick among the distinct places of its subaisle, the places, and words per subaisle."""
    pairs, which = np.unique(np.column_stack([sub, offset_m]), axis=0, return_inverse=True)
    owner = pairs[:, 0].astype(np.int64)
    rank = np.arange(len(pairs)) - np.searchsorted(owner, owner)
    n_words = int(rank.max()) // 64 + 1
    place = np.zeros(n_subs * n_words * 64)
    place[owner * n_words * 64 + rank] = pairs[:, 1]
    return rank[which.ravel()], place, n_words


def _visits(
    order: NDArray[np.int64], sub: NDArray[np.int64], offset_m: NDArray[np.float64], n_orders: int, n_subs: int
) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Of each order the subaisles visited, as bits (of the first 64), and the farthest pick in each."""
    seen, far = np.zeros(n_orders, np.uint64), np.zeros((n_orders, n_subs))
    few = sub < 64
    np.bitwise_or.at(seen, order[few], np.uint64(1) << sub[few].astype(np.uint64))
    np.maximum.at(far, (order, sub), offset_m)
    return seen, far


def _words(
    order: NDArray[np.int64], slot: NDArray[np.int64], bit: NDArray[np.int64], n_orders: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint64]]:
    """Bits of all picks of an order in one slot, as one word."""
    n_slots = int(slot.max()) + 1
    entries, which = np.unique(order * n_slots + slot, return_inverse=True)
    bits = np.zeros(len(entries), np.uint64)
    np.bitwise_or.at(bits, which, np.uint64(1) << bit.astype(np.uint64))
    first = np.searchsorted(entries, np.arange(n_orders + 1) * n_slots)
    return first.astype(np.int64), (entries % n_slots).astype(np.int32), bits


def scratch_for(walk: Walk) -> Scratch:
    """Room to measure sets of these orders in."""
    from fulfillsim.optim.batching._kernels import Scratch

    n = len(walk.aisle)
    (aisle, block), (lo, hi, gap, low, high) = np.zeros((2, n), np.int32), np.zeros((5, n))
    words, room = np.zeros(len(walk.place) // 64, np.uint64), _several_blocks.room_for(walk.shape, n)
    return Scratch(words, aisle, block, lo, hi, gap, low, high, room)


def memo_for(n_orders: int) -> Memo:
    """An empty table of lengths, small for few orders."""
    from fulfillsim.optim.batching._kernels import Memo

    bits = min(6 + 2 * n_orders.bit_length(), MEMO_BITS)
    return Memo(np.zeros(2**bits, np.uint64), np.zeros(2**bits))
