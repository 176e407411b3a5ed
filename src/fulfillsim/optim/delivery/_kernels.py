"""Compiled bookkeeping of routes: what a route costs, whether it is feasible, what an insertion would add.

All methods of ours stand on these. A stop fits between two others if it can begin in time and the next place is still
reached by the latest arrival that keeps the rest in time: O(1) per position, also with several windows and with speeds
that change, because arriving earlier never hurts. Where durations matter, parts of routes are joined as triples
(span, early, late): Vidal, Crainic, Gendreau, Prins (2013), A hybrid genetic algorithm with adaptive diversity
management for a large class of vehicle routing problems with time-windows, Comput. Oper. Res. 40, eqs 8 to 11.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.compiled import kernel
from fulfillsim.optim.delivery.tables import (
    BACK_BY,
    BEGIN,
    CAPACITY,
    CLOSES,
    COMMITTED,
    COST,
    DEMAND,
    DEPARTS,
    DISTANCE,
    DISTANCE_TO,
    EARLY_A,
    EARLY_B,
    END,
    FIXED,
    KIND,
    LATE_A,
    LATE_B,
    LATEST,
    LEAVES,
    LEAVES_BY,
    LEG,
    LENGTH,
    LOAD,
    LONGEST_M,
    LONGEST_S,
    METRES,
    OPENS,
    PEAK,
    PENALTY,
    PER_M,
    PER_S,
    RELEASE,
    RELEASED,
    RETURNS,
    SERVICE,
    SPAN_A,
    SPAN_B,
    START,
    TIME,
    TIME_TO,
    VERSION,
    Floats,
    State,
    Tables,
)

SLACK = 1e-7


@kernel
def draw(random: NDArray[np.int64]) -> int:
    """Next whole number below 2**32 of a xorshift generator (Marsaglia 2003), state in ``random[0]``."""
    x = random[0]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    random[0] = x
    return int(x)


@kernel
def uniform(random: NDArray[np.int64]) -> float:
    """Number in [0, 1)."""
    return draw(random) / 4294967296.0


@kernel
def below(random: NDArray[np.int64], n: int) -> int:
    """Whole number in [0, n)."""
    return draw(random) % n


@kernel
def arrival(speed: Floats, leaves: float, driving: float) -> float:
    """When a drive ends that begins at ``leaves`` and usually takes ``driving``; speeds as (from, factor)."""
    period, now, left = 0, leaves, driving
    while period + 1 < len(speed) and speed[period + 1, 0] <= leaves:
        period += 1
    while period + 1 < len(speed):
        reach = (speed[period + 1, 0] - now) * speed[period, 1]
        if reach >= left:
            break
        left, now, period = left - reach, speed[period + 1, 0], period + 1
    return float(now + left / speed[period, 1])


@kernel
def departure(speed: Floats, arrives: float, driving: float) -> float:
    """Latest start of a drive that ends at ``arrives``."""
    period, now, left = len(speed) - 1, arrives, driving
    while period > 0 and speed[period, 0] >= arrives:
        period -= 1
    while period > 0:
        reach = (now - speed[period, 0]) * speed[period, 1]
        if reach >= left:
            break
        left, now, period = left - reach, speed[period, 0], period - 1
    return float(now - left / speed[period, 1])


@kernel
def begin_at(first: int, after: int, window: Floats, arrives: float) -> float:
    """Begin of service after an arrival, windows ``first`` to ``after``; infinity if all have closed."""
    for w in range(first, after):
        if arrives <= window[w, 1] + SLACK:
            return float(max(arrives, window[w, 0]))
    return inf


@kernel
def latest_at(first: int, after: int, window: Floats, begins: float) -> float:
    """Latest arrival that allows service to begin by ``begins``; minus infinity if no window does."""
    for w in range(after - 1, first - 1, -1):
        if begins >= window[w, 0] - SLACK:
            return float(min(begins, window[w, 1]))
    return -inf


@kernel
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
    fits &= metres <= kind[LONGEST_M] + SLACK
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


@kernel
def refresh(T: Tables, S: State, r: int) -> bool:
    """Recompute a slot, and the other trips of its vehicle, from the sequences; False if anything is infeasible."""
    if T.chained:
        return refresh_chain(T, S, T.chain[r, 0], T.chain[r, 1])
    kind = T.kind[T.slot[r, KIND]]
    S.route[r, LEAVES], S.route[r, BACK_BY] = kind[DEPARTS], kind[RETURNS]
    return refresh_route(T, S, r)


@kernel
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


@kernel
def opens_vehicle(T: Tables, S: State, r: int) -> bool:
    """Whether a stop in this slot would be the first of its vehicle."""
    n_served = 0
    for q in range(T.chain[r, 0], T.chain[r, 1]):
        n_served += S.tally[q, LENGTH]
    return bool(n_served == 0)


@kernel
def refresh_clock(
    seq: NDArray[np.int32], node: Floats, way: Floats, place: Floats, route: Floats, n: int, released: float
) -> bool:
    """Earliest begins forward, latest arrivals backward, one window each; False if somewhere too late."""
    now, fits = max(route[LEAVES], released), True
    node[0, BEGIN] = now
    for p in range(1, n + 1):
        c = seq[p]
        now = max(now + way[TIME, seq[p - 1], c], place[c, OPENS])
        fits &= now <= place[c, CLOSES] + SLACK
        node[p, BEGIN] = now
    now += way[TIME, seq[n], seq[n + 1]]
    node[n + 1, BEGIN] = now
    fits &= now <= route[BACK_BY] + SLACK
    now = route[BACK_BY]
    node[n + 1, LATEST] = now
    for p in range(n, 0, -1):
        c = seq[p]
        now = min(now - way[TIME, c, seq[p + 1]], place[c, CLOSES])
        node[p, LATEST] = now
    return bool(fits)


@kernel
def refresh_clock_of_windows(T: Tables, S: State, r: int, n: int) -> bool:
    """The same with several windows and changing speeds."""
    seq, node, kind, first = S.seq[r], S.node[r], T.kind[T.slot[r, KIND]], T.window_first
    node[0, BEGIN] = max(kind[DEPARTS], S.route[r, RELEASED])
    for p in range(1, n + 2):
        i, j = seq[p - 1], seq[p]
        service = T.place[i, SERVICE]
        arrives = arrival(T.speed, node[p - 1, BEGIN] + service, T.way[TIME, i, j] - service)
        node[p, BEGIN] = begin_at(first[j], first[j + 1], T.window, arrives) if p <= n else arrives
    node[n + 1, LATEST] = kind[RETURNS]
    for p in range(n, 0, -1):
        i, j = seq[p], seq[p + 1]
        service = T.place[i, SERVICE]
        leaves = departure(T.speed, node[p + 1, LATEST], T.way[TIME, i, j] - service)
        node[p, LATEST] = latest_at(first[i], first[i + 1], T.window, leaves - service)
    return bool(node[n + 1, BEGIN] <= kind[RETURNS] + SLACK)


@kernel
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


@kernel
def join(
    span: float, early: float, late: float, gap: float, span2: float, early2: float, late2: float
) -> tuple[float, float, float]:
    """Span, earliest and latest start of two parts in a row; an infinite span where the second comes too late."""
    leaves = span + gap
    if early + leaves > late2 + SLACK:
        return inf, early, late
    waits = max(early2 - leaves - late, 0.0)
    return leaves + span2 + waits, max(early2 - leaves, early) - waits, min(late2 - leaves, late)


@kernel
def refresh_spans(
    seq: NDArray[np.int32],
    node: Floats,
    way: Floats,
    place: Floats,
    route: Floats,
    leaves_by: float,
    n: int,
    released: float,
) -> float:
    """Spans of the parts up to and from each position; returns the route's duration, infinite if not in time."""
    departs, returns = route[LEAVES], route[BACK_BY]
    node[0, SPAN_A], node[0, EARLY_A], node[0, LATE_A] = 0.0, departs, leaves_by
    node[n + 1, SPAN_B], node[n + 1, EARLY_B], node[n + 1, LATE_B] = 0.0, -inf, returns
    span, early, late = 0.0, departs, leaves_by
    for p in range(1, n + 2):
        opens, closes = (place[seq[p], OPENS], place[seq[p], CLOSES]) if p <= n else (-inf, returns)
        span, early, late = join(span, early, late, way[TIME, seq[p - 1], seq[p]], 0.0, opens, closes)
        node[p, SPAN_A], node[p, EARLY_A], node[p, LATE_A] = span, early, late
    whole, whole_late = span, late
    span, early, late = 0.0, -inf, returns
    for p in range(n, -1, -1):
        opens, closes = (place[seq[p], OPENS], place[seq[p], CLOSES]) if p > 0 else (departs, leaves_by)
        span, early, late = join(0.0, opens, closes, way[TIME, seq[p], seq[p + 1]], span, early, late)
        node[p, SPAN_B], node[p, EARLY_B], node[p, LATE_B] = span, early, late
    return whole if released <= whole_late + SLACK else inf


