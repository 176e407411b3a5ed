"""The order tape: every order of a replication as a row of arrays.

All that belongs to an order is drawn at its birth, so that alternatives see the same customers. The tape holds
contents and uniforms, never an outcome that a decision can change.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sampling.streams import Streams


@dataclass(frozen=True)
class Cell:
    """Orders drawn together: those of one channel on one day.

    Parameters
    ----------
    owner
        Prefix of the purposes, ``"channel:web"``.
    number
        Day ordinal: the name of the cell within a purpose.
    n
        How many orders.
    """

    owner: str
    number: int
    n: int


@dataclass(frozen=True)
class Tape:
    """Orders of one replication in order of arrival; columns of shape (n,) unless said otherwise.

    Parameters
    ----------
    streams
        Where further uniforms of these orders come from.
    cells, rank
        How the orders were drawn, and for each drawn order its row.
    placed_s
        When the customer ordered, rising.
    channel, client, zone, service, priority
        Indices.
    gift, instruction, capture_error
        Marks.
    line_start, sku, quantity
        Lines in compressed rows: those of order i are ``line_start[i]:line_start[i + 1]``.
    order_id
        Names of replayed orders; empty for drawn ones.
    """

    streams: Streams
    cells: tuple[Cell, ...]
    rank: NDArray[np.int64]
    placed_s: NDArray[np.float64]
    channel: NDArray[np.int16]
    client: NDArray[np.int16]
    zone: NDArray[np.int16]
    service: NDArray[np.int16]
    priority: NDArray[np.int16]
    gift: NDArray[np.bool_]
    instruction: NDArray[np.bool_]
    capture_error: NDArray[np.bool_]
    line_start: NDArray[np.int64]
    sku: NDArray[np.int32]
    quantity: NDArray[np.int32]
    order_id: tuple[str, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.placed_s)

    @property
    def n_lines(self) -> NDArray[np.int64]:
        """Lines per order."""
        return np.diff(self.line_start)

    @property
    def n_units(self) -> NDArray[np.int64]:
        """Units per order."""
        return self.per_order(self.quantity).astype(np.int64)

    def per_order(self, line_values: NDArray[np.generic]) -> NDArray[np.float64]:
        """Sums over the lines of each order of values given per line."""
        totals: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(line_values, dtype=np.float64)])
        return totals[self.line_start[1:]] - totals[self.line_start[:-1]]

    def followed_by(self, other: Tape) -> Tape:
        """The orders of both, those of ``other`` after these, which must have been placed before them."""
        both = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in (
                *("placed_s", "channel", "client", "zone", "service", "priority"),
                *("gift", "instruction", "capture_error"),
            )
        }
        return Tape(
            streams=self.streams,
            cells=self.cells + other.cells,
            rank=np.concatenate([self.rank, len(self) + other.rank]),
            **both,
            line_start=np.concatenate([self.line_start, self.line_start[-1] + other.line_start[1:]]),
            sku=np.concatenate([self.sku, other.sku]),
            quantity=np.concatenate([self.quantity, other.quantity]),
            order_id=(self.order_id or ("",) * len(self)) + (other.order_id or ("",) * len(other)),
        )

    def uniforms(self, purpose: str) -> NDArray[np.float64]:
        """One uniform per order for a purpose, drawn by name: asking for more purposes changes no other draw."""
        return draw_uniforms(self.streams, self.cells, self.rank, purpose)


def draw_uniforms(
    streams: Streams, cells: tuple[Cell, ...], rank: NDArray[np.int64], purpose: str
) -> NDArray[np.float64]:
    """Uniforms of all cells, put into the orders' rows."""
    blocks = [streams.uniforms(f"{cell.owner}/{purpose}", cell.number, cell.n) for cell in cells]
    drawn = np.concatenate(blocks) if blocks else np.empty(0)
    placed = np.empty(len(drawn))
    placed[rank] = drawn
    return placed
