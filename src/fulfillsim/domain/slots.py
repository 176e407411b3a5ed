"""Where stock lies in the building: slots that are picked from, and the reserve that refills them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.work import Station

RefillRule = Literal["min_max", "demand"]
WhenEmpty = Literal["wait", "reserve", "split", "cancel"]

NO_LIMIT = 2**62
"""Capacity of a SKU without a forward slot: it is picked where all of it lies."""


@dataclass(frozen=True)
class Forward:
    """Forward slots; arrays of shape (n_skus,).

    Parameters
    ----------
    capacity
        Units that fit into the slot, `NO_LIMIT` for a SKU that has none.
    minimum
        The slot is refilled when it holds so many or fewer.
    rule
        ``min_max``: at the minimum; ``demand``: also as soon as orders are released that want more than it holds.
    when_empty
        What becomes of a line of which the slot holds too little while the reserve has enough: it waits until the slot
        is refilled, and the order with it (``wait``); the picker fetches it from the ``reserve``; it follows in a
        parcel of its own (``split``); it is given up (``cancel``).
    replenishment
        Station at which the reserve is brought to the slots, most urgent first.
    per_unit_s
        Seconds of that work for each unit.
    reserve_pick_s
        What fetching a line from the reserve adds to a tour. A line of more units than fit into the slot always comes
        from there.
    """

    capacity: NDArray[np.int64]
    minimum: NDArray[np.int64]
    replenishment: Station
    rule: RefillRule = "min_max"
    when_empty: WhenEmpty = "wait"
    per_unit_s: float = 0.0
    reserve_pick_s: float = 0.0

    @property
    def has_slot(self) -> NDArray[np.bool_]:
        """Tell which SKUs have a slot of their own, shape (n_skus,)."""
        return self.capacity < NO_LIMIT
