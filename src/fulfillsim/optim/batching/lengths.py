"""Tour length of a set of orders under any routing, also those that no kernel computes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.pick_routing import ROUTING, router

if TYPE_CHECKING:
    from fulfillsim.optim.batching.instance import BatchingInstance


class Lengths:
    """Metres of the tour that collects some orders, each set routed once.

    Parameters
    ----------
    instance
        Whose orders.
    routing
        Name of a routing method.

    Raises
    ------
    UnknownNameError
        If no routing bears the name.
    InputError
        If the routing does not support the layout.
    """

    def __init__(self, instance: BatchingInstance, routing: str) -> None:
        if routing not in ROUTING:
            raise UnknownNameError("routing", routing, ROUTING)
        self._instance, self._route = instance, router(instance.layout, ROUTING[routing])
        self._known: dict[frozenset[int], float] = {}

    def __call__(self, orders: Iterable[int]) -> float:
        """Metres of one tour for these orders; 0 for none."""
        which = frozenset(orders)
        if which not in self._known:
            self._known[which] = self._measure(which) if which else 0.0
        return self._known[which]

    @property
    def n_measured(self) -> int:
        """Sets routed so far."""
        return len(self._known)

    def _measure(self, orders: frozenset[int]) -> float:
        instance = self._instance
        lines = instance.line_indices(tuple(sorted(orders)))
        # An order line in a place that another line has visited adds nothing: one stop collects both.
        places = np.unique(np.column_stack([instance.aisle[lines], instance.position_m[lines]]), axis=0)
        return float(self._route(places[:, 0].astype(np.int32), np.ascontiguousarray(places[:, 1])))
