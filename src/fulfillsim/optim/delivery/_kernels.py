"""Compiled bookkeeping of plans: what routes cost, whether they are feasible. Our methods stand on it."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel
from fulfillsim.optim.delivery.clock._kernels import SLACK, refresh_clock, refresh_clock_of_windows, refresh_spans
from fulfillsim.optim.delivery.driving._kernels import day_cost
from fulfillsim.optim.delivery.tables import (
    BACK_BY,
    BEGIN,
    CAPACITY,
    COST,
    DEMAND,
    DEPARTS,
    DISTANCE,
    END,
    FIXED,
    KIND,
    LATEST,
    LEAVES,
    LEAVES_BY,
    LEG,
    LENGTH,
    LOAD,
    LONGEST_M,
    LONGEST_S,
    METRES,
    PEAK,
    PENALTY,
    PER_M,
    PER_S,
    RELEASE,
    RELEASED,
    RETURNS,
    START,
    TIME,
    VERSION,
    State,
    Tables,
)


@inlined_kernel
def draw(random: NDArray[np.int64]) -> int:
    """Next whole number below 2**32 of a xorshift generator (Marsaglia 2003), state in ``random[0]``."""
    x = random[0]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    random[0] = x
    return int(x)


@inlined_kernel
def uniform(random: NDArray[np.int64]) -> float:
    """Number in [0, 1)."""
    return draw(random) / 4294967296.0


@inlined_kernel
def below(random: NDArray[np.int64], n: int) -> int:
    """Whole number in [0, n)."""
    return draw(random) % int(n)


@inlined_kernel
def refresh_route(T: Tables, S: State, r: int) -> bool:
    """Recompute all that is kept of a slot's route from its sequence and bounds; False if the route is infeasible."""
    k, n = T.slot[r, KIND], S.tally[r, LENGTH]
    seq, node, route, way, place, kind = S.seq[r], S.node[r], S.route[r], T.way, T.place, T.kind[k]
    seq[0], seq[n + 1] = int(kind[START]), int(kind[END])
    metres, released, fits = 0.0, 0.0, True
    for d in range(T.n_dims):
        route[LOAD + d] = 0.0
    for p in range(1, n + 1):
        c = seq[p]
        S.slot_of[c], S.at[c] = r, p
        for d in range(T.n_dims):
            route[LOAD + d] += place[c, DEMAND + d]
        released = max(released, place[c, RELEASE])
        fits &= T.allowed[k, c]
    for p in range(n + 1):
        node[p, LEG] = way[DISTANCE, seq[p], seq[p + 1]]
        metres += node[p, LEG]
    route[METRES], route[RELEASED] = metres, released
    fits &= metres <= kind[LONGEST_M] + SLACK or T.driven
    for d in range(T.n_dims):
        fits &= route[LOAD + d] <= kind[CAPACITY + d] + SLACK
    if T.plain and (T.windowed or T.timed):
        fits &= refresh_clock(seq, node, way, place, route, n, released)
    elif not T.plain:
        fits &= refresh_clock_of_windows(T, S, r, n)
    if T.picks_up:
        fits &= refresh_peaks(T, S, r, n)
    seconds = refresh_spans(seq, node, way, place, route, kind[LEAVES_BY], n, released) if T.timed else 0.0
    fits &= seconds <= kind[LONGEST_S] + SLACK
    cost = 0.0
    if n > 0:
        cost = kind[FIXED] + kind[PER_M] * metres
        if kind[PER_S] > 0.0:
            cost += kind[PER_S] * seconds
    route[COST] = cost
    S.clock[0] += 1
    S.tally[r, VERSION] = S.clock[0]
    return bool(fits or n == 0)


@inlined_kernel
def refresh(T: Tables, S: State, r: int) -> bool:
    """Recompute a slot, and the other trips of its vehicle, from the sequences; False if anything is infeasible."""
    if T.driven:
        return refresh_day(T, S, T.chain[r, 0], T.chain[r, 1])
    if T.chained:
        return refresh_chain(T, S, T.chain[r, 0], T.chain[r, 1])
    kind = T.kind[T.slot[r, KIND]]
    S.route[r, LEAVES], S.route[r, BACK_BY] = kind[DEPARTS], kind[RETURNS]
    return refresh_route(T, S, r)


@lean_kernel
def refresh_day(T: Tables, S: State, first: int, after: int) -> bool:
    """All trips of a vehicle by driving them; the first one with a stop bears what the whole day costs."""
    fits, head = True, -1
    for r in range(first, after):
        fits &= refresh_route(T, S, r)
        S.route[r, COST] = 0.0
        if head < 0 and S.tally[r, LENGTH] > 0:
            head = r
    cost = day_cost(T, S, first, after)
    if head >= 0 and cost < inf:
        S.route[head, COST] = cost
    return bool(fits and cost < inf)


