"""Orders put into and taken out of a plan piece by piece, and the search that does so many thousand times.

Slim ruin and recreate: some orders leave the plan, then whichever order costs least per position comes in until there
are positions enough; the result is kept if it is not much longer than what was there.
"""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import randint, uniform
from fulfillsim.optim.compiled import kernel

NONE = -1
FAR = 1 << 40
MOST_RUINED = 10
NOISE = 0.1  # spread of the factor on an order's cost, so that the second best has a chance
BLINK_PROB = 0.05


class Choice(NamedTuple):
    """What there is to choose from, as arrays; see `SelectionInstance`.

    Attributes
    ----------
    first, article
        Articles of the positions of each order.
    volume, row, aisle, zone
        Of each piece.
    pieces_first, pieces
        Pieces of each article.
    edge, min_positions, max_orders, max_volume
        As in the instance.
    """

    first: Any
    article: Any
    volume: Any
    row: Any
    aisle: Any
    zone: Any
    pieces_first: Any
    pieces: Any
    edge: Any
    min_positions: Any
    max_orders: Any
    max_volume: Any


class State(NamedTuple):
    """A plan while it is being improved.

    Attributes
    ----------
    walk, size, load, zone, batch
        Of each picklist: pieces in the order of the walk, their number and volume, zone and batch; size 0: it is free.
    order_batch
        Of each order; -1 is not chosen.
    piece, where
        Of each position: its piece and that piece's picklist; -1 without.
    used
        Whether a piece is taken.
    n_orders
        Of each batch.
    total
        Length of all walks, positions chosen, picklists ever in use.
    """

    walk: Any
    size: Any
    load: Any
    zone: Any
    batch: Any
    order_batch: Any
    piece: Any
    where: Any
    used: Any
    n_orders: Any
    total: Any


@kernel
def between(c: Any, a: Any, b: Any) -> Any:
    """Distance of two pieces; -1 is the conveyor."""
    row_a, aisle_a = (c.row[a], c.aisle[a]) if a >= 0 else (0, 0)
    row_b, aisle_b = (c.row[b], c.aisle[b]) if b >= 0 else (0, 0)
    by_center = abs(row_a) + abs(row_b)
    across = abs(aisle_a - aisle_b)
    if row_a * row_b < 0:
        return across + by_center
    return across + min(by_center, 2 * c.edge - by_center)


@kernel
def best_place(c: Any, s: Any, piece: Any, batch: Any) -> Any:
    """Cost of a piece at its best place in a batch, the picklist (-1: a new one) and the place in it."""
    least, chosen, at = 2 * between(c, NONE, piece), NONE, 0
    for k in range(s.total[2]):
        if s.size[k] == 0 or s.batch[k] != batch or s.zone[k] != c.zone[piece]:
            continue
        if s.load[k] + c.volume[piece] > c.max_volume:
            continue
        before, to_piece = NONE, between(c, NONE, piece)
        for place in range(s.size[k] + 1):
            after = s.walk[k, place] if place < s.size[k] else NONE
            from_piece = between(c, piece, after)
            cost = to_piece + from_piece - between(c, before, after)
            if cost < least:
                least, chosen, at = cost, k, place
            before, to_piece = after, from_piece
    return least, chosen, at


@kernel
def best_piece(c: Any, s: Any, position: Any, batch: Any, blink: Any, random: Any) -> Any:
    """Cost of a position, its piece, picklist and place, over all free pieces but those overlooked in a blink."""
    least, piece, chosen, at = FAR, NONE, NONE, 0
    article = c.article[position]
    for entry in range(c.pieces_first[article], c.pieces_first[article + 1]):
        candidate = c.pieces[entry]
        if s.used[candidate] or (piece != NONE and blink > 0.0 and uniform(random) < blink):
            continue
        cost, k, place = best_place(c, s, candidate, batch)
        if cost < least:
            least, piece, chosen, at = cost, candidate, k, place
    return least, piece, chosen, at


@kernel
def price(c: Any, s: Any, order: Any, batch: Any, random: Any) -> Any:
    """Cost of an order in a batch, each position as if it came alone."""
    total = 0
    for position in range(c.first[order], c.first[order + 1]):
        total += best_piece(c, s, position, batch, 0.0, random)[0]
    return total


