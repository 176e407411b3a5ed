"""Largest gap: the first and last visited aisle are walked through, the others entered up to their largest gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing.across import across_m
from fulfillsim.optim.pick_routing.returns import return_trips


def largest_gap(layout: RectangularLayout, picks: Mapping[int, Sequence[float]]) -> float:
    """Metres of the largest-gap tour; a single aisle is a return trip.

    References
    ----------
    Hall (1993), Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25(4).
    """
    if len(picks) == 1:
        return return_trips(layout, picks)
    length, ends = layout.aisle_length_m, (min(picks), max(picks))
    inner = (2.0 * (length - _gap(picks[aisle], length)) for aisle in picks if aisle not in ends)
    return across_m(layout, picks) + 2.0 * length + sum(inner)


def _gap(positions: Sequence[float], length: float) -> float:
    """Largest distance between neighbors, both aisle ends included."""
    stops = [0.0, *sorted(positions), length]
    return max(b - a for a, b in pairwise(stops))
