"""Greedy insertion with blinks, compiled.

Christiaens, Vanden Berghe (2020), algorithm 3. A stop is tried beside the stops that suit it in place and time, and
over whole routes only if none of these takes it; in the rich cases prices of whole routes are kept until the route
changes.
"""

from __future__ import annotations

from math import inf, log

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel
from fulfillsim.optim.delivery._kernels import below, insert, refresh, uniform
from fulfillsim.optim.delivery.clock._kernels import SLACK
from fulfillsim.optim.delivery.pricing._kernels import price_route
from fulfillsim.optim.delivery.ruin._kernels import touch
from fulfillsim.optim.delivery.ruin.scratch import Scratch
from fulfillsim.optim.delivery.tables import (
    BEGIN,
    CAPACITY,
    CLOSES,
    COMMITTED,
    DEMAND,
    DISTANCE,
    DISTANCE_TO,
    KIND,
    LATEST,
    LEG,
    LENGTH,
    LOAD,
    LONGEST_M,
    METRES,
    OPENS,
    PENALTY,
    PER_M,
    TIME,
    TIME_TO,
    VERSION,
    State,
    Tables,
)

BY_CHANCE, BY_DEMAND, FAR, NEAR, NARROW, OPENING, CLOSING = 0, 1, 2, 3, 4, 5, 6
BLINK_PROB = 0.01
# Where stops may be left out, in some steps a share of the waiting ones is served whatever it costs: a van that pays
# with three stops would never be opened for the first of them.
GENEROUS_PROB = 0.3


@inlined_kernel
def sort_waiting(T: Tables, X: Scratch) -> None:
    """Order the waiting stops: at random, by demand, distance from the depot, or window, drawn by weight."""
    u = below(X.random, 17 if T.windowed or T.driven else 11)
    order = (
        BY_CHANCE if u < 4 else BY_DEMAND if u < 8 else FAR if u < 10 else NEAR if u < 11 else NARROW + (u - 11) // 2
    )
    key, waiting, n = X.key, X.waiting, X.tally[0]
    for i in range(n):
        c = waiting[i]
        if order == BY_CHANCE:
            key[i] = uniform(X.random)
        elif order == BY_DEMAND:
            key[i] = -T.place[c, DEMAND]
        elif order == FAR:
            key[i] = -T.way[DISTANCE, 0, c]
        elif order == NEAR:
            key[i] = T.way[DISTANCE, 0, c]
        elif order == NARROW:
            key[i] = T.place[c, CLOSES] - T.place[c, OPENS]
        elif order == OPENING:
            key[i] = T.place[c, OPENS]
        else:
            key[i] = -T.place[c, CLOSES]
    for i in range(1, n):
        c, at, j = waiting[i], key[i], i
        while j > 0 and key[j - 1] > at:
            waiting[j], key[j] = waiting[j - 1], key[j - 1]
            j -= 1
        waiting[j], key[j] = c, at


@inlined_kernel
def list_slots(T: Tables, S: State, X: Scratch) -> None:
    """Slots in use and the first empty slot of each kind; of a vehicle's empty trips in a row the first."""
    n = 0
    X.empty[:] = -1
    for r in range(len(S.tally)):
        k = T.slot[r, KIND]
        if T.chained and r > T.chain[r, 0] and S.tally[r, LENGTH] == 0 and S.tally[r - 1, LENGTH] == 0:
            continue
        if S.tally[r, LENGTH] > 0 or X.empty[k] < 0:
            if S.tally[r, LENGTH] == 0:
                X.empty[k] = r
            X.slots[n] = r
            n += 1
    X.tally[2] = n


@inlined_kernel
def blink_gap(X: Scratch) -> int:
    """Prices to look at until the next blink."""
    return int(log(1.0 - uniform(X.random)) / log(1.0 - BLINK_PROB))


@inlined_kernel
def blinks(X: Scratch) -> bool:
    """Whether the next price is overlooked."""
    X.tally[3] -= 1
    if X.tally[3] >= 0:
        return False
    X.tally[3] = blink_gap(X)
    return True


