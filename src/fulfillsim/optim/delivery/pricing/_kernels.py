"""What inserting a stop into a route would cost, compiled."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.compiled import lean_kernel
from fulfillsim.optim.delivery._kernels import insert, opens_vehicle, take_away
from fulfillsim.optim.delivery.clock._kernels import SLACK, arrival, begin_at, join
from fulfillsim.optim.delivery.driving._kernels import day_cost
from fulfillsim.optim.delivery.tables import (
    BEGIN,
    CAPACITY,
    CLOSES,
    COMMITTED,
    COST,
    DEMAND,
    DISTANCE,
    DISTANCE_TO,
    EARLY_A,
    EARLY_B,
    FIXED,
    KIND,
    LATE_A,
    LATE_B,
    LATEST,
    LEG,
    LENGTH,
    LOAD,
    LONGEST_M,
    LONGEST_S,
    METRES,
    OPENS,
    PEAK,
    PER_M,
    PER_S,
    RELEASE,
    RELEASED,
    SERVICE,
    SPAN_A,
    SPAN_B,
    TIME,
    TIME_TO,
    Floats,
    State,
    Tables,
)


@lean_kernel
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
    if T.driven:
        price_by_driving(T, S, r, c, out)
        return
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


@lean_kernel
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


@lean_kernel
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


@lean_kernel
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


@lean_kernel
def peaks_allow(T: Tables, S: State, r: int, c: int, p: int) -> bool:
    """Whether what is delivered and picked up fits at every moment with the stop behind position p."""
    k = T.slot[r, KIND]
    for d in range(T.n_dims):
        before = S.node[r, p, PEAK + d] + T.place[c, DEMAND + d]
        after = S.node[r, p, PEAK + T.n_dims + d] + T.place[c, DEMAND + T.n_dims + d]
        if max(before, after) > T.kind[k, CAPACITY + d] + SLACK:
            return False
    return True


@lean_kernel
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


@lean_kernel
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


@lean_kernel
def price_by_driving(T: Tables, S: State, r: int, c: int, out: Floats) -> None:
    """Cheapest two insertions by driving the vehicle's whole day with each."""
    first, after, was = T.chain[r, 0], T.chain[r, 1], 0.0
    for q in range(first, after):
        was += S.route[q, COST]
    best, second, at, at2 = inf, inf, 0, 0
    for p in range(T.slot[r, COMMITTED], S.tally[r, LENGTH] + 1):
        if T.picks_up and not peaks_allow(T, S, r, c, p):
            continue
        insert(S, r, c, p)
        more = day_cost(T, S, first, after) - was
        take_away(S, r, p + 1)
        if more < best:
            second, at2, best, at = best, at, more, p
        elif more < second:
            second, at2 = more, p
    out[0], out[1], out[2], out[3] = best, at, second, at2
