"""Exchange of segments and of tails between two routes, and moves inside one.

Relocate, swap, Or-opt and cross-exchange are one move: a segment of p stops of one route changes place with one of q
stops of another, p and q from 0 to 3 (Taillard, Badeau, Gendreau, Guertin, Potvin 1997, A tabu search heuristic for
the vehicle routing problem with soft time windows, Transp. Sci. 31). 2-opt* exchanges tails (Potvin, Rousseau 1995).
Inside a route a segment moves elsewhere, perhaps reversed, or a stretch is reversed. Distances decide in O(1) whether
a move is worth a look; then both routes are recomputed, which keeps every constraint with one piece of code.
"""

from __future__ import annotations

from fulfillsim.optim.compiled import lean_kernel, merged_kernel
from fulfillsim.optim.delivery._kernels import copy_route, refresh
from fulfillsim.optim.delivery.tables import (
    COMMITTED,
    COST,
    DISTANCE,
    KIND,
    LENGTH,
    PER_M,
    PER_S,
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


@merged_kernel
def exchange(T: Tables, S: State, kept: State, a: int, i: int, p: int, b: int, j: int, q: int, out: Ints) -> bool:
    """Try to exchange p stops of a behind i with q stops of b behind j."""
    if not worth(T, S, a, i, p, b, j, q):
        return False
    n, width = splice(S, a, i, p, b, j, q, out), len(out) // 2
    m = splice(S, b, j, q, a, i, p, out[width:])
    put(S, a, out, n)
    put(S, b, out[width:], m)
    return accept_if_better(T, S, kept, a, b)


@lean_kernel
def worth(T: Tables, S: State, a: int, i: int, p: int, b: int, j: int, q: int) -> bool:
    """Whether exchanging segments shortens the way, or something else than distance costs."""
    k = T.slot[a, KIND]
    if k != T.slot[b, KIND] or T.kind[k, PER_S] > 0.0 or p == S.tally[a, LENGTH] or q == S.tally[b, LENGTH]:
        return True
    d = T.way[DISTANCE]
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
    return bool(change * T.kind[k, PER_M] < -GAIN)


@merged_kernel
def exchange_tails(T: Tables, S: State, kept: State, a: int, i: int, b: int, j: int, out: Ints) -> bool:
    """2-opt*: the stops behind i of a and those behind j of b change routes."""
    n, m = S.tally[a, LENGTH], S.tally[b, LENGTH]
    return exchange(T, S, kept, a, i, n - i, b, j, m - j, out)


@merged_kernel
def move_inside(T: Tables, S: State, kept: State, r: int, i: int, p: int, j: int, turned: bool, out: Ints) -> bool:
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
    put(S, r, out, n)
    return accept_if_better(T, S, kept, r, r)


@merged_kernel
def reverse_inside(T: Tables, S: State, kept: State, r: int, i: int, j: int, out: Ints) -> bool:
    """2-opt: the stops at positions i to j in opposite order."""
    n = S.tally[r, LENGTH]
    for k in range(1, n + 1):
        out[k - 1] = S.seq[r, i + j - k] if i <= k <= j else S.seq[r, k]
    put(S, r, out, n)
    return accept_if_better(T, S, kept, r, r)


@merged_kernel
def improve_pair(T: Tables, S: State, kept: State, a: int, b: int, out: Ints) -> bool:
    """First improving exchange between two slots."""
    free_a, free_b = T.slot[a, COMMITTED], T.slot[b, COMMITTED]
    for i in range(free_a, S.tally[a, LENGTH] + 1):
        for j in range(free_b, S.tally[b, LENGTH] + 1):
            if exchange_tails(T, S, kept, a, i, b, j, out):
                return True
            for p in range(min(LONGEST, S.tally[a, LENGTH] - i) + 1):
                for q in range(min(LONGEST, S.tally[b, LENGTH] - j) + 1):
                    if p + q > 0 and exchange(T, S, kept, a, i, p, b, j, q, out):
                        return True
    return False


@merged_kernel
def improve_inside(T: Tables, S: State, kept: State, r: int, out: Ints) -> bool:
    """First improving move inside a slot."""
    n = S.tally[r, LENGTH]
    for i in range(T.slot[r, COMMITTED], n):
        for p in range(1, min(LONGEST, n - i) + 1):
            for j in range(T.slot[r, COMMITTED], n - p + 1):
                for turned in range(1 + (p > 1)):
                    if (turned or j != i) and move_inside(T, S, kept, r, i, p, j, turned > 0, out):
                        return True
        for j in range(i + 2, n + 1):
            if reverse_inside(T, S, kept, r, i + 1, j, out):
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
