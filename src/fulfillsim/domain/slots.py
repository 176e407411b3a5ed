"""Where stock lies in the building: slots that are picked from, the reserve behind them, and what records know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.work import Station

RefillRule = Literal["min_max", "demand"]
WhenEmpty = Literal["wait", "reserve", "split", "cancel"]
WhenShort = Literal["wait", "split", "cancel"]

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
        Station at which the reserve is brought to the slots, most urgent first; ``None`` where no SKU has a slot.
    per_unit_s
        Seconds of that work for each unit.
    reserve_pick_s
        What fetching a line from the reserve adds to a tour. A line of more units than fit into the slot always comes
        from there.
    """

    capacity: NDArray[np.int64]
    minimum: NDArray[np.int64]
    replenishment: Station | None
    rule: RefillRule = "min_max"
    when_empty: WhenEmpty = "wait"
    per_unit_s: float = 0.0
    reserve_pick_s: float = 0.0

    @property
    def has_slot(self) -> NDArray[np.bool_]:
        """Tell which SKUs have a slot of their own, shape (n_skus,)."""
        return self.capacity < NO_LIMIT


def one_place(n_skus: int) -> Forward:
    """No slots: every SKU is picked where all of it lies."""
    return Forward(np.full(n_skus, NO_LIMIT), np.zeros(n_skus, dtype=np.int64), None)


@dataclass(frozen=True)
class Counting:
    """Cycle counts: people look what is there, and the record is set right.

    Parameters
    ----------
    station
        Where SKUs wait to be counted, those that were found short first; its time is per count.
    per_unit_s
        Seconds for each unit that is there.
    rounds_s
        When the counts of a day are given out, rising.
    per_round
        So many SKUs in turn at each round; ``None``: by ``rounds_between``.
    rounds_between
        Rounds from one count of a SKU to its next, infinite for never, shape (n_skus,).
    """

    station: Station
    rounds_s: tuple[float, ...]
    rounds_between: NDArray[np.float64]
    per_round: int | None = None
    per_unit_s: float = 0.0


@dataclass(frozen=True)
class Records:
    """How records come to differ from the shelf, and how that comes out.

    Parameters
    ----------
    wrong_share, error_cv
        Share of SKUs whose record is wrong at clock zero, and the size of the error: normal with this standard
        deviation relative to the record, at least one unit.
    misbooked_prob
        Chance, for each line picked and each delivery put away, that one unit too many or too few is booked.
    shrinkage_per_year
        Share of the units on the shelf that vanish in a year.
    when_short
        What becomes of a line of which too little is in the building: the order waits for other goods (``wait``), the
        line follows in a parcel of its own (``split``), or it is given up (``cancel``).
    is_corrected
        Whether a short pick sets the record right at once; otherwise it stays wrong until the SKU is counted.
    counting
        ``None``: nobody counts.
    """

    wrong_share: float = 0.0
    error_cv: float = 0.0
    misbooked_prob: float = 0.0
    shrinkage_per_year: float = 0.0
    when_short: WhenShort = "wait"
    is_corrected: bool = True
    counting: Counting | None = None
