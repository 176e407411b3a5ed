"""S-shape (traversal): every visited aisle is walked through, from the front and from the back in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing.across import across_m


def s_shape(layout: RectangularLayout, picks: Mapping[int, Sequence[float]]) -> float:
    """Metres of the s-shape tour; with an odd number of aisles the last is entered and left at the front.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4).
    """
    n_aisles, length = len(picks), layout.aisle_length_m
    along = n_aisles * length
    if n_aisles % 2:
        along += 2.0 * max(picks[max(picks)]) - length
    return across_m(layout, picks) + along
