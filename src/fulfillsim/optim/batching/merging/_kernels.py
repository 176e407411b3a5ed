"""Which batches go well together, and the merging of those that save most until nothing is saved.

Each batch looks only at a list of candidates, so that thousands of orders need neither a matrix nor much time. For up
to ``n_near + 1`` orders the lists hold all, and the outcome is that of all pairs.
"""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import NONE, NOTHING, ONE, add_order, count_bits, measure, recall, remember
from fulfillsim.optim.compiled import kernel, lean_kernel

WORTH_M = 1e-3  # anything below a millimetre is rounding
LEVELS = 64  # of how many subaisles two batches share


class Parts(NamedTuple):
    """Batches to be merged; those that were merged into another bear its number.

    Attributes
    ----------
    words, seen
        Places of each batch, and a bit for each subaisle with any; shapes (n, n_slots), (n, n_subs / 64).
    key, length, load
        Of each batch: XOR of the keys of its orders, metres, load per dimension.
    batch
        Number of the batch in which each part is now.
    head, after
        First part of each batch and the next part in it, -1 at the end.
    """

    words: Any
    seen: Any
    key: Any
    length: Any
    load: Any
    batch: Any
    head: Any
    after: Any


class Pairing(NamedTuple):
    """How batches are paired.

    Attributes
    ----------
    capacity
        Of one cart, with the tolerance added.
    near
        Candidates of each part, best first, -1 behind the last; shape (n, n_near).
    partner, saving
        For each batch the one to merge it with and the metres saved; -1 and minus infinity where none fits.
    asked
        In which turn each batch was last looked at, and, last, the present turn; shape (n + 1,).
    """

    capacity: Any
    near: Any
    partner: Any
    saving: Any
    asked: Any


