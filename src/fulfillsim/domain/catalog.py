"""SKUs: what can be ordered, what it weighs, where it lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Catalog:
    """SKUs as columns, each of shape (n_skus,).

    Parameters
    ----------
    names
        SKU codes.
    popularity
        Relative chance that an order line asks for the SKU; any positive scale, zeros allowed.
    weight_kg, volume_l, price
        Per unit.
    hazmat
        Items that services marked ``hazmat: no`` may not carry.
    aisle, position_m
        Slot in the layout: aisle index and metres from the front cross-aisle; zeros without a layout.
    zone
        Index of the picking zone, for order pickers who work in zones; zeros for one zone.
    client
        Index of the client whose goods they are; empty where nobody tells them apart.
    sides_m
        Length, width, height of a unit, shape (n_skus, 3); None where nobody packs cartons.
    """

    names: tuple[str, ...]
    popularity: NDArray[np.float64]
    weight_kg: NDArray[np.float64]
    volume_l: NDArray[np.float64]
    price: NDArray[np.float64]
    hazmat: NDArray[np.bool_]
    aisle: NDArray[np.int32]
    position_m: NDArray[np.float64]
    zone: NDArray[np.int16]
    client: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    sides_m: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.names)

    def wanted_by(self, client: int) -> NDArray[np.float64]:
        """Popularity among the orders of a client, shape (n_skus,): 0 for the goods of others."""
        return self.popularity * (self.client == client) if len(self.client) else self.popularity

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """Number of each SKU made from its name alone: by it chances are drawn, whatever other SKUs there are."""
        digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in self.names)
        return np.frombuffer(digests, dtype="<u8").astype(np.uint64).view(np.int64) >> 1
