"""What the KPIs read of a run: the trace and the order tape, seen from the outside and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class StationInfo(Protocol):
    """A station as the table ``visits`` numbers it; ``items`` says what its visits count."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def items(self) -> str: ...  # noqa: D102

    @property
    def staffed(self) -> bool: ...  # noqa: D102


class WorkerInfo(Protocol):
    """A worker as the tables ``visits`` and ``duty`` number them; ``role`` indexes `World.staff`."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def role(self) -> int: ...  # noqa: D102

    @property
    def shift(self) -> str: ...  # noqa: D102


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
    def stations(self) -> Sequence[StationInfo]: ...  # noqa: D102

    @property
    def workers(self) -> Sequence[WorkerInfo]: ...  # noqa: D102

    @property
    def tape(self) -> Any:
        """The orders, an `OrderTape`."""

    def columns(self, table: str) -> dict[str, NDArray[np.float64]]:
        """Columns of a table by name."""
