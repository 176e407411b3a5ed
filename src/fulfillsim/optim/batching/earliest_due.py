"""Earliest due date, with slack: orders that must start soonest share the first carts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import fill_in_turn, finish
from fulfillsim.optim.solving import Solution, Stop


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches of orders that are next by due date minus the time of their own tour.

    Orders without due dates come in the order given.
    """
    return finish(instance, fill_in_turn(instance, np.argsort(latest_start_s(instance, routing), kind="stable")))


def latest_start_s(instance: BatchingInstance, routing: str) -> NDArray[np.float64]:
    """When each order must be started at the latest if it is picked alone; zeros without due dates."""
    if instance.due_s is None:
        return np.zeros(instance.n_orders)
    length, pickers = Lengths(instance, routing), instance.pickers
    walk = np.array([length([order]) for order in range(instance.n_orders)])
    work = pickers.setup_s + walk / pickers.speed_m_per_s + pickers.pick_s * np.diff(instance.first)
    latest: NDArray[np.float64] = instance.due_s - work
    return latest
