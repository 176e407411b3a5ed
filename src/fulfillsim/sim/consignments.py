"""Parts of a split order wait at the dock for each other, and leave as one consignment.

A part waits until its last sibling comes, but no longer than the scenario says and never beyond the close-out of the
order's due departure: consolidation must not make an order late that was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fulfillsim.domain.records import Milestone
from fulfillsim.sim.cartons import Boxes, Packing
from fulfillsim.sim.engine import Alarm, Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order


class Consignment(Order):
    """Parts of an order that travel together, each in the parcels that it was packed in."""

    __slots__ = ("parts",)

    parts: tuple[Order, ...]

    @classmethod
    def of(cls, parts: Sequence[Order]) -> Consignment:
        """What the first part is, with everybody's goods; a wrong part makes all of it wrong."""
        first, marks = parts[0], 0
        for part in parts:
            marks |= part.marks
        lines = [line for part in parts for line in part.lines]
        row, terms = first.row, (first.channel, first.zone, first.service, first.rank)
        joined = cls(row, first.placed_s, *terms, marks, first.work, lines)
        joined.promise_s = first.promise_s
        joined.due_departure_s, joined.due_staged_s = first.due_departure_s, first.due_staged_s
        joined.n_parcel, joined.parts = first.n_parcel, tuple(parts)
        return joined


class PartsPacked:
    """Parcels of orders some of which are consignments: those of their parts, one behind the other."""

    def __init__(self, packing: Packing) -> None:
        self.packing = packing
        self.all_boxes = packing.all_boxes

    def boxes(self, orders: Sequence[Order]) -> Boxes:
        """All parcels of the orders."""
        parts = [part for order in orders for part in _parts(order)]
        boxes = self.packing.boxes(parts)
        if len(parts) == len(orders):
            return boxes
        whole = np.repeat(np.arange(len(orders)), [len(_parts(order)) for order in orders])[boxes.order]
        return replace(boxes, order=whole, number=np.arange(len(whole)) - np.searchsorted(whole, whole))

    def count(self, order: Order) -> int:
        """Parcels of an order."""
        return self.packing.total(_parts(order))

    def total(self, orders: Sequence[Order]) -> int:
        """Parcels of some orders together."""
        return sum(map(self.count, orders))


def _parts(order: Order) -> tuple[Order, ...]:
    return order.parts if isinstance(order, Consignment) else (order,)


@dataclass(frozen=True, slots=True)
class _Held:
    """Parts at the dock, since when, and what ends their wait."""

    parts: list[Order]
    since_s: float
    alarm: Alarm


class Gathering:
    """The dock's place for parts of split orders; whole orders pass by.

    Parameters
    ----------
    wait_s
        The longest that a part waits for its siblings.
    onward
        Where orders, and consignments of parts, go from here.
    """

    def __init__(self, model: Model, wait_s: float, onward: Intake) -> None:
        self.model, self.wait_s, self.onward = model, wait_s, onward
        self.pieces = model.n_objects
        self.held: dict[int, _Held] = {}
        self.left: dict[int, int] = {}
        self.table = model.trace.tables["gatherings"]

    def intake(self, order: Order, now: float) -> None:
        """A packed order, or a part of one, comes to the dock."""
        if order.row in self.pieces:
            self._gather(order, now)
        else:
            self.onward(order, now)

    def _gather(self, order: Order, now: float) -> None:
        row, held = order.row, self.held.pop(order.row, None)
        parts, since_s = ([*held.parts, order], held.since_s) if held is not None else ([order], now)
        if held is not None:
            held.alarm.cancel()
        until_s = min(since_s + self.wait_s, order.due_staged_s)
        if self._n_missing(row, parts) <= 0 or until_s <= now:
            self._go(parts, since_s, now)
            return
        self.model.note(order, Milestone.STAGED, now)
        alarm = self.model.engine.call_at(until_s, Rank.COMPLETE, lambda at_s: self._waited(row, at_s))
        self.held[row] = _Held(parts, since_s, alarm)

    def _n_missing(self, row: int, parts: list[Order]) -> int:
        """Parts of an order that are still in the house, or wait for goods."""
        return self.pieces[row] - self.left.get(row, 0) - len(parts)

    def _waited(self, row: int, now: float) -> None:
        """The wait is over."""
        held = self.held.pop(row)
        self._go(held.parts, held.since_s, now)

    def _go(self, parts: list[Order], since_s: float, now: float) -> None:
        """Let parts leave, as one if they are several."""
        row = parts[0].row
        self.table.add(row, len(parts), since_s, now)
        if len(parts) == 1:
            self.left[row] = self.left.get(row, 0) + 1
            self.onward(parts[0], now)
            return
        self.model.in_one(parts, is_whole=self._n_missing(row, parts) <= 0)
        self.left[row] = self.left.get(row, 0) + 1
        self.onward(Consignment.of(parts), now)
