"""Return: every visited aisle is entered and left at the front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing.across import across_m


def return_trips(layout: RectangularLayout, picks: Mapping[int, Sequence[float]]) -> float:
    """Metres of the return tour: twice the farthest pick of each aisle.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4).
    """
    return across_m(layout, picks) + sum(2.0 * max(positions) for positions in picks.values())
