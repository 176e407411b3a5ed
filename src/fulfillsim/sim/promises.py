"""The promise desk: which departure an order can make, and what its customer is told.

Promise = clock start -> cutoff -> handling in warehouse working days -> departure -> quoted transit in the carrier's
working days. The due departure is fixed here and never moved.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import inf

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.processing import Promise
from fulfillsim.domain.world import World
from fulfillsim.policies.carrier_choice import CHOICES, Option
from fulfillsim.sim.book import Book
from fulfillsim.sim.cartons import Packing
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.prices import Prices


@dataclass(frozen=True)
class Quote:
    """What an order is told: last second of the promised date, and the plan behind it.

    ``due_staged_s`` is the close-out of the due departure.
    """

    promise_s: float
    due_departure_s: float
    due_staged_s: float
    lane: int
    quoted_days: int


class Carriers:
    """Departures and quotes of all carrier services, with the lookups that planning and staging share."""

    def __init__(self, world: World, book: Book, packing: Packing) -> None:
        assert world.delivery is not None
        self.delivery, self.days = world.delivery, world.days
        self.prices = Prices(self.delivery, world.demand.zones, book, packing)
        self.times = [[d.time_s for d in carrier.departures] for carrier in self.delivery.carriers]
        self.lane_times = [
            self.times[product.carrier] if product.departures_s is None else list(product.departures_s)
            for product in self.delivery.services
        ]
        self.choose = CHOICES[self.delivery.choice]
        promises = world.processing.promises if world.processing else ()
        every = tuple(range(len(self.delivery.services)))
        self.lanes = [p.carrier_services for p in promises] or [every] * len(world.demand.services)

    def options(self, service: int, zone: int, price_class: int, hazmat: bool, ready_s: float) -> list[Option]:
        """What could carry a parcel that is ready at ``ready_s``: first departure and quoted arrival of each."""
        found = []
        for lane in self.lanes[service]:
            product = self.delivery.services[lane]
            if product.quoted_days[zone] < 0 or (hazmat and not product.hazmat):
                continue
            times = self.lane_times[lane]
            place = bisect_left(times, ready_s)
            if place == len(times):
                continue
            price = self.prices.price(lane, zone, price_class, times[place])
            if price == inf:
                continue
            arrival = self.arrival_day(product.carrier, times[place], product.quoted_days[zone])
            promise_s = self.days.midnight_s[arrival + 1] - 1.0
            if product.until_s is not None:
                promise_s = self.days.second(arrival, product.until_s)
            found.append(Option(lane, times[place], promise_s, price))
        return found

    def arrival_day(self, carrier: int, departure_s: float, working_days: int) -> int:
        """Day on which a parcel arrives that takes so many working days; the pickup day is day 0."""
        return self.delivery.carriers[carrier].calendar.add(self.days.of(departure_s), working_days)


class PromiseDesk:
    """Gives each accepted order its first promise."""

    def __init__(self, world: World, book: Book, carriers: Carriers) -> None:
        assert world.processing is not None
        self.plans, self.days, self.carriers = world.processing.promises, world.days, carriers
        self.calendar = world.processing.calendar
        self._cutoffs = [[s for s in plan.cutoff_s if s >= 0] for plan in self.plans]
        self._known: dict[tuple[int, int, int, int, int], Quote | None] = {}

    def quote(self, order: Order, start_s: float) -> Quote | None:
        """Promise for a clock that starts at ``start_s``; None where no carrier goes there any more."""
        price_class = self.carriers.prices.price_class[order.row]
        place = bisect_left(self._cutoffs[order.service], start_s)
        key = (order.service, order.zone, price_class, order.marks & Mark.HAZMAT, place)
        if key not in self._known:
            self._known[key] = self._quote(self.plans[order.service], key)
        return self._known[key]

    def _quote(self, plan: Promise, key: tuple[int, int, int, int, int]) -> Quote | None:
        service, zone, price_class, hazmat, place = key
        if place >= len(self._cutoffs[service]):
            return None
        cutoff_s = self._cutoffs[service][place]
        ready_s = cutoff_s
        if plan.handling_days:
            day = self.days.of(cutoff_s)
            clock_s = DAY_S - (self.days.midnight_s[day + 1] - cutoff_s)
            ready_s = self.days.second(self.calendar.add(day, plan.handling_days), clock_s)
        options = self.carriers.options(service, zone, price_class, bool(hazmat), ready_s)
        if not options:
            return None
        promised_s = None
        if plan.policy == "fixed_days":
            day = self.calendar.add(self.days.of(cutoff_s), plan.fixed_days)
            promised_s = self.days.midnight_s[day + 1] - 1.0
        best = self.carriers.choose(options, promised_s)
        product = self.carriers.delivery.services[best.lane]
        return Quote(
            promised_s if promised_s is not None else best.arrival_s,
            best.departure_s,
            best.departure_s - self.carriers.delivery.carriers[product.carrier].close_out_s,
            best.lane,
            product.quoted_days[zone],
        )
