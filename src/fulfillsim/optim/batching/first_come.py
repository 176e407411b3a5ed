"""First come, first served: carts are filled in the order in which orders were given."""

from __future__ import annotations

import numpy as np

from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.plans import fill_in_turn, finish
from fulfillsim.optim.solving import Solution, Stop


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches of consecutive orders, by release where orders have one; neither routing nor stop is used."""
    release = np.zeros(instance.n_orders) if instance.release_s is None else instance.release_s
    return finish(instance, fill_in_turn(instance, np.argsort(release, kind="stable")))
