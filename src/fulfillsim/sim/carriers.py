"""Departures and quotes of all carrier services, with the lookups that planning and staging share."""

from __future__ import annotations

from bisect import bisect_left
from math import inf

from fulfillsim.domain.world import World
from fulfillsim.policies.carrier_choice import CHOICES, Option
from fulfillsim.sim.book import Book
from fulfillsim.sim.cartons import Packing
from fulfillsim.sim.prices import Prices


class Carriers:
    """Which carrier services could take a parcel, when, and at what price."""

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
        self.lanes = [p.carrier_services for p in promises] or [every] * len(world.demand.services) * len(
            world.demand.clients
        )
        self._every = [sorted({s for lane in lanes for s in self.lane_times[lane]}) for lanes in self.lanes]
        self._known: dict[tuple[int, int, int, bool, int], tuple[list[Option], Option | None]] = {}

    def options(self, service: int, zone: int, price_class: int, hazmat: bool, ready_s: float) -> list[Option]:
        """What could carry a parcel that is ready at ``ready_s``: first departure and quoted arrival of each."""
        return self._between(service, zone, price_class, hazmat, ready_s)[0]

    def best(self, service: int, zone: int, price_class: int, hazmat: bool, ready_s: float) -> Option | None:
        """One of these as the scenario chooses carriers while nothing is promised; None where nobody goes there."""
        return self._between(service, zone, price_class, hazmat, ready_s)[1]

    def _between(
        self, service: int, zone: int, price_class: int, hazmat: bool, ready_s: float
    ) -> tuple[list[Option], Option | None]:
        """Options and the best of them: the same for all moments between two departures."""
        key = (service, zone, price_class, hazmat, bisect_left(self._every[service], ready_s))
        found = self._known.get(key)
        if found is None:
            options = self._options(service, zone, price_class, hazmat, ready_s)
            found = self._known[key] = options, self.choose(options, None) if options else None
        return found

    def _options(self, service: int, zone: int, price_class: int, hazmat: bool, ready_s: float) -> list[Option]:
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
