"""Pricing without a list of all batches: known columns improved by exchanges of orders.

Duals have one entry per order and, last, that of the number of batches.
"""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import NONE, NOTHING, add_order, measure, recall, remember
from fulfillsim.optim.compiled import kernel, lean_kernel

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


@lean_kernel
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


@lean_kernel
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


@lean_kernel
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


@lean_kernel
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


@lean_kernel
def replace(chosen: Any, size: Any, out: Any, extra: Any) -> Any:
    """Take the order at place ``out`` (-1: none) out of a column and put ``extra`` (-1: none) in; returns its size."""
    if out >= 0:
        size -= 1
        chosen[out] = chosen[size]
    if extra != NONE:
        chosen[size] = extra
        size += 1
    return size