@kernel
def gather(walk: Any, scratch: Any, load: Any, label: Any, parts: Any) -> Any:
    """Fill the parts, empty so far, with orders: order ``i`` goes into part ``label[i]``."""
    for order in range(len(label)):
        part = label[order]
        add_order(walk, parts.words[part], order)
        parts.key[part] ^= walk.key[order]
        for dim in range(load.shape[1]):
            parts.load[part, dim] += load[order, dim]
    for part in range(len(parts.length)):
        scratch.word[:] = parts.words[part]
        parts.length[part] = measure(walk, scratch, scratch.word)
        for slot in range(parts.words.shape[1]):
            if parts.words[part, slot] != NOTHING:
                sub = slot // walk.n_words
                parts.seen[part, sub // 64] |= ONE << np.uint64(sub % 64)


@lean_kernel
def fits(load: Any, capacity: Any, a: Any, b: Any) -> Any:
    """Whether two loads together keep every capacity."""
    for dim in range(len(capacity)):  # noqa: SIM110 (numba knows no generators)
        if load[a, dim] + load[b, dim] > capacity[dim]:
            return False
    return True


@lean_kernel
def saving_of(walk: Any, scratch: Any, memo: Any, parts: Any, a: Any, b: Any) -> Any:
    """Metres saved by one tour for two batches."""
    key = parts.key[a] ^ parts.key[b]
    length = recall(memo, key)
    if length < 0.0:
        for slot in range(parts.words.shape[1]):
            scratch.word[slot] = parts.words[a, slot] | parts.words[b, slot]
        length = measure(walk, scratch, scratch.word)
        remember(memo, key, length)
    return parts.length[a] + parts.length[b] - length


@lean_kernel
def likeness(parts: Any, a: Any, b: Any) -> Any:
    """Share of the subaisles of two batches that both visit, from 0 to ``LEVELS - 1``."""
    both, either = 0, 0
    for slot in range(parts.seen.shape[1]):
        both += count_bits(parts.seen[a, slot] & parts.seen[b, slot])
        either += count_bits(parts.seen[a, slot] | parts.seen[b, slot])
    return (LEVELS - 1) * both // either


@kernel
def list_near(
    walk: Any, scratch: Any, memo: Any, parts: Any, capacity: Any, n_measured: Any, near: Any, saving: Any
) -> Any:
    """For each part the others that save the largest share of the two tours, with the metres saved, best first.

    Of those that fit only the ``n_measured`` that visit the same subaisles are measured, ties as they come after it.
    """
    n, room = len(parts.length), near.shape[1]
    level = np.empty(n, np.int64)
    share = np.empty(room)
    for a in range(n):
        lowest, n_last = least_level(parts, capacity, a, n_measured, level)
        share[:] = -np.inf
        for step in range(1, n):
            b = (a + step) % n
            if level[b] < lowest:
                continue
            if level[b] == lowest:
                n_last -= 1
                if n_last < 0:
                    continue
            saved = saving_of(walk, scratch, memo, parts, a, b)
            insert(share, near[a], saving[a], saved / (parts.length[a] + parts.length[b]), b, saved)


@kernel
def least_level(parts: Any, capacity: Any, a: Any, n_measured: Any, level: Any) -> Any:
    """Fill the likeness of each part to ``a`` (-1: does not fit); the least one wanted, and how many of that one."""
    n_of = np.zeros(LEVELS, np.int64)
    for b in range(len(level)):
        level[b] = NONE
        if b != a and fits(parts.load, capacity, a, b):
            level[b] = likeness(parts, a, b)
            n_of[level[b]] += 1
    wanted = n_measured
    for lowest in range(LEVELS - 1, -1, -1):
        if n_of[lowest] >= wanted or lowest == 0:
            return lowest, wanted
        wanted -= n_of[lowest]
    return 0, wanted


@lean_kernel
def insert(share: Any, near: Any, saving: Any, value: Any, candidate: Any, saved: Any) -> Any:
    """Keep a candidate if it is among the best, which stay sorted."""
    place = len(share) - 1
    if value <= share[place]:
        return
    while place > 0 and share[place - 1] < value:
        share[place], near[place], saving[place] = share[place - 1], near[place - 1], saving[place - 1]
        place -= 1
    share[place], near[place], saving[place] = value, candidate, saved


@lean_kernel
def look(walk: Any, scratch: Any, memo: Any, parts: Any, pairing: Any, a: Any) -> Any:
    """Find the best partner of a batch among the candidates of its parts, and show it to each of them."""
    pairing.partner[a], pairing.saving[a] = NONE, -np.inf
    pairing.asked[-1] += 1
    turn = pairing.asked[-1]
    pairing.asked[a] = turn
    part = parts.head[a]
    while part != NONE:
        for k in range(pairing.near.shape[1]):
            if pairing.near[part, k] == NONE:
                break
            b = parts.batch[pairing.near[part, k]]
            if pairing.asked[b] == turn or not fits(parts.load, pairing.capacity, a, b):
                continue
            pairing.asked[b] = turn
            saved = saving_of(walk, scratch, memo, parts, a, b)
            if saved > pairing.saving[a]:
                pairing.partner[a], pairing.saving[a] = b, saved
            if saved > pairing.saving[b]:
                pairing.partner[b], pairing.saving[b] = a, saved
        part = parts.after[part]


@kernel
def join(parts: Any, a: Any, b: Any, saved: Any) -> Any:
    """Move everything of batch ``b`` into ``a``."""
    parts.words[a] |= parts.words[b]
    parts.key[a] ^= parts.key[b]
    parts.length[a] += parts.length[b] - saved
    parts.load[a] += parts.load[b]
    part = parts.head[b]
    while part != NONE:
        parts.batch[part] = a
        following = parts.after[part]
        parts.after[part] = parts.head[a]
        parts.head[a] = part
        part = following
    parts.head[b] = NONE


@kernel
def merge_best_first(walk: Any, scratch: Any, memo: Any, parts: Any, pairing: Any) -> Any:
    """C&W(ii): merge the pair that saves most, measure its savings anew, until nothing is saved."""
    n = len(parts.length)
    for part in range(n):
        look(walk, scratch, memo, parts, pairing, part)
    while True:
        a = np.int64(np.argmax(pairing.saving))
        if not pairing.saving[a] > WORTH_M:
            return
        b = pairing.partner[a]
        join(parts, a, b, pairing.saving[a])
        pairing.saving[b] = -np.inf
        look(walk, scratch, memo, parts, pairing, a)
        for other in range(n):
            if other != a and parts.head[other] != NONE and pairing.partner[other] in (a, b):
                look(walk, scratch, memo, parts, pairing, other)


@kernel
def merge_in_order(parts: Any, capacity: Any, first: Any, second: Any, saved: Any) -> Any:
    """C&W(i): join the batches of the two parts of each pair, pairs in the given order, wherever they fit.

    Lengths of batches are not kept.
    """
    for pair in range(len(first)):
        a, b = parts.batch[first[pair]], parts.batch[second[pair]]
        if a != b and fits(parts.load, capacity, a, b):
            join(parts, a, b, saved[pair])
