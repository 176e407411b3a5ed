"""Orders between acceptance and the dock by their due departure: what rules for people look at.

It is counted only where somebody asks: people of an agency, overtime, people who may go early.
"""

from __future__ import annotations

from collections import Counter
from math import inf

from fulfillsim.domain.staff import Role
from fulfillsim.sim.order import Order


class House:
    """How many orders are inside fulfillment, by due departure (infinite without a promise)."""

    def __init__(self) -> None:
        self.due: Counter[float] = Counter()

    @property
    def n_open(self) -> int:
        """Orders inside."""
        return sum(self.due.values())

    def n_due_by(self, time_s: float) -> int:
        """Orders inside that are due at ``time_s`` or before; those without a promise are due at once."""
        return sum(n for due_s, n in self.due.items() if due_s <= time_s or due_s == inf)

    def enters(self, order: Order, now: float) -> None:
        """An order comes in."""
        self.due[order.due_departure_s] += 1

    def leaves(self, order: Order, now: float) -> None:
        """An order is done with."""
        self.due[order.due_departure_s] -= 1


def is_asked(staff: tuple[Role, ...]) -> bool:
    """Whether a rule for people looks at the open orders."""
    return any(role.shift_end is not None or any(shift.agency for shift in role.shifts) for role in staff)
