"""What routes cost that may come late or carry too much.

Who comes late goes back in time to the close of the window, at a price by the second (time warp: Nagata, Bräysy,
Dullaert 2010, A penalty-based edge assembly memetic algorithm for the vehicle routing problem with time windows,
Comput. Oper. Res. 37; joining in constant time: Vidal et al. 2013, section 4.4, without durations).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel
from fulfillsim.optim.delivery.clock._kernels import SLACK
from fulfillsim.optim.delivery.faults.memory import BACK, CARRIED, TO, WARP_A, WARP_B, Loose
from fulfillsim.optim.delivery.tables import (
    BEGIN,
    CAPACITY,
    CLOSES,
    COST,
    DEMAND,
    DEPARTS,
    DISTANCE,
    END,
    FIXED,
    KIND,
    LATEST,
    LEG,
    LENGTH,
    LOAD,
    METRES,
    OPENS,
    PER_M,
    RETURNS,
    START,
    TIME,
    VERSION,
    Floats,
    State,
    Tables,
)


@inlined_kernel
def weigh(T: Tables, S: State, W: Loose, r: int) -> None:
    """Recompute all that is kept of a slot's route from its sequence."""
    n, kind, way, place = S.tally[r, LENGTH], T.kind[T.slot[r, KIND]], T.way, T.place
    seq, node, route = S.seq[r], S.node[r], S.route[r]
    seq[0], seq[n + 1] = int(kind[START]), int(kind[END])
    node[0, TO], node[0, BACK] = 0.0, 0.0
    for d in range(T.n_dims):
        node[0, CARRIED + d] = 0.0
    for p in range(1, n + 2):
        i, c = seq[p - 1], seq[p]
        node[p - 1, LEG] = way[DISTANCE, i, c]
        node[p, TO] = node[p - 1, TO] + node[p - 1, LEG]
        node[p, BACK] = node[p - 1, BACK] + way[DISTANCE, c, i]
        for d in range(T.n_dims):
            node[p, CARRIED + d] = node[p - 1, CARRIED + d] + (place[c, DEMAND + d] if p <= n else 0.0)
        if p <= n:
            S.slot_of[c], S.at[c] = r, p
    route[METRES] = node[n + 1, TO]
    route[COST] = kind[FIXED] + kind[PER_M] * route[METRES] if n > 0 else 0.0
    excess = W.price[0] * warp_of(seq, node, way, place, kind, n) if T.windowed else 0.0
    for d in range(T.n_dims):
        route[LOAD + d] = node[n, CARRIED + d]
        excess += W.price[1 + d] * max(0.0, route[LOAD + d] - kind[CAPACITY + d])
    route[LOAD + T.n_dims] = excess if n > 0 else 0.0
    S.clock[0] += 1
    S.tally[r, VERSION] = S.clock[0]


@inlined_kernel
def warp_of(seq: NDArray[np.int32], node: Floats, way: Floats, place: Floats, kind: Floats, n: int) -> float:
    """Earliest begins forward, latest arrivals backward, each with the time warp on its side; returns the whole."""
    now, warp = kind[DEPARTS], 0.0
    node[0, BEGIN], node[0, WARP_A] = now, warp
    for p in range(1, n + 2):
        c = seq[p]
        now += way[TIME, seq[p - 1], c]
        opens, closes = (place[c, OPENS], place[c, CLOSES]) if p <= n else (kind[DEPARTS], kind[RETURNS])
        if now < opens:
            now = opens
        elif now > closes:
            warp += now - closes
            now = closes
        node[p, BEGIN], node[p, WARP_A] = now, warp
    whole = warp
    now, warp = kind[RETURNS], 0.0
    node[n + 1, LATEST], node[n + 1, WARP_B] = now, warp
    for p in range(n, 0, -1):
        c = seq[p]
        now -= way[TIME, c, seq[p + 1]]
        if now < place[c, OPENS]:
            warp += place[c, OPENS] - now
            now = place[c, OPENS]
        elif now > place[c, CLOSES]:
            now = place[c, CLOSES]
        node[p, LATEST], node[p, WARP_B] = now, warp
    return float(whole)


@inlined_kernel
def warp_through(T: Tables, S: State, a: int, i: int, b: int, first: int, after: int, c: int, k: int) -> float:
    """Time warp of the route of a up to i, then the stops of b from first on, then c from position k on."""
    seq, way, place = S.seq, T.way, T.place
    last, now, warp = seq[a, i], S.node[a, i, BEGIN], S.node[a, i, WARP_A]
    for p in range(first, after):
        m = seq[b, p]
        now += way[TIME, last, m]
        if now < place[m, OPENS]:
            now = place[m, OPENS]
        elif now > place[m, CLOSES]:
            warp += now - place[m, CLOSES]
            now = place[m, CLOSES]
        last = m
    now += way[TIME, last, seq[c, k]]
    return float(warp + max(0.0, now - S.node[c, k, LATEST]) + S.node[c, k, WARP_B])


@inlined_kernel
def overload(T: Tables, W: Loose, k: int, d: int, load: float) -> float:
    """Price of a load of one dimension in a vehicle of a kind."""
    return float(W.price[1 + d] * max(0.0, load - T.kind[k, CAPACITY + d]))


@lean_kernel
def weigh_all(T: Tables, S: State, W: Loose) -> None:
    """Weigh every slot."""
    for r in range(len(S.route)):
        weigh(T, S, W, r)


@lean_kernel
def faults(T: Tables, S: State, W: Loose) -> tuple[float, bool, bool]:
    """Price of all faults, and whether every route is in time and none too heavy."""
    total, is_timely, is_light = 0.0, True, True
    for r in range(len(S.route)):
        n = S.tally[r, LENGTH]
        if n == 0 or S.route[r, LOAD + T.n_dims] == 0.0:
            continue
        total += S.route[r, LOAD + T.n_dims]
        if T.windowed and S.node[r, n + 1, WARP_A] > SLACK:
            is_timely = False
        for d in range(T.n_dims):
            if S.route[r, LOAD + d] > T.kind[T.slot[r, KIND], CAPACITY + d] + SLACK:
                is_light = False
    return total, is_timely, is_light