@kernel
def price_route(T: Tables, S: State, r: int, c: int, out: Floats) -> None:
    """Cheapest and second cheapest feasible insertion of a stop into a slot: cost, position, cost, position.

    The position is the one behind which the stop would stand; costs are infinite where nothing is feasible.
    """
    out[0], out[2] = inf, inf
    k = T.slot[r, KIND]
    kind, place = T.kind[k], T.place[c]
    for d in range(T.n_dims):
        if S.route[r, LOAD + d] + place[DEMAND + d] > kind[CAPACITY + d] + SLACK:
            return
    if not T.allowed[k, c]:
        return
    n, first = S.tally[r, LENGTH], T.slot[r, COMMITTED]
    if T.timed or T.picks_up or not T.plain:
        price_with_clock(T, S, r, c, out)
    elif T.windowed:
        room_m = kind[LONGEST_M] - S.route[r, METRES] + SLACK
        price_in_windows(S.seq[r], S.node[r], T.way[DISTANCE, c], T.way[DISTANCE_TO, c], T.way[TIME, c],
                         T.way[TIME_TO, c], place[OPENS], place[CLOSES] + SLACK, room_m, first, n, out)  # fmt: skip
    else:
        room_m = kind[LONGEST_M] - S.route[r, METRES] + SLACK
        price_detours(S.seq[r], S.node[r], T.way[DISTANCE, c], T.way[DISTANCE_TO, c], room_m, first, n, out)
    opening = kind[FIXED] if n == 0 and opens_vehicle(T, S, r) else 0.0
    out[0] = opening + out[0] * kind[PER_M]
    out[2] = opening + out[2] * kind[PER_M]


