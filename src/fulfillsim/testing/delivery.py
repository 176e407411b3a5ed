"""The contract of delivery solvers, random instances for it, and the truth for few stops by trying everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from math import inf

import numpy as np

from fulfillsim.optim.delivery import Solver
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.instance import Convention, DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.plan import Route, Routes
from fulfillsim.optim.delivery.travel import Travel, euclidean
from fulfillsim.optim.solving import Stop

WHOLE = Convention("test", "distance to the nearest integer")


def random_instance(
    n_stops: int, seed: int, windows: bool = True, n_vehicles: int = 4, van: Vehicle | None = None
) -> DeliveryInstance:
    """Stops in a square of 100 with whole distances; windows are such that each stop alone can be served."""
    rng = np.random.default_rng(seed)
    points = np.vstack([[50.0, 50.0], rng.integers(0, 101, (n_stops, 2))])
    travel = euclidean(points, np.round)
    stops = []
    for number in range(n_stops):
        opens = float(rng.integers(80, 400)) if windows and rng.random() < 0.7 else 0.0
        closes = opens + float(rng.integers(60, 200)) if opens else 800.0
        stops.append(DeliveryStop(str(number + 1), (float(rng.integers(1, 10)),), (), 10.0, ((opens, closes),)))
    vans = (van or Vehicle((30.0,), shift_s=(0.0, 1000.0)),) * n_vehicles
    return DeliveryInstance(f"random {seed}", (Depot(),), tuple(stops), vans, travel, WHOLE, points)


def cheapest(instance: DeliveryInstance) -> float:
    """Least cost of any feasible plan with one trip per vehicle; infinite where there is none. For at most 9 stops.

    Best sequence of every set of stops for every vehicle by trying all orders, then vehicles one by one over sets.
    """
    return _over_vehicles(instance, _best_by_set)


def _over_vehicles(
    instance: DeliveryInstance, best_by_set: Callable[[DeliveryInstance, int, int], dict[int, float]]
) -> float:
    n = len(instance.stops)
    alone = {van: best_by_set(instance, v, n) for v, van in reversed(list(enumerate(instance.vehicles)))}
    least = [inf] * (1 << n)
    least[0] = 0.0
    for van in instance.vehicles:
        best, following = alone[van], list(least)
        for chosen, cost in best.items():
            for rest in range(1 << n):
                if not rest & chosen and least[rest] + cost < following[rest | chosen]:
                    following[rest | chosen] = least[rest] + cost
        least = following
    prizes = [stop.prize if stop.prize is not None else inf for stop in instance.stops]
    return min(cost + sum(p for s, p in enumerate(prizes) if not served >> s & 1) for served, cost in enumerate(least))


def cheapest_with_reloads(instance: DeliveryInstance) -> float:
    """The same with several trips per vehicle: every order, cut into trips in every way. For at most 6 stops."""
    return _over_vehicles(instance, _best_by_set_of_trips)


def _cuts(order: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """All ways to cut an order into trips."""
    for marks in range(1 << (len(order) - 1)):
        ends = [i + 1 for i in range(len(order) - 1) if marks >> i & 1]
        yield tuple(order[a:b] for a, b in zip([0, *ends], [*ends, len(order)], strict=True))


def _best_by_set_of_trips(instance: DeliveryInstance, vehicle: int, n: int) -> dict[int, float]:
    best = {}
    for chosen in range(1, 1 << n):
        stops = [s for s in range(n) if chosen >> s & 1]
        costs = [_trips_cost(instance, vehicle, trips) for order in permutations(stops) for trips in _cuts(order)]
        if min(costs) < inf:
            best[chosen] = min(costs)
    return best


def _best_by_set(instance: DeliveryInstance, vehicle: int, n: int) -> dict[int, float]:
    best = {}
    for chosen in range(1, 1 << n):
        stops = [s for s in range(n) if chosen >> s & 1]
        if any(sum(instance.stops[s].demand[0] for s in stops) > c for c in instance.vehicles[vehicle].capacity[:1]):
            continue
        costs = [_route_cost(instance, vehicle, order) for order in permutations(stops)]
        if min(costs) < inf:
            best[chosen] = min(costs)
    return best


def _route_cost(instance: DeliveryInstance, vehicle: int, order: tuple[int, ...]) -> float:
    return _trips_cost(instance, vehicle, (order,))


def _trips_cost(instance: DeliveryInstance, vehicle: int, trips: tuple[tuple[int, ...], ...]) -> float:
    order = tuple(stop for trip in trips for stop in trip)
    judged = evaluate(instance, (Route(vehicle, trips),))
    broken = any(v.rule not in ("unserved", "committed") for v in judged.violations)
    prizes = sum(s.prize or 0.0 for number, s in enumerate(instance.stops) if number not in order)
    return inf if broken else judged.cost - prizes


def all_served(instance: DeliveryInstance, routes: Routes) -> bool:
    """Whether each stop is served once."""
    return sorted(stop for route in routes for stop in route.stops) == list(range(len(instance.stops)))


class DeliverySolverContract:
    """What every solver keeps; subclass it and give ``solver`` and, if it is exact enough, ``within``."""

    solver: Solver
    stop = Stop(iterations=2000, seed=1)
    within = inf
    """Factor above the least cost that the solver keeps on 6 stops."""

    def test_plans_are_feasible_and_serve_every_stop_once(self) -> None:  # noqa: D102
        for seed in range(3):
            instance = random_instance(12, seed, n_vehicles=8)
            solution = self.solver.solve(instance, self.stop)
            assert solution.plan is not None
            assert evaluate(instance, solution.plan).feasible, solution.message
            assert all_served(instance, solution.plan)
            assert solution.status in ("feasible", "optimal")

    def test_bounds_lie_below_and_costs_not_far_above_the_optimum(self) -> None:  # noqa: D102
        for seed in range(3):
            instance = random_instance(6, seed, n_vehicles=3)
            solution = self.solver.solve(instance, self.stop)
            least = cheapest(instance)
            assert solution.plan is not None
            cost = evaluate(instance, solution.plan).cost
            assert least <= cost + 1e-6 <= self.within * least + 1e-5
            assert solution.lower_bound is not None
            assert solution.lower_bound <= least + 1e-6

    def test_equal_seeds_and_budgets_of_work_give_equal_plans(self) -> None:  # noqa: D102
        instance = random_instance(15, 7, n_vehicles=8)
        first, second = (self.solver.solve(instance, self.stop).plan for _ in range(2))
        assert first == second

    def test_what_cannot_be_served_is_a_status_with_a_reason(self) -> None:  # noqa: D102
        heavy = random_instance(4, 1, van=Vehicle((5.0,), shift_s=(0.0, 1000.0)))
        solution = self.solver.solve(heavy, self.stop)
        assert solution.status == "infeasible"
        assert "capacity" in solution.message

    def test_no_stop_needs_no_route(self) -> None:  # noqa: D102
        nothing = DeliveryInstance(
            "nothing", (Depot(),), (), (Vehicle((1.0,)),), Travel(np.zeros((1, 1)), np.zeros((1, 1)))
        )
        assert self.solver.solve(nothing, self.stop).plan == ()

    def test_fleets_limits_and_pickups_are_kept_or_refused(self) -> None:  # noqa: D102
        for van in (
            Vehicle((30.0,), shift_s=(0.0, 1000.0), fixed_cost=50.0, max_distance_m=400.0, cost_per_m=2.0),
            Vehicle((30.0,), shift_s=(0.0, 1000.0), max_duration_s=500.0, cost_per_s=1.0),
            Vehicle((30.0,), shift_s=(0.0, 1000.0), allowed=frozenset(range(12))),
        ):
            instance = random_instance(12, 3, n_vehicles=9, van=van)
            solution = self.solver.solve(instance, self.stop)
            if why := self.solver.supports(instance):
                assert solution.plan is None
                assert why in solution.message
            else:
                assert solution.plan is not None
                assert evaluate(instance, solution.plan).feasible, solution.message
