"""Orders to choose from, and the pieces in the warehouse that could serve them.

An article lies at many places, one piece each. A plan chooses orders, a piece for every position of theirs, cuts the
orders into batches and the pieces of each batch into picklists of one zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError

SHOWN = 5
"""Faults of a kind that a message names."""


@dataclass(frozen=True)
class SelectedBatch:
    """Orders that are picked together, and their picklists.

    Parameters
    ----------
    orders
        Indices of orders.
    picklists
        Per picklist the indices of pieces in the order of the walk.
    """

    orders: tuple[int, ...]
    picklists: tuple[tuple[int, ...], ...]


Selection = tuple[SelectedBatch, ...]
"""A plan."""


@dataclass(frozen=True, eq=False)
class SelectionInstance:
    """What there is to choose from, and the limits.

    Parameters
    ----------
    name
        Of the instance.
    first, article
        Positions of order ``i`` are the articles ``article[first[i]:first[i + 1]]``; shapes (n_orders + 1,),
        (n_positions,).
    volume
        Of one piece of each article, shape (n_articles,).
    row, aisle
        Place of each piece, shape (n_pieces,); the conveyor, where every walk begins and ends, is at (0, 0).
    zone, piece_article
        Zone and article of each piece, shape (n_pieces,).
    edge_row
        Distance of the outer cross-aisles from row 0.
    min_positions
        Positions that the chosen orders must have together, at least.
    max_orders, max_volume
        Of a batch; of a picklist.

    Raises
    ------
    InputError
        If a position's article has no piece, a piece is larger than a picklist, or there are too few positions.
    """

    name: str
    first: NDArray[np.int64]
    article: NDArray[np.int32]
    volume: NDArray[np.int64]
    row: NDArray[np.int32]
    aisle: NDArray[np.int32]
    zone: NDArray[np.int32]
    piece_article: NDArray[np.int32]
    edge_row: int
    min_positions: int
    max_orders: int
    max_volume: int

    def __post_init__(self) -> None:
        if faults := self._faults():
            raise InputError("\n".join(f"selection instance {self.name!r}: {fault}" for fault in faults))

    @property
    def n_orders(self) -> int:
        """Orders to choose from."""
        return len(self.first) - 1

    @cached_property
    def pieces(self) -> tuple[tuple[int, ...], ...]:
        """Pieces of each article."""
        found: list[list[int]] = [[] for _ in self.volume]
        for piece, article in enumerate(self.piece_article.tolist()):
            found[article].append(piece)
        return tuple(map(tuple, found))

    def articles(self, order: int) -> list[int]:
        """Articles of the positions of an order."""
        return self.article[self.first[order] : self.first[order + 1]].tolist()  # type: ignore[no-any-return]

    def _faults(self) -> list[str]:
        there = np.bincount(self.piece_article, minlength=len(self.volume))
        orders = np.repeat(np.arange(self.n_orders), np.diff(self.first))
        without = sorted(set(orders[there[self.article] == 0].tolist()))
        large = np.flatnonzero(self.volume[self.article] > self.max_volume)
        found = [f"order {order}: an article of it has no piece in the warehouse" for order in without[:SHOWN]]
        found += [
            f"order {orders[p]}: a piece of volume {self.volume[self.article[p]]}, a picklist takes {self.max_volume}"
            for p in large[:SHOWN].tolist()
        ]
        if len(self.article) < self.min_positions:
            found.append(f"must have at least {self.min_positions} positions to choose from (got {len(self.article)})")
        return found
