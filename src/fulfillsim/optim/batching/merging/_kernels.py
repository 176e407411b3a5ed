"""Savings of pairs of batches and the merging of the best pair until none saves anything."""

from typing import Any

import numpy as np

from fulfillsim.optim.batching._kernels import NOTHING, add_order, measure
from fulfillsim.optim.compiled import kernel

NEVER = np.float32(-np.inf)
WORTH_M = 1e-3  # savings are kept in 32 bits: anything below a millimetre is rounding


@kernel
def fits(load: Any, capacity: Any, a: Any, b: Any) -> Any:
    """Whether two loads together keep every capacity."""
    for dim in range(len(capacity)):  # noqa: SIM110 (numba knows no generators)
        if load[a, dim] + load[b, dim] > capacity[dim] + 1e-9:
            return False
    return True


@kernel
def pair_saving(walk: Any, scratch: Any, words: Any, length: Any, load: Any, capacity: Any, a: Any, b: Any) -> Any:
    """Metres saved by one tour for two batches; minus infinity if they do not fit on a cart."""
    if not fits(load, capacity, a, b):
        return NEVER
    for slot in range(words.shape[1]):
        scratch.word[slot] = words[a, slot] | words[b, slot]
    return np.float32(length[a] + length[b] - measure(walk, scratch, scratch.word))


@kernel
def all_savings(walk: Any, scratch: Any, words: Any, length: Any, load: Any, capacity: Any, saving: Any) -> Any:
    """Fill the symmetric matrix of savings; one batch per order."""
    n = len(length)
    for a in range(n):
        words[a] = NOTHING
        add_order(walk, words[a], a)
        length[a] = walk.alone[a]
    for a in range(n):
        saving[a, a] = NEVER
        for b in range(a + 1, n):
            saving[a, b] = pair_saving(walk, scratch, words, length, load, capacity, a, b)
            saving[b, a] = saving[a, b]


@kernel
def best_of_row(saving: Any, row: Any) -> Any:
    """Column with the largest saving of a row, the first of equals."""
    best = 0
    for column in range(1, saving.shape[1]):
        if saving[row, column] > saving[row, best]:
            best = column
    return best


@kernel
def merge_best_first(
    walk: Any, scratch: Any, words: Any, length: Any, load: Any, capacity: Any, saving: Any, batch: Any
) -> Any:
    """C&W(ii): merge the pair that saves most, measure its savings anew, until nothing is saved.

    ``batch[i]`` ends as the batch of order ``i``; batches bear the number of one of their orders. ``words``,
    ``length``, ``load`` and ``saving`` are used up.
    """
    n = len(length)
    partner = np.empty(n, np.int64)
    for a in range(n):
        partner[a] = best_of_row(saving, a)
    while True:
        a = 0
        for row in range(1, n):
            if saving[row, partner[row]] > saving[a, partner[a]]:
                a = row
        b = partner[a]
        if not saving[a, b] > WORTH_M:
            return
        join(words, length, load, batch, a, b, saving[a, b])
        saving[b, :], saving[:, b] = NEVER, NEVER
        renew(walk, scratch, words, length, load, capacity, saving, partner, a, b)


@kernel
def join(words: Any, length: Any, load: Any, batch: Any, a: Any, b: Any, saved: Any) -> Any:
    """Move everything of batch ``b`` into ``a``."""
    words[a] |= words[b]
    length[a] += length[b] - saved
    load[a] += load[b]
    for order in range(len(batch)):
        if batch[order] == b:
            batch[order] = a


@kernel
def renew(
    walk: Any,
    scratch: Any,
    words: Any,
    length: Any,
    load: Any,
    capacity: Any,
    saving: Any,
    partner: Any,
    a: Any,
    b: Any,
) -> Any:
    """Measure the savings of batch ``a`` after ``b`` went into it, and repair the best partners."""
    for other in range(len(length)):
        if other != a and saving[other, a] != NEVER:
            saving[a, other] = pair_saving(walk, scratch, words, length, load, capacity, a, other)
            saving[other, a] = saving[a, other]
    partner[a] = best_of_row(saving, a)
    for other in range(len(length)):
        if partner[other] == a or partner[other] == b:
            partner[other] = best_of_row(saving, other)
        elif saving[other, a] > saving[other, partner[other]]:
            partner[other] = a


@kernel
def merge_in_order(load: Any, capacity: Any, first: Any, second: Any, batch: Any) -> Any:
    """C&W(i): join the batches of the two orders of each pair, pairs in the given order, wherever they fit."""
    for pair in range(len(first)):
        a, b = batch[first[pair]], batch[second[pair]]
        if a != b and fits(load, capacity, a, b):
            load[a] += load[b]
            for order in range(len(batch)):
                if batch[order] == b:
                    batch[order] = a
