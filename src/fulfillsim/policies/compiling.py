"""What the decisions of a world need compiled, done ahead: once in the parent, before worker processes start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fulfillsim.domain.fulfillment import Picking
from fulfillsim.domain.layout import Layout, Point, RectangularLayout
from fulfillsim.policies.batching import PLANNING

if TYPE_CHECKING:
    from fulfillsim.optim.batching.instance import BatchingInstance

SIZES = (3, 15)
"""Orders of the two small decisions: methods take few orders by other kernels than many."""


@dataclass(frozen=True)
class Example:
    """A decision made for compiling: `fulfillsim.policies.protocols.PickQueue`."""

    orders: BatchingInstance
    routing: str
    now_s: float = 0.0
    budget: int = 100
    seed: int = 1


def compile_ahead(plan: Picking | None) -> None:
    """Compile the kernels that this picking will call, or find them on disk.

    Light routings, picked from the head of the queue, need nothing and import nothing heavy.
    """
    if plan is None or plan.tour is None:
        return
    from fulfillsim.optim.pick_routing import ROUTING, router

    layout, routing = plan.tour.layout, plan.tour.routing
    aisle, position_m = _places(layout)[0]
    router(layout, ROUTING[routing])([aisle], [position_m])
    if plan.batch.policy in PLANNING:
        policy = PLANNING[plan.batch.policy]()
        for n_orders in SIZES:
            policy.plan(Example(_orders(layout, n_orders), routing))


def _orders(layout: Layout, n_orders: int) -> BatchingInstance:
    """Orders of two lines, all over the layout."""
    import numpy as np

    from fulfillsim.optim.batching import from_orders

    places = _places(layout)
    lines = [[places[number % len(places)], places[(3 * number + 1) % len(places)]] for number in range(n_orders)]
    return from_orders(layout, lines, capacity=4.0, load=np.ones(n_orders))


def _places(layout: Layout) -> list[Point]:
    """Some places where something may lie, the first in the aisle of the depot or, in a graph, anywhere."""
    if not isinstance(layout, RectangularLayout):
        return [(vertex, 0.0) for vertex in range(layout.n_vertices) if layout.holds((vertex, 0.0))]

    def slot(number: int) -> Point:
        block, cell = number % layout.n_blocks, number % layout.n_cells
        return (layout.start[0] + number) % layout.n_aisles, layout.cell_position_m(cell, block)

    return [slot(number) for number in range(3 * max(SIZES))]
