"""What the decisions of a world need compiled, done ahead: once in the parent, before worker processes start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fulfillsim.domain.fulfillment import Picking
from fulfillsim.domain.layout import RectangularLayout
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
    router(layout, ROUTING[routing])([layout.start[0]], [layout.cell_position_m(0)])
    if plan.batch.policy in PLANNING:
        policy = PLANNING[plan.batch.policy]()
        for n_orders in SIZES:
            policy.plan(Example(_orders(layout, n_orders), routing))


def _orders(layout: RectangularLayout, n_orders: int) -> BatchingInstance:
    """Orders of two lines, all over the layout."""
    import numpy as np

    from fulfillsim.optim.batching import from_orders

    def slot(number: int) -> tuple[int, float]:
        block, cell = number % layout.n_blocks, number % layout.n_cells
        return number % layout.n_aisles, layout.cell_position_m(cell, block)

    lines = [[slot(number), slot(3 * number + 1)] for number in range(n_orders)]
    return from_orders(layout, lines, capacity=4.0, load=np.ones(n_orders))
