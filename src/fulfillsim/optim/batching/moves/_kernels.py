"""Simulated annealing on batches: relocate, swap, ejection and rebuilding whole batches, with exact tour lengths."""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import (
    NOTHING,
    add_order,
    measure,
    randint,
    recall,
    remember,
    uniform,
)
from fulfillsim.optim.compiled import kernel

NONE = -1
CLOSE_PROB = 0.6  # share of moves whose target is near the order; the rest may go anywhere
MOVE_PROB = 0.5  # where an order fits, share of moves that put it there without taking one out
REBUILDS = 0.0005  # share of moves that dissolve a batch, for up to FEW orders; the time that one takes grows with them
FEW = 200
CHAIN = 4  # moves per order at most when a batch is dissolved
ROUNDING_M = 1e-9


class State(NamedTuple):
    """Batches while they are being improved; orders of a batch form a linked list.

    Attributes
    ----------
    batch
        Of each order.
    head, after, before
        First order of each batch; next and previous order in the batch of each order; -1 at the ends.
    size, load, length, key
        Of each batch: orders, load per dimension, metres, XOR of the keys of its orders.
    spare, where
        The empty batches, ``count[0]`` of them, and the place of each in that list.
    count
        Number of empty batches.
    total
        Metres of all batches.
    """

    batch: Any
    head: Any
    after: Any
    before: Any
    size: Any
    load: Any
    length: Any
    key: Any
    spare: Any
    where: Any
    count: Any
    total: Any


class Carts(NamedTuple):
    """What limits a batch, and which orders lie near each other.

    Attributes
    ----------
    load, capacity
        As in the instance, with the tolerance added to the capacity.
    share
        Share of a cart that each order takes.
    near
        For each order the orders whose tours join best with its own; shape (n_orders, n_near).
    """

    load: Any
    capacity: Any
    share: Any
    near: Any


class Pool(NamedTuple):
    """Batches met, each once.

    Attributes
    ----------
    table
        Keys met, by open addressing; 0 is free.
    start, order, length
        Orders of column ``k`` are ``order[start[k]:start[k + 1]]``, with its metres.
    count
        Number of columns.
    is_open
        Whether batches are written down now.
    """

    table: Any
    start: Any
    order: Any
    length: Any
    count: Any
    is_open: Any


class Search(NamedTuple):
    """All that one search works on."""

    walk: Any
    scratch: Any
    memo: Any
    carts: Any
    state: State
    pool: Pool
    random: Any


@kernel
def length_with(s: Any, batch: Any, out: Any, into: Any) -> Any:
    """Metres of ``batch`` without the order ``out`` and with the order ``into`` (-1: none)."""
    key = s.state.key[batch]
    if out != NONE:
        key ^= s.walk.key[out]
    if into != NONE:
        key ^= s.walk.key[into]
    if key == NOTHING:
        return 0.0
    known = recall(s.memo, key)
    if known >= 0.0:
        return known
    s.scratch.word[:] = NOTHING
    order = s.state.head[batch]
    while order != NONE:
        if order != out:
            add_order(s.walk, s.scratch.word, order)
        order = s.state.after[order]
    if into != NONE:
        add_order(s.walk, s.scratch.word, into)
    length = measure(s.walk, s.scratch, s.scratch.word)
    remember(s.memo, key, length)
    return length


@kernel
def room(s: Any, batch: Any, out: Any, into: Any) -> Any:
    """Whether ``into`` fits in ``batch`` once ``out`` (-1: none) has left it."""
    for dim in range(len(s.carts.capacity)):
        load = s.state.load[batch, dim] + s.carts.load[into, dim]
        if out != NONE:
            load -= s.carts.load[out, dim]
        if load > s.carts.capacity[dim]:
            return False
    return True


@kernel
def put(s: Any, order: Any, target: Any) -> Any:
    """Move an order into another batch; lengths are the caller's."""
    source = s.state.batch[order]
    before, after = s.state.before[order], s.state.after[order]
    if before == NONE:
        s.state.head[source] = after
    else:
        s.state.after[before] = after
    if after != NONE:
        s.state.before[after] = before
    head = s.state.head[target]
    s.state.before[order], s.state.after[order] = NONE, head
    if head != NONE:
        s.state.before[head] = order
    s.state.head[target] = order
    s.state.batch[order] = target
    count(s, order, source, -1)
    count(s, order, target, 1)


@kernel
def count(s: Any, order: Any, batch: Any, sign: Any) -> Any:
    """Add an order to, or take it out of, what is summed per batch."""
    s.state.key[batch] ^= s.walk.key[order]
    for dim in range(len(s.carts.capacity)):
        s.state.load[batch, dim] += sign * s.carts.load[order, dim]
    s.state.size[batch] += sign
    if sign < 0 and s.state.size[batch] == 0:
        s.state.load[batch] = 0.0  # sums of floats need not end at zero by themselves
        file_spare(s, batch, s.state.count[0])
        s.state.count[0] += 1
    elif sign > 0 and s.state.size[batch] == 1:
        s.state.count[0] -= 1
        file_spare(s, s.state.spare[s.state.count[0]], s.state.where[batch])


