"""Order lines as readers find them, and the batching instance made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fulfillsim.domain.layout import Layout, Point
from fulfillsim.io.instances.scanner import Line, Scanner
from fulfillsim.optim.batching.instance import BatchingInstance


@dataclass
class ReadOrder:
    """An order while its file is read: where it stands, its places, what it takes of a cart."""

    line: Line
    places: list[Point] = field(default_factory=list)
    load: float = 0.0


def built(
    lines: Scanner, layout: Layout, orders: Sequence[ReadOrder], capacity: float, dim: str = "items"
) -> BatchingInstance:
    """The instance of all orders.

    Raises
    ------
    DataError
        With the faults found so far, and one for each order that fits on no cart, has no line or an unreachable one.
    """
    if not orders:
        raise lines.fail(lines.ahead, "orders", "must be at least one")
    # a place outside the layout has been told where it stands; its orders need not be told as well
    is_sound = not lines.has_faults
    for number, order in enumerate(orders):
        if order.load > capacity:
            rule = f"must fit on one cart: {dim} <= {capacity:g}"
            lines.fault(order.line, f"order {number}", rule, f"{order.load:g}", "split the order or take a larger cart")
        if not order.places:
            lines.fault(order.line, f"order {number}", "must have at least one line", 0, "leave it out")
        for place in set(order.places) if is_sound else ():
            if not layout.holds(place):
                rule = "a pick at this place (aisle or vertex, meters) must be reachable from the depot and back"
                lines.fault(order.line, f"order {number}", rule, place, "there is no path in this layout")
    lines.check()
    sizes = [len(order.places) for order in orders]
    places = [place for order in orders for place in order.places]
    return BatchingInstance(
        name=lines.file.stem,
        layout=layout,
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        aisle=np.array([aisle for aisle, _ in places], np.int32),
        position_m=np.array([position_m for _, position_m in places], np.float64),
        load=np.array([[order.load] for order in orders], np.float64),
        capacity=np.array([capacity], np.float64),
        dims=(dim,),
    )
