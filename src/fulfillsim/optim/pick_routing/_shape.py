"""What kernels are told: a layout as plain numbers, and a number for each method that they compute."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing._tables import states_of

EXACT, COMPOSITE, S_SHAPE, RETURN, MIDPOINT, LARGEST_GAP, COMBINED, AISLE_BY_AISLE = range(8)


class Shape(NamedTuple):
    """A rectangular layout for kernels.

    Parameters
    ----------
    spacing_m
        Between neighboring aisles.
    start_aisle, start_cross, end_aisle, end_cross
        Mouths at which tours start and end.
    cross_m
        Positions of the cross-aisles, shape (n_blocks + 1,).
    table
        Transitions between states of several blocks, see `states_of`, shape (n_rows, n_states).
    """

    spacing_m: float
    start_aisle: int
    start_cross: int
    end_aisle: int
    end_cross: int
    cross_m: NDArray[np.float64]
    table: NDArray[np.int32]


@lru_cache(maxsize=256)
def shape_of(layout: RectangularLayout) -> Shape:
    """The layout as kernels want it; made once."""
    end_aisle, end_cross = layout.end[0], layout.last_cross_aisle
    is_open = (end_aisle, end_cross) != (layout.depot_aisle, layout.depot_cross_aisle)
    return Shape(
        float(layout.aisle_spacing_m),
        layout.depot_aisle,
        layout.depot_cross_aisle,
        end_aisle,
        end_cross,
        np.array(layout.cross_m, dtype=np.float64),
        states_of(len(layout.cross_m), is_open)[1],
    )
