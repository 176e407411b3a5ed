"""Levels through time, by SKU, from the moves that change them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Levels(NamedTuple):
    """What each move leaves behind, by SKU and time; of moves of one second gains come first."""

    sku: Ints
    time_s: Floats
    level: Floats


def levels_after(start: Ints, sku: Ints, change: Floats, time_s: Floats) -> Levels:
    """Level of its SKU after each move.

    Parameters
    ----------
    start
        Levels at clock zero, shape (n_skus,).
    sku, change, time_s
        Of the moves in any order, shape (n_moves,).
    """
    order = np.lexsort((-change, time_s, sku))
    sku, change = sku[order], change[order]
    running = np.cumsum(change)
    first = np.concatenate([[True], sku[1:] != sku[:-1]]) if len(sku) else np.empty(0, np.bool_)
    before = np.where(first, running - change, 0.0)[np.maximum.accumulate(np.where(first, np.arange(len(sku)), 0))]
    return Levels(sku, time_s[order], start[sku] + running - before)
