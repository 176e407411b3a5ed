"""Which supplier gets a replenishment order, where several offer the SKU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from fulfillsim.domain.stock import Weights


class Offer(NamedTuple):
    """What one supplier offers for an order.

    Parameters
    ----------
    supplier
        Its index.
    price
        Of a unit.
    lead_s
        Until the order should arrive by the mean lead time, closed days included.
    reliability
        Chance that it comes in full and as quoted.
    """

    supplier: int
    price: float
    lead_s: float
    reliability: float


SupplierChoice = Callable[[Sequence[Offer], Weights], Offer]
"""Offers for one order, at least one, and the scenario's weights -> the one to take."""


def cheapest(offers: Sequence[Offer], weights: Weights) -> Offer:
    """Least price; the shorter lead time among equals."""
    return min(offers, key=lambda offer: (offer.price, offer.lead_s))


def fastest(offers: Sequence[Offer], weights: Weights) -> Offer:
    """Shortest expected lead time; the lower price among equals."""
    return min(offers, key=lambda offer: (offer.lead_s, offer.price))


def most_reliable(offers: Sequence[Offer], weights: Weights) -> Offer:
    """Largest chance of coming in full and as quoted; the lower price among equals."""
    return min(offers, key=lambda offer: (-offer.reliability, offer.price, offer.lead_s))


def best_score(offers: Sequence[Offer], weights: Weights) -> Offer:
    """Least weighted sum of figures, each as a multiple of the best one on offer."""
    price = min(offer.price for offer in offers)
    lead_s = min(offer.lead_s for offer in offers)
    reliability = max(offer.reliability for offer in offers)

    def score(offer: Offer) -> float:
        return (
            weights.price * _times(offer.price, price)
            + weights.lead_time * _times(offer.lead_s, lead_s)
            + weights.reliability * _times(reliability, offer.reliability)
        )

    return min(offers, key=score)


def _times(figure: float, best: float) -> float:
    """Figure as a multiple of the best one; where that is 0, how far it is from it."""
    return figure / best if best > 0.0 else 1.0 + figure


BY_SHARE = "by_share"
"""Name of the rule that leaves no choice: every SKU has one supplier, by the suppliers' shares or a table."""
SUPPLIER_CHOICE: dict[str, SupplierChoice | None] = {
    BY_SHARE: None,
    "cheapest": cheapest,
    "fastest": fastest,
    "most_reliable": most_reliable,
    "best_score": best_score,
}