@kernel
def price_in_windows(
    seq: NDArray[np.int32],
    node: Floats,
    off: Floats,
    to: Floats,
    time_off: Floats,
    time_to: Floats,
    opens: float,
    closes: float,
    room_m: float,
    first: int,
    n: int,
    out: Floats,
) -> None:
    """Shortest two detours in time, one window each."""
    best, second, at, at2 = inf, inf, 0, 0
    for p in range(first, n + 1):
        begin = node[p, BEGIN]
        if begin > closes:
            break
        i, j = seq[p], seq[p + 1]
        detour = to[i] + off[j] - node[p, LEG]
        if detour >= second or detour > room_m:
            continue
        arrives = begin + time_to[i]
        if arrives > closes or max(arrives, opens) + time_off[j] > node[p + 1, LATEST] + SLACK:
            continue
        if detour < best:
            second, at2, best, at = best, at, detour, p
        else:
            second, at2 = detour, p
    out[0], out[1], out[2], out[3] = best, at, second, at2


@kernel
def price_detours(
    seq: NDArray[np.int32], node: Floats, off: Floats, to: Floats, room_m: float, first: int, n: int, out: Floats
) -> None:
    """Shortest two detours where time does not matter."""
    best, second, at, at2 = inf, inf, 0, 0
    for p in range(first, n + 1):
        detour = to[seq[p]] + off[seq[p + 1]] - node[p, LEG]
        if detour >= second or detour > room_m:
            continue
        if detour < best:
            second, at2, best, at = best, at, detour, p
        else:
            second, at2 = detour, p
    out[0], out[1], out[2], out[3] = best, at, second, at2


