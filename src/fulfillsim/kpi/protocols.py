"""What the KPIs read of a run: the trace and the order tape, seen from the outside and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class StationInfo(Protocol):
    """A station as the table ``visits`` numbers it; ``items`` says what its visits count."""

    @property
    def name(self) -> str:
        """Name in the scenario."""
        ...

    @property
    def items(self) -> str:
        """What its visits count: ``order``, ``tour``, ..."""
        ...

    @property
    def staffed(self) -> bool:
        """Whether people work there."""
        ...


class WorkerInfo(Protocol):
    """A worker as the tables ``visits`` and ``duty`` number them; ``role`` indexes `World.staff`."""

    @property
    def name(self) -> str:
        """Role, shift and number."""
        ...

    @property
    def role(self) -> int:
        """Index of the role."""
        ...

    @property
    def shift(self) -> str:
        """Name of the shift."""
        ...


class OrderTape(Protocol):
    """Orders in order of arrival; arrays of shape (n,), lines in compressed rows."""

    placed_s: NDArray[np.float64]
    channel: NDArray[np.int16]
    client: NDArray[np.int16]
    zone: NDArray[np.int16]
    service: NDArray[np.int16]
    priority: NDArray[np.int16]
    capture_error: NDArray[np.bool_]
    line_start: NDArray[np.int64]
    sku: NDArray[np.int32]
    quantity: NDArray[np.int32]


class Trace(Protocol):
    """Facts of one replication; ``columns`` gives the tables of `fulfillsim.domain.records.TABLES`."""

    end_s: float
    stock_start: NDArray[np.int64]
    forward_start: NDArray[np.int64]
    reserve_start: NDArray[np.int64]

    @property
    def stations(self) -> Sequence[StationInfo]:
        """By the numbers of ``visits``."""
        ...

    @property
    def workers(self) -> Sequence[WorkerInfo]:
        """By the numbers of ``visits`` and ``duty``."""
        ...

    @property
    def tape(self) -> Any:
        """The orders, an `OrderTape`."""

    def columns(self, table: str) -> dict[str, NDArray[np.float64]]:
        """Columns of a table by name."""
