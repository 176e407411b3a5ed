"""Fewest vehicles first: one route is dissolved after another while all its stops find a place elsewhere.

With one vehicle less, ruin and recreate goes on with some stops left out. What leaving a stop out costs rises while it
stays out, so that hard stops come in and easy ones wait (Nagata, Bräysy 2009, A powerful route minimization heuristic
for the vehicle routing problem with time windows, Oper. Res. Lett. 37; Christiaens, Vanden Berghe 2020, section 4.5).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fulfillsim.optim.delivery.bounds import least_vehicles
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes, one_trip_each
from fulfillsim.optim.delivery.search import Search, begin
from fulfillsim.optim.delivery.tables import PENALTY, must_serve_penalty

TEMPERATURE = 0.2
CHUNK = 100


def is_wanted(instance: DeliveryInstance) -> bool:
    """Whether vehicles come first and are all of one kind, one trip each, with stops that must all be served."""
    vans, must = instance.vehicles, all(stop.prize is None for stop in instance.stops)
    alike = all(van == vans[0] for van in vans) and vans[0].reload_depot is None and not vans[0].committed
    return instance.convention.objective == "vehicles_then_cost" and must and alike


def with_fewest(instance: DeliveryInstance, search: Search, seed: int, go_on: Callable[[int], bool]) -> Search:
    """A search that stands at a plan with fewer vehicles if one is found.

    Parameters
    ----------
    instance
        Its vehicles are alike.
    search
        Where to begin.
    seed
        Of all draws.
    go_on
        Told the number of steps that were taken; False where the budget for this is used up.
    """
    plan, bound = search.routes(), least_vehicles(instance)
    if not _serves_all(search):
        return search
    while len(plan) > bound:
        fewer = begin(instance, seed, pool_size=16, n_slots=len(plan) - 1, plan=dissolved(plan))
        if not _all_find_a_place(fewer, must_serve_penalty(instance), go_on):
            break
        plan = fewer.routes()
    return begin(instance, seed, n_slots=len(plan), plan=plan)


def dissolved(plan: Routes) -> Routes:
    """The plan without its shortest route, on the first vehicles."""
    shortest = min(plan, key=lambda route: len(route.stops), default=None)
    return one_trip_each(enumerate(route.stops for route in plan if route is not shortest))


def _all_find_a_place(search: Search, penalty: float, go_on: Callable[[int], bool]) -> bool:
    from fulfillsim.optim.delivery._kernels import total_cost

    tables = search.tables
    while not _serves_all(search):
        if not go_on(CHUNK):
            return False
        search.run(TEMPERATURE, TEMPERATURE, CHUNK)
        absent = np.flatnonzero(search.now.slot_of[tables.n_depots :] < 0) + tables.n_depots
        tables.place[absent, PENALTY] += penalty
        search.costs[:] = total_cost(tables, search.now), total_cost(tables, search.best)
    return True


def _serves_all(search: Search) -> bool:
    return bool((search.best.slot_of[search.tables.n_depots :] >= 0).all())
