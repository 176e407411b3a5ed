"""SKUs that need a slot: where there are any, how often each is asked for, and which orders ask for them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import GraphLayout, Layout, RectangularLayout
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
        Of each place, positions from the front; in a graph its vertex, and zeros. Shape (n_places,).
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

    layout: Layout
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
        """Metres from the start of tours to each place, whose cross-aisle leads to every aisle.

        In a graph half of the way there and on to the end of tours, as aisles may be one-way.
        """
        if isinstance(self.layout, GraphLayout):
            return self.layout.round_trip_m[self.aisle] / 2.0
        aisle, position_m = self.layout.start
        across: NDArray[np.float64] = self.layout.aisle_spacing_m * np.abs(self.aisle - aisle)
        return across + np.abs(self.position_m - position_m)

    def saving_m(self, a: Slots, b: Slots) -> NDArray[np.float64]:
        """Metres that one tour to two places saves against one to each, for each pair of ``a`` and ``b``."""
        apart_m = self._apart_in_graph_m if isinstance(self.layout, GraphLayout) else self._apart_m
        saving: NDArray[np.float64] = self.distance_m[a] + self.distance_m[b] - apart_m(a, b)
        return saving

    def _apart_m(self, a: Slots, b: Slots) -> NDArray[np.float64]:
        layout, aisle, position_m = self.layout, self.aisle, self.position_m
        assert isinstance(layout, RectangularLayout)
        cross = np.array(layout.cross_m)[:, None]
        around = (np.abs(position_m[a] - cross) + np.abs(position_m[b] - cross)).min(axis=0)
        along = np.where(aisle[a] == aisle[b], np.abs(position_m[a] - position_m[b]), around)
        apart: NDArray[np.float64] = along + layout.aisle_spacing_m * np.abs(aisle[a] - aisle[b])
        return apart

    def _apart_in_graph_m(self, a: Slots, b: Slots) -> NDArray[np.float64]:
        """Length of the shorter tour to both less half a tour to each: their distance, where no aisle is one-way."""
        layout, vertex = self.layout, self.aisle
        assert isinstance(layout, GraphLayout)
        out_m, home_m = layout.nearest_from(layout.start_vertex)[0], layout.home_m
        there, back = out_m[vertex[a]] + home_m[vertex[b]], out_m[vertex[b]] + home_m[vertex[a]]
        both = np.minimum(there + self._between_m[a, b], back + self._between_m[b, a])
        apart: NDArray[np.float64] = both - self.distance_m[a] - self.distance_m[b]
        return apart

    @cached_property
    def _between_m(self) -> NDArray[np.float64]:
        """Metres from each place to each, shape (n_places, n_places)."""
        assert isinstance(self.layout, GraphLayout)
        return self.layout.distances_m(self.aisle.tolist())