@lean_kernel
def refresh_chain(T: Tables, S: State, first: int, after: int) -> bool:
    """Trips of one vehicle: earliest ends bound the starts of later ones, latest starts the ends of earlier ones.

    The first trip with a stop bears the vehicle's fixed cost.
    """
    kind, fits, is_used = T.kind[T.slot[first, KIND]], True, False
    leaves = kind[DEPARTS]
    for r in range(first, after):
        S.route[r, LEAVES], S.route[r, BACK_BY] = leaves, kind[RETURNS]
        if S.tally[r, LENGTH] > 0 and (T.windowed or T.timed):
            refresh_route(T, S, r)
            leaves = S.node[r, S.tally[r, LENGTH] + 1, BEGIN]
    back_by = kind[RETURNS]
    for r in range(after - 1, first - 1, -1):
        S.route[r, BACK_BY] = back_by
        fits &= refresh_route(T, S, r)
        if S.tally[r, LENGTH] > 0 and (T.windowed or T.timed):
            back_by = min(S.node[r, 1, LATEST] - T.way[TIME, S.seq[r, 0], S.seq[r, 1]], kind[LEAVES_BY])
    for r in range(first, after):
        if S.tally[r, LENGTH] > 0:
            if is_used:
                S.route[r, COST] -= kind[FIXED]
            is_used = True
    return bool(fits)


@lean_kernel
def opens_vehicle(T: Tables, S: State, r: int) -> bool:
    """Whether a stop in this slot would be the first of its vehicle."""
    n_served = 0
    for q in range(T.chain[r, 0], T.chain[r, 1]):
        n_served += S.tally[q, LENGTH]
    return bool(n_served == 0)


@lean_kernel
def refresh_peaks(T: Tables, S: State, r: int, n: int) -> bool:
    """Greatest load up to and from each position; False if above capacity."""
    fits, kind = True, T.kind[T.slot[r, KIND]]
    for d in range(T.n_dims):
        up, down = PEAK + d, PEAK + T.n_dims + d
        load = S.route[r, LOAD + d]
        S.node[r, 0, up] = load
        for p in range(1, n + 1):
            c = S.seq[r, p]
            load += T.place[c, DEMAND + T.n_dims + d] - T.place[c, DEMAND + d]
            S.node[r, p, up] = max(S.node[r, p - 1, up], load)
        S.node[r, n, down] = load
        for p in range(n, 0, -1):
            c = S.seq[r, p]
            load -= T.place[c, DEMAND + T.n_dims + d] - T.place[c, DEMAND + d]
            S.node[r, p - 1, down] = max(S.node[r, p, down], load)
        fits &= S.node[r, n, up] <= kind[CAPACITY + d] + SLACK
    return bool(fits)


@inlined_kernel
def insert(S: State, r: int, c: int, p: int) -> None:
    """Put a stop behind position p of a slot; the slot must be refreshed."""
    seq, n = S.seq[r], S.tally[r, LENGTH]
    for q in range(n + 1, p, -1):
        seq[q + 1] = seq[q]
    seq[p + 1] = c
    S.tally[r, LENGTH] = n + 1
    S.slot_of[c] = r


@inlined_kernel
def take_away(S: State, r: int, p: int) -> int:
    """Take the stop at a position out of a slot and return it; the slot must be refreshed."""
    seq, n = S.seq[r], S.tally[r, LENGTH]
    c = seq[p]
    for q in range(p, n + 1):
        seq[q] = seq[q + 1]
    S.tally[r, LENGTH], S.slot_of[c] = n - 1, -1
    return int(c)


@inlined_kernel
def copy_route(a: State, b: State, r: int) -> None:
    """Copy one slot from a to b, with its version: equal content, equal version."""
    n = a.tally[r, LENGTH]
    b.tally[r, LENGTH], b.tally[r, VERSION] = n, a.tally[r, VERSION]
    for p in range(n + 2):
        b.seq[r, p] = a.seq[r, p]
        for f in range(a.node.shape[2]):
            b.node[r, p, f] = a.node[r, p, f]
    for p in range(1, n + 1):
        b.slot_of[a.seq[r, p]], b.at[a.seq[r, p]] = r, p
    for f in range(a.route.shape[1]):
        b.route[r, f] = a.route[r, f]


@lean_kernel
def total_cost(T: Tables, S: State) -> float:
    """Costs of all routes and the penalties of stops left out."""
    total = 0.0
    for r in range(len(S.route)):
        total += S.route[r, COST]
    for c in range(T.n_depots, len(S.slot_of)):
        if S.slot_of[c] < 0:
            total += T.place[c, PENALTY]
    return total


@lean_kernel
def refresh_all(T: Tables, S: State) -> bool:
    """Refresh every slot; False if any is infeasible."""
    fits = True
    for r in range(len(S.route)):
        fits &= refresh(T, S, r)
    return bool(fits)
