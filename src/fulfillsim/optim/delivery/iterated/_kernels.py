"""Iterated local search through plans that may break rules, compiled.

Strings of stops go out, come back where they cost least with faults, a descent follows, then a decision as in
annealing (Lourenço, Martin, Stützle 2003, Iterated local search; removal: Christiaens, Vanden Berghe 2020).
"""

from __future__ import annotations

from math import inf, log

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel, merged_kernel
from fulfillsim.optim.delivery._kernels import insert, uniform
from fulfillsim.optim.delivery.annealing._kernels import keep_best, remember, settle
from fulfillsim.optim.delivery.faults._kernels import faults, overload, weigh, weigh_all
from fulfillsim.optim.delivery.faults.memory import LIGHT, STEPS, TIMELY, WARP_A, WARP_B, Loose
from fulfillsim.optim.delivery.granular._kernels import ask_again, descend
from fulfillsim.optim.delivery.linking._kernels import excess_of
from fulfillsim.optim.delivery.recreate._kernels import blinks, sort_waiting
from fulfillsim.optim.delivery.ruin._kernels import remove_strings, touch
from fulfillsim.optim.delivery.ruin.scratch import Pool, Scratch
from fulfillsim.optim.delivery.tables import (
    BEGIN,
    CLOSES,
    COST,
    DEMAND,
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
    Floats,
    State,
    Tables,
)


@merged_kernel
def price_at(T: Tables, S: State, W: Loose, r: int, p: int, c: int) -> float:
    """What the plan costs more with a stop behind position p of a slot."""
    i, j, k = S.seq[r, p], S.seq[r, p + 1], T.slot[r, KIND]
    cost = T.kind[k, PER_M] * (T.way[DISTANCE, i, c] + T.way[DISTANCE, c, j] - S.node[r, p, LEG])
    cost -= excess_of(T, S, r)
    if S.tally[r, LENGTH] == 0:
        cost += T.kind[k, FIXED]
    for d in range(T.n_dims):
        cost += overload(T, W, k, d, S.route[r, LOAD + d] + T.place[c, DEMAND + d])
    if T.windowed:
        now, warp = S.node[r, p, BEGIN] + T.way[TIME, i, c], S.node[r, p, WARP_A] + S.node[r, p + 1, WARP_B]
        if now < T.place[c, OPENS]:
            now = T.place[c, OPENS]
        elif now > T.place[c, CLOSES]:
            warp += now - T.place[c, CLOSES]
            now = T.place[c, CLOSES]
        cost += W.price[0] * (warp + max(0.0, now + T.way[TIME, c, j] - S.node[r, p + 1, LATEST]))
    return float(cost)


@lean_kernel
def put_back(T: Tables, S: State, X: Scratch, W: Loose, c: int) -> None:
    """Insert a stop beside a near one or into an empty slot, where it costs least."""
    best, slot, position = inf, -1, 0
    for r in range(len(S.tally)):
        if S.tally[r, LENGTH] == 0:
            best, slot = price_at(T, S, W, r, 0, c), r
            break
    for h in range(T.beside.shape[1]):
        m = T.beside[c - T.n_depots, h]
        r = S.slot_of[m]
        if r < 0:
            continue
        for p in range(S.at[m] - 1, S.at[m] + 1):
            cost = price_at(T, S, W, r, p, c)
            if cost < best and not blinks(X):
                best, slot, position = cost, r, p
    if slot < 0:
        for r in range(len(S.tally)):
            for p in range(S.tally[r, LENGTH] + 1):
                cost = price_at(T, S, W, r, p, c)
                if cost < best:
                    best, slot, position = cost, r, p
    insert(S, slot, c, position)
    touch(T, X, slot)
    weigh(T, S, W, slot)


@inlined_kernel
def ask_around(T: Tables, S: State, X: Scratch, W: Loose) -> None:
    """Queue the stops that came back and their neighbors."""
    for w in range(X.tally[0]):
        c = X.waiting[w]
        for p in range(S.at[c] - 1, S.at[c] + 2):
            ask_again(T, S, W, S.slot_of[c], p)


@inlined_kernel
def ask_at_gaps(T: Tables, S: State, now: State, X: Scratch, W: Loose) -> None:
    """Queue stops that were beside a removed one."""
    for w in range(X.tally[0]):
        c = X.waiting[w]
        r, p = now.slot_of[c], now.at[c]
        for q in range(p - 1, p + 2, 2):
            if 1 <= q <= now.tally[r, LENGTH]:
                m = now.seq[r, q]
                if S.slot_of[m] >= 0:
                    ask_again(T, S, W, S.slot_of[m], S.at[m])


@merged_kernel
def step(
    T: Tables,
    work: State,
    now: State,
    best: State,
    X: Scratch,
    P: Pool,
    W: Loose,
    costs: Floats,
    plan: Floats,
) -> None:
    """One kick, one descent, one decision; the best plan is the best of those without faults."""
    X.tally[0], X.tally[1] = 0, 0
    remove_strings(T, work, X, plan[2])
    for t in range(X.tally[1]):
        weigh(T, work, W, X.touched[t])
    sort_waiting(T, X)
    for w in range(X.tally[0]):
        put_back(T, work, X, W, X.waiting[w])
    ask_around(T, work, X, W)
    ask_at_gaps(T, work, now, X, W)
    descend(T, work, X, W)
    cost, column = costs[0], LOAD + T.n_dims
    for t in range(X.tally[1]):
        r = X.touched[t]
        cost += work.route[r, COST] + work.route[r, column] - now.route[r, COST] - now.route[r, column]
    _, is_timely, is_light = faults(T, work, W)
    W.tally[STEPS] += 1
    W.tally[TIMELY] += is_timely
    W.tally[LIGHT] += is_light
    if cost < costs[0] - plan[0] * log(1.0 - uniform(X.random)):
        if cost < costs[1] * (1.0 + plan[1]):
            for t in range(X.tally[1]):
                if work.route[X.touched[t], column] == 0.0:
                    remember(T, work, P, X, X.touched[t])
        settle(work, now, X)
        costs[0] = cost
        if is_timely and is_light and cost < costs[1] - 1e-9 * abs(costs[1]):
            keep_best(now, best, X)
            costs[1] = cost
    else:
        settle(now, work, X)


@lean_kernel
def iterate(
    T: Tables, work: State, now: State, best: State, X: Scratch, P: Pool, W: Loose, costs: Floats, plan: Floats, n: int
) -> None:
    """Steps at one temperature: ``plan`` holds it, the share within which routes are kept, how many stops go out."""
    for _ in range(n):
        step(T, work, now, best, X, P, W, costs, plan)


@lean_kernel
def penalized_cost(T: Tables, S: State) -> float:
    """Costs of all routes and of their faults."""
    cost = 0.0
    for r in range(len(S.route)):
        cost += S.route[r, COST] + S.route[r, LOAD + T.n_dims]
    return cost


@lean_kernel
def reprice(T: Tables, work: State, now: State, W: Loose, costs: Floats) -> None:
    """Weigh both plans with new prices."""
    weigh_all(T, work, W)
    weigh_all(T, now, W)
    costs[0] = penalized_cost(T, now)


@lean_kernel
def put_all_back(T: Tables, S: State, X: Scratch, W: Loose) -> None:
    """Insert every stop that no route has."""
    X.tally[1] = 0
    for c in range(T.n_depots, len(S.slot_of)):
        if S.slot_of[c] < 0:
            put_back(T, S, X, W, c)
    for t in range(X.tally[1]):
        X.is_touched[X.touched[t]] = False
