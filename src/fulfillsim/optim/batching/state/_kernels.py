"""Batches while they are being improved: what is kept of each, what limits it, and how an order changes its batch."""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import NONE, NOTHING, add_order, measure, randint, recall, remember
from fulfillsim.optim.compiled import kernel

COMES: Any = np.int64(1)
LEAVES: Any = np.int64(-1)


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
    count(s, order, source, LEAVES)
    count(s, order, target, COMES)


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
def assign(s: Any, batch: Any) -> Any:
    """Put each order into its batch, batches numbered from 0, in an empty state."""
    for order in range(len(batch)):
        target = batch[order]
        head = s.state.head[target]
        s.state.after[order] = head
        if head != NONE:
            s.state.before[head] = order
        s.state.head[target], s.state.batch[order] = order, target
        count(s, order, target, COMES)
    for target in range(len(batch)):
        renew_length(s, target, length_with(s, target, NONE, NONE))
