"""A vehicle's day driven from call to call, compiled: the timetable of `fulfillsim.optim.delivery.timing`.

Rests of drivers, durations together with several windows or changing speeds, and reloads with limits of the whole day
have no shortcut of constant time. A plan is driven through instead, O(calls x rests), for every position that is tried.
Rests are taken one after another; the earliest end of each number of rests at each call is enough to know, because
who leaves earlier never arrives later (dynamic programming).
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.compiled import lean_kernel
from fulfillsim.optim.delivery.clock._kernels import SLACK, arrival, begin_at
from fulfillsim.optim.delivery.tables import (
    DEPARTS,
    DISTANCE,
    EARLIEST,
    END,
    FIXED,
    KIND,
    LASTS,
    LATEST_REST,
    LENGTH,
    LONGEST_M,
    LONGEST_S,
    PER_M,
    PER_S,
    RELEASE,
    RELOAD,
    RETURNS,
    SERVICE,
    START,
    TIME,
    Floats,
    State,
    Tables,
)

Longs = NDArray[np.int64]
# Columns of calls: release of what is loaded there, arrival, begin of service, close of the window that it falls into.
GOODS, ARRIVES, BEGINS, CLOSES_AT = 0, 1, 2, 3


@lean_kernel
def list_calls(T: Tables, S: State, first: int, after: int, places: Longs, calls: Floats) -> int:
    """Depot, stops, depot ...: the places of all trips of a vehicle; returns how many, 0 if it stays."""
    kind, m = T.kind[T.slot[first, KIND]], 0
    for r in range(first, after):
        n = S.tally[r, LENGTH]
        if n == 0:
            continue
        places[m] = int(kind[START] if m == 0 else kind[RELOAD])
        head, calls[m, GOODS] = m, 0.0
        for p in range(1, n + 1):
            m += 1
            places[m] = S.seq[r, p]
            calls[head, GOODS] = max(calls[head, GOODS], T.place[places[m], RELEASE])
        m += 1
    places[m] = int(kind[END])
    return m + 1 if m > 0 else 0


@lean_kernel
def begin_service(T: Tables, places: Longs, calls: Floats, m: int, i: int, arrives: float, returns: float) -> float:
    """Begin at a call after an arrival, infinite if too late; notes both."""
    c = places[i]
    low, high = T.window_first[c], T.window_first[c + 1]
    if c >= T.n_depots:
        begins = begin_at(low, high, T.window, arrives)
        while low + 1 < high and T.window[low, 1] < begins:
            low += 1
        closes = T.window[low, 1]
    else:
        closes = min(T.window[low, 1], returns) if i == m - 1 else T.window[low, 1]
        begins = max(arrives, T.window[low, 0] if i == m - 1 else max(T.window[low, 0], calls[i, GOODS]))
        if begins > closes + SLACK:
            begins = inf
    calls[i, ARRIVES], calls[i, BEGINS], calls[i, CLOSES_AT] = arrives, begins, closes
    return float(begins)


@lean_kernel
def leg_with_rests(T: Tables, i: int, j: int, leaves: float, rests: Floats, taken: int, until: int) -> float:
    """Arrival at j of who leaves i and takes some rests before leaving or on the way; infinite if one is too late."""
    driving = T.way[TIME, i, j] - T.place[i, SERVICE]
    arrives, free = arrival(T.speed, leaves, driving), leaves
    for b in range(taken, until):
        begins = max(free, rests[b, EARLIEST])
        if begins > rests[b, LATEST_REST] + SLACK:
            return inf
        free = begins + rests[b, LASTS]
        arrives = max(arrives, begins) + rests[b, LASTS]
    return float(arrives)


@lean_kernel
def place_rests(
    T: Tables,
    places: Longs,
    calls: Floats,
    m: int,
    departs: float,
    returns: float,
    rests: Floats,
    legs: Longs,
    free: Floats,
    before: Longs,
) -> None:
    """Number of rests taken before each call, such that the last one is reached earliest.

    ``free`` and ``before`` are memory, a column for each number of rests.
    """
    n = len(rests)
    free[:m] = inf
    free[0, 0] = begin_service(T, places, calls, m, 0, departs, returns) + T.place[places[0], SERVICE]
    for i in range(1, m):
        for b in range(n + 1):
            for until in range(b, n + 1 if free[i - 1, b] < inf else b):
                arrives = leg_with_rests(T, places[i - 1], places[i], free[i - 1, b], rests, b, until)
                begins = begin_service(T, places, calls, m, i, arrives, returns) if arrives < inf else inf
                if begins + T.place[places[i], SERVICE] < free[i, until]:
                    free[i, until], before[i, until] = begins + T.place[places[i], SERVICE], b
    b = n
    for i in range(m - 1, -1, -1):
        legs[i] = b
        b = before[i, b]


@lean_kernel
def drive(
    T: Tables, places: Longs, calls: Floats, m: int, start: float, returns: float, rests: Floats, legs: Longs
) -> float:
    """Drive all legs with the rests placed; the return, infinite if anything is too late."""
    now = begin_service(T, places, calls, m, 0, start, returns)
    for i in range(1, m):
        if now == inf:
            return inf
        leaves = now + T.place[places[i - 1], SERVICE]
        arrives = leg_with_rests(T, places[i - 1], places[i], leaves, rests, legs[i - 1], legs[i])
        if arrives == inf:
            return inf
        now = begin_service(T, places, calls, m, i, arrives, returns)
    return float(calls[m - 1, ARRIVES]) if now < inf else inf


@lean_kernel
def departure_slack(calls: Floats, m: int) -> float:
    """Seconds by which departure can wait without ending later or coming late anywhere."""
    waited, slack = 0.0, inf
    for i in range(1, m):
        waited += calls[i, BEGINS] - calls[i, ARRIVES]
        slack = min(slack, waited + calls[i, CLOSES_AT] - calls[i, BEGINS])
    return float(min(slack, waited, calls[0, CLOSES_AT] - calls[0, BEGINS]))


@lean_kernel
def day_cost(T: Tables, S: State, first: int, after: int) -> float:
    """Cost of all trips of a vehicle; infinite where clock, distance or duration forbid them, loads apart."""
    places, calls, legs = S.call_place, S.call, S.call_rest
    m = list_calls(T, S, first, after, places, calls)
    if m == 0:
        return 0.0
    k = T.slot[first, KIND]
    kind, rests, metres = T.kind[k], T.rest[T.rest_first[k] : T.rest_first[k + 1]], 0.0
    for i in range(1, m):
        metres += T.way[DISTANCE, places[i - 1], places[i]]
    if len(rests) > 0:
        place_rests(T, places, calls, m, kind[DEPARTS], kind[RETURNS], rests, legs, S.free, S.before)
    else:
        legs[:m] = 0  # where another vehicle's rests were noted
    end = drive(T, places, calls, m, kind[DEPARTS], kind[RETURNS], rests, legs)
    if end == inf or metres > kind[LONGEST_M] + SLACK or metres == inf:
        return inf
    begun, slack = calls[0, BEGINS], departure_slack(calls, m)
    later = drive(T, places, calls, m, begun + slack, kind[RETURNS], rests, legs) if slack > 0.0 else inf
    if later <= end + SLACK:
        begun, end = begun + slack, later
    seconds = end - begun
    return float(kind[FIXED] + kind[PER_M] * metres + kind[PER_S] * seconds) if seconds <= kind[LONGEST_S] else inf
