"""Simulated annealing on batches, with exact tour lengths: relocate, swap, trade, ejection, whole batches rebuilt.

Where carts are nearly full, few orders can change places. So on the way batches may be a little too full, at a price
that follows how often they are.
"""

from typing import Any

import numpy as np

from fulfillsim.optim.batching._kernels import NONE, randint, uniform
from fulfillsim.optim.batching.costs._kernels import length_with, room
from fulfillsim.optim.batching.state._kernels import (
    CHAIN,
    collect,
    is_every_one_needed,
    member,
    price_overload,
    put,
    renew_length,
)
from fulfillsim.optim.compiled import lean_kernel as kernel

CLOSE_PROB = 0.6  # share of moves whose target is near the order; the rest may go anywhere
MOVE_PROB = 0.5  # where an order fits, share of moves that put it there without taking one out
TRADE_PROB = 0.6  # share of the other moves that exchange two orders for one or two
REBUILDS = 0.0005  # share of moves that dissolve a batch, for up to FEW orders; the time that one takes grows with them
FEW = 200
ROUNDING_M = 1e-9
LOOK = 100  # steps between two looks at whether all batches keep their capacity
LOOKS = 20  # looks after which the price of overload is set anew
SELDOM, OFTEN = 0.5, 0.8  # share of looks at which all keep it: below the price rises, above it falls
CHANGE = 1.1  # of the price at once
JUMP = 1.3  # of the price where none kept it


@kernel
def relocate(s: Any, order: Any, target: Any, limit: Any) -> Any:
    """Move an order if the total grows by at most ``limit``; True if done."""
    source = s.state.batch[order]
    if s.state.size[source] == 1 and is_every_one_needed(s):
        return False
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
    if s.state.size[a] == 1 and is_every_one_needed(s):
        return False
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
def trade(s: Any, one: Any, with_one: Any, two: Any, with_two: Any, limit: Any) -> Any:
    """Exchange ``one`` and ``with_one`` (-1: none) for ``two`` and ``with_two`` (-1: none); True if done."""
    a, b = s.state.batch[one], s.state.batch[two]
    for dim in range(len(s.carts.most)):
        more = load_of(s, two, with_two, dim) - load_of(s, one, with_one, dim)
        if s.state.load[a, dim] + more > s.carts.most[dim] or s.state.load[b, dim] - more > s.carts.most[dim]:
            return False
    old = s.state.length[a] + s.state.length[b]
    put_both(s, one, with_one, b)
    put_both(s, two, with_two, a)
    first = length_with(s, a, NONE, NONE)
    if first - old <= limit:
        second = length_with(s, b, NONE, NONE)
        if first + second - old <= limit:
            renew_length(s, a, first)
            renew_length(s, b, second)
            return True
    put_both(s, one, with_one, a)
    put_both(s, two, with_two, b)
    return False


@kernel
def load_of(s: Any, one: Any, other: Any, dim: Any) -> Any:
    """Load of one order, or two."""
    return s.carts.load[one, dim] + (s.carts.load[other, dim] if other != NONE else 0.0)


@kernel
def put_both(s: Any, one: Any, other: Any, target: Any) -> Any:
    """Move one order, or two, into another batch; lengths are the caller's."""
    put(s, one, target)
    if other != NONE:
        put(s, other, target)


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
    if is_every_one_needed(s):
        return False
    before, is_open = s.state.total[0], s.pool.is_open[0]
    s.pool.is_open[0] = False
    n_moved = dissolve(s, batch)
    is_done = s.state.size[batch] == 0 and s.state.total[0] - before <= limit
    if not is_done:
        for k in range(n_moved - 1, -1, -1):
            shift(s, s.moved[k], s.source[k])
    s.pool.is_open[0] = is_open
    if is_done and is_open:
        for other in range(len(s.state.head)):
            collect(s, other)
    return is_done


@kernel
def dissolve(s: Any, batch: Any) -> Any:
    """Move the orders of a batch where they add least; writes down who moved from where and returns how many.

    Where nothing has room, an order takes the place of a smaller one, which looks for room in its turn; as each is
    smaller than the one before, such a chain ends. Who finds no place at all opens a batch.
    """
    n_moved, most = 0, CHAIN * s.state.size[batch]
    while s.state.size[batch] and n_moved + 2 <= most:
        order = member(s, batch)
        target = cheapest_place(s, order, batch)
        if target == NONE:
            other = cheapest_exchange(s, order, batch)
            if other != NONE:
                target = s.state.batch[other]
                s.moved[n_moved], s.source[n_moved] = other, target
                shift(s, other, batch)
                n_moved += 1
            elif s.state.count[0]:
                target = s.state.spare[s.state.count[0] - 1]
            else:
                return n_moved
        s.moved[n_moved], s.source[n_moved] = order, batch
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
def another(s: Any, order: Any) -> Any:
    """A random order of the same batch; -1 where it is the order itself."""
    other = member(s, s.state.batch[order])
    return NONE if other == order else other


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
    if uniform(s.random) < TRADE_PROB:
        return trade(s, one, NONE if uniform(s.random) < 0.5 else another(s, one), two, another(s, two), limit)
    if not room(s, b, two, one):
        return False
    if room(s, a, one, two) and uniform(s.random) < 0.8:
        return swap(s, one, two, limit)
    third = s.state.batch[np.int64(s.carts.near[two, randint(s.random, s.carts.near.shape[1])])]
    if third in (a, b) or not room(s, third, NONE, two):
        return False
    return eject(s, one, two, third, limit)


@kernel
def is_better(s: Any, least: Any) -> Any:
    """Whether the batches keep their capacity and are shorter than the best."""
    return s.state.n_over[0] == 0 and s.state.total[0] < least[0] - ROUNDING_M


@kernel
def look(s: Any) -> Any:
    """Count how often all batches keep their capacity, and let the price of overload follow."""
    s.state.looks[0] += 1
    s.state.looks[1] += np.int64(s.state.n_over[0] == 0)
    if s.state.looks[0] == LOOKS:
        if s.state.looks[1] == 0:
            price_overload(s, s.state.price[0] * JUMP)
        elif s.state.looks[1] < SELDOM * LOOKS:
            price_overload(s, s.state.price[0] * CHANGE)
        elif s.state.looks[1] > OFTEN * LOOKS:
            price_overload(s, s.state.price[0] / CHANGE)
        s.state.looks[:] = 0


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
        if number % LOOK == 0:
            look(s)
        if (is_done or pause > 1) and number % pause == 0 and is_better(s, least):
            least[0] = s.state.total[0]
            for order in range(len(best)):
                best[order] = s.state.batch[order]