@lean_kernel
def find_in_slots(T: Tables, S: State, X: Scratch, c: int, limit: float) -> None:
    """Best insertion of a stop below a limit over all listed slots, from prices that are kept."""
    best = limit
    X.found[0] = -1
    for s in range(X.tally[2]):
        r = X.slots[s]
        price = X.price[c - T.n_depots, r]
        if X.priced[c - T.n_depots, r] != S.tally[r, VERSION]:
            price_route(T, S, r, c, price)
            X.priced[c - T.n_depots, r] = S.tally[r, VERSION]
        which = 2 if blinks(X) else 0
        if price[which] < best:
            best, X.found[0], X.found[1] = price[which], r, int(price[which + 1])


@inlined_kernel
def find_empty(T: Tables, S: State, X: Scratch, c: int, limit: float) -> float:
    """Cheapest empty slot for a stop; the limit where none is cheaper."""
    best = limit
    X.found[0] = -1
    for k in range(len(X.empty)):
        r = X.empty[k]
        if r >= 0:
            price = X.price[c - T.n_depots, r]
            if X.priced[c - T.n_depots, r] != S.tally[r, VERSION]:
                price_route(T, S, r, c, price)
                X.priced[c - T.n_depots, r] = S.tally[r, VERSION]
            if price[0] < best and not blinks(X):
                best, X.found[0], X.found[1] = price[0], r, int(price[1])
    return float(best)


@inlined_kernel
def find_beside(T: Tables, S: State, X: Scratch, c: int, limit: float) -> None:
    """Best insertion of a stop directly before or behind stops that suit it, or into an empty slot."""
    off, to = T.way[DISTANCE, c], T.way[DISTANCE_TO, c]
    time_off, time_to, me = T.way[TIME, c], T.way[TIME_TO, c], T.place[c]
    best = find_empty(T, S, X, c, limit)
    slot, position = X.found[0], X.found[1]
    for m in T.beside[c - T.n_depots]:
        r = S.slot_of[m]
        if r < 0:
            continue
        k, behind = T.slot[r, KIND], S.at[m]
        for p in range(behind - 1, behind + 1):
            i, j = S.seq[r, p], S.seq[r, p + 1]
            detour = to[i] + off[j] - S.node[r, p, LEG]
            cost = detour * T.kind[k, PER_M]
            if cost >= best or p < T.slot[r, COMMITTED]:
                continue
            if T.windowed:
                arrives = S.node[r, p, BEGIN] + time_to[i]
                if arrives > me[CLOSES] + SLACK:
                    continue
                if max(arrives, me[OPENS]) + time_off[j] > S.node[r, p + 1, LATEST] + SLACK:
                    continue
            fits = T.allowed[k, c] and S.route[r, METRES] + detour <= T.kind[k, LONGEST_M] + SLACK
            for d in range(T.n_dims):
                fits = fits and S.route[r, LOAD + d] + me[DEMAND + d] <= T.kind[k, CAPACITY + d] + SLACK
            if not fits:
                continue
            X.tally[3] -= 1
            if X.tally[3] < 0:
                X.tally[3] = blink_gap(X)
                continue
            best, slot, position = cost, r, p
    X.found[0], X.found[1] = slot, position


@lean_kernel
def recreate(T: Tables, S: State, X: Scratch) -> None:
    """Bring the waiting stops back one by one where they cost least; those that fit nowhere keep waiting."""
    list_slots(T, S, X)
    left, n = 0, X.tally[0]
    simple = T.plain and not T.timed and not T.picks_up and not T.driven
    served_prob = uniform(X.random) if T.has_prizes and uniform(X.random) < GENEROUS_PROB else 0.0
    for w in range(n):
        c = X.waiting[w]
        limit = T.place[c, PENALTY]
        if served_prob > 0.0 and uniform(X.random) < served_prob:
            limit = inf
        X.found[0] = -1
        if simple:
            find_beside(T, S, X, c, limit)
        if X.found[0] < 0:
            find_in_slots(T, S, X, c, limit)
        slot = X.found[0]
        if slot < 0:
            X.waiting[left] = c
            left += 1
            continue
        opened = S.tally[slot, LENGTH] == 0
        insert(S, slot, c, X.found[1])
        touch(T, X, slot)
        refresh(T, S, slot)
        if opened:
            list_slots(T, S, X)
    X.tally[0] = left
