"""How long orders of a path take from release to staging: what cutoff-driven release plans with."""

from __future__ import annotations

from collections import deque
from math import ceil

from fulfillsim.sim.order import Order

LOOKED_AT = 200
"""Orders staged last that are looked at."""
ENOUGH = 20
"""Below so many the plan holds."""


class ObservedLead:
    """90th percentile of the time from release to staging, of the orders of a path that were staged last.

    Attributes
    ----------
    lead_s
        What to plan with now.
    """

    def __init__(self, plan_s: float) -> None:
        self.lead_s = plan_s
        self.released_s: dict[int, float] = {}
        self.took_s: deque[float] = deque(maxlen=LOOKED_AT)

    def released(self, order: Order, now: float) -> None:
        """An order's work may begin."""
        self.released_s.setdefault(order.row, now)

    def staged(self, order: Order, now: float) -> None:
        """An order (its first parcel) stands at the dock."""
        released_s = self.released_s.pop(order.row, None)
        if released_s is None:
            return
        self.took_s.append(now - released_s)
        n = len(self.took_s)
        if n >= ENOUGH:
            self.lead_s = sorted(self.took_s)[ceil(0.9 * n) - 1]
