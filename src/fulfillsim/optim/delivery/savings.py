"""Savings: every stop alone at first, then routes are joined end to end, the greatest saving first.

Clarke, Wright (1964), Scheduling of vehicles from a central depot to a number of delivery points, Oper. Res. 12; the
parallel version, with the shape parameter of Gaskell (1967). O(n k log n) with k neighbors per stop.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.evaluation import TOLERANCE, evaluate
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.leaving_out import without_what_does_not_pay
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.regret_insertion import N_CHOICES, insert_waiting, inserted
from fulfillsim.optim.delivery.tables import (
    CAPACITY,
    DEMAND,
    DISTANCE,
    END,
    KIND,
    LENGTH,
    START,
    State,
    Tables,
    make_state,
    make_tables,
    routes_of,
    supports,
)
from fulfillsim.optim.solving import Solution, Stop

__all__ = ["solve", "supports"]
N_NEAR = 60


def merged(tables: Tables, shape: float = 1.0) -> list[list[int]]:
    """Places of each route after all joins, for vehicles of the largest kind, however many it takes."""
    from fulfillsim.optim.delivery._kernels import refresh_all
    from fulfillsim.optim.delivery.construct._kernels import merge_by_savings

    n_depots, n_stops = tables.n_depots, len(tables.near)
    kind = int(np.argmax(tables.kind[:, CAPACITY]))
    slots = np.arange(n_stops, dtype=np.int32)
    each = np.column_stack([np.full(n_stops, kind, np.int32), np.zeros(n_stops, np.int32), slots])
    alone = tables._replace(slot=each, chain=np.column_stack([slots, slots + 1]), chained=False)
    state = make_state(alone, min(n_stops, 2 * _most_on_a_route(tables, kind)))
    state.seq[:, 1], state.tally[:, LENGTH] = np.arange(n_depots, n_depots + n_stops), 1
    refresh_all(alone, state)
    merge_by_savings(alone, state, *_pairs(tables, kind, shape))
    return [state.seq[r, 1 : 1 + n].tolist() for r, n in enumerate(state.tally[:, LENGTH]) if n]


def _most_on_a_route(tables: Tables, kind: int) -> int:
    """Stops that a vehicle has room for, the smallest ones; two routes of so many are tried as one."""
    demand = np.sort(tables.place[tables.n_depots :, DEMAND : DEMAND + tables.n_dims], axis=0).cumsum(axis=0)
    room = tables.kind[kind, CAPACITY : CAPACITY + tables.n_dims] + TOLERANCE
    return max(1, min(int((load <= most).sum()) for load, most in zip(demand.T, room, strict=True)))


def _pairs(tables: Tables, kind: int, shape: float) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (last, first) of near stops by falling saving, all savings above zero."""
    distance, near = tables.way[DISTANCE], tables.near[:, 1 : 1 + N_NEAR]
    start, end = int(tables.kind[kind, START]), int(tables.kind[kind, END])
    tail = np.repeat(np.arange(tables.n_depots, tables.n_depots + len(near), dtype=np.int32), near.shape[1])
    head = near.ravel()
    saving = distance[tail, end] + distance[start, head] - shape * distance[tail, head]
    order = np.argsort(-saving, kind="stable")
    order = order[saving[order] > 0]
    return np.ascontiguousarray(tail[order]), np.ascontiguousarray(head[order])


def place_routes(tables: Tables, state: State, routes: list[list[int]]) -> list[int]:
    """Give each route of places a slot that can drive it, the largest first; returns the places left over.

    ``state`` must be empty and refreshed.
    """
    from fulfillsim.optim.delivery._kernels import refresh

    left: list[int] = []
    empty = list(range(len(tables.slot)))
    for route in sorted(routes, key=len, reverse=True):
        tried: set[int] = set()
        for slot in empty:
            kind = int(tables.slot[slot, KIND])
            if kind in tried:
                continue
            tried.add(kind)
            state.seq[slot, 1 : 1 + len(route)] = route
            state.tally[slot, LENGTH] = len(route)
            if refresh(tables, state, slot):
                empty.remove(slot)
                break
            state.tally[slot, LENGTH] = 0
            state.slot_of[route] = -1
            refresh(tables, state, slot)
        else:
            left += route
    return left


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Routes by savings; what finds no vehicle is inserted where it costs least, and what does not pay goes out.

    Where joined routes leave no room for all, as with few vans that load again, regret insertion begins anew, and the
    plan counts that serves more of those that must be, then the cheaper one.
    """
    from fulfillsim.optim.delivery._kernels import refresh_all

    if refused := refusal(instance, supports(instance)):
        return refused
    tables = make_tables(instance)
    state = make_state(tables)
    refresh_all(tables, state)
    left = [place - tables.n_depots for place in place_routes(tables, state, merged(tables))]
    fits = not insert_waiting(instance, tables, state, left, 1)
    joined = answer(instance, without_what_does_not_pay(instance, routes_of(tables, state)))
    if fits:
        return joined
    return min(joined, inserted(instance, N_CHOICES), key=partial(_lacking, instance))


def _lacking(instance: DeliveryInstance, solution: Solution[Routes]) -> tuple[int, float]:
    """Stops that should be served and are not, then the cost."""
    judged = evaluate(instance, solution.plan or ())
    return len(judged.violations), judged.cost
