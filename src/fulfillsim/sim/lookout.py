"""Customers who are warned before their order is late, by policies that look ahead.

They look at all open orders at equal distances of time, and at what a truck takes when it has left. After that tracking
tells: a parcel that is not on the van an hour before the door closes on its promised day, or that found nobody on that
day, is late for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S
from fulfillsim.policies.notification import NotificationPolicy, Outlook
from fulfillsim.sim.carriers import Carriers
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.foresight import Foresight
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Order

if TYPE_CHECKING:
    from fulfillsim.sim.stages.communication import Listener

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LOADING_S = 3600.0
"""A parcel is on the van so long before it is at the door."""


class Lookout:
    """Looks ahead, and has the listener warn.

    Parameters
    ----------
    policies
        By client.

    Attributes
    ----------
    promise_s, unwarned
        What the listener has promised, and whom it has not warned, by row.
    """

    def __init__(
        self, model: Model, listener: Listener, policies: list[NotificationPolicy], times_s: tuple[float, ...]
    ) -> None:
        if model.carriers is None:
            model.carriers = Carriers(model.world, model.book, model.packing)
        self.model, self.listener, self.policies, self.times_s = model, listener, policies, times_s
        self.foresight = Foresight(model.progress, model.carriers, model.tape.zone)
        self.looks_ahead = np.array([policy.looks_ahead for policy in policies])[model.tape.client]
        self.midnight_s = np.array(model.world.days.midnight_s)
        self.promise_s = np.full(len(model.tape), np.inf)
        self.unwarned = np.ones(len(model.tape), np.bool_)
        self._plan_next(0)

    def _plan_next(self, place: int) -> None:
        if place < len(self.times_s) and self.times_s[place] <= self.model.world.days.end_s:
            self.model.engine.at(self.times_s[place], Rank.OBSERVE, self._look, place)

    def _look(self, place: int, now: float) -> None:
        """Look at all open orders whose customers have not been warned."""
        self._plan_next(place + 1)
        by_day = list(self.listener.open_by_day.values())
        rows = np.concatenate([np.empty(0, np.int64), *(np.fromiter(those, np.int64, len(those)) for those in by_day)])
        rows = rows[self.unwarned[rows] & self.looks_ahead[rows]]
        if len(rows):
            promise_s, days = self._promised(rows)
            warns = self._warns(rows, Outlook(now, self.foresight.late(rows, days, now), promise_s))
            for row in rows[warns].tolist():
                self.listener.warn(next(those[row] for those in by_day if row in those), now)

    def on_the_way(
        self, orders: Sequence[Order], rows: Ints, lane: int, now: float, attempted_s: Floats, delivered_s: Floats
    ) -> None:
        """A truck has left with these, and the model knows when they come: warn of what customers can know."""
        promise_s, days = self._promised(rows)
        late_prob = self.foresight.late_on_the_way(rows, lane, days, now)
        for place in np.flatnonzero(self._warns(rows, Outlook(now, late_prob, promise_s))).tolist():
            self.listener.warn(orders[place], now)
        service = self.model.carriers.delivery.services[lane]
        carrier = self.model.carriers.delivery.carriers[service.carrier]
        day_ends_s = self.midnight_s[days + 1]
        not_loaded = (attempted_s >= day_ends_s) | np.isnan(delivered_s)
        in_vain = ~not_loaded & (delivered_s >= day_ends_s)
        known_s = np.where(not_loaded, day_ends_s - (DAY_S - carrier.delivery_until_s) - LOADING_S, attempted_s)
        whom = (not_loaded | in_vain) & self.looks_ahead[rows] & self.unwarned[rows]
        if whom.any():
            self.listener.warn_later(rows[whom], np.maximum(known_s, now)[whom])

    def _promised(self, rows: Ints) -> tuple[Floats, Ints]:
        """Promises, and the days of these."""
        promise_s = self.promise_s[rows]
        return promise_s, np.searchsorted(self.midnight_s, promise_s, side="right") - 1

    def _warns(self, rows: Ints, outlook: Outlook) -> Bools:
        """Ask each client's policy about its orders."""
        warns = np.zeros(len(rows), np.bool_)
        clients = self.model.tape.client[rows]
        for client, policy in enumerate(self.policies):
            if policy.looks_ahead:
                those = clients == client
                part = Outlook(outlook.now_s, outlook.late_prob[those], outlook.promise_s[those])
                warns[those] = policy.warns(part)
        return warns
