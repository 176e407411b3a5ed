"""Working memory of a search through plans that break rules."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fulfillsim.optim.delivery.ruin.scratch import Longs
from fulfillsim.optim.delivery.tables import LOAD, Bools, Floats, Ints, State, Tables, make_state

# Fields of `State.node` behind those of `tables`: time warp up to (A) and from (B) a position, metres up to a position
# as driven and as driven backwards, load up to a position by dimension.
WARP_A, WARP_B, TO, BACK, CARRIED = 3, 4, 5, 6, 7
# Entries of `Loose.tally`: first and number of queued stops, steps, and after how many of them time and load were kept.
FIRST, QUEUED, STEPS, TIMELY, LIGHT = range(5)
# Entries of `Loose.move`.
WHAT, SLOT_A, AT_A, SIZE_A, SLOT_B, AT_B, SIZE_B = range(7)
# What a move does.
NOTHING, EXCHANGE, TAILS, INSIDE, TURNED = range(5)


class Loose(NamedTuple):
    """Prices of faults, the best move known, the stops whose surroundings changed.

    ``price`` is of a second of time warp, then of a unit too much by dimension.
    """

    price: Floats
    move: Longs
    out: Ints
    queue: Ints
    is_queued: Bools
    tally: Longs


def excess_column(tables: Tables) -> int:
    """Column of `State.route` with the price of a route's faults."""
    return LOAD + tables.n_dims


def make_loose_state(tables: Tables) -> State:
    """Empty routes with the fields of this search."""
    state = make_state(tables)
    n_slots, width = state.seq.shape
    return state._replace(
        node=np.zeros((n_slots, width, CARRIED + tables.n_dims)),
        route=np.zeros((n_slots, LOAD + tables.n_dims + 1)),
    )


def make_loose(tables: Tables, price: Floats) -> Loose:
    """Memory for one search that begins with some prices."""
    n_places = len(tables.place)
    return Loose(
        price=price,
        move=np.zeros(7, np.int64),
        out=np.zeros(2 * (n_places + 2), np.int32),
        queue=np.zeros(n_places + 1, np.int32),
        is_queued=np.zeros(n_places, np.bool_),
        tally=np.zeros(5, np.int64),
    )
