"""Consolidation: the parts of an order that several zones pick meet at one of finitely many positions."""

from __future__ import annotations

from fulfillsim.domain.fulfillment import Consolidation
from fulfillsim.domain.work import Discipline
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.put_wall import PutWall


class Meeting:
    """Where picked parts wait for each other.

    An order takes a position with its first part, or waits for one with all that is picked of it, and empties it with
    its last. One that a single zone picks whole passes by.
    """

    def __init__(self, model: Model, plan: Consolidation, discipline: Discipline, onward: Intake) -> None:
        self.wall = PutWall(model, plan.name, plan.positions, discipline, self._placed)
        self.queued: set[Order] = set()
        self.onward = onward

    def part_picked(self, order: Order, now: float) -> None:
        """A part of an order comes; ``n_parts`` are still to come."""
        if order in self.wall.holders:
            if order.n_parts == 0:
                self._leave(order, now)
        elif order.n_parts and order not in self.queued:
            self.queued.add(order)
            self.wall.take_in(order, now)
        elif order not in self.queued:
            self.onward(order, now)

    def _placed(self, order: Order, now: float) -> None:
        self.queued.remove(order)
        if order.n_parts == 0:
            self._leave(order, now)

    def _leave(self, order: Order, now: float) -> None:
        self.wall.take_out(order, now)
        self.onward(order, now)
