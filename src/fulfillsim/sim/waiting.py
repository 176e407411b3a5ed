"""Orders at the dock by column, so that a pickup looks at thousands of them at once, not one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sim.cartons import Boxes, Packing
from fulfillsim.sim.order import Order

Bools = NDArray[np.bool_]
Rows = NDArray[np.void]
COLUMNS = np.dtype(
    [(name, np.int64) for name in ("row", "service", "marks", "piece")]
    + [(name, np.float64) for name in ("promise_s", "due_s", "staged_s")]
)
"""What is looked at of each order; ``piece`` is the index of its parcel, ``due_s`` its due departure."""
PACK = Struct("=qqqqddd").pack


def _packed(order: Order, staged_s: float) -> bytes:
    return PACK(order.row, order.service, order.marks, order.n_parcel, order.promise_s, order.due_departure_s, staged_s)


class Lot:
    """Some orders at the dock, with their columns (``lot["promise_s"]``) and their parcels.

    Attributes
    ----------
    orders
        In the order in which they came.
    boxes
        Their parcels; ``boxes.order`` is the place among them.
    """

    def __init__(self, orders: Sequence[Order], rows: Rows, boxes: Boxes) -> None:
        self.orders, self.rows, self.boxes = orders, rows, boxes

    @classmethod
    def of(cls, orders: Sequence[Order], staged_s: Sequence[float], packing: Packing) -> Lot:
        """These orders, staged at these moments."""
        data = b"".join(map(_packed, orders, staged_s))
        return cls(orders, np.frombuffer(data, COLUMNS), packing.boxes(orders))

    def __len__(self) -> int:
        return len(self.orders)

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self.rows[column]

    def followed_by(self, other: Lot) -> Lot:
        """These and others behind them."""
        boxes = self.boxes.followed_by(other.boxes, len(self))
        return Lot([*self.orders, *other.orders], np.concatenate([self.rows, other.rows]), boxes)

    def those(self, which: Bools) -> Lot:
        """The orders that ``which`` says, shape (n,)."""
        return Lot(list(compress(self.orders, which.tolist())), self.rows[which], self.boxes.of(which))


class Waiting:
    """Who has been staged and has not left."""

    def __init__(self, packing: Packing) -> None:
        self.packing = packing
        self.lot = Lot.of((), (), packing)
        self._come: list[Order] = []
        self._new = bytearray()

    def add(self, order: Order, now: float) -> None:
        """Take one more in."""
        self._come.append(order)
        self._new += _packed(order, now)

    def all(self) -> Lot:
        """Everybody, those who came since the last look behind the others."""
        if self._come:
            come = Lot(self._come, np.frombuffer(self._new, COLUMNS), self.packing.boxes(self._come))
            self.lot = self.lot.followed_by(come)
            self._come, self._new = [], bytearray()
        return self.lot
