"""The trace of a run: facts appended cheaply while the clock runs, columns after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import TABLES, WHOLE
from fulfillsim.tape import Tape


class Table:
    """One table being written: rows packed one behind the other, as they will be read.

    The hot path holds ``record, pack = table.hot`` and says ``record(pack(...))``, which costs half of a list of
    numbers that becomes an array later; everybody else calls `add`.
    """

    __slots__ = ("data", "dtype", "pack")

    def __init__(self, names: tuple[str, ...]) -> None:
        whole = [name in WHOLE for name in names]
        self.dtype = np.dtype(
            [(name, np.int32 if is_whole else np.float64) for name, is_whole in zip(names, whole, strict=True)]
        )
        self.pack = Struct("=" + "".join("i" if is_whole else "d" for is_whole in whole)).pack
        self.data = bytearray()

    def __getstate__(self) -> tuple[tuple[str, ...], bytearray]:
        return self.dtype.names or (), self.data

    def __setstate__(self, state: tuple[tuple[str, ...], bytearray]) -> None:
        Table.__init__(self, state[0])
        self.data += state[1]

    def __len__(self) -> int:
        return len(self.data) // self.dtype.itemsize

    @property
    def hot(self) -> tuple[Callable[[bytes], None], Callable[..., bytes]]:
        """Functions ``(record, pack)`` to write a row with ``record(pack(...))``, for as long as the table lives."""
        return self.data.extend, self.pack

    def add(self, *row: float) -> None:
        """Append one row."""
        self.data += self.pack(*row)

    def add_block(self, *columns: NDArray[np.generic] | list[float] | float) -> None:
        """Append many rows at once, given by column; scalars are repeated."""
        block = np.empty(np.broadcast_shapes(*map(np.shape, columns)), self.dtype)
        for name, column in zip(self.dtype.names or (), columns, strict=True):
            block[name] = column
        self.data += block.tobytes()

    def columns(self) -> dict[str, NDArray[Any]]:
        """Name -> values, shape (n_rows,), views of the table; as long as one lives no row can be added."""
        rows = np.frombuffer(self.data, self.dtype)
        return {name: rows[name] for name in self.dtype.names or ()}


@dataclass(frozen=True)
class StationInfo:
    """A station as the table ``visits`` numbers it; ``items`` says what its visits count."""

    name: str
    items: str
    staffed: bool


@dataclass(frozen=True)
class WorkerInfo:
    """A worker as the tables ``visits`` and ``duty`` number them."""

    name: str
    role: int
    shift: str


@dataclass
class Computing:
    """What the decisions on picking cost this machine: no fact of the run, no run repeats it.

    Parameters
    ----------
    n_plans, plan_s
        Plans of batches, and the CPU seconds they took.
    n_routed, route_s
        Tours routed by something dearer than an s-shape, and the CPU seconds they took.
    """

    n_plans: int = 0
    plan_s: float = 0.0
    n_routed: int = 0
    route_s: float = 0.0


@dataclass
class Trace:
    """Everything that happened in one replication.

    Parameters
    ----------
    tape
        The orders it happened to.
    tables
        See `fulfillsim.domain.records.TABLES`.
    stations, workers
        Numbering of the tables.
    end_s
        When the run stopped.
    stock_start
        Units on the shelf at clock zero, shape (n_skus,).
    forward_start, reserve_start
        Units that lie in the slots that are picked from and behind them, where these are told apart or records may
        differ from the shelf.
    n_events
        Entries of the event list that were worked off, orders' arrivals included.
    computing
        What policies cost, kept apart from all facts.
    """

    tape: Tape
    tables: dict[str, Table] = field(default_factory=lambda: {n: Table(c) for n, c in TABLES.items()})
    stations: tuple[StationInfo, ...] = ()
    workers: tuple[WorkerInfo, ...] = ()
    end_s: float = 0.0
    stock_start: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    forward_start: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    reserve_start: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    n_events: int = 0
    computing: Computing = field(default_factory=Computing, compare=False)

    def columns(self, table: str) -> dict[str, NDArray[Any]]:
        """Columns of a table by name."""
        return self.tables[table].columns()
