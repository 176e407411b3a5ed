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

Floats = NDArray[np.float64]
FINEST = 1.05
"""Ratio of neighboring class bounds where a price rises with every kilogram."""


class Prices:
    """Prices by (carrier service, zone, price class).

    A price class is the index of an order's billed weight among all bounds of all rate cards, under each divisor that
    a card has, so that within a class every card's price is constant up to its last bound.

    Attributes
    ----------
    price_class
        Of each order, by row.
    pricers
        Of each carrier service, for many parcels at once.
    """

    def __init__(self, delivery: Delivery, zones: tuple[str, ...], book: Book) -> None:
        self.zones = zones
        self.pricers = [Pricer(service.tariff, zones) for service in delivery.services]
        self._tariffs = [service.tariff for service in delivery.services]
        divisors = sorted({tariff.kg_per_l for tariff in self._tariffs})
        self._divisor = [divisors.index(tariff.kg_per_l) for tariff in self._tariffs]
        bounds = _bounds(delivery)
        places = [np.searchsorted(bounds, _billed_kg(book, kg_per_l) - 1e-9) for kg_per_l in divisors]
        doors = book.residential.astype(np.int64)
        classes, index = np.unique(np.stack([*places, doors]), axis=1, return_inverse=True)
        self.price_class: list[int] = index.ravel().tolist()
        weights = np.array([*bounds.tolist(), float(bounds[-1]) * 1.5])
        self._classes = [(weights[column[:-1]].tolist(), bool(column[-1])) for column in classes.T]
        self._known: dict[tuple[int, int, int, float], float] = {}

    def price(self, lane: int, zone: int, price_class: int, at_s: float) -> float:
        """Price of a parcel at the upper end of its class, handed over at a moment; infinite if it is not carried."""
        key = (lane, zone, price_class, at_s)
        if key not in self._known:
            weights, residential = self._classes[price_class]
            weight_kg = weights[self._divisor[lane]]
            charge = self._tariffs[lane].charge(self.zones[zone], weight_kg, 0.0, at_s, residential)
            self._known[key] = inf if charge is None else charge.total
        return self._known[key]


def _billed_kg(book: Book, kg_per_l: float) -> Floats:
    return np.maximum(book.weight_kg, kg_per_l * book.volume_l) if kg_per_l else book.weight_kg


def _bounds(delivery: Delivery) -> Floats:
    """Bounds of all cards; where a price rises with each kilogram, finer ones between them."""
    rates = [rate for service in delivery.services for rate in service.tariff.rates]
    bounds = np.unique([kg for rate in rates for kg in (rate.above_kg, rate.up_to_kg) if 0 < kg < inf] or [1.0])
    if not any(rate.per_kg for rate in rates):
        return np.asarray(bounds)
    n_finer = int(np.log(max(bounds[-1], 1.0) / 0.1) / np.log(FINEST)) + 1
    return np.union1d(bounds, np.geomspace(0.1, max(bounds[-1], 1.0), n_finer))