@kernel
def put_position(c: Any, s: Any, position: Any, batch: Any, blink: Any, random: Any) -> Any:
    """Put a position where it costs least; False if no piece is left."""
    cost, piece, k, at = best_piece(c, s, position, batch, blink, random)
    if piece == NONE:
        return False
    if k == NONE:
        k = 0
        while s.size[k] > 0:
            k += 1
        s.zone[k], s.batch[k], s.load[k] = c.zone[piece], batch, 0
        s.total[2] = max(s.total[2], k + 1)
    for place in range(s.size[k], at, -1):
        s.walk[k, place] = s.walk[k, place - 1]
    s.walk[k, at] = piece
    s.size[k] += 1
    s.load[k] += c.volume[piece]
    s.used[piece] = True
    s.piece[position], s.where[position] = piece, k
    s.total[0] += cost
    return True


@kernel
def take_position(c: Any, s: Any, position: Any) -> Any:
    """Take the piece of a position out of its walk."""
    piece, k = s.piece[position], s.where[position]
    at = 0
    while s.walk[k, at] != piece:
        at += 1
    before = s.walk[k, at - 1] if at > 0 else NONE
    after = s.walk[k, at + 1] if at + 1 < s.size[k] else NONE
    s.total[0] -= between(c, before, piece) + between(c, piece, after) - between(c, before, after)
    for place in range(at, s.size[k] - 1):
        s.walk[k, place] = s.walk[k, place + 1]
    s.size[k] -= 1
    s.load[k] -= c.volume[piece]
    s.used[piece] = False
    s.piece[position], s.where[position] = NONE, NONE


@kernel
def put(c: Any, s: Any, order: Any, batch: Any, blink: Any, random: Any) -> Any:
    """Put an order into a batch; False, and nothing done, if a piece is missing."""
    for position in range(c.first[order], c.first[order + 1]):
        if not put_position(c, s, position, batch, blink, random):
            for done in range(c.first[order], position):
                take_position(c, s, done)
            return False
    s.order_batch[order] = batch
    s.n_orders[batch] += 1
    s.total[1] += c.first[order + 1] - c.first[order]
    return True


@kernel
def take(c: Any, s: Any, order: Any) -> Any:
    """Take an order out."""
    for position in range(c.first[order], c.first[order + 1]):
        take_position(c, s, position)
    s.n_orders[s.order_batch[order]] -= 1
    s.order_batch[order] = NONE
    s.total[1] -= c.first[order + 1] - c.first[order]


@kernel
def can_be_met(waiting: Any, n_positions: Any, n_orders: Any) -> Any:
    """Whether so many orders of those that wait (their number by size) have so many positions."""
    for size in range(len(waiting) - 1, 0, -1):
        n = min(waiting[size], n_orders)
        n_positions -= n * size
        n_orders -= n
        if n_positions <= 0 or n_orders <= 0:
            break
    return n_positions <= 0


@kernel
def recreate(c: Any, s: Any, noise: Any, random: Any) -> Any:
    """Put orders in until there are positions enough, each time the one that costs least per position.

    An order is passed over if batches would then be full before there are positions enough.
    """
    n, n_batches = len(s.order_batch), len(s.n_orders)
    waiting = np.zeros(np.max(c.first[1:] - c.first[:-1]) + 1, np.int64)
    for order in range(n):
        if s.order_batch[order] == NONE:
            waiting[c.first[order + 1] - c.first[order]] += 1
    while s.total[1] < c.min_positions:
        least, chosen, where = np.inf, NONE, NONE
        room, wanted = n_batches * c.max_orders - np.sum(s.n_orders), c.min_positions - s.total[1]
        for order in range(n):
            n_positions = c.first[order + 1] - c.first[order]
            if s.order_batch[order] != NONE or not can_be_met(waiting, wanted - n_positions, room - 1):
                continue
            # positions beyond those that are needed are worth nothing
            counted = min(n_positions, wanted)
            for batch in range(n_batches):
                if s.n_orders[batch] >= c.max_orders or (batch > 0 and s.n_orders[batch - 1] == 0):
                    continue
                cost = price(c, s, order, batch, random) / counted * (1.0 + noise * uniform(random))
                if cost < least:
                    least, chosen, where = cost, order, batch
        if chosen == NONE or not put(c, s, chosen, where, BLINK_PROB if noise > 0.0 else 0.0, random):
            return False
        waiting[c.first[chosen + 1] - c.first[chosen]] -= 1
    return True


