"""Regret insertion: the stop whose delay would cost most comes first, at its cheapest feasible place.

Potvin, Rousseau (1993), A parallel route building algorithm for the vehicle routing and scheduling problem with time
windows, Eur. J. Oper. Res. 66; regret over three slots. O(n^2 v) insertion prices.
"""

from __future__ import annotations

import numpy as np

from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes, one_trip_each
from fulfillsim.optim.delivery.tables import make_state, make_tables, put_routes, routes_of, supports
from fulfillsim.optim.solving import Solution, Stop

__all__ = ["solve", "supports"]
N_CHOICES = 3


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Routes built from the committed stops by regret insertion."""
    return inserted(instance, N_CHOICES)


def inserted(instance: DeliveryInstance, n_choices: int, running: Routes | None = None) -> Solution[Routes]:
    """Stops that no running route serves, inserted into running routes (by default those of committed stops)."""
    from fulfillsim.optim.delivery._kernels import refresh_all
    from fulfillsim.optim.delivery.construct._kernels import insert_by_regret

    if refused := refusal(instance, supports(instance)):
        return refused
    if running is None:
        running = one_trip_each((number, van.committed) for number, van in enumerate(instance.vehicles))
    tables = make_tables(instance)
    state = make_state(tables)
    put_routes(tables, state, running)
    refresh_all(tables, state)
    served = {stop for route in running for stop in route.stops}
    waiting = [instance.n_depots + number for number in range(len(instance.stops)) if number not in served]
    insert_by_regret(tables, state, np.array(waiting, np.int32), n_choices)
    return answer(instance, routes_of(tables, state))
