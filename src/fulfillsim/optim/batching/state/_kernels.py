"""Batches while they are being improved: what is kept of each, what limits it, and how an order changes its batch."""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import NONE, NOTHING, randint
from fulfillsim.optim.batching.costs._kernels import length_with, overload
from fulfillsim.optim.compiled import lean_kernel as kernel

COMES: Any = np.int64(1)
LEAVES: Any = np.int64(-1)
CHAIN = 4  # moves per order at most when a batch is dissolved


class State(NamedTuple):
    """Batches while they are being improved; orders of a batch form a linked list.

    Attributes
    ----------
    batch
        Of each order.
    head, after, before
        First order of each batch; next and previous order in the batch of each order; -1 at the ends.
    size, load, length, key
        Of each batch: orders, load per dimension, metres with its overload priced, XOR of the keys of its orders.
    spare, where
        The empty batches, ``count[0]`` of them, and the place of each in that list.
    count
        Number of empty batches.
    total
        Metres of all batches, overload priced.
    over, n_over
        Share of a cart by which each batch is overloaded; number of such batches.
    price, looks
        Metres for a whole cart of overload; how often that was looked at of late, and how often no batch had any.
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
    over: Any
    n_over: Any
    price: Any
    looks: Any


class Carts(NamedTuple):
    """What limits a batch, and which orders lie near each other.

    Attributes
    ----------
    load, capacity
        As in the instance, with the tolerance added to the capacity.
    most
        Load to which a batch may be overloaded on the way to better ones.
    fewest
        Batches that any plan has at least.
    share
        Share of a cart that each order takes.
    near
        For each order the orders whose tours join best with its own; shape (n_orders, n_near).
    """

    load: Any
    capacity: Any
    most: Any
    fewest: Any
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
    """All that one search works on.

    ``moved`` and ``source`` are room for the moves by which a batch is dissolved.
    """

    walk: Any
    scratch: Any
    memo: Any
    carts: Any
    state: State
    pool: Pool
    random: Any
    moved: Any
    source: Any


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
    over = overload(s, batch, NONE, NONE)
    s.state.n_over[0] += np.int64(over > 0.0) - np.int64(s.state.over[batch] > 0.0)
    s.state.over[batch] = over
    if s.pool.is_open[0]:
        collect(s, batch)


@kernel
def price_overload(s: Any, price: Any) -> Any:
    """Change the metres for a whole cart of overload."""
    for batch in range(len(s.state.head)):
        if s.state.over[batch] > 0.0:
            more = (price - s.state.price[0]) * s.state.over[batch]
            s.state.length[batch] += more
            s.state.total[0] += more
    s.state.price[0] = price


@kernel
def is_every_one_needed(s: Any) -> Any:
    """Whether with one batch less there would be too few for any plan."""
    return len(s.state.head) - s.state.count[0] <= s.carts.fewest


@kernel
def member(s: Any, batch: Any) -> Any:
    """A random order of a batch."""
    order = s.state.head[batch]
    for _ in range(randint(s.random, s.state.size[batch])):
        order = s.state.after[order]
    return order


@kernel
def collect(s: Any, batch: Any) -> Any:
    """Write down a batch unless it has been met, is too full, or the pool is full."""
    key, size, column = s.state.key[batch], s.state.size[batch], s.pool.count[0]
    if size == 0:
        return
    mask = np.uint64(len(s.pool.table) - 1)
    slot = np.int64(key & mask)
    while s.pool.table[slot] != NOTHING:
        if s.pool.table[slot] == key:
            return
        slot = (slot + 1) & (len(s.pool.table) - 1)
    if s.state.over[batch] > 0.0 or column + 1 >= len(s.pool.start) or s.pool.start[column] + size > len(s.pool.order):
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
