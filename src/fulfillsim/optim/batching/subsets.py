"""Exact batches of a handful of orders: the best partition of every set of them, by dynamic programming.

``O(3**n_orders)``, a few milliseconds for twelve orders; works with every routing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.encoding import encode, is_compiled, scratch_for
from fulfillsim.optim.batching.instance import TOLERANCE, Batches, BatchingInstance
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import finish, is_within
from fulfillsim.optim.solving import Solution, Stop

MOST_ORDERS = 13


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """A proven shortest plan of at most `MOST_ORDERS` orders; ``unknown``, without a plan, of more."""
    from fulfillsim.optim.batching.columns._kernels import partition_subsets

    n = instance.n_orders
    if n > MOST_ORDERS:
        return Solution(None, "unknown", message=f"{n} orders are too many for all subsets: at most {MOST_ORDERS}")
    length = _compiled(instance, routing) if is_compiled(instance, routing) else _plain(instance, routing)
    least, choice = np.empty(2**n), np.zeros(2**n, np.int64)
    partition_subsets(length, least, choice)
    batches, rest = [], 2**n - 1
    while rest:
        batch = int(choice[rest])
        batches.append(tuple(order for order in range(n) if batch >> order & 1))
        rest ^= batch
    return finish(instance, tuple(batches), "optimal", float(least[-1]))


def _compiled(instance: BatchingInstance, routing: str) -> NDArray[np.float64]:
    """Metres of every set of orders, infinite for what fits on no cart; shape (2**n_orders,)."""
    from fulfillsim.optim.batching.columns._kernels import subset_lengths

    walk = encode(instance, routing)
    scratch, n_sets = scratch_for(walk), 2**instance.n_orders
    length, words = np.empty(n_sets), np.zeros((n_sets, len(scratch.word)), np.uint64)
    used = np.zeros((n_sets, len(instance.capacity)))
    subset_lengths(walk, scratch, instance.load, instance.capacity + TOLERANCE, words, used, length)
    return length


def _plain(instance: BatchingInstance, routing: str) -> NDArray[np.float64]:
    """The same under a routing without a kernel."""
    length_of, n = Lengths(instance, routing), instance.n_orders
    length = np.full(2**n, np.inf)
    for mask in range(2**n):
        orders = [order for order in range(n) if mask >> order & 1]
        if is_within(instance, orders):
            length[mask] = length_of(orders)
    return length
