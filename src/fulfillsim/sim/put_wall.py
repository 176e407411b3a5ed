"""A put wall: orders hold one of finitely many positions from the first article put until somebody takes them out."""

from __future__ import annotations

from typing import Any

from fulfillsim.sim.engine import Item
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.queues import FirstCome, Ranked
from fulfillsim.sim.trace import StationInfo


class PutWall:
    """Positions in front of a station; orders that find none free wait for one in the order of the station's queue.

    The wait for a position is written down as a visit to ``<name>_position``, the wait for the staff and their work as
    one to the station itself.

    Attributes
    ----------
    n_free
        Positions that nobody holds.
    holders
        Orders that stand in the wall.
    """

    def __init__(self, model: Model, name: str, positions: int, discipline: str, offer: Intake) -> None:
        self.n_free, self.offer = positions, offer
        self.holders: set[Item] = set()
        self.waiting: Any = FirstCome() if discipline == "fifo" else Ranked()
        self.index = len(model.infos)
        model.infos.append(StationInfo(f"{name}_position", "order", True))
        self.record, self.pack = model.trace.tables["visits"].hot

    def take_in(self, order: Order, now: float) -> None:
        """Give an order a position, or let it wait; one sent back for rework may still hold its own."""
        order.queued_s = now
        if order in self.holders:
            self.offer(order, now)
        elif self.n_free:
            self.n_free -= 1
            self._place(order, now)
        else:
            self.waiting.push(order)

    def take_out(self, order: Item, now: float) -> None:
        """Empty an order's position, which the next one gets; nothing happens to an order that holds none."""
        if order not in self.holders:
            return
        self.holders.remove(order)
        if self.waiting:
            self._place(self.waiting.pop(), now)
        else:
            self.n_free += 1

    def _place(self, order: Order, now: float) -> None:
        self.holders.add(order)
        self.record(self.pack(order.row, self.index, -1, order.queued_s, now, now))
        self.offer(order, now)


def at_start(station: Any, call: Intake) -> None:
    """Let a station call when work begins (at one that needs nobody: when an order comes)."""
    name = "start" if hasattr(station, "start") else "offer"
    begin = getattr(station, name)

    def begins(item: Order, *rest: Any) -> None:
        call(item, rest[-1])
        begin(item, *rest)

    setattr(station, name, begins)
