"""First plans: savings and regret insertion, compiled."""

from __future__ import annotations

from math import inf

from fulfillsim.optim.compiled import kernel, lean_kernel
from fulfillsim.optim.delivery._kernels import insert, refresh
from fulfillsim.optim.delivery.pricing._kernels import price_route
from fulfillsim.optim.delivery.tables import LENGTH, Floats, Ints, State, Tables


@lean_kernel
def recompute(T: Tables, S: State, r: int) -> bool:
    """Refresh a slot: once compiled for the four places from which joining calls it."""
    return refresh(T, S, r)


@lean_kernel
def merge_by_savings(T: Tables, S: State, tail: Ints, head: Ints) -> None:
    """Join routes end to end in the order of pairs (last stop, first stop) wherever the whole stays feasible.

    Slot i of ``S`` holds stop i alone at first.
    """
    for pair in range(len(tail)):
        i, j = tail[pair], head[pair]
        a, b = S.slot_of[i], S.slot_of[j]
        n, m = S.tally[a, LENGTH], S.tally[b, LENGTH]
        if a == b or S.seq[a, n] != i or S.seq[b, 1] != j:
            continue
        for p in range(m):
            S.seq[a, n + 1 + p] = S.seq[b, 1 + p]
        S.tally[a, LENGTH] = n + m
        if recompute(T, S, a):
            S.tally[b, LENGTH] = 0
            recompute(T, S, b)
        else:
            S.tally[a, LENGTH] = n
            recompute(T, S, a)
            recompute(T, S, b)


@lean_kernel
def first_choices(T: Tables, S: State, c: int, price: Floats, n_choices: int, out: Floats) -> int:
    """The slot where a stop costs least, -1 if nowhere; ``out`` gets cost, position and regret.

    Regret sums what the second to the last of ``n_choices`` slots would cost more; a missing slot counts a lot.
    """
    out[0], out[1], out[2] = inf, 0.0, 0.0
    best = -1
    few = price[4:]
    few[:n_choices] = inf
    opened = 0
    for r in range(len(S.tally)):
        if S.tally[r, LENGTH] == 0 and not T.chained:
            bit = 1 << min(int(T.slot[r, 0]), 60)
            if opened & bit:
                continue
            opened |= bit
        price_route(T, S, r, c, price)
        cost = price[0]
        if cost < out[0]:
            out[0], out[1], best = cost, price[1], r
        for q in range(n_choices):
            if cost < few[q]:
                cost, few[q] = few[q], cost
    for q in range(1, n_choices):
        out[2] += min(few[q], 1e9) - min(few[0], 1e9)
    return best


@kernel
def insert_by_regret(T: Tables, S: State, waiting: Ints, n_choices: int) -> int:
    """Insert the waiting stops, the one of greatest regret first; returns how many are left at the front of the list.

    With one choice the cheapest insertion comes first.
    """
    n = len(waiting)
    price, out, at = T.place[0, :1].repeat(4 + n_choices), T.place[0, :1].repeat(3), T.place[0, :1].repeat(3)
    while n > 0:
        chosen, slot = -1, -1
        for w in range(n):
            r = first_choices(T, S, waiting[w], price, n_choices, out)
            better = out[2] > at[2] or (out[2] == at[2] and out[0] < at[0]) if n_choices > 1 else out[0] < at[0]
            if r >= 0 and (chosen < 0 or better):
                chosen, slot = w, r
                at[0], at[1], at[2] = out[0], out[1], out[2]
        if chosen < 0:
            break
        insert(S, slot, waiting[chosen], int(at[1]))
        refresh(T, S, slot)
        n -= 1
        waiting[chosen], waiting[n] = waiting[n], waiting[chosen]
    return n
