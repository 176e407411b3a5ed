"""Iterated local search: compiled exchanges down to a local optimum, a small ruin, and again.

Relocate, swap, 2-opt*, 2-opt, Or-opt and cross-exchange (`moves`); a step removes two strings, brings the stops back
and descends in the routes that changed; it is kept if it is not worse (Lourenço, Martin, Stützle 2003).
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.descent import improved
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.leaving_out import without_what_does_not_pay
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.search import Search, begin
from fulfillsim.optim.delivery.tables import supports
from fulfillsim.optim.delivery.warm import warm_up_moves
from fulfillsim.optim.solving import Solution, Stop

__all__ = ["solve", "supports"]

USUAL_STEPS = 200
KICK = 4
"""Steps of ruin and recreate that disturb a local optimum."""
TO_SERVE_ALL, CHUNK, TEMPERATURE = 4000, 100, 0.3
"""Steps, at most, until the first plan serves all stops that must be served."""


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Best local optimum; a budget of iterations counts descents."""
    if refused := refusal(instance, supports(instance)):
        return refused
    if not instance.stops:
        return answer(instance, ())
    warm_up_moves()
    begun, incumbents = perf_counter(), []
    search = begin(instance, stop.seed, pool_size=16)
    serve_all(instance, search, stop, begun)
    n_steps = stop.iterations or (USUAL_STEPS if stop.seconds is None else 2**31)
    for step in range(n_steps):
        before = search.best_cost
        if step:
            search.restart(search.routes())
            search.run(TEMPERATURE, TEMPERATURE, KICK)
        search.restart(improved(search))
        if search.best_cost < before or not step:
            incumbents.append((perf_counter() - begun, search.best_cost))
        if stop.seconds is not None and perf_counter() - begun >= stop.seconds:
            break
    plan = without_what_does_not_pay(instance, search.routes())
    return answer(instance, plan, f"{step + 1} descents", tuple(incumbents))


def serve_all(instance: DeliveryInstance, search: Search, stop: Stop, begun: float) -> None:
    """Ruin and recreate until no stop that must be served is left out."""
    must = np.array([each.prize is None for each in instance.stops])
    for _ in range(TO_SERVE_ALL // CHUNK):
        left_out = search.best.slot_of[search.tables.n_depots :] < 0
        is_late = stop.seconds is not None and perf_counter() - begun >= stop.seconds
        if is_late or not (left_out & must).any():
            return
        search.run(TEMPERATURE, TEMPERATURE, CHUNK)
