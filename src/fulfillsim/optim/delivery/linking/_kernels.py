"""What it changes to bring two stops beside each other, between routes and inside one.

Between routes a link comes about by exchanging up to three stops on one side of it with up to three of the other route,
or by exchanging tails; inside a route by moving or turning a stretch. The best move is noted, not made.
"""

from __future__ import annotations

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel
from fulfillsim.optim.delivery.faults._kernels import overload, warp_through
from fulfillsim.optim.delivery.faults.memory import (
    AT_A,
    AT_B,
    BACK,
    CARRIED,
    EXCHANGE,
    INSIDE,
    SIZE_A,
    SIZE_B,
    SLOT_A,
    SLOT_B,
    TAILS,
    TO,
    TURNED,
    WARP_A,
    WARP_B,
    WHAT,
    Loose,
)
from fulfillsim.optim.delivery.tables import (
    BEGIN,
    CLOSES,
    DISTANCE,
    FIXED,
    KIND,
    LATEST,
    LEG,
    LENGTH,
    LOAD,
    OPENS,
    PER_M,
    TIME,
    Ints,
    State,
    Tables,
)

LONGEST = 3


@inlined_kernel
def note(W: Loose, what: int, a: int, i: int, p: int, b: int, j: int, q: int) -> None:
    """Keep a move as the best one."""
    W.move[WHAT], W.move[SLOT_A], W.move[AT_A], W.move[SIZE_A] = what, a, i, p
    W.move[SLOT_B], W.move[AT_B], W.move[SIZE_B] = b, j, q


@inlined_kernel
def excess_of(T: Tables, S: State, r: int) -> float:
    """Price of a route's faults."""
    return float(S.route[r, LOAD + T.n_dims])


@inlined_kernel
def try_exchange(T: Tables, S: State, W: Loose, a: int, i: int, p: int, b: int, j: int, q: int, best: float) -> float:
    """Exchange p stops of a behind i with q of b behind j; notes it if it changes the cost by less than ``best``."""
    k, seq, node, way = T.slot[a, KIND], S.seq, S.node, T.way
    a0, a3, b0, b3 = seq[a, i], seq[a, i + p + 1], seq[b, j], seq[b, j + q + 1]
    change = way[DISTANCE, b0, seq[a, i + 1]] + way[DISTANCE, seq[a, i + p], b3]
    change -= node[a, i, LEG] + node[b, j, LEG] + node[a, i + p, LEG]
    if q > 0:
        change += way[DISTANCE, a0, seq[b, j + 1]] + way[DISTANCE, seq[b, j + q], a3] - node[b, j + q, LEG]
    elif p < S.tally[a, LENGTH]:
        change += way[DISTANCE, a0, a3]
    change *= T.kind[k, PER_M]
    if p == S.tally[a, LENGTH] and q == 0:
        change -= T.kind[k, FIXED]
    change -= excess_of(T, S, a) + excess_of(T, S, b)
    if change >= best:
        return best
    for f in range(T.n_dims):
        more = node[b, j + q, CARRIED + f] - node[b, j, CARRIED + f] - node[a, i + p, CARRIED + f]
        more += node[a, i, CARRIED + f]
        change += overload(T, W, k, f, S.route[a, LOAD + f] + more)
        change += overload(T, W, k, f, S.route[b, LOAD + f] - more)
    if change >= best:
        return best
    if T.windowed:
        change += W.price[0] * warp_through(T, S, a, i, b, j + 1, j + q + 1, a, i + p + 1)
        if change >= best:
            return best
        change += W.price[0] * warp_through(T, S, b, j, a, i + 1, i + p + 1, b, j + q + 1)
    if change < best:
        note(W, EXCHANGE, a, i, p, b, j, q)
        return float(change)
    return best


@inlined_kernel
def try_tails(T: Tables, S: State, W: Loose, a: int, i: int, b: int, j: int, best: float) -> float:
    """Exchange what follows i in a with what follows j in b."""
    k, way, node, n, m = T.slot[a, KIND], T.way, S.node, S.tally[a, LENGTH], S.tally[b, LENGTH]
    change = way[DISTANCE, S.seq[a, i], S.seq[b, j + 1]] + way[DISTANCE, S.seq[b, j], S.seq[a, i + 1]]
    change = (change - node[a, i, LEG] - node[b, j, LEG]) * T.kind[k, PER_M]
    change += T.kind[k, FIXED] * float((i + m - j > 0) + (j + n - i > 0) - 1 - (m > 0))
    change -= excess_of(T, S, a) + excess_of(T, S, b)
    if change >= best:
        return best
    for f in range(T.n_dims):
        load = node[a, i, CARRIED + f] + S.route[b, LOAD + f] - node[b, j, CARRIED + f]
        change += overload(T, W, k, f, load)
        change += overload(T, W, k, f, S.route[a, LOAD + f] + S.route[b, LOAD + f] - load)
    if change >= best:
        return best
    if T.windowed:
        change += W.price[0] * warp_through(T, S, a, i, a, 0, 0, b, j + 1)
        change += W.price[0] * warp_through(T, S, b, j, b, 0, 0, a, i + 1)
    if change < best:
        note(W, TAILS, a, i, n - i, b, j, m - j)
        return float(change)
    return best


