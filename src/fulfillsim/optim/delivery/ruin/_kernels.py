"""Ruin and recreate by slack induction by string removals, compiled.

Christiaens, Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems, Transp. Sci. 54(2):
strings of neighboring routes are removed (algorithm 2), stops come back greedily with blinks (algorithm 3), simulated
annealing decides (algorithm 1). We differ in three things. A stop is tried beside the stops that suit it in place and
time, and over whole routes only if none of these takes it; in the rich cases prices of whole routes are kept until the
route changes. The middle of a string that stays is long rather than short. Routes of accepted plans go to a pool for
set partitioning.
"""

from __future__ import annotations

from math import inf, log

from fulfillsim.optim.compiled import kernel
from fulfillsim.optim.delivery._kernels import SLACK, below, copy_route, insert, price_route, refresh, uniform
from fulfillsim.optim.delivery.ruin.scratch import Pool, Scratch
from fulfillsim.optim.delivery.tables import (
    BEGIN,
    CAPACITY,
    CLOSES,
    COMMITTED,
    COST,
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
    Floats,
    State,
    Tables,
)

BY_CHANCE, BY_DEMAND, FAR, NEAR, NARROW, OPENING, CLOSING = 0, 1, 2, 3, 4, 5, 6
SPLIT_PROB = 0.5
DEEPEN_PROB = 0.99
BLINK_PROB = 0.01
# Where stops may be left out, in some steps a share of the waiting ones is served whatever it costs: a van that pays
# with three stops would never be opened for the first of them.
GENEROUS_PROB = 0.3


@kernel
def touch(T: Tables, X: Scratch, r: int) -> None:
    """Note that a slot, and with it the other trips of its vehicle, changes in this step."""
    for q in range(T.chain[r, 0], T.chain[r, 1]):
        if not X.is_touched[q]:
            X.is_touched[q] = True
            X.touched[X.tally[1]] = q
            X.tally[1] += 1


@kernel
def take_out(S: State, X: Scratch, r: int, p: int) -> None:
    """Remove the stop at a position; it waits for its return."""
    seq, n = S.seq[r], S.tally[r, LENGTH]
    c = seq[p]
    X.waiting[X.tally[0]] = c
    X.tally[0] += 1
    S.slot_of[c] = -1
    for q in range(p, n + 1):
        seq[q] = seq[q + 1]
    S.tally[r, LENGTH] = n - 1


@kernel
def remove_string(T: Tables, S: State, X: Scratch, r: int, c: int, size: int) -> None:
    """Remove ``size`` stops of a slot in a row around stop c, or a longer row with some in the middle kept."""
    n, first_free = S.tally[r, LENGTH], T.slot[r, COMMITTED] + 1
    free = n - first_free + 1
    at = first_free
    while S.seq[r, at] != c:
        at += 1
    kept = 0
    if size > 1 and size < free and uniform(X.random) < SPLIT_PROB:
        kept = 1
        while size + kept < free and uniform(X.random) < DEEPEN_PROB:
            kept += 1
    whole = size + kept
    low, high = max(first_free, at - whole + 1), min(at, n - whole + 1)
    start = low + below(X.random, high - low + 1)
    keep_from = size if kept == 0 else 1 + below(X.random, size)
    for _ in range(keep_from):
        take_out(S, X, r, start)
    for _ in range(size - keep_from):
        take_out(S, X, r, start + kept)


