"""Communication: notices as facts arrive, and customers who ask where their order is.

Notices are rows of the trace and cost no event; only what loads the agents does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import floor, inf, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.communication import Communication
from fulfillsim.domain.records import ContactReason, Notice
from fulfillsim.policies.notification import NOTIFICATION
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.lookout import LOADING_S, Lookout
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.notices import Notices
from fulfillsim.sim.order import Order
from fulfillsim.sim.questions import Questions
from fulfillsim.sim.waiting import Lot

Floats = NDArray[np.float64]
CONFIRMATION = Notice.CONFIRMATION  # asking an enum for its member takes long


def build(model: Model, onward: Intake) -> Intake:
    """Set up the listener that the other stages tell what happened; no order waits here."""
    plan = model.world.communication
    if plan is not None:
        model.communication = Listener(model, plan)
    return onward


class Listener:
    """What customers are told, and when that leaves them with a question."""

    def __init__(self, model: Model, plan: Communication) -> None:
        self.model, self.plan = model, plan
        policies = [NOTIFICATION[rule.policy](rule.late_chance) for rule in plan.rules]
        self.notices = Notices(model, policies, [frozenset(rule.notices) for rule in plan.rules])
        self.streams = model.tape.streams
        self.questions = Questions(model, plan)
        self.warned: set[int] = set()
        self.asked_late: set[int] = set()
        self.split: set[int] = set()
        self.first_parcel_s: dict[int, float] = {}
        impatient = model.tape.uniforms("contact:silence") < plan.silence_contact_prob
        self.impatient = frozenset(np.flatnonzero(impatient).tolist())
        self.open_by_day: defaultdict[int, dict[int, Order]] = defaultdict(dict)
        self.watches = plan.late_contact_prob > 0 or self.notices.sends(Notice.DELAY)
        self.days = days = model.world.days
        if self.watches:
            for day in range(1, days.n_run + 1):
                model.engine.call_at(days.midnight_s[day], Rank.OBSERVE, self._promises_end)
        self.lookout: Lookout | None = None
        if any(policy.looks_ahead for policy in policies):
            self.lookout = Lookout(model, self, policies, plan.look_times_s)

    def accepted(self, order: Order, now: float) -> None:
        """An order is promised."""
        self.notices.tell(CONFIRMATION, order.row, now)
        if self.watches:
            self._opens(order, self.days.of(order.promise_s))
        if self.plan.silence_s is not None and order.row in self.impatient:
            self.questions.expect(order.row, ContactReason.SILENCE, now + self.plan.silence_s)

    def resumed(self, order: Order, now: float) -> None:
        """An order that was promised before the run begins: its customer has had the confirmation."""
        if self.watches:
            day = max(self._promise_day(order), self.days.of(now))
            self._opens(order, day)
        if self.plan.silence_s is not None and order.row in self.impatient:
            self.questions.expect(order.row, ContactReason.SILENCE, now + self.plan.silence_s)

    def on_the_road(self, order: Order, delivered_s: float, now: float) -> None:
        """An order left before the run begins: its customer may ask once the promise has passed."""
        if self.watches and delivered_s > order.promise_s:
            self._maybe_ask(order.row, max(order.promise_s + 1.0, now), delivered_s)

    def _opens(self, order: Order, day: int) -> None:
        """Watch an order until it arrives, or its promise ends with the day."""
        self.open_by_day[day][order.row] = order
        if self.lookout is not None:
            self.lookout.promise_s[order.row] = order.promise_s

    def travels_in_two(self, order: Order) -> None:
        """The rest of an order follows later: it arrives with its last parcel."""
        self.split.add(order.row)

    def travels_in_one(self, order: Order) -> None:
        """All parts of an order leave together after all."""
        self.split.discard(order.row)

    def cancelled(self, order: Order, now: float) -> None:
        """An accepted order will not come: its customer is told, and has nothing to ask."""
        self.open_by_day.get(self._promise_day(order), _NOBODY).pop(order.row, None)
        self.questions.settle((order.row,), ContactReason.SILENCE, (now,), now)

    def left_behind(self, orders: Sequence[Order], now: float) -> None:
        """A truck left without these."""
        for order in orders:
            if order.due_departure_s <= now:
                self.warn(order, now)

    def warn(self, order: Order, now: float) -> None:
        """Send a delay notice, once, to a customer who gets such."""
        if order.row not in self.warned and self.notices.gets(Notice.DELAY, order.row):
            self.warned.add(order.row)
            if self.lookout is not None:
                self.lookout.unwarned[order.row] = False
            self.notices.tell(Notice.DELAY, order.row, now)
            self.questions.settle((order.row,), ContactReason.SILENCE, (now,), now)

    def warn_later(self, rows: NDArray[np.int64], times_s: Floats) -> None:
        """Send delay notices at times to come, about parcels on their way."""
        self.warned.update(rows.tolist())
        if self.lookout is not None:
            self.lookout.unwarned[rows] = False
        self.notices.send(Notice.DELAY, rows, times_s)

    def _promises_end(self, now: float) -> None:
        """At midnight: whoever was promised yesterday and whose order has not even left may ask."""
        day = self.days.of(now) - 1
        for order in self.open_by_day.pop(day, {}).values():
            self._maybe_ask(order.row, now, np.inf)
            self.warn(order, now)

    def _maybe_ask(self, row: int, from_s: float, delivered_s: float) -> None:
        """A late customer asks with some chance, once, unless the parcel comes first."""
        plan = self.plan
        factor = plan.noticed_factor if row in self.warned else 1.0
        if row in self.asked_late:
            return
        n_days = self._patient_days(row, factor)
        if n_days == inf:
            return
        self.asked_late.add(row)
        after_s = -plan.delay_s * log(self.streams.hashed_uniform("contact:when", row))
        self.questions.expect(row, ContactReason.LATE, from_s + DAY_S * n_days + after_s, delivered_s)

    def _patient_days(self, row: int, factor: float) -> float:
        """Days of lateness that a customer bears before asking; infinite: the parcel may take as long as it likes."""
        plan = self.plan
        if self.streams.hashed_uniform("contact:late", row) < plan.late_contact_prob * factor:
            return 0.0
        prob = plan.later_contact_prob * factor
        if not prob:
            return inf
        u = self.streams.hashed_uniform("contact:later", row)
        return 1.0 + (floor(log(1.0 - u) / log(1.0 - prob)) if prob < 1.0 else 0.0)

    def shipped(
        self,
        leaving: Lot,
        lane: int,
        now: float,
        quoted: NDArray[np.int64],
        attempted: Floats,
        delivered: Floats,
        wrong: NDArray[np.bool_],
        dock: Any,
    ) -> None:
        """A pickup has left with these parcels, whose transit is known to the model (not to the customer)."""
        orders, rows, promise_s = leaving.orders, leaving["row"], leaving["promise_s"]
        eta_s = dock.midnight_s[dock.arrival_days(now, quoted) + 1] - 1.0
        self._notify(rows, now, eta_s, promise_s, attempted, delivered)
        for place in np.flatnonzero(eta_s > promise_s).tolist():
            self.warn(orders[place], now)
        if self.lookout is not None:
            self.lookout.on_the_way(orders, rows, lane, now, attempted, delivered)
        last, complete_s = self._completed(rows, np.where(np.isnan(delivered), np.inf, delivered))
        days = np.searchsorted(dock.midnight_s, promise_s[last], side="right") - 1
        for day, row in zip(days.tolist(), rows[last].tolist(), strict=True):
            self.open_by_day.get(day, _NOBODY).pop(row, None)
        for place in np.flatnonzero(last & (complete_s > promise_s)).tolist():
            from_s = max(float(promise_s[place]) + 1.0, now)
            self._maybe_ask(int(rows[place]), from_s, float(complete_s[place]))
        if self.questions.open:
            self._answer(rows, now, attempted, last, complete_s)
        for place in np.flatnonzero(wrong & np.isfinite(delivered)).tolist():
            if orders[place].n_parcel == 0:
                time_s = float(delivered[place]) + self.plan.delay_s
                self.questions.expect(int(rows[place]), ContactReason.WRONG_ITEM, time_s)

    def on_its_way(self, order: Order, eta_s: float, is_first: bool, now: float) -> None:
        """Tell that one of our vans has left, for the first time or again, and when it comes."""
        if is_first:
            self.notices.tell(Notice.SHIPPED, order.row, now)
        self.notices.tell(Notice.OUT_FOR_DELIVERY, order.row, now)
        if eta_s > order.promise_s:
            self.warn(order, now)
        if self.notices.gets(Notice.SHIPPED, order.row) or self.notices.gets(Notice.OUT_FOR_DELIVERY, order.row):
            self.questions.settle((order.row,), ContactReason.SILENCE, (now,), now)

    def eta_moved(self, order: Order, eta_s: float, now: float) -> None:
        """Tell a new time, and of the delay if it lies beyond the promise."""
        self.notices.tell(Notice.ETA_CHANGE, order.row, now)
        if eta_s > order.promise_s:
            self.warn(order, now)

    def nobody_opened(self, order: Order, now: float) -> None:
        """Tell that a van was there in vain and comes again."""
        self.notices.tell(Notice.ETA_CHANGE, order.row, now)

    def overdue(self, order: Order, now: float) -> None:
        """Let a customer ask whose promise has passed while the parcel is on the van."""
        self._maybe_ask(order.row, now, np.inf)

    def handed_over(self, order: Order, now: float, wrong: bool) -> None:
        """One of our vans has been at the door and somebody opened."""
        self.notices.tell(Notice.DELIVERED, order.row, now)
        row = np.array([order.row])
        last, complete_s = self._completed(row, np.array([now]))
        if last[0]:
            self.open_by_day.get(self._promise_day(order), _NOBODY).pop(order.row, None)
            self.questions.settle((order.row,), ContactReason.LATE, complete_s.tolist(), now)
        self.questions.settle((order.row,), ContactReason.SILENCE, (now,), now)
        if wrong and order.n_parcel == 0:
            self.questions.expect(order.row, ContactReason.WRONG_ITEM, now + self.plan.delay_s)

    def _notify(
        self,
        rows: NDArray[np.int64],
        now: float,
        eta_s: Floats,
        promise_s: Floats,
        attempted: Floats,
        delivered: Floats,
    ) -> None:
        """Write down the notices of parcels: what is sent now, and what will be as facts arrive."""
        send = self.notices.send
        arrives, failed = ~np.isnan(delivered), delivered > attempted
        send(Notice.SHIPPED, rows, np.full(len(rows), now))
        send(Notice.ETA_CHANGE, rows, np.full(len(rows), now), eta_s > promise_s)
        send(Notice.OUT_FOR_DELIVERY, rows, np.maximum(attempted - LOADING_S, now), arrives)
        send(Notice.OUT_FOR_DELIVERY, rows, delivered - LOADING_S, failed)
        send(Notice.ETA_CHANGE, rows, attempted, failed)
        send(Notice.ETA_CHANGE, rows, eta_s + 1.0, arrives & (attempted > eta_s))
        send(Notice.DELIVERED, rows, delivered, arrives)

    def _completed(self, rows: NDArray[np.int64], delivered: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Which parcels are the last of their orders, and when these have everything (infinite: never)."""
        last, complete_s = np.ones(len(rows), np.bool_), delivered.copy()
        if self.split or self.first_parcel_s:
            for place, row in enumerate(rows.tolist()):
                if row in self.split:
                    self.split.remove(row)
                    self.first_parcel_s[row] = float(delivered[place])
                    last[place] = False
                elif row in self.first_parcel_s:
                    complete_s[place] = max(self.first_parcel_s.pop(row), delivered[place])
        return last, complete_s

    def _answer(
        self, rows: NDArray[np.int64], now: float, attempted: Floats, last: NDArray[np.bool_], complete_s: Floats
    ) -> None:
        """Say when customers know: the late by the last parcel, the others by the first news of any."""
        self.questions.settle(rows[last].tolist(), ContactReason.LATE, complete_s[last].tolist(), now)
        loaded_s = np.where(np.isfinite(complete_s), attempted - LOADING_S, np.inf)
        news_s = np.where(self.notices.who(Notice.OUT_FOR_DELIVERY, rows), loaded_s, complete_s)
        news_s = np.where(self.notices.who(Notice.SHIPPED, rows), now, news_s)
        self.questions.settle(rows.tolist(), ContactReason.SILENCE, news_s.tolist(), now)

    def _promise_day(self, order: Order) -> int:
        return self.days.of(order.promise_s) if order.promise_s < np.inf else -1


_NOBODY: dict[int, Order] = {}
