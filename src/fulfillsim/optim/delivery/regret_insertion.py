"""Regret insertion: the stop whose delay would cost most comes first, at its cheapest feasible place.

Potvin, Rousseau (1993), A parallel route building algorithm for the vehicle routing and scheduling problem with time
windows, Eur. J. Oper. Res. 66; regret over three slots. O(n^2 v) insertion prices. Optional stops come last, and those
that do not pay go out again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.leaving_out import without_what_does_not_pay
from fulfillsim.optim.delivery.plan import Routes, one_trip_each
from fulfillsim.optim.delivery.tables import State, Tables, make_state, make_tables, put_routes, routes_of, supports
from fulfillsim.optim.solving import Solution, Stop

__all__ = ["solve", "supports"]
N_CHOICES = 3


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Routes built from the committed stops by regret insertion."""
    return inserted(instance, N_CHOICES)


def inserted(instance: DeliveryInstance, n_choices: int, running: Routes | None = None) -> Solution[Routes]:
    """Stops that no running route serves, inserted into running routes (by default those of committed stops)."""
    from fulfillsim.optim.delivery._kernels import refresh_all

    if refused := refusal(instance, supports(instance)):
        return refused
    if running is None:
        running = one_trip_each((number, van.committed) for number, van in enumerate(instance.vehicles))
    tables = make_tables(instance)
    state = make_state(tables)
    put_routes(tables, state, running)
    refresh_all(tables, state)
    served = {stop for route in running for stop in route.stops}
    insert_waiting(instance, tables, state, [n for n in range(len(instance.stops)) if n not in served], n_choices)
    kept = frozenset(served)
    return answer(instance, without_what_does_not_pay(instance, routes_of(tables, state), kept))


def insert_waiting(
    instance: DeliveryInstance, tables: Tables, state: State, waiting: Sequence[int], n_choices: int
) -> int:
    """Insert stops into the routes of a state, those that must be served first; how many fit nowhere."""
    from fulfillsim.optim.delivery.construct._kernels import insert_by_regret

    must = [instance.stops[stop].prize is None for stop in waiting]
    places = np.array(waiting, np.int32) + np.int32(instance.n_depots)
    return sum(
        insert_by_regret(tables, state, places[np.array([first == each for each in must], np.bool_)], n_choices)
        for first in (True, False)
    )