@kernel
def file_spare(s: Any, batch: Any, place: Any) -> Any:
    """Write an empty batch into the list of empty ones."""
    s.state.spare[place], s.state.where[batch] = batch, place


@kernel
def renew_length(s: Any, batch: Any, length: Any) -> Any:
    """Set the length of a batch, keep the total, and show the batch to the pool."""
    s.state.total[0] += length - s.state.length[batch]
    s.state.length[batch] = length
    if s.pool.is_open[0]:
        collect(s, batch)


@kernel
def member(s: Any, batch: Any) -> Any:
    """A random order of a batch."""
    order = s.state.head[batch]
    for _ in range(randint(s.random, s.state.size[batch])):
        order = s.state.after[order]
    return order


@kernel
def relocate(s: Any, order: Any, target: Any, limit: Any) -> Any:
    """Move an order if the total grows by at most ``limit``; True if done."""
    source = s.state.batch[order]
    old = s.state.length[source] + s.state.length[target]
    into = length_with(s, target, NONE, order)
    if into - old > limit:
        return False
    rest = length_with(s, source, order, NONE)
    if into + rest - old > limit:
        return False
    put(s, order, target)
    renew_length(s, source, rest)
    renew_length(s, target, into)
    return True


@kernel
def swap(s: Any, one: Any, two: Any, limit: Any) -> Any:
    """Exchange two orders if the total grows by at most ``limit``; True if done."""
    a, b = s.state.batch[one], s.state.batch[two]
    old = s.state.length[a] + s.state.length[b]
    first = length_with(s, a, one, two)
    if first + s.walk.alone[one] - old > limit:
        return False
    second = length_with(s, b, two, one)
    if first + second - old > limit:
        return False
    put(s, one, b)
    put(s, two, a)
    renew_length(s, a, first)
    renew_length(s, b, second)
    return True


@kernel
def eject(s: Any, one: Any, two: Any, third: Any, limit: Any) -> Any:
    """Put ``one`` in the place of ``two``, which goes into the batch ``third``; True if done."""
    a, b = s.state.batch[one], s.state.batch[two]
    old = s.state.length[a] + s.state.length[b] + s.state.length[third]
    last = length_with(s, third, NONE, two)
    middle = length_with(s, b, two, one)
    if last + middle - old > limit:
        return False
    rest = length_with(s, a, one, NONE)
    if last + middle + rest - old > limit:
        return False
    put(s, two, third)
    put(s, one, b)
    renew_length(s, a, rest)
    renew_length(s, b, middle)
    renew_length(s, third, last)
    return True


@kernel
def cheapest_place(s: Any, order: Any, avoided: Any) -> Any:
    """Batch that has room for an order and where it adds least, the batch ``avoided`` not among them; -1 if none."""
    best, least = NONE, np.inf
    for batch in range(len(s.state.head)):
        if batch == avoided or s.state.size[batch] == 0 or not room(s, batch, NONE, order):
            continue
        added = length_with(s, batch, NONE, order) - s.state.length[batch]
        if added < least:
            best, least = batch, added
    return best


@kernel
def cheapest_exchange(s: Any, order: Any, avoided: Any) -> Any:
    """Smaller order, outside the batch ``avoided``, whose place an order may take at least cost; -1 if none."""
    best, least = NONE, np.inf
    for other in range(len(s.state.batch)):
        batch = s.state.batch[other]
        if batch == avoided or s.carts.share[other] >= s.carts.share[order] or not room(s, batch, other, order):
            continue
        added = length_with(s, batch, other, order) - s.state.length[batch]
        if added < least:
            best, least = other, added
    return best


@kernel
def rebuild(s: Any, batch: Any, limit: Any) -> Any:
    """Dissolve a batch unless the total grows by more than ``limit``; True if done."""
    n = s.state.size[batch]
    if n == 0:
        return False
    before, is_open = s.state.total[0], s.pool.is_open[0]
    moved, source = np.empty(CHAIN * n, np.int64), np.empty(CHAIN * n, np.int64)
    s.pool.is_open[0] = False  # on the way a batch may be too full
    n_moved = dissolve(s, batch, moved, source)
    is_done = s.state.size[batch] == 0 and s.state.total[0] - before <= limit
    if not is_done:
        for k in range(n_moved - 1, -1, -1):
            shift(s, moved[k], source[k])
    s.pool.is_open[0] = is_open
    if is_done and is_open:
        for other in range(len(s.state.head)):
            collect(s, other)
    return is_done