@lean_kernel
def between(T: Tables, S: State, W: Loose, u: int, v: int, best: float) -> float:
    """Moves that put v directly behind u, which is on another route: up to three stops from v on, or up to u."""
    a, i, b, j = S.slot_of[u], S.at[u], S.slot_of[v], S.at[v] - 1
    best = try_tails(T, S, W, a, i, b, j, best)
    n_behind, n_ahead = min(LONGEST, S.tally[b, LENGTH] - j), min(LONGEST, i)
    for k in range(1, n_behind + n_ahead + 1):
        moves_v = k <= n_behind
        p = k if moves_v else k - n_behind
        c, e = (b, a) if moves_v else (a, b)
        for q in range(min(LONGEST, S.tally[a, LENGTH] - i if moves_v else j) + 1):
            x, y = (j, i) if moves_v else (i - p, j - q)
            best = try_exchange(T, S, W, c, x, p, e, y, q, best)
    return best


@lean_kernel
def reorder(S: State, r: int, s: int, e: int, g: int, turned: bool, out: Ints) -> tuple[int, int]:
    """Positions s to e moved behind g, perhaps turned; writes what stands from the first to the last that change."""
    low, high, n = min(s, g + 1), max(e, g), 0
    if g > e:
        for k in range(e + 1, g + 1):
            out[n] = S.seq[r, k]
            n += 1
    for k in range(e - s + 1):
        out[n] = S.seq[r, e - k] if turned else S.seq[r, s + k]
        n += 1
    if g < s - 1:
        for k in range(g + 1, s):
            out[n] = S.seq[r, k]
            n += 1
    return low, high


@lean_kernel
def warp_of_order(T: Tables, S: State, W: Loose, r: int, low: int, high: int) -> float:
    """Time warp of a route whose positions low to high hold what was written."""
    last, now, warp = S.seq[r, low - 1], S.node[r, low - 1, BEGIN], S.node[r, low - 1, WARP_A]
    for k in range(high - low + 1):
        m = W.out[k]
        now += T.way[TIME, last, m]
        if now < T.place[m, OPENS]:
            now = T.place[m, OPENS]
        elif now > T.place[m, CLOSES]:
            warp += now - T.place[m, CLOSES]
            now = T.place[m, CLOSES]
        last = m
    now += T.way[TIME, last, S.seq[r, high + 1]]
    return float(warp + max(0.0, now - S.node[r, high + 1, LATEST]) + S.node[r, high + 1, WARP_B])


@inlined_kernel
def try_inside(T: Tables, S: State, W: Loose, r: int, s: int, e: int, g: int, turned: bool, best: float) -> float:
    """Positions s to e of a route moved behind g (or, where that is s - 1, turned in their place)."""
    way, seq, node = T.way, S.seq, S.node
    head, tail = (seq[r, e], seq[r, s]) if turned else (seq[r, s], seq[r, e])
    change = way[DISTANCE, seq[r, g], head] - node[r, s - 1, LEG] - node[r, e, LEG]
    if g == s - 1:
        change += way[DISTANCE, tail, seq[r, e + 1]]
    else:
        change += way[DISTANCE, seq[r, s - 1], seq[r, e + 1]]
        change += way[DISTANCE, tail, seq[r, g + 1]] - node[r, g, LEG]
    if turned:
        change += node[r, e, BACK] - node[r, s, BACK] - node[r, e, TO] + node[r, s, TO]
    change *= T.kind[T.slot[r, KIND], PER_M]
    if T.windowed:
        if change - excess_of(T, S, r) >= best:
            return best
        low, high = reorder(S, r, s, e, g, turned, W.out)
        warp = warp_of_order(T, S, W, r, low, high)
        change += W.price[0] * (warp - S.node[r, S.tally[r, LENGTH] + 1, WARP_A])
    if change < best:
        note(W, TURNED if turned else INSIDE, r, s, e, r, g, 0)
        return float(change)
    return best


@lean_kernel
def inside(T: Tables, S: State, W: Loose, u: int, v: int, best: float) -> float:
    """Moves that bring u beside v on the same route: turns between both, then stretches from u on or up to u."""
    r, x, y, n = S.slot_of[u], S.at[u], S.at[v], S.tally[S.slot_of[u], LENGTH]
    for k in range(2 + 4 * LONGEST):
        if k < 2:
            s, e, turned = min(x, y) + 1 - k, max(x, y) - k, True
            g = s - 1
            if e <= s:
                continue
        else:
            size, is_head, is_behind = (k - 2) // 4, k % 2 == 0, k % 4 < 2
            s, e = (x, x + size) if is_head else (x - size, x)
            g, turned = (y, not is_head) if is_behind else (y - 1, is_head)
            if s < 1 or e > n or s <= y <= e or s - 1 <= g <= e:
                continue
        best = try_inside(T, S, W, r, s, e, g, turned, best)
    return best
