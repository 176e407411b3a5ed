"""Walking along a cross-aisle, which all policies share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fulfillsim.domain.layout import RectangularLayout


def across_m(layout: RectangularLayout, picks: Mapping[int, Sequence[float]]) -> float:
    """Metres from the depot past all visited aisles and back."""
    depot = layout.depot_aisle
    return 2.0 * layout.aisle_spacing_m * (max(*picks, depot, depot) - min(*picks, depot, depot))