@kernel
def dissolve(s: Any, batch: Any, moved: Any, source: Any) -> Any:
    """Move the orders of a batch where they add least; writes down who moved from where and returns how many.

    Where nothing has room, an order takes the place of a smaller one, which looks for room in its turn; as each is
    smaller than the one before, such a chain ends. Who finds no place at all opens a batch.
    """
    n_moved = 0
    while s.state.size[batch] and n_moved + 2 <= len(moved):
        order = member(s, batch)
        target = cheapest_place(s, order, batch)
        if target == NONE:
            other = cheapest_exchange(s, order, batch)
            if other != NONE:
                target = s.state.batch[other]
                moved[n_moved], source[n_moved] = other, target
                shift(s, other, batch)
                n_moved += 1
            elif s.state.count[0]:
                target = s.state.spare[s.state.count[0] - 1]
            else:
                return n_moved
        moved[n_moved], source[n_moved] = order, batch
        shift(s, order, target)
        n_moved += 1
    return n_moved


@kernel
def shift(s: Any, order: Any, target: Any) -> Any:
    """Move an order whatever it costs."""
    source = s.state.batch[order]
    if source == target:
        return
    rest = length_with(s, source, order, NONE)
    into = length_with(s, target, NONE, order)
    put(s, order, target)
    renew_length(s, source, rest)
    renew_length(s, target, into)


@kernel
def collect(s: Any, batch: Any) -> Any:
    """Write down a batch unless it has been met or the pool is full."""
    key, size, column = s.state.key[batch], s.state.size[batch], s.pool.count[0]
    mask = np.uint64(len(s.pool.table) - 1)
    slot = np.int64(key & mask)
    while s.pool.table[slot] != NOTHING:
        if s.pool.table[slot] == key:
            return
        slot = (slot + 1) & (len(s.pool.table) - 1)
    if size == 0 or column + 1 >= len(s.pool.start) or s.pool.start[column] + size > len(s.pool.order):
        return
    s.pool.table[slot] = key
    place, order = s.pool.start[column], s.state.head[batch]
    while order != NONE:
        s.pool.order[place] = order
        place += 1
        order = s.state.after[order]
    s.pool.start[column + 1], s.pool.length[column] = place, s.state.length[batch]
    s.pool.count[0] += 1


@kernel
def step(s: Any, limit: Any) -> Any:
    """Try one move; True if done."""
    n = len(s.state.batch)
    one = randint(s.random, n)
    if uniform(s.random) < REBUILDS * min(1.0, FEW / n):
        return rebuild(s, s.state.batch[one], limit)
    if uniform(s.random) < CLOSE_PROB:
        other = np.int64(s.carts.near[one, randint(s.random, s.carts.near.shape[1])])
    else:
        other = randint(s.random, n)
    a, b = s.state.batch[one], s.state.batch[other]
    if a == b:
        if other == one and s.state.size[a] > 1 and s.state.count[0]:
            return relocate(s, one, s.state.spare[s.state.count[0] - 1], limit)
        return False
    if room(s, b, NONE, one) and uniform(s.random) < MOVE_PROB:
        return relocate(s, one, b, limit)
    two = member(s, b)
    if not room(s, b, two, one):
        return False
    if room(s, a, one, two) and uniform(s.random) < 0.8:
        return swap(s, one, two, limit)
    third = s.state.batch[np.int64(s.carts.near[two, randint(s.random, s.carts.near.shape[1])])]
    if third in (a, b) or not room(s, third, NONE, two):
        return False
    return eject(s, one, two, third, limit)


@kernel
def anneal(s: Any, best: Any, least: Any, n_steps: Any, hot: Any, cold: Any) -> Any:
    """Anneal for ``n_steps`` steps while the temperature falls from ``hot`` to ``cold`` metres.

    The best batches met are written to ``best`` (batch of each order) and ``least`` (their metres). Of many orders they
    are looked at every few steps only, since it takes longer to write them down than to try a move.
    """
    pause = 1 + len(best) // FEW // 2
    ratio = (cold / hot) ** (1.0 / n_steps)
    temperature = hot
    for number in range(n_steps):
        limit = -temperature * np.log(1.0 - uniform(s.random))
        temperature *= ratio
        is_done = step(s, limit)
        if (is_done or pause > 1) and number % pause == 0 and s.state.total[0] < least[0] - ROUNDING_M:
            least[0] = s.state.total[0]
            best[:] = s.state.batch


@kernel
def assign(s: Any, batch: Any) -> Any:
    """Put each order into its batch, batches numbered from 0, in an empty state."""
    for order in range(len(batch)):
        target = batch[order]
        head = s.state.head[target]
        s.state.after[order] = head
        if head != NONE:
            s.state.before[head] = order
        s.state.head[target], s.state.batch[order] = order, target
        count(s, order, target, 1)
    for target in range(len(batch)):
        renew_length(s, target, length_with(s, target, NONE, NONE))
