"""Compiled clocks of routes: earliest begins forward, latest arrivals backward, durations.

A stop fits between two others if it can begin in time and the next place is still reached by the latest arrival that
keeps the rest in time: O(1) per position, also with several windows and with speeds that change, because arriving
earlier never hurts. Where durations matter, parts of routes are joined as triples (span, early, late): Vidal, Crainic,
Gendreau, Prins (2013), A hybrid genetic algorithm with adaptive diversity management for a large class of vehicle
routing problems with time-windows, Comput. Oper. Res. 40, eqs 8 to 11.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel
from fulfillsim.optim.delivery.tables import (
    BACK_BY,
    BEGIN,
    CLOSES,
    DEPARTS,
    EARLY_A,
    EARLY_B,
    KIND,
    LATE_A,
    LATE_B,
    LATEST,
    LEAVES,
    OPENS,
    RELEASED,
    RETURNS,
    SERVICE,
    SPAN_A,
    SPAN_B,
    TIME,
    Floats,
    State,
    Tables,
)

SLACK = 1e-7


@lean_kernel
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


@lean_kernel
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


@lean_kernel
def begin_at(first: int, after: int, window: Floats, arrives: float) -> float:
    """Begin of service after an arrival, windows ``first`` to ``after``; infinity if all have closed."""
    for w in range(first, after):
        if arrives <= window[w, 1] + SLACK:
            return float(max(arrives, window[w, 0]))
    return inf


@lean_kernel
def latest_at(first: int, after: int, window: Floats, begins: float) -> float:
    """Latest arrival that allows service to begin by ``begins``; minus infinity if no window does."""
    for w in range(after - 1, first - 1, -1):
        if begins >= window[w, 0] - SLACK:
            return float(min(begins, window[w, 1]))
    return -inf


@inlined_kernel
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


@lean_kernel
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


@lean_kernel
def join(
    span: float, early: float, late: float, gap: float, span2: float, early2: float, late2: float
) -> tuple[float, float, float]:
    """Span, earliest and latest start of two parts in a row; an infinite span where the second comes too late."""
    leaves = span + gap
    if early + leaves > late2 + SLACK:
        return inf, early, late
    waits = max(early2 - leaves - late, 0.0)
    return leaves + span2 + waits, max(early2 - leaves, early) - waits, min(late2 - leaves, late)


@lean_kernel
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
