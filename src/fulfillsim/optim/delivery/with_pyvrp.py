"""PyVRP, where it is installed: an iterated local search for rich vehicle routing (Wouda, Lan, Kool 2024).

Its numbers are integers: an instance whose figures are integers goes over as it is, any other times 1000.
"""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from itertools import groupby
from math import inf
from time import perf_counter
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from fulfillsim.errors import MissingExtraError
from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.feasibility import evaluate_route
from fulfillsim.optim.delivery.instance import DeliveryInstance, Vehicle
from fulfillsim.optim.delivery.plan import Route, Routes, without
from fulfillsim.optim.delivery.tables import cost_of_one_more, must_serve_penalty
from fulfillsim.optim.solving import Solution, Stop

LARGEST = 2**50
FORBIDDEN = 2**40
LARGEST_COST = 2.0**60


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("pyvrp") is not None


def supports(instance: DeliveryInstance) -> str:
    """What PyVRP cannot model here; empty if nothing."""
    if any(van.breaks for van in instance.vehicles):
        return "drivers' breaks"
    if instance.travel.profile is not None:
        return "speeds that change over the day"
    if any(van.committed for van in instance.vehicles):
        return "committed stops"
    if any(len(stop.windows_s) > 1 for stop in instance.stops):
        return "several time windows at a stop"
    return ""


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Best plan of PyVRP's search.

    Raises
    ------
    MissingExtraError
        If PyVRP is not installed; the message says which extra brings it.
    """
    if not installed():
        raise MissingExtraError("the solver 'pyvrp'", "pyvrp")
    if refused := refusal(instance, supports(instance)):
        return refused
    if not instance.stops:
        return answer(instance, ())
    import pyvrp

    begun = perf_counter()
    model = _model(pyvrp, instance)
    rules = _rules(pyvrp, instance)
    with catch_warnings():  # what stays infeasible is told by the status, with reasons
        simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
        result = model.solve(_until(stop, begun), seed=stop.seed, collect_stats=False, display=False, params=rules)
    plan = _relieved(instance, _routes(pyvrp, instance, result.best))
    value = evaluate(instance, plan).cost
    message = f"PyVRP {version('pyvrp')}, {result.num_iterations} iterations"
    return answer(instance, plan, message, ((perf_counter() - begun, value),))


def _rules(pyvrp: Any, instance: DeliveryInstance) -> Any:
    """PyVRP's usual rules; penalties may grow beyond a vehicle's price, without which nothing is ever feasible.

    They stay so small that no sum of penalties leaves the range of integers, in which the search would never end.
    """
    usual, scale = pyvrp.PenaltyParams(), _scale(instance)
    factor, _ = _unit_costs(instance)
    dearest = min(10.0 * must_serve_penalty(instance) * factor * scale, LARGEST_COST / _most_excess(instance, scale))
    return pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(max_penalty=max(usual.max_penalty, dearest)))


def _most_excess(instance: DeliveryInstance, scale: float) -> float:
    """More than all routes together can be late, too long or too heavy, in PyVRP's units."""
    stops, vans, travel = instance.stops, instance.vehicles, instance.travel
    ends = [f for s in stops for w in s.windows_s for f in w] + [f for v in vans for f in v.shift_s]
    legs = [float(way.max(initial=0.0, where=np.isfinite(way))) for way in (travel.time_s, travel.distance_m)]
    latest = max((f for f in ends if f < inf), default=0.0) + max(s.service_s + s.release_s for s in stops)
    load = sum(max((*s.demand, *s.pickup), default=0.0) for s in stops)
    is_open = np.isfinite(travel.distance_m).all() and all(van.allowed is None for van in vans)
    return scale * (len(stops) * (latest + sum(legs)) + load + 1.0) + (0.0 if is_open else 4.0 * FORBIDDEN)


def _until(stop: Stop, begun: float) -> Any:
    """PyVRP's stopping rule: a callable told the best cost."""
    steps = 0

    def ended(best_cost: float) -> bool:
        nonlocal steps
        steps += 1
        limit = stop.iterations if stop.iterations is not None else None if stop.seconds is not None else 1000
        late = stop.seconds is not None and perf_counter() - begun >= stop.seconds
        return late or (limit is not None and steps > limit)

    return ended


def _scale(instance: DeliveryInstance) -> float:
    travel = instance.travel
    figures = [*travel.distance_m.ravel(), *travel.time_s.ravel()]
    figures += [f for s in instance.stops for w in s.windows_s for f in (*w, s.service_s, s.release_s, s.prize or 0.0)]
    figures += [f for v in instance.vehicles for f in (*v.shift_s, v.max_distance_m, v.max_duration_s, v.fixed_cost)]
    array = np.array(figures)
    array = array[np.isfinite(array)]
    return 1.0 if np.array_equal(array, np.round(array)) else 1000.0


def _whole(value: float, scale: float) -> int:
    return LARGEST if value == inf else round(value * scale)


def _unit_costs(instance: DeliveryInstance) -> tuple[float, list[tuple[int, int]]]:
    """Factor on all money, and each vehicle's integer costs per unit of distance and time."""
    vans = instance.vehicles
    pairs = [(van.cost_per_m, van.cost_per_s) for van in vans]
    whole = all(float(a).is_integer() and float(b).is_integer() for a, b in pairs)
    factor = 1.0 if whole else 10_000.0 / max(1e-12, *(max(pair) for pair in pairs))
    return factor, [(round(a * factor), round(b * factor)) for a, b in pairs]