@kernel
def price_with_clock(T: Tables, S: State, r: int, c: int, out: Floats) -> None:
    """The general case: durations, release times, pickups, several windows, changing speeds.

    Costs of time are expressed in metres, as the caller multiplies by the cost per metre.
    """
    n, seq, node, kind = S.tally[r, LENGTH], S.seq[r], S.node[r], T.kind[T.slot[r, KIND]]
    room_m = kind[LONGEST_M] - S.route[r, METRES] + SLACK
    in_metres = kind[PER_S] / kind[PER_M] if kind[PER_M] > 0.0 else 0.0
    was = node[n + 1, SPAN_A] if T.timed and n > 0 else 0.0
    best, second, at, at2 = inf, inf, 0, 0
    for p in range(T.slot[r, COMMITTED], n + 1):
        if node[p, BEGIN] > T.place[c, CLOSES] + SLACK:
            break
        detour = T.way[DISTANCE_TO, c, seq[p]] + T.way[DISTANCE, c, seq[p + 1]] - node[p, LEG]
        if detour > room_m or (T.picks_up and not peaks_allow(T, S, r, c, p)):
            continue
        if T.timed:
            span = span_with(T, S, r, c, p)
            if span > kind[LONGEST_S] + SLACK or span == inf:
                continue
            detour += in_metres * (span - was)
        elif not in_time(T, S, r, c, p):
            continue
        if detour < best:
            second, at2, best, at = best, at, detour, p
        elif detour < second:
            second, at2 = detour, p
    out[0], out[1], out[2], out[3] = best, at, second, at2


@kernel
def peaks_allow(T: Tables, S: State, r: int, c: int, p: int) -> bool:
    """Whether what is delivered and picked up fits at every moment with the stop behind position p."""
    k = T.slot[r, KIND]
    for d in range(T.n_dims):
        before = S.node[r, p, PEAK + d] + T.place[c, DEMAND + d]
        after = S.node[r, p, PEAK + T.n_dims + d] + T.place[c, DEMAND + T.n_dims + d]
        if max(before, after) > T.kind[k, CAPACITY + d] + SLACK:
            return False
    return True


@kernel
def in_time(T: Tables, S: State, r: int, c: int, p: int) -> bool:
    """Whether the stop fits behind position p in time, with several windows and changing speeds."""
    i, j = S.seq[r, p], S.seq[r, p + 1]
    service = T.place[i, SERVICE]
    arrives = arrival(T.speed, S.node[r, p, BEGIN] + service, T.way[TIME, i, c] - service)
    begins = begin_at(T.window_first[c], T.window_first[c + 1], T.window, arrives)
    if begins == inf:
        return False
    service = T.place[c, SERVICE]
    back = arrival(T.speed, begins + service, T.way[TIME, c, j] - service)
    return bool(back <= S.node[r, p + 1, LATEST] + SLACK)


@kernel
def span_with(T: Tables, S: State, r: int, c: int, p: int) -> float:
    """Duration of the route with the stop behind position p; infinite if not in time."""
    i, j, node = S.seq[r, p], S.seq[r, p + 1], S.node
    opens, closes = T.place[c, OPENS], T.place[c, CLOSES]
    span, early, late = join(
        node[r, p, SPAN_A], node[r, p, EARLY_A], node[r, p, LATE_A], T.way[TIME, i, c], 0.0, opens, closes
    )
    if span == inf:
        return inf
    q = p + 1
    span, early, late = join(
        span, early, late, T.way[TIME, c, j], node[r, q, SPAN_B], node[r, q, EARLY_B], node[r, q, LATE_B]
    )
    return span if max(S.route[r, RELEASED], T.place[c, RELEASE]) <= late + SLACK else inf


@kernel
def insert(S: State, r: int, c: int, p: int) -> None:
    """Put a stop behind position p of a slot; the slot must be refreshed."""
    seq, n = S.seq[r], S.tally[r, LENGTH]
    for q in range(n + 1, p, -1):
        seq[q + 1] = seq[q]
    seq[p + 1] = c
    S.tally[r, LENGTH] = n + 1
    S.slot_of[c] = r


@kernel
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


@kernel
def total_cost(T: Tables, S: State) -> float:
    """Costs of all routes and the penalties of stops left out."""
    total = 0.0
    for r in range(len(S.route)):
        total += S.route[r, COST]
    for c in range(T.n_depots, len(S.slot_of)):
        if S.slot_of[c] < 0:
            total += T.place[c, PENALTY]
    return total


@kernel
def refresh_all(T: Tables, S: State) -> bool:
    """Refresh every slot; False if any is infeasible."""
    fits = True
    for r in range(len(S.route)):
        fits &= refresh(T, S, r)
    return bool(fits)
