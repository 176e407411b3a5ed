"""Length of a picker's tour through one block of parallel aisles, by routing policy; one file each.

A policy is a function ``(layout, picks) -> metres`` of the picks of one tour, given per visited aisle as
``{aisle: positions in metres from the front}``. To add one: a file here and its name in `ROUTING`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing.gaps import largest_gap
from fulfillsim.optim.pick_routing.returns import return_trips
from fulfillsim.optim.pick_routing.traversal import s_shape

Routing = Callable[[RectangularLayout, Mapping[int, Sequence[float]]], float]

ROUTING: dict[str, Routing] = {"s_shape": s_shape, "return": return_trips, "largest_gap": largest_gap}