def _model(pyvrp: Any, instance: DeliveryInstance) -> Any:
    """The instance in PyVRP's terms; stops that a kind of van may not serve are far away on its own road map."""
    model, scale = pyvrp.Model(), _scale(instance)
    factor, unit = _unit_costs(instance)
    load = 1.0 if scale == 1.0 and _whole_loads(instance) else 1000.0  # a unit too many weighs like a second late
    n_depots, stops = instance.n_depots, instance.stops
    points = [model.add_location(0, 0) for _ in range(n_depots + len(stops))]
    depots = [
        model.add_depot(
            points[d], _whole(each.window_s[0], scale), _whole(each.window_s[1], scale), _whole(each.service_s, scale)
        )
        for d, each in enumerate(instance.depots)
    ]
    prizes = _prizes(instance)
    for number, stop in enumerate(stops):
        opens, closes = stop.windows_s[0]
        model.add_client(
            points[n_depots + number],
            [round(figure * load) for figure in stop.demand],
            [round(figure * load) for figure in stop.pickup],
            _whole(stop.service_s, scale),
            _whole(opens, scale),
            _whole(closes, scale),
            _whole(stop.release_s, scale),
            round(prizes[number] * scale * factor),
            stop.prize is None,
        )
    profiles = {van.allowed: model.add_profile() for van in {v.allowed: v for v in instance.vehicles}.values()}
    for allowed, profile in profiles.items():
        _add_edges(model, instance, points, profile, allowed, scale)
    extra = cost_of_one_more(instance)
    for van, group in groupby(zip(instance.vehicles, unit, strict=True), key=lambda pair: pair[0]):
        members = list(group)
        _add_vehicles(
            model, van, len(members), members[0][1], extra, (scale, factor, load), depots, profiles[van.allowed]
        )
    return model


def _prizes(instance: DeliveryInstance) -> list[float]:
    """Prizes, 0 where a stop must be served; those beyond any detour are told apart within twice as much.

    Larger ones would outweigh the penalties of a plan that serves all and breaks rules.
    """
    known = [stop.prize or 0.0 for stop in instance.stops]
    most, enough = max(known, default=0.0), must_serve_penalty(instance)
    return [min(prize, enough * (1.0 + prize / most)) if prize else 0.0 for prize in known]


def _add_vehicles(
    model: Any,
    van: Vehicle,
    n: int,
    unit: tuple[int, int],
    extra: float,
    scales: tuple[float, float, float],
    depots: list[Any],
    profile: Any,
) -> None:
    scale, factor, load = scales
    model.add_vehicle_type(
        num_available=n,
        capacity=[min(LARGEST, round(figure * load)) if figure < inf else LARGEST for figure in van.capacity],
        start_depot=depots[van.start_depot],
        end_depot=depots[van.end_depot],
        fixed_cost=round((van.fixed_cost + extra) * scale * factor),
        tw_early=_whole(van.shift_s[0], scale),
        tw_late=_whole(van.shift_s[1], scale),
        shift_duration=_whole(van.max_duration_s, scale),
        max_distance=_whole(van.max_distance_m, scale),
        unit_distance_cost=unit[0],
        unit_duration_cost=unit[1],
        profile=profile,
        reload_depots=[] if van.reload_depot is None else [depots[van.reload_depot]],
    )


def _whole_loads(instance: DeliveryInstance) -> bool:
    figures = [f for s in instance.stops for f in (*s.demand, *s.pickup)] + [
        f for v in instance.vehicles for f in v.capacity
    ]
    return all(f == inf or float(f).is_integer() for f in figures)


def _add_edges(
    model: Any,
    instance: DeliveryInstance,
    points: list[Any],
    profile: Any,
    allowed: frozenset[int] | None,
    scale: float,
) -> None:
    travel, n_depots = instance.travel, instance.n_depots
    distance = np.where(np.isfinite(travel.distance_m), np.round(travel.distance_m * scale), FORBIDDEN)
    time = np.where(np.isfinite(travel.time_s), np.round(travel.time_s * scale), FORBIDDEN)
    if allowed is not None:
        closed = [n_depots + s for s in range(len(instance.stops)) if s not in allowed]
        distance[:, closed] = time[:, closed] = FORBIDDEN
    for i, (row, times) in enumerate(zip(distance.astype(int).tolist(), time.astype(int).tolist(), strict=True)):
        for j, (metres, seconds) in enumerate(zip(row, times, strict=True)):
            if i != j:
                model.add_edge(points[i], points[j], metres, seconds, profile)


def _relieved(instance: DeliveryInstance, plan: Routes) -> Routes:
    """The plan, where routes that break rules give up optional stops until they keep them.

    Penalties find their level within thousands of steps; in fewer, PyVRP may know no plan without faults.
    """
    optional = {number for number, stop in enumerate(instance.stops) if stop.prize is not None}
    routes = []
    for route in plan:
        kept = route
        while evaluate_route(instance, kept) and optional & set(kept.stops):
            shorter = (without(kept, stop) for stop in kept.stops if stop in optional)
            kept = min(shorter, key=lambda one: sum(v.excess for v in evaluate_route(instance, one)))
        routes += [kept] if kept.trips else []
    return tuple(routes)


def _routes(pyvrp: Any, instance: DeliveryInstance, best: Any) -> Routes:
    """PyVRP's routes by our vehicles: a kind's routes go to its vehicles in their order."""
    vans = [list(group) for _, group in groupby(range(len(instance.vehicles)), key=lambda v: instance.vehicles[v])]
    routes = []
    for route in best.routes():
        trips: list[list[int]] = [[]]
        for activity in route:
            if activity.is_client():
                trips[-1].append(activity.idx)
            elif trips[-1]:
                trips.append([])
        routes.append(Route(vans[route.vehicle_type()].pop(0), tuple(tuple(trip) for trip in trips if trip)))
    return tuple(sorted(routes, key=lambda route: route.vehicle))
