"""What carriers ask for a parcel when one is chosen: prices by class, so that orders of equal cost share a look-up.

What is paid is computed when the truck leaves, from true weights (`fulfillsim.domain.pricing`).
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.delivery import Delivery
from fulfillsim.domain.pricing import Pricer
from fulfillsim.sim.book import Book
from fulfillsim.sim.cartons import Packing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FINEST = 1.05
"""Ratio of neighboring class bounds where a price rises with every kilogram."""


class Prices:
    """Prices by (carrier service, zone, price class).

    The class of a parcel is the index of its billed weight among all bounds of all rate cards, under each divisor that
    a card has, so that within a class every card's price is constant up to its last bound. Orders in several parcels
    have classes of their own: those of their parcels together.

    Attributes
    ----------
    price_class
        Of each order, by row.
    pricers
        Of each carrier service, for many parcels at once.
    """

    def __init__(self, delivery: Delivery, zones: tuple[str, ...], book: Book, packing: Packing) -> None:
        self.zones = zones
        self.pricers = [Pricer(service.tariff, zones) for service in delivery.services]
        self._tariffs = [service.tariff for service in delivery.services]
        divisors = sorted({tariff.kg_per_l for tariff in self._tariffs})
        self._divisor = [divisors.index(tariff.kg_per_l) for tariff in self._tariffs]
        bounds, boxes = _bounds(delivery), packing.all_boxes()
        billed = [np.maximum(boxes.weight_kg, kg_per_l * boxes.volume_l) for kg_per_l in divisors]
        doors = book.residential[boxes.order].astype(np.int64)
        places = [np.searchsorted(bounds, kg - 1e-9) for kg in billed]
        classes, index = np.unique(np.stack([*places, doors]), axis=1, return_inverse=True)
        weights = np.array([*bounds.tolist(), float(bounds[-1]) * 1.5])
        self._parcel_classes = [(weights[column[:-1]].tolist(), bool(column[-1])) for column in classes.T]
        self._parcels: list[tuple[int, ...]] = [(number,) for number in range(len(self._parcel_classes))]
        self.price_class: list[int] = self._of_orders(boxes.order, index.ravel(), len(book.n_units))
        self._known: dict[tuple[int, int, int, float], float] = {}

    def _of_orders(self, order: Ints, parcel_class: Ints, n: int) -> list[int]:
        """Class of each order: of its only parcel, else one that stands for all of its parcels."""
        if len(order) == n:
            found: list[int] = parcel_class.tolist()
            return found
        first = np.zeros(n, np.int64)
        first[order[::-1]] = parcel_class[::-1]
        start = np.searchsorted(order, np.arange(n + 1))
        number: dict[tuple[int, ...], int] = {}
        for row in np.flatnonzero(np.diff(start) > 1).tolist():
            together = tuple(sorted(parcel_class[start[row] : start[row + 1]].tolist()))
            if together not in number:
                number[together] = len(self._parcels)
                self._parcels.append(together)
            first[row] = number[together]
        return list(first.tolist())

    def price(self, lane: int, zone: int, price_class: int, at_s: float) -> float:
        """Price of parcels at the upper end of their class, handed over at a moment; infinite if one is not carried."""
        key = (lane, zone, price_class, at_s)
        if key not in self._known:
            self._known[key] = self._of_parcels(lane, zone, self._parcels[price_class], at_s)
        return self._known[key]

    def _of_parcels(self, lane: int, zone: int, numbers: tuple[int, ...], at_s: float) -> float:
        """Price of parcels that leave together: as one where the card says so and they are not too heavy for it."""
        if self._tariffs[lane].per_consignment and len(numbers) > 1:
            together = self._price(lane, zone, numbers, at_s)
            if together < inf:
                return together
        return sum(self._price(lane, zone, (number,), at_s) for number in numbers)

    def _price(self, lane: int, zone: int, numbers: tuple[int, ...], at_s: float) -> float:
        classes = [self._parcel_classes[number] for number in numbers]
        weight_kg, residential = sum(weights[self._divisor[lane]] for weights, _ in classes), classes[0][1]
        charge = self._tariffs[lane].charge(self.zones[zone], weight_kg, 0.0, at_s, residential)
        return inf if charge is None else charge.total


def _bounds(delivery: Delivery) -> Floats:
    """Bounds of all cards; where a price rises with each kilogram, finer ones between them."""
    rates = [rate for service in delivery.services for rate in service.tariff.rates]
    bounds = np.unique([kg for rate in rates for kg in (rate.above_kg, rate.up_to_kg) if 0 < kg < inf] or [1.0])
    if not any(rate.per_kg for rate in rates):
        return np.asarray(bounds)
    n_finer = int(np.log(max(bounds[-1], 1.0) / 0.1) / np.log(FINEST)) + 1
    return np.union1d(bounds, np.geomspace(0.1, max(bounds[-1], 1.0), n_finer))
