"""Iterated local search: compiled exchanges down to a local optimum, a small ruin, and again.

Relocate, swap, 2-opt*, 2-opt, Or-opt and cross-exchange (`moves`); a step removes two strings, brings the stops back
and descends in the routes that changed; it is kept if it is not worse (Lourenço, Martin, Stützle 2003).
"""

from __future__ import annotations

from time import perf_counter

from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.descent import improved
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.search import begin
from fulfillsim.optim.delivery.tables import supports
from fulfillsim.optim.delivery.warm import warm_up
from fulfillsim.optim.solving import Solution, Stop

__all__ = ["solve", "supports"]

USUAL_STEPS = 200
KICK = 4
"""Steps of ruin and recreate that disturb a local optimum."""


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Best local optimum; a budget of iterations counts descents."""
    if refused := refusal(instance, supports(instance)):
        return refused
    if not instance.stops:
        return answer(instance, ())
    warm_up()
    begun, incumbents = perf_counter(), []
    search = begin(instance, stop.seed, pool_size=16)
    n_steps = stop.iterations or (USUAL_STEPS if stop.seconds is None else 2**31)
    for step in range(n_steps):
        before = search.best_cost
        if step:
            search.restart(search.routes())
            search.run(0.3, 0.3, KICK)
        search.restart(improved(search))
        if search.best_cost < before or not step:
            incumbents.append((perf_counter() - begun, search.best_cost))
        if stop.seconds is not None and perf_counter() - begun >= stop.seconds:
            break
    return answer(instance, search.routes(), f"{step + 1} descents", tuple(incumbents))
