"""Communication: notices as facts arrive, and customers who ask where their order is.

Notices are rows of the trace and cost no event; only what loads the agents does.
"""

from __future__ import annotations

from functools import partial
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.communication import Communication
from fulfillsim.domain.records import ContactReason, Notice
from fulfillsim.sim.engine import Item, Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.station import Party

Floats = NDArray[np.float64]
CONFIRMATION = int(Notice.CONFIRMATION)
NAMES = {name: Notice[name.upper()] for name in (n.name.lower() for n in Notice)}


def build(model: Model, onward: Intake) -> Intake:
    """Set up the listener that the other stages tell what happened; no order waits here."""
    plan = model.world.communication
    if plan is not None:
        model.communication = Listener(model, plan)
    return onward


class Contact(Item):
    """A customer asking; ``row`` numbers the contacts, -1 downwards, so that agents' visits tell them from orders."""

    __slots__ = ()


def _over(contact: Contact, now: float) -> None:
    """A contact ends without leaving a trace but its visit."""


class Listener:
    """What customers are told, and what they do about silence and lateness."""

    def __init__(self, model: Model, plan: Communication) -> None:
        self.model, self.plan = model, plan
        self.sent = {NAMES[name] for name in plan.notices}
        self.notices = model.trace.tables["notices"]
        self.contacts = model.trace.tables["contacts"]
        self.streams = model.tape.streams
        self.n_contacts = 0
        self.warned: set[int] = set()
        impatient = model.tape.uniforms("contact:silence") < plan.silence_contact_prob
        self.impatient = frozenset(np.flatnonzero(impatient).tolist())
        self.open_by_day: dict[int, dict[int, Order]] = {}
        self.confirms = Notice.CONFIRMATION in self.sent
        self.watches = plan.late_contact_prob > 0 or Notice.DELAY in self.sent
        self.station: Any = None
        if plan.contact is not None:
            self.station = model.call_station(plan.contact, Contact, Party(_over, _over, _over))
        days = model.world.days
        if self.watches:
            for day in range(1, days.n_run + 1):
                model.engine.call_at(days.midnight_s[day], Rank.OBSERVE, self._promises_end)

    def accepted(self, order: Order, now: float) -> None:
        """An order is promised."""
        if self.confirms:
            self.notices.add(order.row, CONFIRMATION, now)
        if self.watches:
            day = self.model.world.days.of(order.promise_s)
            self.open_by_day.setdefault(day, {})[order.row] = order
        if self.plan.silence_s is not None and order.row in self.impatient:
            self.model.engine.call_at(now + self.plan.silence_s, Rank.ARRIVE, lambda t: self._silent(order, t))

    def _silent(self, order: Order, now: float) -> None:
        """Nothing was heard for long: the customer asks, unless the parcel is on its way."""
        if order.row in self.open_by_day.get(self.model.world.days.of(order.promise_s), {}):
            self._ask(order.row, ContactReason.SILENCE, now)

    def left_behind(self, orders: list[Order], now: float) -> None:
        """A truck left without these."""
        for order in orders:
            if order.due_departure_s <= now:
                self._warn(order, now)

    def _warn(self, order: Order, now: float) -> None:
        if Notice.DELAY in self.sent and order.row not in self.warned:
            self.warned.add(order.row)
            self.notices.add(order.row, Notice.DELAY, now)

    def _promises_end(self, now: float) -> None:
        """At midnight: whoever was promised yesterday and whose order has not even left may ask."""
        day = self.model.world.days.of(now) - 1
        for order in self.open_by_day.pop(day, {}).values():
            self._maybe_ask(order.row, now, np.inf)
            self._warn(order, now)

    def _maybe_ask(self, row: int, from_s: float, news_s: float) -> None:
        """A late customer asks with some chance, if no news comes first."""
        plan = self.plan
        prob = plan.late_contact_prob * (plan.noticed_factor if row in self.warned else 1.0)
        if self.streams.hashed_uniform("contact:late", row) >= prob:
            return
        after_s = -plan.delay_s * log(self.streams.hashed_uniform("contact:when", row))
        if from_s + after_s < news_s:
            self.model.engine.call_at(
                from_s + after_s, Rank.ARRIVE, lambda now: self._ask(row, ContactReason.LATE, now)
            )

    def _ask(self, row: int, reason: ContactReason, now: float) -> None:
        """A contact reaches the agents."""
        number, self.n_contacts = self.n_contacts, self.n_contacts + 1
        self.contacts.add(number, row, reason, now)
        if self.station is None:
            return
        contact = Contact(-1 - number, rank=1.0)  # where agents rank, whoever orders goes before whoever asks
        plan = self.plan.contact
        assert plan is not None and plan.time is not None
        contact.seconds = self.model.book.content(plan.time, f"work:{plan.name}", -1 - number)
        patience = None
        if plan.patience is not None:
            u = self.streams.hashed_uniform("patience:contact", number)
            patience = plan.patience.quantile_one(u)
        self.station.offer_for(contact, now, patience)

    def shipped(
        self,
        orders: list[Order],
        rows: NDArray[np.int64],
        now: float,
        quoted: NDArray[np.int64],
        attempted: Floats,
        delivered: Floats,
        wrong: NDArray[np.bool_],
        dock: Any,
    ) -> None:
        """A pickup has left with these parcels, whose transit is known to the model (not to the customer)."""
        promise_s = np.fromiter((order.promise_s for order in orders), np.float64, len(orders))
        for row, day in zip(rows.tolist(), map(self._promise_day, orders), strict=True):
            self.open_by_day.get(day, _NOBODY).pop(row, None)
        eta_s = dock.midnight_s[dock.arrival_days(now, quoted) + 1] - 1.0
        self._send(Notice.SHIPPED, rows, np.full(len(rows), now))
        self._send(Notice.OUT_FOR_DELIVERY, rows, np.maximum(attempted - 3600.0, now))
        arrives = ~np.isnan(delivered)
        self._send(Notice.DELIVERED, rows[arrives], delivered[arrives])
        slips = eta_s > promise_s
        self._send(Notice.ETA_CHANGE, rows[slips], np.full(int(slips.sum()), now))
        for place in np.flatnonzero(slips).tolist():
            self._warn(orders[place], now)
        late = np.flatnonzero(~(delivered <= promise_s) & np.isfinite(promise_s))
        for place in late.tolist():
            news = float(delivered[place]) if arrives[place] else np.inf
            self._maybe_ask(int(rows[place]), max(float(promise_s[place]) + 1.0, now), news)
        for place in np.flatnonzero(wrong & arrives).tolist():
            row = int(rows[place])
            time_s = float(delivered[place]) + self.plan.delay_s
            self.model.engine.call_at(time_s, Rank.ARRIVE, partial(self._ask, row, ContactReason.WRONG_ITEM))

    def _promise_day(self, order: Order) -> int:
        return self.model.world.days.of(order.promise_s) if order.promise_s < np.inf else -1

    def _send(self, notice: Notice, rows: NDArray[np.int64], times_s: Floats) -> None:
        if notice in self.sent and len(rows):
            self.notices.add_block(rows, notice, times_s)


_NOBODY: dict[int, Order] = {}
