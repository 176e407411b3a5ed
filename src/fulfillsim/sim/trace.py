"""The trace of a run: facts appended cheaply while the clock runs, columns after it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import TABLES
from fulfillsim.tape import Tape

FLUSH_ROWS = 4_096


class Table:
    """One table being written: ``rows`` is a flat list of numbers, row after row (``table.rows += (...)``)."""

    __slots__ = ("blocks", "names", "rows")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.rows: list[float] = []
        self.blocks: list[NDArray[np.float64]] = []

    def add_block(self, *columns: NDArray[np.generic] | list[float] | float) -> None:
        """Append many rows at once, given by column; scalars are repeated."""
        self.flush()
        stacked = np.broadcast_arrays(*(np.asarray(column, dtype=np.float64) for column in columns))
        self.blocks.append(np.stack(stacked, axis=1))

    def flush(self, at_least: int = 0) -> None:
        """Turn the flat list into a block if it holds more than ``at_least`` rows."""
        if len(self.rows) > at_least * len(self.names):
            self.blocks.append(np.array(self.rows, dtype=np.float64).reshape(-1, len(self.names)))
            self.rows.clear()

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Name -> values, shape (n_rows,)."""
        self.flush()
        if len(self.blocks) > 1:
            self.blocks = [np.concatenate(self.blocks)]
        values = self.blocks[0] if self.blocks else np.empty((0, len(self.names)))
        return {name: values[:, index] for index, name in enumerate(self.names)}


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
    n_events
        Entries of the event list that were worked off, orders' arrivals included.
    """

    tape: Tape
    tables: dict[str, Table] = field(default_factory=lambda: {n: Table(c) for n, c in TABLES.items()})
    stations: tuple[StationInfo, ...] = ()
    workers: tuple[WorkerInfo, ...] = ()
    end_s: float = 0.0
    stock_start: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    n_events: int = 0

    def columns(self, table: str) -> dict[str, NDArray[np.float64]]:
        """Columns of a table by name."""
        return self.tables[table].columns()

    def flush(self) -> None:
        """Pack what has grown long; called now and then by the run."""
        for table in self.tables.values():
            table.flush(FLUSH_ROWS)
