"""Routing of a picker's tour: where to walk so that all picks of a list are collected; one file per method.

A method takes a `PickList` and answers with a `Tour`: sequence, walkable path, metres. To add one: a file here with a
`RoutingMethod`, its place in `ROUTING`, and a test that subclasses the contract in `fulfillsim.testing`.
"""

from __future__ import annotations

from fulfillsim.optim.pick_routing.aisle_by_aisle import METHOD as AISLE_BY_AISLE
from fulfillsim.optim.pick_routing.combined import METHOD as COMBINED
from fulfillsim.optim.pick_routing.composite import METHOD as COMPOSITE
from fulfillsim.optim.pick_routing.evaluate import measure, measure_path
from fulfillsim.optim.pick_routing.exact import METHOD as EXACT
from fulfillsim.optim.pick_routing.heavy_first import METHOD as HEAVY_FIRST
from fulfillsim.optim.pick_routing.instance import PickList, Tour
from fulfillsim.optim.pick_routing.largest_gap import METHOD as LARGEST_GAP
from fulfillsim.optim.pick_routing.lengths import length_m, lengths_m, router
from fulfillsim.optim.pick_routing.method import RoutingMethod
from fulfillsim.optim.pick_routing.midpoint import METHOD as MIDPOINT
from fulfillsim.optim.pick_routing.nearest_2opt import METHOD as NEAREST_2OPT
from fulfillsim.optim.pick_routing.return_trips import METHOD as RETURN
from fulfillsim.optim.pick_routing.routing_library import METHOD as ORTOOLS
from fulfillsim.optim.pick_routing.s_shape import METHOD as S_SHAPE
from fulfillsim.optim.pick_routing.summaries import Summaries, summaries_of

METHODS = (
    EXACT,
    COMPOSITE,
    S_SHAPE,
    RETURN,
    MIDPOINT,
    LARGEST_GAP,
    COMBINED,
    AISLE_BY_AISLE,
    NEAREST_2OPT,
    ORTOOLS,
)
ROUTING: dict[str, RoutingMethod] = {method.name: method for method in METHODS}
OF_SINGLE_TOURS: dict[str, RoutingMethod] = {**ROUTING, HEAVY_FIRST.name: HEAVY_FIRST}
"""Also what looks at the weights of picks, which batching and scenarios do not hand over."""
PUBLISHED = {"optimal": "exact", "traversal": "s_shape"}
"""Name in published tables -> ours, where they differ."""

__all__ = [
    "OF_SINGLE_TOURS",
    "PUBLISHED",
    "ROUTING",
    "PickList",
    "RoutingMethod",
    "Summaries",
    "Tour",
    "length_m",
    "lengths_m",
    "measure",
    "measure_path",
    "router",
    "summaries_of",
]
