"""Congestion: pickers in the same aisles hinder each other."""

from __future__ import annotations

from collections import Counter

from fulfillsim.domain.catalog import Catalog
from fulfillsim.sim.order import Order
from fulfillsim.sim.walking import TourTime


class Crowd:
    """Tours under way in one zone of the building, and the aisles that they use.

    Attributes
    ----------
    under_way
        First order of each tour -> the tour's aisles; a tour that was interrupted still counts.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.aisle: list[int] = catalog.aisle.tolist()
        self.under_way: dict[Order, set[int]] = {}
        self.n_tours: Counter[int] = Counter()

    def slowed(self, usual: TourTime, factor: float) -> TourTime:
        """Walking and searching take longer by ``factor`` for each other picker per aisle in use as a tour sets out."""

        def timed(orders: list[Order]) -> tuple[float, float, float, float]:
            metres, setup_s, walk_s, search_s = usual(orders)
            n_others = len(self.under_way)
            self._set_out(orders)
            longer = 1.0 + factor * n_others / max(len(self.n_tours), 1)
            return metres, setup_s, walk_s * longer, search_s * longer

        return timed

    def _set_out(self, orders: list[Order]) -> None:
        aisles = {self.aisle[sku] for order in orders for sku, _ in order.lines}
        self.under_way[orders[0]] = aisles
        self.n_tours.update(aisles)

    def come_back(self, orders: list[Order]) -> None:
        """A tour has ended."""
        for aisle in self.under_way.pop(orders[0]):
            self.n_tours[aisle] -= 1
            if not self.n_tours[aisle]:
                del self.n_tours[aisle]
