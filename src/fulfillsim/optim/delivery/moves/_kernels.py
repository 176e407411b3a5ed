"""Exchange of segments and of tails between two routes, and moves inside one.

Relocate, swap, Or-opt and cross-exchange are one move: a segment of p stops of one route changes place with one of q
stops of another, p and q from 0 to 3 (Taillard, Badeau, Gendreau, Guertin, Potvin 1997, A tabu search heuristic for
the vehicle routing problem with soft time windows, Transp. Sci. 31). 2-opt* exchanges tails (Potvin, Rousseau 1995).
Inside a route a segment moves elsewhere, perhaps reversed, or a stretch is reversed. Ways decide in O(1) whether
an exchange is worth a look; then both routes are recomputed, which keeps every constraint with one piece of code.
"""

from __future__ import annotations

from numpy import inf

from fulfillsim.optim.compiled import lean_kernel, merged_kernel
from fulfillsim.optim.delivery._kernels import copy_route, refresh
from fulfillsim.optim.delivery.tables import (
    COMMITTED,
    COST,
    DISTANCE,
    END,
    FIXED,
    KIND,
    LENGTH,
    METRES,
    PER_M,
    PER_S,
    START,
    TIME,
    Floats,
    Ints,
    State,
    Tables,
)

LONGEST = 3
GAIN = 1e-6


@lean_kernel
def put(S: State, r: int, stops: Ints, n: int) -> None:
    """Write a sequence into a slot."""
    for p in range(n):
        S.seq[r, p + 1] = stops[p]
    S.tally[r, LENGTH] = n


@lean_kernel
def chain_cost(T: Tables, S: State, r: int) -> float:
    """Cost of all trips of a slot's vehicle."""
    cost = 0.0
    for q in range(T.chain[r, 0], T.chain[r, 1]):
        cost += S.route[q, COST]
    return cost


@lean_kernel
def copy_chain(T: Tables, a: State, b: State, r: int) -> None:
    """Copy all trips of a slot's vehicle."""
    for q in range(T.chain[r, 0], T.chain[r, 1]):
        copy_route(a, b, q)


@lean_kernel
def accept_if_better(T: Tables, S: State, kept: State, a: int, b: int) -> bool:
    """Refresh two changed slots; keep them if feasible and cheaper than what is kept, else bring that back."""
    apart = T.chain[a, 0] != T.chain[b, 0]
    old = chain_cost(T, kept, a) + (chain_cost(T, kept, b) if apart else 0.0)
    fits = refresh(T, S, a)
    if fits and apart:
        fits = refresh(T, S, b)
    new = chain_cost(T, S, a) + (chain_cost(T, S, b) if apart else 0.0)
    better = fits and new < old - GAIN
    if better:
        copy_chain(T, S, kept, a)
        copy_chain(T, S, kept, b)
    else:
        copy_chain(T, kept, S, a)
        copy_chain(T, kept, S, b)
    return better


@lean_kernel
def splice(S: State, a: int, i: int, p: int, b: int, j: int, q: int, out: Ints) -> int:
    """Route a with its p stops behind position i replaced by the q stops of b behind position j; returns its length."""
    n = 0
    for k in range(1, i + 1):
        out[n] = S.seq[a, k]
        n += 1
    for k in range(j + 1, j + q + 1):
        out[n] = S.seq[b, k]
        n += 1
    for k in range(i + p + 1, S.tally[a, LENGTH] + 1):
        out[n] = S.seq[a, k]
        n += 1
    return n


@lean_kernel
def idle_cost(T: Tables, S: State, r: int) -> float:
    """What a slot's hours cost beyond those of its ways (service is in them): the most that another order can save.

    Infinite where that is not known without driving the day.
    """
    kind, seq, seconds = T.kind[T.slot[r, KIND]], S.seq[r], 0.0
    if kind[PER_S] == 0.0 or S.tally[r, LENGTH] == 0:
        return 0.0
    if not T.plain or T.driven or T.chained:
        return inf
    for p in range(S.tally[r, LENGTH] + 1):
        seconds += T.way[TIME, seq[p], seq[p + 1]]
    return float(S.route[r, COST] - kind[FIXED] - kind[PER_M] * S.route[r, METRES] - kind[PER_S] * seconds)


