"""Pricing without a list of all batches: improve known columns by exchange, and search all of them with bounds.

Duals have one entry per order and, last, that of the number of batches.
"""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import NOTHING, add_order, measure, recall, remember
from fulfillsim.optim.compiled import kernel

NONE = -1
EPS = 1e-7


class Orders(NamedTuple):
    """What pricing knows of the orders.

    Attributes
    ----------
    walk, scratch, memo
        To measure sets of them.
    words
        Places of each order, shape (n_orders, n_slots).
    load, capacity
        As in the instance, with the tolerance added to the capacity.
    """

    walk: Any
    scratch: Any
    memo: Any
    words: Any
    load: Any
    capacity: Any


class Found(NamedTuple):
    """Columns found; column ``k`` has the orders ``order[start[k]:start[k + 1]]``, ``length[k]`` metres.

    Attributes
    ----------
    cost
        Reduced cost of each.
    count
        Number of columns.
    """

    start: Any
    order: Any
    length: Any
    cost: Any
    count: Any


@kernel
def write_down(found: Any, chosen: Any, size: Any, out: Any, extra: Any, length: Any, cost: Any) -> Any:
    """Keep the column ``chosen[:size]`` less place ``out`` and with ``extra`` (-1: none); False if there is no room."""
    k = found.count[0]
    place = found.start[k]
    if k + 2 > len(found.start) or place + size + 1 > len(found.order):
        return False
    for i in range(size):
        if i != out:
            found.order[place] = chosen[i]
            place += 1
    if extra != NONE:
        found.order[place] = extra
        place += 1
    found.start[k + 1], found.length[k], found.cost[k] = place, length, cost
    found.count[0] += 1
    return True


@kernel
def length_of(o: Any, words: Any, key: Any, extra: Any) -> Any:
    """Metres of the tour through ``words`` and the order ``extra``; ``key`` names the set without it."""
    key ^= o.walk.key[extra]
    known = recall(o.memo, key)
    if known >= 0.0:
        return known
    for slot in range(len(words)):
        o.scratch.word[slot] = words[slot] | o.words[extra, slot]
    length = measure(o.walk, o.scratch, o.scratch.word)
    remember(o.memo, key, length)
    return length


@kernel
def is_room(o: Any, used: Any, extra: Any) -> Any:
    """Whether one more order fits."""
    for dim in range(len(o.capacity)):  # noqa: SIM110 (numba knows no generators)
        if used[dim] + o.load[extra, dim] > o.capacity[dim]:
            return False
    return True


@kernel
def without(o: Any, dual: Any, chosen: Any, size: Any, out: Any, words: Any, used: Any) -> Any:
    """Fill ``words`` and ``used`` with a column less the order at place ``out``; returns its key and sum of duals."""
    words[:] = NOTHING
    used[:] = 0.0
    key, value = NOTHING, dual[-1]
    for i in range(size):
        if i != out:
            order = chosen[i]
            add_order(o.walk, words, order)
            used += o.load[order]
            key ^= o.walk.key[order]
            value += dual[order]
    return key, value


@kernel
def best_exchange(
    o: Any, dual: Any, chosen: Any, size: Any, limit: Any, keep: Any, words: Any, used: Any, found: Any
) -> Any:
    """Best (reduced cost, place left, order come) of add, drop and swap below ``limit``; place -2: none.

    All below ``keep`` are written down.
    """
    best, best_out, best_in = limit, -2, NONE
    for out in range(-1, size):
        if out >= 0 and size == 1:
            continue
        key, value = without(o, dual, chosen, size, out, words, used)
        for slot in range(len(words)):
            o.scratch.word[slot] = words[slot]
        base = recall(o.memo, key)
        if base < 0.0:
            base = measure(o.walk, o.scratch, o.scratch.word)
            remember(o.memo, key, base)
        if out >= 0 and base - value < best:
            best, best_out, best_in = base - value, out, NONE
        for extra in range(len(dual) - 1):
            if (
                base - value - dual[extra] >= max(best, keep)
                or not is_room(o, used, extra)
                or holds(chosen, size, extra)
            ):
                continue
            length = length_of(o, words, key, extra)
            cost = length - value - dual[extra]
            if cost < best:
                best, best_out, best_in = cost, out, extra
            if cost < keep:
                write_down(found, chosen, size, out, extra, length, cost)
    return best, best_out, best_in


@kernel
def holds(chosen: Any, size: Any, order: Any) -> Any:
    """Whether an order is in a column."""
    for i in range(size):  # noqa: SIM110 (numba knows no generators)
        if chosen[i] == order:
            return True
    return False


@kernel
def exchange(o: Any, dual: Any, start: Any, order: Any, most: Any, keep: Any, found: Any, most_asked: Any) -> Any:
    """Improve the reduced cost of each given column by exchanges as long as it falls; write down all below ``keep``.

    Prunes with lengths of subsets; where these are no bounds it may miss columns, never report wrong ones. Ends once
    it may have asked for ``most_asked`` tours.
    """
    n_asked = 0
    chosen, used = np.empty(most + 1, np.int64), np.zeros(len(o.capacity))
    words = np.zeros(o.words.shape[1], np.uint64)
    for k in range(len(start) - 1):
        size = start[k + 1] - start[k]
        for i in range(size):
            chosen[i] = order[start[k] + i]
        limit = -EPS
        for _ in range(12):
            n_asked += (size + 1) * (len(dual) - 1)
            if n_asked > most_asked:
                return
            cost, out, extra = best_exchange(o, dual, chosen, size, limit, keep, words, used, found)
            if out == -2:
                break
            limit = cost - EPS
            size = replace(chosen, size, out, extra)


@kernel
def replace(chosen: Any, size: Any, out: Any, extra: Any) -> Any:
    """Take the order at place ``out`` (-1: none) out of a column and put ``extra`` (-1: none) in; returns its size."""
    if out >= 0:
        size -= 1
        chosen[out] = chosen[size]
    if extra != NONE:
        chosen[size] = extra
        size += 1
    return size


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


@kernel
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


@kernel
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


@kernel
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
        write_down(found, chosen, 1, NONE, NONE, lv.length[0], lv.length[0] - lv.value[0])
    open_level(o, lv, 0, sequence, root + 1)
    n_asked += lv.n[0]
    mark(o, lv, 0, sequence, gain, weight, free[0], chosen, is_alive, found)
    depth = 0
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
