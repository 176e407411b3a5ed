"""A search of all batches for columns: depth first, cut by what later orders can bring at most.

Duals have one entry per order and, last, that of the number of batches.
"""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import NONE
from fulfillsim.optim.batching.pricing._kernels import EPS, is_room, length_of, write_down
from fulfillsim.optim.compiled import kernel, lean_kernel

ALONE: Any = np.int64(1)
TOP: Any = np.int64(0)


class Levels(NamedTuple):
    """What the search keeps per depth; candidates are places in the sequence of orders.

    Attributes
    ----------
    candidate, added, n
        Orders that fit, metres each adds to the batch of this depth, and how many there are.
    next
        Candidate to try next.
    words, used, key, value, length
        Of the batch: places, load, key, sum of duals times alpha, metres.
    """

    candidate: Any
    added: Any
    n: Any
    next: Any
    words: Any
    used: Any
    key: Any
    value: Any
    length: Any


@lean_kernel
def open_level(o: Any, lv: Any, depth: Any, sequence: Any, begin: Any) -> Any:
    """List the orders that still fit in the batch of a depth, with the metres that each adds."""
    n = 0
    for i in range(begin, len(sequence)):
        order = sequence[i]
        if is_room(o, lv.used[depth], order):
            lv.candidate[depth, n] = i
            lv.added[depth, n] = length_of(o, lv.words[depth], lv.key[depth], order) - lv.length[depth]
            n += 1
    lv.n[depth], lv.next[depth] = n, 0


@lean_kernel
def most_more(lv: Any, depth: Any, sequence: Any, weight: Any, free: Any) -> Any:
    """Most orders that can still come, by their weights."""
    n, smallest = lv.n[depth], np.inf
    for c in range(n):
        smallest = min(smallest, weight[sequence[lv.candidate[depth, c]]])
    if n == 0:
        return 0
    if smallest <= 0.0:
        return n
    return min(n, np.int64((free + EPS) / smallest))


@lean_kernel
def most_gain(
    lv: Any, depth: Any, sequence: Any, gain: Any, weight: Any, c: Any, k: Any, free: Any, ranked: Any, density: Any
) -> Any:
    """Upper bound on what ``k`` orders, candidate ``c`` and later ones, gain: scaled duals less metres added.

    A superset is at least as long as each batch with one order more, so at least as long as their average: of ``k``
    orders each brings its dual less the ``k``-th part of what it adds. Knapsack relaxation on the weights.
    """
    first = sequence[lv.candidate[depth, c]]
    total = gain[first] - lv.added[depth, c] / k
    free -= weight[first]
    for place in range(lv.n[depth]):
        other = ranked[place]
        if other <= c:
            continue
        order = sequence[lv.candidate[depth, other]]
        profit = gain[order] - lv.added[depth, other] / k
        if profit <= 0.0:
            break
        if weight[order] <= free:
            total += profit
            free -= weight[order]
        else:
            total += profit * free / weight[order]
            break
    return total


@kernel
def search_root(
    o: Any,
    dual: Any,
    alpha: Any,
    sequence: Any,
    root: Any,
    weight: Any,
    full: Any,
    most: Any,
    lv: Any,
    found: Any,
    most_asked: Any,
) -> Any:
    """Look for batches shorter than ``alpha`` times their duals, ``sequence[root]`` their first order in the sequence.

    Depth first; a subtree is cut where no set of later orders can reach its missing duals. Lengths must not fall when
    orders are added. ``weight`` and ``full`` are one surrogate of all capacities. Found batches are written
    down while there is room. Returns whether the search ended before it had asked for ``most_asked`` tours.
    """
    gain = alpha * dual
    n_asked = 0
    first = sequence[root]
    lv.words[0] = o.words[first]
    lv.used[0] = o.load[first]
    lv.key[0], lv.value[0], lv.length[0] = o.walk.key[first], gain[first] + gain[-1], o.walk.alone[first]
    chosen = np.empty(most + 1, np.int64)
    chosen[0] = first
    free = np.empty(most + 1)
    free[0] = full - weight[first]
    is_alive = np.zeros((most + 2, len(sequence)), np.bool_)
    if lv.length[0] < lv.value[0] - EPS:
        write_down(found, chosen, ALONE, NONE, NONE, lv.length[0], lv.length[0] - lv.value[0])
    depth = TOP
    open_level(o, lv, depth, sequence, root + 1)
    n_asked += lv.n[0]
    mark(o, lv, depth, sequence, gain, weight, free[0], chosen, is_alive, found)
    while depth >= 0 and n_asked < most_asked:
        c = lv.next[depth]
        if c >= lv.n[depth]:
            depth -= 1
            continue
        lv.next[depth] += 1
        if not is_alive[depth, c]:
            continue
        place = lv.candidate[depth, c]
        order = sequence[place]
        chosen[depth + 1] = order
        descend(o, lv, depth, c, order, gain)
        free[depth + 1] = free[depth] - weight[order]
        depth += 1
        open_level(o, lv, depth, sequence, place + 1)
        n_asked += lv.n[depth]
        mark(o, lv, depth, sequence, gain, weight, free[depth], chosen, is_alive, found)
    return depth < 0


@kernel
def descend(o: Any, lv: Any, depth: Any, c: Any, order: Any, gain: Any) -> Any:
    """Fill the next depth with the batch of this one and one order more."""
    for slot in range(o.words.shape[1]):
        lv.words[depth + 1, slot] = lv.words[depth, slot] | o.words[order, slot]
    lv.used[depth + 1] = lv.used[depth] + o.load[order]
    lv.key[depth + 1] = lv.key[depth] ^ o.walk.key[order]
    lv.value[depth + 1] = lv.value[depth] + gain[order]
    lv.length[depth + 1] = lv.length[depth] + lv.added[depth, c]


@kernel
def mark(
    o: Any,
    lv: Any,
    depth: Any,
    sequence: Any,
    gain: Any,
    weight: Any,
    free: Any,
    chosen: Any,
    is_alive: Any,
    found: Any,
) -> Any:
    """Write down the batches one order larger that are short enough, and mark the candidates worth a look further."""
    n, missing = lv.n[depth], lv.length[depth] - lv.value[depth]
    is_alive[depth, :n] = False
    for c in range(n):
        order = sequence[lv.candidate[depth, c]]
        cost = missing + lv.added[depth, c] - gain[order]
        if cost < -EPS:
            write_down(found, chosen, depth + 1, NONE, order, lv.length[depth] + lv.added[depth, c], cost)
    most = most_more(lv, depth, sequence, weight, free)
    density = np.empty(n)
    for k in range(2, most + 1):
        for c in range(n):
            order = sequence[lv.candidate[depth, c]]
            profit = gain[order] - lv.added[depth, c] / k
            density[c] = -profit / max(weight[order], EPS)
        ranked = np.argsort(density)
        for c in range(n):
            if is_alive[depth, c]:
                continue
            order = sequence[lv.candidate[depth, c]]
            if most_gain(lv, depth, sequence, gain, weight, c, k, free, ranked, density) > missing + EPS:
                is_alive[depth, c] = True
