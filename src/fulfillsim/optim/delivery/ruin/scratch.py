"""Working memory of ruin and recreate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.delivery.tables import Bools, Floats, Ints, Tables

Longs = NDArray[np.int64]


class Scratch(NamedTuple):
    """Lists and marks of one search.

    ``tally`` holds the numbers of waiting stops, touched slots and listed slots, the prices left until the next blink,
    and the number of stops absent from the current plan. ``empty`` is the first empty slot of each kind or -1,
    ``found`` slot and position of the best insertion. ``price`` (cheapest, its position, second, its position) is
    valid while ``priced`` equals the slot's version.
    """

    random: Longs
    tally: Longs
    waiting: Ints
    absent: Ints
    key: Floats
    touched: Ints
    is_touched: Bools
    is_stale: Bools
    is_cut: Bools
    slots: Ints
    empty: Ints
    found: Longs
    price: Floats
    priced: Longs
    is_committed: Bools
    mark: Longs
    mark_of_kind: Longs


class Pool(NamedTuple):
    """Routes by hash: key of the set of stops and the kind, cost, kind, length, stops in order."""

    key: Longs
    cost: Floats
    kind: Ints
    length: Ints
    seq: NDArray[np.int16]


def make_scratch(tables: Tables, seed: int, committed: tuple[int, ...] = ()) -> Scratch:
    """Memory for one search of a seed; ``committed`` are places that stay where they are."""
    n_places, n_slots, n_kinds = len(tables.place), len(tables.slot), len(tables.kind)
    n_stops = n_places - tables.n_depots
    rng = np.random.default_rng(seed)
    is_committed = np.zeros(n_places, np.bool_)
    is_committed[list(committed)] = True
    absent = np.zeros(n_stops + 1, np.int32)
    absent[:n_stops] = np.arange(tables.n_depots, n_places)
    return Scratch(
        random=rng.integers(1, 2**32, 1, dtype=np.int64),
        tally=np.array([0, 0, 0, 50, n_stops], np.int64),
        waiting=np.zeros(n_stops + 1, np.int32),
        absent=absent,
        key=np.zeros(n_stops + 1),
        touched=np.zeros(n_slots + 1, np.int32),
        is_touched=np.zeros(n_slots, np.bool_),
        is_stale=np.ones(n_slots, np.bool_),
        is_cut=np.zeros(n_slots, np.bool_),
        slots=np.zeros(n_slots + n_kinds, np.int32),
        empty=np.full(n_kinds, -1, np.int32),
        found=np.zeros(2, np.int64),
        price=np.zeros((n_stops, n_slots, 4)),
        priced=np.full((n_stops, n_slots), -1, np.int64),
        is_committed=is_committed,
        mark=rng.integers(0, 2**62, n_places, dtype=np.int64),
        mark_of_kind=rng.integers(0, 2**62, n_kinds, dtype=np.int64),
    )


def make_pool(tables: Tables, n_routes: int, longest: int = 120) -> Pool:
    """Empty pool; longer routes than ``longest`` are not kept."""
    width = min(len(tables.place) - tables.n_depots, longest)
    return Pool(
        key=np.full(n_routes, -1, np.int64),
        cost=np.zeros(n_routes),
        kind=np.zeros(n_routes, np.int32),
        length=np.zeros(n_routes, np.int32),
        seq=np.zeros((n_routes, width), np.int16),
    )
