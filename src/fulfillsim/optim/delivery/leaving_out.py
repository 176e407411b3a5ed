"""Optional stops that cost more to serve than to leave out: taken off a plan one by one, the dearest first.

Heuristics that build routes look at one insertion at a time and cannot tell which stops pay once others stand beside
them: a van that pays with three stops would never be opened for the first of them. So they serve all stops that they
can, and what does not pay goes out afterwards. Costs are the evaluator's; a route is evaluated once for each of its
optional stops, and again whenever one goes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fulfillsim.optim.delivery.evaluation import TOLERANCE, evaluate_route
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Route, Routes, without
from fulfillsim.optim.delivery.tables import must_serve_penalty


class _Left(NamedTuple):
    """What is left of a route, and what it costs with the prizes of those that went out."""

    route: Route
    cost: float


def without_what_does_not_pay(instance: DeliveryInstance, plan: Routes, kept: frozenset[int] = frozenset()) -> Routes:
    """The plan without optional stops that cost more than their prizes; the others keep their order.

    No route of it is dearer than without one of its optional stops, or without all of them.

    Parameters
    ----------
    kept
        Optional stops that stay, such as those of routes that are under way.
    """
    prizes = {n: stop.prize for n, stop in enumerate(instance.stops) if stop.prize is not None and n not in kept}
    if prizes:
        most = must_serve_penalty(instance)
        prizes = {stop: prize for stop, prize in prizes.items() if prize < most}
    if not prizes:
        return plan
    left = (_paying(instance, route, prizes) for route in plan)
    return tuple(route for route in left if route.trips)


def _paying(instance: DeliveryInstance, route: Route, prizes: dict[int, float]) -> Route:
    committed = instance.vehicles[route.vehicle].committed
    now = _Left(route, evaluate_route(instance, route).cost)
    while options := list(_options(instance, now, prizes, committed)):
        best = min(options, key=lambda option: option.cost)
        if best.cost > now.cost - TOLERANCE:
            break
        now = best
    return now.route


def _options(
    instance: DeliveryInstance, now: _Left, prizes: dict[int, float], committed: tuple[int, ...]
) -> Iterator[_Left]:
    """The route without each optional stop, and without all; those that break a rule are none."""
    optional = [stop for stop in now.route.stops if stop in prizes and stop not in committed]
    before = now.cost - evaluate_route(instance, now.route).cost
    for out in (*((stop,) for stop in optional), *([tuple(optional)] if len(optional) > 1 else [])):
        route = without(now.route, *out)
        judged = evaluate_route(instance, route)
        if judged.feasible:
            yield _Left(route, before + judged.cost + sum(prizes[stop] for stop in out))
