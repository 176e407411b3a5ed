"""Shortest walks between all stops of a tour, for methods that see nothing else of a building."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing.instance import PickList


def distances_m(picks: PickList) -> NDArray[np.float64]:
    """Metres from stop to stop, shape (n_picks + 2, n_picks + 2).

    Stop 0 is the start, 1 to n_picks are the picks, the last is the end. Infinite where one-way aisles leave no walk.
    """
    layout = picks.layout
    stops = [layout.start, *picks.points, layout.end]
    if isinstance(layout, RectangularLayout):
        return _rectangular(layout, np.array([a for a, _ in stops]), np.array([y for _, y in stops]))
    return layout.distances_m([vertex for vertex, _ in stops])


def _rectangular(
    layout: RectangularLayout, aisle: NDArray[np.int64], position_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    to_cross = np.abs(position_m[:, None] - np.array(layout.cross_m))
    by_cross = (to_cross[:, None, :] + to_cross[None, :, :]).min(axis=2)
    same = aisle[:, None] == aisle
    along = np.where(same, np.abs(position_m[:, None] - position_m), by_cross)
    return np.asarray(along + layout.aisle_spacing_m * np.abs(aisle[:, None] - aisle))
