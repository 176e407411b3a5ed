"""Savings: start with a tour per order and join what saves most (Clarke & Wright 1964, for batching).

References
----------
De Koster, Van der Poort & Wolters (1999), Efficient orderbatching methods in warehouses, International Journal of
Production Research 37(7): C&W(i) joins by the savings of pairs of orders, C&W(ii) measures the savings of a joined
batch anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.encode import encode, is_compiled, scratch_for
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import batches_of, finish, is_within
from fulfillsim.optim.solving import Solution, Stop

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Walk

WORTH_M = 1e-3
"""Savings below a millimetre are rounding."""


@dataclass
class Merged:
    """Orders in batches, and how well each pair of orders goes together.

    Parameters
    ----------
    batch
        Of each order, any numbers.
    saving
        Metres saved by one tour for two orders, minus infinity for what fits on no cart; shape (n_orders, n_orders).
    """

    batch: NDArray[np.int64]
    saving: NDArray[np.float32]


def savings_ii(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches by C&W(ii): the pair of batches that saves most is joined and its savings are measured anew.

    ``O(n**2)`` tours at first and ``O(n)`` per join.
    """
    if not is_compiled(instance, routing):
        return finish(instance, _merge_sets(instance, Lengths(instance, routing)))
    return finish(instance, batches_of(merge(instance, encode(instance, routing))))


def savings_i(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches by C&W(i): pairs of orders by their saving, the batches of both joined where they fit."""
    from fulfillsim.optim.batching.merging._kernels import merge_in_order

    first, second = _pairs_by_saving(instance, routing)
    batch = np.arange(instance.n_orders)
    merge_in_order(instance.load.copy(), instance.capacity, first, second, batch)
    return finish(instance, batches_of(batch))


def merge(instance: BatchingInstance, walk: Walk) -> NDArray[np.int64]:
    """Batch of each order by C&W(ii), compiled."""
    return merge_with_savings(instance, walk).batch


def merge_with_savings(instance: BatchingInstance, walk: Walk) -> Merged:
    """C&W(ii) with the savings of all pairs of orders as they were before joining."""
    from fulfillsim.optim.batching.merging._kernels import all_savings, merge_best_first

    n, scratch = instance.n_orders, scratch_for(walk)
    words, length = np.zeros((n, len(scratch.word)), np.uint64), np.zeros(n)
    saving = np.empty((n, n), np.float32)
    load = instance.load.copy()
    all_savings(walk, scratch, words, length, load, instance.capacity, saving)
    kept = saving.copy()
    batch = np.arange(n)
    merge_best_first(walk, scratch, words, length, load, instance.capacity, saving, batch)
    return Merged(batch, kept)


def _pairs_by_saving(instance: BatchingInstance, routing: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of orders that fit on a cart and save something, the largest saving first."""
    saving = pair_savings(instance, routing)
    first, second = np.triu_indices(instance.n_orders, 1)
    worth = saving[first, second]
    ranked = np.argsort(-worth, kind="stable")
    ranked = ranked[worth[ranked] > 0]
    return first[ranked], second[ranked]


def pair_savings(instance: BatchingInstance, routing: str) -> NDArray[np.float32]:
    """Metres saved by one tour for two orders, minus infinity for what fits on no cart."""
    if is_compiled(instance, routing):
        return merge_with_savings(instance, encode(instance, routing)).saving
    length, n = Lengths(instance, routing), instance.n_orders
    saving = np.full((n, n), -np.inf, np.float32)
    for a, b in combinations(range(n), 2):
        if is_within(instance, (a, b)):
            saving[a, b] = saving[b, a] = length([a]) + length([b]) - length([a, b])
    return saving


def _merge_sets(instance: BatchingInstance, length: Lengths) -> Batches:
    """C&W(ii) with routings that are not compiled."""
    batches: list[tuple[int, ...]] = [(order,) for order in range(instance.n_orders)]
    while True:
        savings = {
            (a, b): length(a) + length(b) - length(a + b)
            for a, b in combinations(batches, 2)
            if is_within(instance, a + b)
        }
        if not savings or max(savings.values()) <= WORTH_M:
            return tuple(batches)
        a, b = max(savings, key=lambda pair: savings[pair])
        batches = [batch for batch in batches if batch not in (a, b)] + [a + b]
