"""Which waiting orders a picker takes on one tour.

There are two kinds of policy. The simple kind looks at the head of the queue and says how many go along. The planning
kind looks at all orders within its view, by where their lines lie, and makes a plan of batches; the methods are those
of `fulfillsim.optim.batching` that need no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from fulfillsim.domain.fulfillment import Batch

if TYPE_CHECKING:
    from fulfillsim.optim.batching.instance import Batches
    from fulfillsim.policies.protocols import BatchingPolicy, PickQueue


class Load(NamedTuple):
    """What an order adds to a tour."""

    n_lines: int
    n_units: int
    weight_kg: float
    volume_l: float


Batching = Callable[[Sequence[Load], Batch], int]
"""How many from the head of the queue, at most ``limits.max_orders`` long, go on the tour: at least one."""


def first_come(waiting: Sequence[Load], limits: Batch) -> int:
    """How many from the head of the queue fit on one cart; at least one, however large it is.

    ``waiting`` is the head of the queue, at most ``limits.max_orders`` long.
    """
    max_lines, max_units = limits.max_lines or inf, limits.max_units or inf
    max_weight_kg, max_volume_l = limits.max_weight_kg or inf, limits.max_volume_l or inf
    lines = units = 0
    weight_kg = volume_l = 0.0
    for taken, load in enumerate(waiting):
        lines += load.n_lines
        units += load.n_units
        weight_kg += load.weight_kg
        volume_l += load.volume_l
        full = lines > max_lines or units > max_units or weight_kg > max_weight_kg or volume_l > max_volume_l
        if taken and full:
            return taken
    return len(waiting)


@dataclass(frozen=True)
class BySolver:
    """Batches by a method of `fulfillsim.optim.batching.SOLVERS`, with the scenario's routing as inner objective.

    Parameters
    ----------
    solver
        Its name.
    is_by_due
        Whether it looks at due times and says the sequence; else the batch with the order that the queue would serve
        first is picked first, so nobody waits for ever.
    """

    solver: str
    is_by_due: bool = False

    def plan(self, queue: PickQueue) -> Batches:
        """Batches in the sequence in which they should be picked."""
        from fulfillsim.optim.batching import plan
        from fulfillsim.optim.solving import Stop

        orders = queue.orders if self.is_by_due else replace(queue.orders, due_s=None)
        batches = plan(orders, self.solver, queue.routing, Stop(iterations=queue.budget, seed=queue.seed))
        return batches if self.is_by_due else tuple(sorted(batches, key=min))


FROM_HEAD: dict[str, Batching] = {"first_come": first_come}

PLANNING: dict[str, Callable[[], BatchingPolicy]] = {
    "earliest_due": partial(BySolver, "earliest_due", is_by_due=True),
    "seed_rules": partial(BySolver, "seed_rules"),
    "cw1": partial(BySolver, "cw1"),
    "cw2": partial(BySolver, "cw2"),
    "local_search": partial(BySolver, "local_search"),
    "auto": partial(BySolver, "auto"),
}

BATCHING: Mapping[str, object] = {**FROM_HEAD, **PLANNING}
"""Policies of both kinds by the names that scenarios use."""
