"""The promise desk: which departure an order can make, and what its customer is told.

Promise = clock start -> cutoff -> handling in warehouse working days -> departure -> quoted transit in the carrier's
working days. The due departure is fixed here and never moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.processing import Promise
from fulfillsim.policies.carrier_choice import Option
from fulfillsim.policies.promising import AT_THE_MOMENT, PROMISING
from fulfillsim.sim.carriers import Carriers
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.outlook import Outlook, Way

if TYPE_CHECKING:
    from fulfillsim.sim.model import Model


class Quote(NamedTuple):
    """What an order is told: last second of the promised date, and the plan behind it.

    ``due_staged_s`` is the close-out of the due departure.
    """

    promise_s: float
    due_departure_s: float
    due_staged_s: float
    lane: int
    quoted_days: int


class PromiseDesk:
    """Gives each accepted order its first promise, by the policy of its service."""

    def __init__(self, model: Model) -> None:
        world = model.world
        assert world.processing is not None
        self.plans, self.days = world.processing.promises, world.days
        self.carriers: Carriers = model.carriers
        self.calendar = world.processing.calendar
        self._cutoffs = [[s for s in plan.cutoff_s if s >= 0] for plan in self.plans]
        self._at_the_moment = [plan.policy in AT_THE_MOMENT for plan in self.plans]
        self._known: dict[tuple[int, int, int, int, int], Quote | None] = {}
        self.outlook = Outlook(model) if any(self._at_the_moment) else None

    def quote(self, order: Order, start_s: float, ready_s: float) -> Quote | None:
        """Promise of an order whose clock starts at ``start_s`` and which can be worked on from ``ready_s``.

        None where no carrier goes there any more.
        """
        price_class = self.carriers.prices.price_class[order.row]
        cutoffs = self._cutoffs[order.service]
        place = bisect_left(cutoffs, start_s)
        key = (order.service, order.zone, price_class, order.marks & Mark.HAZMAT, place)
        if self._at_the_moment[order.service]:
            return self._quote(key, order.row, ready_s) if place < len(cutoffs) else None
        quote = self._known.get(key)
        if quote is None and key not in self._known:
            quote = self._known[key] = self._quote(key, order.row, ready_s) if place < len(cutoffs) else None
        return quote

    def _quote(self, key: tuple[int, int, int, int, int], row: int, ready_s: float) -> Quote | None:
        plan = self.plans[key[0]]
        told = PROMISING[plan.policy](Enquiry(self, plan, key, self._cutoffs[key[0]][key[4]], row, ready_s), plan)
        if told is None:
            return None
        best = told.plan
        product = self.carriers.delivery.services[best.lane]
        return Quote(
            told.promise_s,
            best.departure_s,
            best.departure_s - self.carriers.delivery.carriers[product.carrier].close_out_s,
            best.lane,
            product.quoted_days[key[1]],
        )


class Enquiry:
    """What a promise policy may ask about an order: `fulfillsim.policies.promising.Asked`."""

    __slots__ = ("_begin_s", "_desk", "_key", "_row", "_terms", "cutoff_s")

    def __init__(
        self,
        desk: PromiseDesk,
        terms: Promise,
        key: tuple[int, int, int, int, int],
        cutoff_s: float,
        row: int,
        begin_s: float,
    ) -> None:
        self._desk, self._terms, self._key, self._row, self._begin_s = desk, terms, key, row, begin_s
        self.cutoff_s = cutoff_s

    @property
    def ready_s(self) -> float:
        """When the order is at the dock by plan."""
        desk, n = self._desk, self._terms.handling_days
        if not n:
            return self.cutoff_s
        day = desk.days.of(self.cutoff_s)
        clock_s = DAY_S - (desk.days.midnight_s[day + 1] - self.cutoff_s)
        return desk.days.second(desk.calendar.add(day, n), clock_s)

    def options(self, ready_s: float) -> list[Option]:
        """What could carry it if it were at the dock by then."""
        service, zone, price_class, hazmat, _ = self._key
        return self._desk.carriers.options(service, zone, price_class, bool(hazmat), ready_s)

    def best(self, ready_s: float) -> Option | None:
        """One of these as the scenario chooses carriers while nothing is promised yet."""
        service, zone, price_class, hazmat, _ = self._key
        return self._desk.carriers.best(service, zone, price_class, bool(hazmat), ready_s)

    def choose(self, options: Sequence[Option], promise_s: float | None) -> Option:
        """One of them, as the scenario chooses carriers."""
        return self._desk.carriers.choose(options, promise_s)

    def end_of(self, since_s: float, working_days: int) -> float:
        """Last second of the day so many working days of the warehouse later."""
        desk = self._desk
        return desk.days.midnight_s[desk.calendar.add(desk.days.of(since_s), working_days) + 1] - 1.0

    def cleared_s(self) -> float:
        """When the work that waits now, and this order's, is done."""
        return self._outlook.cleared_s(self._row, self._begin_s)

    def staged_s(self, prob: float) -> float:
        """When it is at the dock with a chance; by plan where nothing is known of its path."""
        staged_s = self._outlook.staged_s(self._terms, self._row, self._begin_s, prob)
        return staged_s if staged_s < inf else self.ready_s

    def delivered_s(self, lane: int, departure_s: float, prob: float) -> float:
        """Last second of the first day by whose end it is delivered with a chance."""
        way = Way(lane, self._key[1], departure_s)
        return self._outlook.delivered_s(self._terms, self._row, self._begin_s, way, prob)

    @property
    def _outlook(self) -> Outlook:
        assert self._desk.outlook is not None, "a policy of the other kind looks at the moment"
        return self._desk.outlook
