"""Ruin and recreate under simulated annealing, compiled; routes of accepted plans go to a pool for set partitioning.

Christiaens, Vanden Berghe (2020), algorithm 1.
"""

from __future__ import annotations

from math import log

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel, merged_kernel
from fulfillsim.optim.delivery._kernels import copy_route, uniform
from fulfillsim.optim.delivery.recreate._kernels import recreate, sort_waiting
from fulfillsim.optim.delivery.ruin._kernels import ruin
from fulfillsim.optim.delivery.ruin.scratch import Pool, Scratch
from fulfillsim.optim.delivery.tables import (
    COST,
    KIND,
    LENGTH,
    PENALTY,
    Floats,
    State,
    Tables,
)


@lean_kernel
def remember(T: Tables, S: State, P: Pool, X: Scratch, r: int) -> None:
    """Keep a route in the pool: per set of stops and kind the cheapest, and of sets with equal place the latest."""
    n = S.tally[r, LENGTH]
    if n == 0 or n > P.seq.shape[1] or T.chained:
        return
    key = X.mark_of_kind[T.slot[r, KIND]]
    for p in range(1, n + 1):
        key ^= X.mark[S.seq[r, p]]
    place = key % len(P.key)
    if P.key[place] == key and P.cost[place] <= S.route[r, COST]:
        return
    P.key[place], P.cost[place], P.length[place], P.kind[place] = key, S.route[r, COST], n, T.slot[r, KIND]
    for p in range(n):
        P.seq[place, p] = S.seq[r, p + 1]


@inlined_kernel
def changed_cost(T: Tables, work: State, now: State, X: Scratch, cost: float) -> float:
    """Cost of the plan in work, from that of the current plan and what was touched."""
    for i in range(X.tally[4]):
        cost -= T.place[X.absent[i], PENALTY]
    for i in range(X.tally[0]):
        cost += T.place[X.waiting[i], PENALTY]
    for t in range(X.tally[1]):
        cost += work.route[X.touched[t], COST] - now.route[X.touched[t], COST]
    return cost


@inlined_kernel
def settle(source: State, target: State, X: Scratch) -> None:
    """Copy the touched slots and end the step; slots that changed are stale in the best plan."""
    for t in range(X.tally[1]):
        r = X.touched[t]
        X.is_touched[r] = False
        X.is_stale[r] = True
        copy_route(source, target, r)


@lean_kernel
def keep_best(now: State, best: State, X: Scratch) -> None:
    """Copy what changed since the last best plan."""
    for c in range(len(now.slot_of)):
        best.slot_of[c] = now.slot_of[c]
    for r in range(len(now.tally)):
        if X.is_stale[r]:
            copy_route(now, best, r)
            X.is_stale[r] = False


@merged_kernel
def step(
    T: Tables,
    work: State,
    now: State,
    best: State,
    X: Scratch,
    P: Pool,
    costs: Floats,
    plan: Floats,
    temperature: float,
) -> None:
    """One ruin, one recreation, one decision."""
    n_absent = X.tally[4]
    X.tally[0], X.tally[1] = n_absent, 0
    for i in range(n_absent):
        X.waiting[i] = X.absent[i]
    ruin(T, work, X)
    sort_waiting(T, X)
    recreate(T, work, X)
    cost = changed_cost(T, work, now, X, costs[0])
    if cost < costs[0] - temperature * log(1.0 - uniform(X.random)):
        worth = cost < costs[1] * (1.0 + plan[2])
        for t in range(X.tally[1] if worth else 0):
            remember(T, work, P, X, X.touched[t])
        settle(work, now, X)
        costs[0], X.tally[4] = cost, X.tally[0]
        for i in range(X.tally[0]):
            X.absent[i] = X.waiting[i]
            now.slot_of[X.waiting[i]] = -1
        if cost < costs[1] - 1e-9 * abs(costs[1]):
            keep_best(now, best, X)
            costs[1] = cost
    else:
        for i in range(X.tally[0]):
            work.slot_of[X.waiting[i]] = -1
        settle(now, work, X)
        for i in range(n_absent):
            work.slot_of[X.absent[i]] = -1


@lean_kernel
def anneal(
    T: Tables, work: State, now: State, best: State, X: Scratch, P: Pool, costs: Floats, plan: Floats, n_steps: int
) -> None:
    """Steps of ruin and recreate between two temperatures.

    ``costs`` holds the costs of ``now`` and ``best``; ``plan`` the first and the last temperature, and the
    share above the best up to which routes are remembered.
    """
    temperature, cooling = plan[0], (plan[1] / plan[0]) ** (1.0 / max(n_steps, 1))
    for _ in range(n_steps):
        step(T, work, now, best, X, P, costs, plan, temperature)
        temperature *= cooling