@kernel
def ruin(T: Tables, S: State, X: Scratch, mean_removed: float, longest: float) -> None:
    """Remove strings from routes near a random stop."""
    n_served, n_used = 0, 0
    for r in range(len(S.tally)):
        if S.tally[r, LENGTH] > 0:
            n_used += 1
            n_served += S.tally[r, LENGTH]
    if n_used == 0:
        return
    top = min(longest, n_served / n_used)
    n_strings = int(uniform(X.random) * (4.0 * mean_removed / (1.0 + top) - 1.0) + 1.0)
    near, n_cut = T.near[below(X.random, len(T.near))], 0
    for c in near:
        r = S.slot_of[c]
        if r < 0 or X.is_cut[r] or X.is_committed[c]:
            continue
        free = S.tally[r, LENGTH] - T.slot[r, COMMITTED]
        size = int(uniform(X.random) * min(top, free) + 1.0)
        remove_string(T, S, X, r, c, min(size, free))
        touch(T, X, r)
        X.is_cut[r] = True
        n_cut += 1
        if n_cut >= n_strings:
            break
    for t in range(X.tally[1]):
        r = X.touched[t]
        X.is_cut[r] = False
        if r == T.chain[r, 0]:
            refresh(T, S, r)


@kernel
def sort_waiting(T: Tables, X: Scratch) -> None:
    """Order the waiting stops: at random, by demand, distance from the depot, or window, drawn by weight."""
    u = below(X.random, 17 if T.windowed else 11)
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


@kernel
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


@kernel
def blink_gap(X: Scratch) -> int:
    """Prices to look at until the next blink."""
    return int(log(1.0 - uniform(X.random)) / log(1.0 - BLINK_PROB))


@kernel
def blinks(X: Scratch) -> bool:
    """Whether the next price is overlooked."""
    X.tally[3] -= 1
    if X.tally[3] >= 0:
        return False
    X.tally[3] = blink_gap(X)
    return True


@kernel
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


@kernel
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


@kernel
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


@kernel
def recreate(T: Tables, S: State, X: Scratch) -> None:
    """Bring the waiting stops back one by one where they cost least; those that fit nowhere keep waiting."""
    list_slots(T, S, X)
    left, n = 0, X.tally[0]
    simple = T.plain and not T.timed and not T.picks_up
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


@kernel
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


@kernel
def anneal(
    T: Tables, work: State, now: State, best: State, X: Scratch, P: Pool, costs: Floats, plan: Floats, n_steps: int
) -> None:
    """Steps of ruin and recreate between two temperatures.

    ``costs`` holds the costs of ``now`` and ``best``; ``plan`` the first and the last temperature, the mean number of
    stops removed, the longest string, and the share above the best up to which routes are remembered.
    """
    temperature, cooling = plan[0], (plan[1] / plan[0]) ** (1.0 / max(n_steps, 1))
    for _ in range(n_steps):
        step(T, work, now, best, X, P, costs, plan, temperature)
        temperature *= cooling


@kernel
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
    ruin(T, work, X, plan[2], plan[3])
    sort_waiting(T, X)
    recreate(T, work, X)
    cost = changed_cost(T, work, now, X, costs[0])
    if cost < costs[0] - temperature * log(1.0 - uniform(X.random)):
        worth = cost < costs[1] * (1.0 + plan[4])
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


@kernel
def changed_cost(T: Tables, work: State, now: State, X: Scratch, cost: float) -> float:
    """Cost of the plan in work, from that of the current plan and what was touched."""
    for i in range(X.tally[4]):
        cost -= T.place[X.absent[i], PENALTY]
    for i in range(X.tally[0]):
        cost += T.place[X.waiting[i], PENALTY]
    for t in range(X.tally[1]):
        cost += work.route[X.touched[t], COST] - now.route[X.touched[t], COST]
    return cost


@kernel
def settle(source: State, target: State, X: Scratch) -> None:
    """Copy the touched slots and end the step; slots that changed are stale in the best plan."""
    for t in range(X.tally[1]):
        r = X.touched[t]
        X.is_touched[r] = False
        X.is_stale[r] = True
        copy_route(source, target, r)


@kernel
def keep_best(now: State, best: State, X: Scratch) -> None:
    """Copy what changed since the last best plan."""
    best.slot_of[:] = now.slot_of
    for r in range(len(now.tally)):
        if X.is_stale[r]:
            copy_route(now, best, r)
            X.is_stale[r] = False
