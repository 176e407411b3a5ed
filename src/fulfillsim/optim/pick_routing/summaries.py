"""What the lengths of tours depend on: per visited subaisle its nearest and farthest pick and its largest gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import RectangularLayout


@dataclass(frozen=True, eq=False)
class Summaries:
    """Many tours of one layout as flat columns, one entry per visited subaisle.

    All positions are metres from the subaisle's own front. Entries of a tour are sorted by aisle, then block.

    Parameters
    ----------
    first
        Shape (n_tours + 1,); the entries of tour t are ``first[t]`` to ``first[t + 1]``, at least one.
    aisle, block
        The subaisle of each entry.
    lo, hi
        Nearest and farthest pick.
    gap
        Largest distance between neighboring picks, both ends of the subaisle included.
    low, high
        Farthest pick of the front half (0 without one) and nearest of the back half (the subaisle's length without
        one); a pick in the very middle belongs to the front.
    """

    first: NDArray[np.int64]
    aisle: NDArray[np.int32]
    block: NDArray[np.int32]
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]
    gap: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def columns(self) -> tuple[Any, Any, Any, Any, Any, Any, Any]:
        """Aisle, block, lo, hi, gap, low, high: as kernels take them."""
        return self.aisle, self.block, self.lo, self.hi, self.gap, self.low, self.high


def summaries_of(
    layout: RectangularLayout,
    first_pick: Sequence[int] | NDArray[np.int64],
    aisle: Sequence[int] | NDArray[np.int32],
    position_m: Sequence[float] | NDArray[np.float64],
) -> Summaries:
    """Summaries of tours given by their picks.

    Parameters
    ----------
    layout
        The building; picks lie inside it.
    first_pick
        Shape (n_tours + 1,); tour t has the picks ``first_pick[t]`` to ``first_pick[t + 1]``, at least one.
    aisle, position_m
        Of each pick, in any order within its tour; positions from the front of the building.
    """
    from fulfillsim.optim.pick_routing._kernels import summarize

    first_pick = np.ascontiguousarray(first_pick, dtype=np.int64)
    aisle = np.ascontiguousarray(aisle, dtype=np.int32)
    position_m = np.ascontiguousarray(position_m, dtype=np.float64)
    n, first = len(aisle), np.empty(len(first_pick), np.int64)
    columns: list[Any] = [np.empty(n, np.int32 if i < 2 else np.float64) for i in range(7)]
    cross = np.array(layout.cross_m, dtype=np.float64)
    summarize(first_pick, aisle, position_m, cross, first, *columns)
    return Summaries(first, *(column[: first[-1]].copy() for column in columns))
