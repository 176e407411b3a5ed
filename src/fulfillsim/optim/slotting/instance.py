"""SKUs that need a slot: where there are any, how often each is asked for, and which orders ask for them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.errors import InputError

Slots: TypeAlias = NDArray[np.int64]
"""A plan: the place of each SKU, shape (n_skus,)."""


def _none() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class SlottingInstance:
    """Places of a building and the SKUs that are to lie in them.

    Parameters
    ----------
    layout
        The building.
    aisle, position_m
        Of each place, positions from the front; shape (n_places,).
    depth
        SKUs that fit into each place.
    popularity
        How often each SKU is asked for, on any scale; shape (n_skus,).
    first, sku
        A sample of orders in compressed rows: order i asks for ``sku[first[i]:first[i + 1]]``. Empty where none is
        known.

    Raises
    ------
    InputError
        If there are more SKUs than places for them.
    """

    layout: RectangularLayout
    aisle: NDArray[np.int32]
    position_m: NDArray[np.float64]
    depth: int
    popularity: NDArray[np.float64]
    first: NDArray[np.int64] = field(default_factory=_none)
    sku: NDArray[np.int64] = field(default_factory=_none)

    def __post_init__(self) -> None:
        room = self.n_places * self.depth
        if self.n_skus > room:
            raise InputError(f"slotting: {room:,} places must hold all SKUs (got {self.n_skus:,}) - add places")

    @property
    def n_skus(self) -> int:
        """SKUs to be placed."""
        return len(self.popularity)

    @property
    def n_places(self) -> int:
        """Places, each for `depth` SKUs."""
        return len(self.aisle)

    @property
    def n_orders(self) -> int:
        """Orders of the sample."""
        return max(len(self.first) - 1, 0)

    @property
    def per_place(self) -> int:
        """SKUs in each place if as few places as possible are used evenly."""
        return -(-self.n_skus // self.n_places)

    @cached_property
    def rank(self) -> NDArray[np.int64]:
        """Rank of each SKU by popularity, 0 the most popular; of equals the first."""
        return np.argsort(np.argsort(-self.popularity, kind="stable"), kind="stable")

    @cached_property
    def distance_m(self) -> NDArray[np.float64]:
        """Metres from the start of tours to each place, whose cross-aisle leads to every aisle."""
        aisle, position_m = self.layout.start
        across: NDArray[np.float64] = self.layout.aisle_spacing_m * np.abs(self.aisle - aisle)
        return across + np.abs(self.position_m - position_m)
