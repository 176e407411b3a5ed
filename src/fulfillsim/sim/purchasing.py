"""Orders to suppliers: who gets them, what arrives of them, and when.

What is quoted (the mean lead time, the planned parts) is what everybody expects; that a delivery comes late, or short,
nobody knows before it is at the dock. All chances of an order are drawn by its SKU and how many orders for it came
before, so neither another SKU nor another supplier moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from math import ceil, nan

from fulfillsim.domain.clock import DAY_S, Days
from fulfillsim.domain.stock import Inventory, Lateness, Supplier
from fulfillsim.policies.supplier_choice import SUPPLIER_CHOICE, Offer
from fulfillsim.sampling.streams import Streams
from fulfillsim.sim.engine import Item
from fulfillsim.sim.trace import Trace

MORNING_S = 7 * 3600.0


class SupplierDelivery(Item):
    """Goods of one SKU on their way from a supplier to the shelf.

    Attributes
    ----------
    units
        As quoted until it is at the dock, then what came.
    n_missing
        Units quoted that do not come with it.
    follows_s
        How much later they come; None if they never do.
    due_s, arrives_s
        When it is expected at the dock, and when it will be there.
    is_quoted
        False for the rest of a short delivery.
    keys
        What its chances are drawn by: its SKU, and how many orders for it came before (and the part of the order).
    """

    __slots__ = (
        "arrived_s",
        "arrives_s",
        "due_s",
        "follows_s",
        "is_quoted",
        "keys",
        "n_missing",
        "ordered_s",
        "price",
        "sku",
        "supplier",
        "units",
    )
    keys: tuple[int, ...]

    def __init__(self, row: int, sku: int, supplier: int, units: int, ordered_s: float, due_s: float) -> None:
        super().__init__(row)
        self.sku, self.supplier, self.units = sku, supplier, units
        self.ordered_s, self.arrived_s, self.due_s, self.arrives_s = ordered_s, ordered_s, due_s, due_s
        self.n_missing, self.is_quoted, self.price = 0, True, 0.0
        self.follows_s: float | None = None


class Purchasing:
    """Places orders with suppliers.

    Parameters
    ----------
    keys
        Of the SKUs, by which chances are drawn.
    price
        Of the catalog, by SKU.
    """

    def __init__(
        self, plan: Inventory, days: Days, trace: Trace, streams: Streams, keys: list[int], price: list[float]
    ):
        self.plan, self.days, self.streams, self.keys, self.price = plan, days, streams, keys, price
        self.arrivals = trace.tables["arrivals"]
        self.supplier: list[int] = plan.supplier.tolist()
        self.n_deliveries = 0
        self.n_ordered = [0] * len(keys)
        self.shocks = [
            int.from_bytes(blake2b(s.name.encode(), digest_size=7).digest(), "little") for s in plan.suppliers
        ]
        self.choose = SUPPLIER_CHOICE[plan.sourcing.policy] if plan.sourcing is not None else None

    def number(self) -> int:
        """The next delivery's number."""
        self.n_deliveries += 1
        return self.n_deliveries - 1

    def offer(self, sku: int, now: float) -> Offer:
        """Who gets an order for a SKU now; the SKU has a supplier."""
        sourcing = self.plan.sourcing
        if sourcing is None or self.choose is None:
            index = self.supplier[sku]
            return self._offered(index, self.price[sku] * self.plan.suppliers[index].price_factor, now)
        offers = [self._offered(supplier, price, now) for supplier, price in sourcing.offers[sku]]
        return self.choose(offers, sourcing.weights)

    def _offered(self, index: int, price: float, now: float) -> Offer:
        supplier = self.plan.suppliers[index]
        return Offer(index, price, self.arrival_s(supplier, now, supplier.lead_time.mean) - now, supplier.reliability)

    def place(self, sku: int, units: int, now: float) -> list[SupplierDelivery]:
        """Deliveries of an order for at least so many units, one for each planned part."""
        offer = self.offer(sku, now)
        supplier = self.plan.suppliers[offer.supplier]
        self.n_ordered[sku] += 1
        keys = self.keys[sku], self.n_ordered[sku]
        first_s = self.arrival_s(supplier, now, supplier.lead_time.quantile_one(self._u("lead_time", keys)))
        made = []
        for part, (n_units, later_s) in enumerate(_parts(supplier, max(units, supplier.min_order))):
            delivery = SupplierDelivery(self.number(), sku, offer.supplier, n_units, now, now + offer.lead_s)
            delivery.keys, delivery.price, delivery.arrives_s = (*keys, part) if part else keys, offer.price, first_s
            if later_s:
                delivery.due_s = self.arrival_s(supplier, delivery.due_s, later_s)
                delivery.arrives_s = self.arrival_s(supplier, first_s, later_s)
            self._go_wrong(supplier, delivery)
            made.append(delivery)
        return made

    def under_way(self, sku: int, units: int, arrives_s: float, ordered_s: float = 0.0) -> SupplierDelivery:
        """A delivery ordered before the run begins, of which everybody knows when it comes."""
        index = self.supplier[sku]
        self.n_ordered[sku] += 1
        delivery = SupplierDelivery(self.number(), sku, index, units, ordered_s, arrives_s)
        delivery.keys, delivery.is_quoted = (self.keys[sku], self.n_ordered[sku]), index >= 0
        if index >= 0:  # else it comes from a bench
            supplier = self.plan.suppliers[index]
            delivery.price = self.price[sku] * supplier.price_factor
            delivery.arrives_s = self._held_up(supplier, arrives_s)
        return delivery

    def rest(self, short: SupplierDelivery, now: float) -> SupplierDelivery | None:
        """What did not come with a delivery and follows; None if the supplier has cancelled it."""
        if short.follows_s is None:
            return None
        due_s = self.arrival_s(self.plan.suppliers[short.supplier], now, short.follows_s)
        rest = SupplierDelivery(self.number(), short.sku, short.supplier, short.n_missing, short.ordered_s, due_s)
        rest.keys, rest.price, rest.is_quoted = (*short.keys, len(short.keys)), short.price, False
        return rest

    def arrived(self, delivery: SupplierDelivery, now: float) -> None:
        """Write down what came of a delivery that a supplier has quoted."""
        self._note(delivery, delivery.units + delivery.n_missing, delivery.units, now)

    def still_to_come(self, delivery: SupplierDelivery) -> None:
        """Write down that a delivery is on its way when the run ends."""
        self._note(delivery, delivery.units, nan, nan)

    def _note(self, delivery: SupplierDelivery, quoted: int, came: float, arrived_s: float) -> None:
        if delivery.is_quoted:
            where = delivery.row, delivery.sku, delivery.supplier
            self.arrivals.add(*where, quoted, came, delivery.price, delivery.ordered_s, delivery.due_s, arrived_s)

    def arrival_s(self, supplier: Supplier, ordered_s: float, lead_s: float) -> float:
        """When an order arrives that takes so long; in the morning of a working day where there is a calendar."""
        if supplier.calendar is None:
            return ordered_s + lead_s
        day = supplier.calendar.add(self.days.of(ordered_s), max(1, ceil(lead_s / DAY_S - 1e-9)))
        return max(ordered_s, self.days.second(day, MORNING_S))

    def _u(self, purpose: str, keys: tuple[int, ...]) -> float:
        return self.streams.hashed_uniform(purpose, *keys)

    def _go_wrong(self, supplier: Supplier, delivery: SupplierDelivery) -> None:
        """Lateness and missing units that only chance knows."""
        if supplier.late is not None:
            late_s = self._late_s(supplier.late, delivery)
            if late_s:
                delivery.arrives_s = self.arrival_s(supplier, delivery.arrives_s, late_s)
        delivery.arrives_s = self._held_up(supplier, delivery.arrives_s)
        short = supplier.short
        if short is not None and self._u("supplier_short", delivery.keys) < short.prob:
            share = short.missing.quantile_one(self._u("supplier_short:share", delivery.keys))
            delivery.n_missing = min(delivery.units, round(delivery.units * min(max(share, 0.0), 1.0)))
            delivery.follows_s = short.follows_s

    def _held_up(self, supplier: Supplier, arrives_s: float) -> float:
        for delay in supplier.delays:
            if late_s := delay.at(arrives_s):
                arrives_s = self.arrival_s(supplier, arrives_s, late_s)
        return arrives_s

    def _late_s(self, late: Lateness, delivery: SupplierDelivery) -> float:
        """Seconds after the time that the lead time alone would give; one uniform says whether and by how much."""
        u = self._u("supplier_late", delivery.keys)
        if late.shared:
            day = self.days.ordinal(self.days.of(delivery.due_s))
            u = _shared(u, self._u("supplier_late:shock", (self.shocks[delivery.supplier], day)), late.shared)
        beyond = u - (1.0 - late.prob)
        return late.by.quantile_one(beyond / late.prob) if beyond > 0.0 else 0.0


def _parts(supplier: Supplier, units: int) -> Iterator[tuple[int, float]]:
    """Units and seconds after the first of each planned part; rounded so that they sum, without empty ones."""
    sent, share = 0, 0.0
    for number, (part, later_s) in enumerate(supplier.parts, start=1):
        share += part
        until = units if number == len(supplier.parts) else min(round(units * share), units)
        if until > sent:
            yield until - sent, later_s
        sent = until


def _shared(u: float, common: float, share: float) -> float:
    """Correlate uniforms through a Gaussian copula; the law of each stays the same."""
    from scipy.special import ndtr, ndtri

    return float(ndtr(share**0.5 * ndtri(common) + (1.0 - share) ** 0.5 * ndtri(u)))
