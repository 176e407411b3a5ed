"""Greedy: order after order, each time the one that lengthens the walks least per position."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.optim.order_selection.arrays import choice_of, empty_state, fewest_batches, plan_of
from fulfillsim.optim.order_selection.instance import Selection, SelectionInstance
from fulfillsim.optim.solving import Solution, Stop

if TYPE_CHECKING:
    from fulfillsim.optim.order_selection._kernels import Choice, State

NO_PLAN = "the orders that are left compete for the same pieces"


def greedy(instance: SelectionInstance, stop: Stop) -> Solution[Selection]:
    """A plan made by cheapest insertion of whole orders; ``stop`` is not used."""
    state = built(instance, choice_of(instance))
    return Solution(None, "unknown", message=NO_PLAN) if state is None else Solution(plan_of(state), "feasible")


def built(instance: SelectionInstance, choice: Choice) -> State | None:
    """The greedy plan in as few batches as it finds enough positions for; every batch cuts picklists short."""
    from fulfillsim.optim.order_selection._kernels import recreate

    fewest = fewest_batches(instance)
    for n_batches in range(fewest, instance.n_orders + 1):
        state = empty_state(instance, n_batches)
        if recreate(choice, state, 0.0, np.ones(1, np.uint64)):
            return state
        if n_batches * instance.max_orders >= instance.n_orders:
            break
    return None