@lean_kernel
def moving_cost(T: Tables, k: int, stops: Ints, n: int) -> float:
    """What the way along a sequence of stops costs, its hours included."""
    before, metres, seconds = int(T.kind[k, START]), 0.0, 0.0
    for p in range(n + 1):
        c = stops[p] if p < n else int(T.kind[k, END])
        metres += T.way[DISTANCE, before, c]
        seconds += T.way[TIME, before, c]
        before = c
    return float(T.kind[k, PER_M] * metres + T.kind[k, PER_S] * seconds)


@merged_kernel
def exchange(
    T: Tables, S: State, kept: State, a: int, i: int, p: int, b: int, j: int, q: int, idle: float, out: Ints
) -> bool:
    """Try to exchange p stops of a behind i with q stops of b behind j."""
    if not worth(T, S, a, i, p, b, j, q, idle):
        return False
    n, width = splice(S, a, i, p, b, j, q, out), len(out) // 2
    m = splice(S, b, j, q, a, i, p, out[width:])
    put(S, a, out, n)
    put(S, b, out[width:], m)
    return accept_if_better(T, S, kept, a, b)


@lean_kernel
def worth(T: Tables, S: State, a: int, i: int, p: int, b: int, j: int, q: int, idle: float) -> bool:
    """Whether exchanging segments can save anything: its way, and at most all idle time of both."""
    k = T.slot[a, KIND]
    if not alike(T, k, T.slot[b, KIND]) or idle == inf or p == S.tally[a, LENGTH] or q == S.tally[b, LENGTH]:
        return True
    change = T.kind[k, PER_M] * longer(T.way[DISTANCE], S, a, i, p, b, j, q) - idle
    if T.kind[k, PER_S] > 0.0:
        change += T.kind[k, PER_S] * longer(T.way[TIME], S, a, i, p, b, j, q)
    return bool(change < -GAIN / 2)


@lean_kernel
def alike(T: Tables, a: int, b: int) -> bool:
    """Whether the way of two kinds of vehicles costs the same, from the same place to the same."""
    one, other = T.kind[a], T.kind[b]
    costs = one[PER_M] == other[PER_M] and one[PER_S] == other[PER_S]
    return bool(costs and one[START] == other[START] and one[END] == other[END])


@lean_kernel
def longer(d: Floats, S: State, a: int, i: int, p: int, b: int, j: int, q: int) -> float:
    """By how much an exchange of segments makes both routes longer."""
    a0, a1, b0, b1 = S.seq[a, i], S.seq[a, i + p + 1], S.seq[b, j], S.seq[b, j + q + 1]
    change = -d[a0, S.seq[a, i + 1]] - d[b0, S.seq[b, j + 1]]
    if p > 0:
        change += d[b0, S.seq[a, i + 1]] + d[S.seq[a, i + p], b1] - d[S.seq[a, i + p], a1]
    else:
        change += d[b0, b1]
    if q > 0:
        change += d[a0, S.seq[b, j + 1]] + d[S.seq[b, j + q], a1] - d[S.seq[b, j + q], b1]
    else:
        change += d[a0, a1]
    return float(change)


@merged_kernel
def exchange_tails(T: Tables, S: State, kept: State, a: int, i: int, b: int, j: int, idle: float, out: Ints) -> bool:
    """2-opt*: the stops behind i of a and those behind j of b change routes."""
    n, m = S.tally[a, LENGTH], S.tally[b, LENGTH]
    return exchange(T, S, kept, a, i, n - i, b, j, m - j, idle, out)


