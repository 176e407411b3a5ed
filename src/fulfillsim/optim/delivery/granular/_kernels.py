"""Descent among near neighbors: moves that bring two near stops beside each other until none improves.

A link between near stops is worth a look if it is shorter than one of those that it replaces (Lin, Kernighan 1973, An
effective heuristic algorithm for the traveling-salesman problem, Oper. Res. 21), or if a route breaks rules. Stops are
near as in Vidal et al. (2013), section 4.5. Only stops whose neighbors changed are asked.
"""

from __future__ import annotations

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel
from fulfillsim.optim.delivery.faults._kernels import weigh
from fulfillsim.optim.delivery.faults.memory import (
    AT_A,
    AT_B,
    FIRST,
    INSIDE,
    NOTHING,
    QUEUED,
    SIZE_A,
    SIZE_B,
    SLOT_A,
    SLOT_B,
    TURNED,
    WHAT,
    Loose,
)
from fulfillsim.optim.delivery.linking._kernels import between, excess_of, inside, reorder, try_tails
from fulfillsim.optim.delivery.moves._kernels import put, splice
from fulfillsim.optim.delivery.ruin._kernels import touch
from fulfillsim.optim.delivery.ruin.scratch import Scratch
from fulfillsim.optim.delivery.tables import (
    DISTANCE,
    LEG,
    LENGTH,
    State,
    Tables,
)

GAIN = 1e-6


@inlined_kernel
def ask_again(T: Tables, S: State, W: Loose, r: int, p: int) -> None:
    """Queue the stop at a position, if there is one."""
    if p < 1 or p > S.tally[r, LENGTH]:
        return
    c = S.seq[r, p]
    if not W.is_queued[c]:
        W.is_queued[c] = True
        W.queue[(W.tally[FIRST] + W.tally[QUEUED]) % len(W.queue)] = c
        W.tally[QUEUED] += 1


@lean_kernel
def carry_out(T: Tables, S: State, X: Scratch, W: Loose) -> None:
    """Make the noted move and queue the stops whose neighbors changed."""
    m, half = W.move, len(W.out) // 2
    a, i, p, b, j, q = m[SLOT_A], m[AT_A], m[SIZE_A], m[SLOT_B], m[AT_B], m[SIZE_B]
    touch(T, X, a)
    if m[WHAT] == INSIDE or m[WHAT] == TURNED:
        low, high = reorder(S, a, i, p, j, m[WHAT] == TURNED, W.out)
        for k in range(high - low + 1):
            S.seq[a, low + k] = W.out[k]
        weigh(T, S, W, a)
        for at in (low - 1, low, low + p - i, low + p - i + 1, high - p + i - 1, high - p + i, high, high + 1):
            ask_again(T, S, W, a, at)
        return
    n = splice(S, a, i, p, b, j, q, W.out)
    k = splice(S, b, j, q, a, i, p, W.out[half:])
    put(S, a, W.out, n)
    put(S, b, W.out[half:], k)
    touch(T, X, b)
    weigh(T, S, W, a)
    weigh(T, S, W, b)
    for at in (i, i + 1, i + q, i + q + 1):
        ask_again(T, S, W, a, at)
    for at in (j, j + 1, j + p, j + p + 1):
        ask_again(T, S, W, b, at)


@lean_kernel
def into_empty(T: Tables, S: State, W: Loose, u: int, best: float) -> float:
    """From u on to a route of its own, where the route breaks rules."""
    a, i = S.slot_of[u], S.at[u] - 1
    if i == 0 or excess_of(T, S, a) == 0.0:
        return best
    for b in range(len(S.tally)):
        if S.tally[b, LENGTH] == 0:
            return try_tails(T, S, W, a, i, b, 0, best)
    return best


@inlined_kernel
def is_worth(T: Tables, S: State, u: int, v: int) -> bool:
    """Whether a link from u to v is shorter than the one from u or that to v, or a route breaks rules."""
    a, b, link = S.slot_of[u], S.slot_of[v], T.way[DISTANCE, u, v]
    if link < S.node[a, S.at[u], LEG] or link < S.node[b, S.at[v] - 1, LEG]:
        return True
    return bool(excess_of(T, S, a) + excess_of(T, S, b) > 0.0)


@inlined_kernel
def is_worth_turned(T: Tables, S: State, u: int, v: int) -> bool:
    """Whether a link is shorter than those to both stops or those from both, which turning a stretch replaces."""
    r, link = S.slot_of[u], T.way[DISTANCE, u, v]
    before = max(S.node[r, S.at[u] - 1, LEG], S.node[r, S.at[v] - 1, LEG])
    return bool(link < before or link < max(S.node[r, S.at[u], LEG], S.node[r, S.at[v], LEG]))


@lean_kernel
def improve_at(T: Tables, S: State, X: Scratch, W: Loose, u: int) -> bool:
    """Make the best move of the first neighbor of u that has an improving one."""
    W.move[WHAT] = NOTHING
    best = -GAIN
    for h in range(T.beside.shape[1]):
        v = T.beside[u - T.n_depots, h]
        if S.slot_of[v] != S.slot_of[u]:
            if is_worth(T, S, u, v):
                best = between(T, S, W, u, v, best)
            if is_worth(T, S, v, u):
                best = between(T, S, W, v, u, best)
        elif is_worth(T, S, u, v) or is_worth(T, S, v, u) or is_worth_turned(T, S, u, v):
            best = inside(T, S, W, u, v, best)
        if W.move[WHAT] != NOTHING:
            break
    if W.move[WHAT] == NOTHING:
        best = into_empty(T, S, W, u, best)
    if W.move[WHAT] == NOTHING:
        return False
    carry_out(T, S, X, W)
    return True


@lean_kernel
def descend(T: Tables, S: State, X: Scratch, W: Loose) -> None:
    """Moves at the queued stops until none improves."""
    while W.tally[QUEUED] > 0:
        u = W.queue[W.tally[FIRST]]
        W.tally[FIRST] = (W.tally[FIRST] + 1) % len(W.queue)
        W.tally[QUEUED] -= 1
        W.is_queued[u] = False
        while improve_at(T, S, X, W, u):
            pass