@kernel
def shed(c: Any, s: Any) -> Any:
    """Take out orders that are not needed, the one with most positions first."""
    while True:
        spare, chosen, most = s.total[1] - c.min_positions, NONE, 0
        for order in range(len(s.order_batch)):
            n_positions = c.first[order + 1] - c.first[order]
            if s.order_batch[order] != NONE and most < n_positions <= spare:
                chosen, most = order, n_positions
        if chosen == NONE:
            return
        take(c, s, chosen)


@kernel
def shorten(c: Any, s: Any, k: Any) -> Any:
    """Turn parts of a walk round and move pieces in it as long as that shortens it."""
    improved = True
    while improved:
        improved = False
        for i in range(s.size[k] - 1):
            before = s.walk[k, i - 1] if i > 0 else NONE
            for j in range(i + 1, s.size[k]):
                after = s.walk[k, j + 1] if j + 1 < s.size[k] else NONE
                old = between(c, before, s.walk[k, i]) + between(c, s.walk[k, j], after)
                new = between(c, before, s.walk[k, j]) + between(c, s.walk[k, i], after)
                if new < old:
                    lo, hi = i, j
                    while lo < hi:
                        s.walk[k, lo], s.walk[k, hi] = s.walk[k, hi], s.walk[k, lo]
                        lo, hi = lo + 1, hi - 1
                    s.total[0] += new - old
                    improved = True


@kernel
def ruin(c: Any, s: Any, random: Any) -> Any:
    """Take out a few orders: any, or those that have pieces on one picklist."""
    n_out = 1 + randint(random, MOST_RUINED)
    k = randint(random, s.total[2])
    alike = s.size[k] > 0 and uniform(random) < 0.6
    n, start, taken = len(s.order_batch), randint(random, len(s.order_batch)), 0
    for step in range(n):
        order = (start + step) % n
        if s.order_batch[order] == NONE:
            continue
        out = not alike
        if alike:
            for position in range(c.first[order], c.first[order + 1]):
                out = out or s.where[position] == k
        elif uniform(random) < 0.5:
            continue
        if out:
            take(c, s, order)
            taken += 1
        if taken == n_out:
            return


@kernel
def reassign(c: Any, s: Any, n_times: Any, random: Any) -> Any:
    """Let single positions of chosen orders look for a better piece or place."""
    for _ in range(n_times):
        position = randint(random, len(s.piece))
        k = s.where[position]
        if k == NONE:
            continue
        batch = s.batch[k]
        take_position(c, s, position)
        put_position(c, s, position, batch, 0.0, random)


@kernel
def copy(a: Any, b: Any) -> Any:
    """Make plan b equal to plan a."""
    high = max(a.total[2], b.total[2])
    b.walk[:high], b.size[:high], b.load[:high] = a.walk[:high], a.size[:high], a.load[:high]
    b.zone[:high], b.batch[:high] = a.zone[:high], a.batch[:high]
    b.order_batch[:], b.piece[:], b.where[:] = a.order_batch, a.piece, a.where
    b.used[:], b.n_orders[:], b.total[:] = a.used, a.n_orders, a.total


@kernel
def search(c: Any, now: Any, trial: Any, best: Any, n_steps: Any, hot: Any, cold: Any, random: Any) -> Any:
    """Ruin and recreate ``n_steps`` times; ``best`` becomes the shortest plan met."""
    for step in range(n_steps):
        temperature = hot + (cold - hot) * step / n_steps
        copy(now, trial)
        ruin(c, trial, random)
        # now and then much noise: orders come in almost at random
        if not recreate(c, trial, NOISE / (0.05 + uniform(random)), random):
            continue
        shed(c, trial)
        reassign(c, trial, 40, random)
        for k in range(trial.total[2]):
            if trial.size[k] > 2:
                shorten(c, trial, k)
        if trial.total[0] < now.total[0] - temperature * np.log(1.0 - uniform(random)):
            copy(trial, now)
            if now.total[0] < best.total[0]:
                copy(now, best)