@merged_kernel
def move_inside(
    T: Tables, S: State, kept: State, r: int, i: int, p: int, j: int, turned: bool, most: float, out: Ints
) -> bool:
    """Or-opt: p stops behind position i come to stand behind position j of what remains, perhaps reversed."""
    n, left = S.tally[r, LENGTH], 0
    for k in range(1, n + 1):
        if k <= i or k > i + p:
            out[left] = S.seq[r, k]
            left += 1
    for k in range(left - 1, j - 1, -1):
        out[k + p] = out[k]
    for k in range(p):
        out[j + k] = S.seq[r, i + p - k] if turned else S.seq[r, i + 1 + k]
    if moving_cost(T, T.slot[r, KIND], out, n) >= most:
        return False
    put(S, r, out, n)
    return accept_if_better(T, S, kept, r, r)


@merged_kernel
def reverse_inside(T: Tables, S: State, kept: State, r: int, i: int, j: int, most: float, out: Ints) -> bool:
    """2-opt: the stops at positions i to j in opposite order."""
    n = S.tally[r, LENGTH]
    for k in range(1, n + 1):
        out[k - 1] = S.seq[r, i + j - k] if i <= k <= j else S.seq[r, k]
    if moving_cost(T, T.slot[r, KIND], out, n) >= most:
        return False
    put(S, r, out, n)
    return accept_if_better(T, S, kept, r, r)


@merged_kernel
def improve_pair(T: Tables, S: State, kept: State, a: int, b: int, out: Ints) -> bool:
    """First improving exchange between two slots."""
    free_a, free_b = T.slot[a, COMMITTED], T.slot[b, COMMITTED]
    idle = idle_cost(T, S, a) + idle_cost(T, S, b)
    for i in range(free_a, S.tally[a, LENGTH] + 1):
        for j in range(free_b, S.tally[b, LENGTH] + 1):
            if exchange_tails(T, S, kept, a, i, b, j, idle, out):
                return True
            for p in range(min(LONGEST, S.tally[a, LENGTH] - i) + 1):
                for q in range(min(LONGEST, S.tally[b, LENGTH] - j) + 1):
                    if p + q > 0 and exchange(T, S, kept, a, i, p, b, j, q, idle, out):
                        return True
    return False


@merged_kernel
def improve_inside(T: Tables, S: State, kept: State, r: int, out: Ints) -> bool:
    """First improving move inside a slot."""
    n = S.tally[r, LENGTH]
    most = moving_cost(T, T.slot[r, KIND], S.seq[r, 1:], n) + idle_cost(T, S, r) - GAIN / 2
    for i in range(T.slot[r, COMMITTED], n):
        for p in range(1, min(LONGEST, n - i) + 1):
            for j in range(T.slot[r, COMMITTED], n - p + 1):
                for turned in range(1 + (p > 1)):
                    if (turned or j != i) and move_inside(T, S, kept, r, i, p, j, turned > 0, most, out):
                        return True
        for j in range(i + 2, n + 1):
            if reverse_inside(T, S, kept, r, i + 1, j, most, out):
                return True
    return False


@lean_kernel
def descend(T: Tables, S: State, kept: State, changed: Ints, out: Ints, n_passes: int) -> None:
    """Moves until none improves or the passes are over; pairs of slots that did not change are not tried again.

    ``kept`` must equal ``S``. ``changed[r]`` is 1 for slots to be looked at. Of empty slots one of each kind is tried.
    """
    n_slots = len(S.tally)
    for _ in range(n_passes):
        any_better = False
        for a in range(n_slots):
            if S.tally[a, LENGTH] == 0 or changed[a] == 0:
                continue
            changed[a] = 0
            while improve_inside(T, S, kept, a, out):
                changed[a] = 1
            empty_kind = -1
            for b in range(n_slots):
                if b == a or S.tally[a, LENGTH] == 0:
                    continue
                if S.tally[b, LENGTH] == 0:
                    if T.slot[b, KIND] == empty_kind:
                        continue
                    empty_kind = T.slot[b, KIND]
                while improve_pair(T, S, kept, a, b, out):
                    changed[a], changed[b] = 1, 1
            any_better = any_better or changed[a] == 1
        if not any_better:
            break
