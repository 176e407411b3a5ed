"""Savings: start with a tour per order and join what saves most (Clarke & Wright 1964, for batching).

References
----------
De Koster, Van der Poort & Wolters (1999), Efficient orderbatching methods in warehouses, International Journal of
Production Research 37(7): C&W(i) joins by the savings of pairs of orders, C&W(ii) measures the savings of a joined
batch anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.encoding import encode, is_compiled, memo_for, scratch_for
from fulfillsim.optim.batching.instance import TOLERANCE, Batches, BatchingInstance
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import batches_of, finish, is_within
from fulfillsim.optim.solving import Solution, Stop

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Memo, Walk
    from fulfillsim.optim.batching.merging._kernels import Parts

    Rule = Callable[[Walk, Memo, Parts, NDArray[np.float64], "Near"], None]

Pair = tuple[tuple[int, ...], tuple[int, ...]]
"""Two batches."""
WORTH_M = 1e-3
"""Savings below a millimetre are rounding."""
N_NEAR = 64
"""Candidates that each batch may be merged with."""
N_MEASURED = 300
"""Tours measured to find them, of those that visit the same subaisles."""


@dataclass
class Near:
    """How well orders, or batches, go together with those that suit them best.

    Parameters
    ----------
    near
        The best candidates of each, best first, -1 behind the last; shape (n, n_near).
    saving
        Metres saved by one tour with each of them.
    """

    near: NDArray[np.int64]
    saving: NDArray[np.float64]


def savings_ii(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches by C&W(ii): the pair of batches that saves most is joined and its savings are measured anew.

    Each batch looks at the `N_NEAR` best candidates of each of its orders, which are all for up to so many orders;
    where nothing more is saved, the batches that still have room get candidates anew.
    """
    if not is_compiled(instance, routing):
        return finish(instance, _merge_sets(instance, Lengths(instance, routing)))
    return finish(instance, batches_of(merge(instance, encode(instance, routing))[0]))


def savings_i(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches by C&W(i): pairs of orders by their saving, the batches of both joined where they fit.

    Candidates are limited as in `savings_ii`.
    """
    if not is_compiled(instance, routing):
        return finish(instance, _join_pairs(instance, Lengths(instance, routing)))
    return finish(instance, batches_of(merge(instance, encode(instance, routing), _in_order)[0]))


def merge(instance: BatchingInstance, walk: Walk, rule: Rule | None = None) -> tuple[NDArray[np.int64], Near]:
    """Batch of each order, and the candidates of each order. ``rule`` is C&W(ii) where none is given."""
    batch, first = np.arange(instance.n_orders), None
    memo, capacity = memo_for(instance.n_orders), instance.capacity + TOLERANCE
    while True:
        label = np.unique(batch, return_inverse=True)[1].astype(np.int64)
        parts = _parts(instance, walk, label)
        near = _candidates(walk, memo, parts, capacity)
        (rule or _best_first)(walk, memo, parts, capacity, near)
        first = first or near
        if (parts.batch == np.arange(len(parts.batch))).all():
            return batch, first
        batch = parts.batch[label]


def _best_first(walk: Walk, memo: Memo, parts: Parts, capacity: NDArray[np.float64], near: Near) -> None:
    from fulfillsim.optim.batching.merging._kernels import Pairing, merge_best_first

    n = len(near.near)
    pairing = Pairing(capacity, near.near, np.full(n, -1), np.full(n, -np.inf), np.zeros(n + 1, np.int64))
    merge_best_first(walk, scratch_for(walk), memo, parts, pairing)


def _in_order(walk: Walk, memo: Memo, parts: Parts, capacity: NDArray[np.float64], near: Near) -> None:
    from fulfillsim.optim.batching.merging._kernels import merge_in_order

    first, place = np.nonzero((near.near >= 0) & (near.saving > WORTH_M))
    saved = near.saving[first, place]
    ranked = np.argsort(-saved, kind="stable")
    merge_in_order(parts, capacity, first[ranked], near.near[first, place][ranked], saved[ranked])


def _parts(instance: BatchingInstance, walk: Walk, label: NDArray[np.int64]) -> Parts:
    """Batches as kernels merge them; ``label`` numbers the batch of each order from 0."""
    from fulfillsim.optim.batching.merging._kernels import Parts, gather

    n, scratch = int(label.max()) + 1, scratch_for(walk)
    n_masks = (len(walk.aisle) + 63) // 64
    parts = Parts(
        np.zeros((n, len(scratch.word)), np.uint64),
        np.zeros((n, n_masks), np.uint64),
        np.zeros(n, np.uint64),
        np.zeros(n),
        np.zeros((n, len(instance.capacity))),
        np.arange(n),
        np.arange(n),
        np.full(n, -1),
    )
    gather(walk, scratch, instance.load, label, parts)
    return parts


def _candidates(walk: Walk, memo: Memo, parts: Parts, capacity: NDArray[np.float64]) -> Near:
    from fulfillsim.optim.batching.merging._kernels import list_near

    n = len(parts.length)
    n_near = max(1, min(N_NEAR, n - 1))
    found = Near(np.full((n, n_near), -1), np.zeros((n, n_near)))
    list_near(walk, scratch_for(walk), memo, parts, capacity, N_MEASURED, found.near, found.saving)
    return found


def _join_pairs(instance: BatchingInstance, length: Lengths) -> Batches:
    """C&W(i) with routings that are not compiled."""
    batch: list[tuple[int, ...]] = [(order,) for order in range(instance.n_orders)]
    pairs = [pair for pair in combinations(range(instance.n_orders), 2) if is_within(instance, pair)]
    saving = {(a, b): length([a]) + length([b]) - length([a, b]) for a, b in pairs}
    for a, b in sorted(pairs, key=lambda pair: -saving[pair]):
        both = batch[a] + batch[b]
        if saving[a, b] > WORTH_M and batch[a] != batch[b] and is_within(instance, both):
            for order in both:
                batch[order] = both
    return tuple(dict.fromkeys(batch))


def _merge_sets(instance: BatchingInstance, length: Lengths) -> Batches:
    """C&W(ii) with routings that are not compiled."""
    batches: list[tuple[int, ...]] = [(order,) for order in range(instance.n_orders)]
    savings = _savings(instance, length, combinations(batches, 2))
    while savings:
        a, b = max(savings, key=savings.__getitem__)
        if savings[a, b] <= WORTH_M:
            break
        batches = [batch for batch in batches if batch not in (a, b)]
        for pair in [pair for pair in savings if a in pair or b in pair]:
            del savings[pair]
        savings |= _savings(instance, length, ((batch, a + b) for batch in batches))
        batches.append(a + b)
    return tuple(batches)


def _savings(instance: BatchingInstance, length: Lengths, pairs: Iterable[Pair]) -> dict[Pair, float]:
    """What joining two batches saves, of those that fit on one cart."""
    pairs = list(pairs)
    load = {batch: instance.load[list(batch)].sum(axis=0) for batch in {batch for pair in pairs for batch in pair}}
    both = np.array([load[a] + load[b] for a, b in pairs]).reshape(-1, len(instance.capacity))
    within = (both <= instance.capacity + TOLERANCE).all(axis=1)
    fitting = [pairs[place] for place in np.flatnonzero(within)]
    return {(a, b): length(a) + length(b) - length(a + b) for a, b in fitting}
