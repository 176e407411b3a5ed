"""Every solver keeps the contract; special rules are checked against trying everything."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.delivery import SOLVERS, hybrid, solver
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.insertion import insert_into
from fulfillsim.optim.delivery.instance import DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.local_search import serve_all
from fulfillsim.optim.delivery.plan import Route, one_trip_each, without
from fulfillsim.optim.delivery.search import begin
from fulfillsim.optim.delivery.travel import SpeedProfile, Travel, euclidean
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery import (
    DeliverySolverContract,
    all_served,
    cheapest,
    cheapest_with_reloads,
    random_instance,
)


class TestHybrid(DeliverySolverContract):
    solver = solver("ortools")
    within = 1.0


class TestHybridThroughFaults(DeliverySolverContract):
    solver = solver("ortools")
    stop = Stop(iterations=8000, seed=1)
    within = 1.0


class TestAuto(DeliverySolverContract):
    solver = solver("auto")
    stop = Stop(iterations=300, seed=1)
    within = 1.0


class TestLocalSearch(DeliverySolverContract):
    solver = solver("local_search")
    stop = Stop(iterations=30, seed=1)
    within = 1.05


class TestSavings(DeliverySolverContract):
    solver = solver("savings")
    within = 1.11


class TestRegretInsertion(DeliverySolverContract):
    solver = solver("regret_insertion")
    within = 1.14


class TestInsertion(DeliverySolverContract):
    solver = solver("insertion")
    within = 1.14


class TestOrtoolsPlain(DeliverySolverContract):
    solver = solver("ortools_plain")
    stop = Stop(iterations=100, seed=1)
    within = 1.02


class TestPyvrp(DeliverySolverContract):
    solver = solver("pyvrp")
    stop = Stop(iterations=300, seed=1)
    within = 1.0

    @pytest.fixture(autouse=True)
    def _installed(self):
        pytest.importorskip("pyvrp")


def with_stops(instance: DeliveryInstance, **changes) -> DeliveryInstance:
    """The instance with each stop changed by functions of its number and the stop."""
    stops = tuple(
        replace(stop, **{name: change(number, stop) for name, change in changes.items()})
        for number, stop in enumerate(instance.stops)
    )
    return replace(instance, stops=stops)


def hybrid_cost(instance: DeliveryInstance) -> float:
    solution = hybrid.solve(instance, Stop(iterations=3000, seed=1))
    assert solution.status in ("feasible", "optimal"), solution.message
    judged = evaluate(instance, solution.plan)
    assert judged.feasible
    return judged.cost


WITHIN_OF_OPTIONAL = {"savings": 1.25, "regret_insertion": 1.25, "insertion": 1.25, "local_search": 1.1, "ortools": 1.0}


@lru_cache
def with_prizes(seed: int) -> tuple[DeliveryInstance, float]:
    """Six stops of which five may be left out, and the least cost."""
    van = Vehicle((25.0,), shift_s=(0.0, 1000.0), fixed_cost=30.0)
    instance = random_instance(6, seed, n_vehicles=2, van=van)
    instance = with_stops(instance, prize=lambda n, _: None if n == 2 else 15.0 + 10.0 * (n % 3))
    return instance, cheapest(instance)


@pytest.mark.parametrize("name", WITHIN_OF_OPTIONAL)
def test_no_optional_stop_is_served_that_costs_more_than_its_prize(name):
    """Nor a route that does; trying everything is the truth, the factor what each method keeps on these instances."""
    n_out = 0
    for seed in range(4):
        instance, least = with_prizes(seed)
        plan = solver(name).solve(instance, Stop(iterations=500, seed=1)).plan
        judged = evaluate(instance, plan)
        assert judged.feasible
        assert least <= judged.cost + 1e-6 <= WITHIN_OF_OPTIONAL[name] * least + 1e-5
        served = [stop for route in plan for stop in route.stops]
        n_out += len(instance.stops) - len(served)
        for out in [*((stop,) for stop in served if stop != 2), *(r.stops for r in plan if 2 not in r.stops)]:
            assert judged.cost <= evaluate(instance, tuple(without(route, *out) for route in plan)).cost + 1e-6
    assert n_out > 4


@pytest.mark.parametrize("name", ["savings", "regret_insertion", "insertion"])
def test_stops_that_must_be_served_come_before_those_that_may(name):
    """Room for one of two; the optional one would be cheaper, and its joined route longer."""
    points = np.array([[0.0, 0.0], [90.0, 0.0], [5.0, 0.0], [6.0, 0.0]])
    stops = (DeliveryStop("must", (2.0,)), *(DeliveryStop(name, (1.0,), prize=500.0) for name in "ab"))
    instance = DeliveryInstance("tight", (Depot(),), stops, (Vehicle((2.0,)),), euclidean(points))
    solution = solver(name).solve(instance, Stop())
    assert solution.status == "feasible"
    assert [route.stops for route in solution.plan] == [(0,)]


def test_what_is_under_way_stays_whatever_it_costs():
    instance = with_stops(random_instance(3, 1), prize=lambda n, _: 0.5)
    running = one_trip_each([(0, (1, 0))])
    assert insert_into(instance, running).plan == running


@pytest.mark.parametrize("seed", [1, 2])
def test_optional_stops_are_served_where_their_prize_pays(seed):
    instance = with_stops(random_instance(6, seed), prize=lambda n, _: 20.0 if n % 2 else None)
    assert hybrid_cost(instance) == pytest.approx(cheapest(instance))


@pytest.mark.parametrize("seed", [1, 2])
def test_pickups_on_the_way_share_the_van_with_what_is_still_to_be_delivered(seed):
    instance = with_stops(random_instance(6, seed), pickup=lambda n, s: (9.0,) if n % 3 == 0 else (0.0,))
    assert hybrid_cost(instance) == pytest.approx(cheapest(instance))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_van_waits_for_goods_that_are_released_late(seed):
    instance = with_stops(random_instance(6, seed), release_s=lambda n, _: 30.0 * (n % 4))
    assert hybrid_cost(instance) == pytest.approx(cheapest(instance))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_stop_may_have_several_windows(seed):
    second = with_stops(random_instance(6, seed), windows_s=lambda n, _: ((40.0 * n, 40.0 * n + 30), (400.0, 450.0)))
    assert hybrid_cost(second) == pytest.approx(cheapest(second))


@pytest.mark.parametrize("seed", [1, 2])
def test_rush_hours_lengthen_the_way(seed):
    instance = random_instance(6, seed)
    rush = SpeedProfile((0.0, 100.0, 250.0), (1.0, 0.6, 1.2))
    instance = replace(instance, travel=replace(instance.travel, profile=rush))
    assert hybrid_cost(instance) == pytest.approx(cheapest(instance))


def test_vans_that_differ_are_used_where_they_are_best():
    instance = random_instance(6, 5)
    van = instance.vehicles[0]
    fleet = (replace(van, capacity=(12.0,), cost_per_m=1.0), replace(van, cost_per_m=2.0, fixed_cost=30.0))
    instance = replace(instance, vehicles=(fleet[0], fleet[0], fleet[1], fleet[1]))
    assert hybrid_cost(instance) == pytest.approx(cheapest(instance))


def test_new_orders_join_running_routes_whose_order_stays():
    instance = random_instance(10, 4, n_vehicles=6)
    before = hybrid.solve(instance, Stop(iterations=1000)).plan
    late = before[0].stops[0]
    running = one_trip_each((route.vehicle, [s for s in route.stops if s != late]) for route in before)
    after = insert_into(instance, running).plan
    assert evaluate(instance, after).feasible
    kept = {route.vehicle: [s for s in route.stops if s != late] for route in after}
    assert all(kept[route.vehicle] == list(route.stops) for route in running)


@pytest.mark.parametrize("name", ["ortools", "insertion", "regret_insertion", "local_search", "ortools_plain"])
def test_committed_stops_stay_at_the_head(name):
    instance = random_instance(8, 2, windows=False)
    van = instance.vehicles[0]
    instance = replace(instance, vehicles=(replace(van, committed=(5, 1)), *instance.vehicles[1:]))
    plan = solver(name).solve(instance, Stop(iterations=50, seed=3)).plan
    assert evaluate(instance, plan).feasible
    assert next(route for route in plan if route.vehicle == 0).stops[:2] == (5, 1)


def test_a_relabeled_instance_has_the_same_best_cost():
    instance = random_instance(7, 9)
    order = np.array([0, *np.random.default_rng(1).permutation(7) + 1])
    travel = replace(
        instance.travel, **{n: getattr(instance.travel, n)[np.ix_(order, order)] for n in ("distance_m", "time_s")}
    )
    other = replace(instance, travel=travel, stops=tuple(instance.stops[o - 1] for o in order[1:]))
    assert hybrid_cost(other) == pytest.approx(hybrid_cost(instance))


def test_auto_says_which_solver_it_took_and_why():
    instance = random_instance(5, 1)
    rush = replace(instance, travel=replace(instance.travel, profile=SpeedProfile((0.0, 50.0), (1.0, 0.5))))
    message = solver("auto").solve(rush, Stop(iterations=200)).message
    assert message.startswith("ortools (")
    assert "speeds that change" in message or "not installed" in message


def test_auto_takes_our_own_solver_for_seconds_and_pyvrp_for_steps():
    pytest.importorskip("pyvrp")
    instance = random_instance(9, 2)
    ours = solver("auto").solve(instance, Stop(seconds=0.4))
    assert ours.message.startswith("ortools (models all of it")
    assert evaluate(instance, ours.plan).cost == cheapest(instance)
    assert solver("auto").solve(instance, Stop(iterations=200)).message.startswith("pyvrp (")


def test_a_missing_extra_says_how_to_get_it(monkeypatch):
    from fulfillsim.errors import MissingExtraError
    from fulfillsim.optim.delivery import with_pyvrp

    monkeypatch.setattr(with_pyvrp, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"fulfillsim\[pyvrp\]"):
        with_pyvrp.solve(random_instance(3, 1), Stop(iterations=1))
    assert solver("auto").solve(random_instance(5, 1), Stop(iterations=100)).message.startswith("ortools (pyvrp is not")


def test_pyvrp_ends_without_a_word_where_money_is_real_and_much_does_not_fit(recwarn):
    """Penalties of late vans beyond the range of integers once made its search endless."""
    pytest.importorskip("pyvrp")
    rng = np.random.default_rng(4)
    metres = euclidean(rng.normal(0.0, 5000.0, (31, 2))).distance_m
    van = Vehicle((9.0,), shift_s=(0.0, 9000.0), fixed_cost=55.0, cost_per_m=0.00032, cost_per_s=24 / 3600)
    stops = tuple(DeliveryStop(str(n), (1.0,), (), 240.0, ((600.0 * (n % 9), 9000.0),), prize=1e5) for n in range(30))
    instance = DeliveryInstance("day", (Depot(),), stops, (van,) * 2, Travel(metres, metres / 7.7))
    solution = solver("pyvrp").solve(instance, Stop(iterations=300))
    assert solution.status == "feasible"
    assert sum(len(route.stops) for route in solution.plan) > 12
    assert not recwarn.list


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'savings'"):
        solver("saving")
    assert set(SOLVERS) >= {"auto", "ortools", "ortools_plain", "pyvrp", "local_search"}


RELOADING = ["ortools", "ortools_plain", "savings", "regret_insertion", "insertion", "local_search"]


@pytest.mark.parametrize("name", RELOADING)
def test_a_van_that_may_load_again_makes_several_trips(name):
    instance = random_instance(8, 1, windows=False, n_vehicles=1)
    van = replace(instance.vehicles[0], capacity=(20.0,), reload_depot=0, shift_s=(0.0, 5000.0))
    instance = replace(instance, vehicles=(van,))
    plan = solver(name).solve(instance, Stop(iterations=100)).plan
    assert evaluate(instance, plan).feasible
    assert len(plan[0].trips) >= 2
    assert isinstance(plan[0], Route)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_trips_of_one_van_follow_each_other_in_windows_and_wait_for_goods(seed):
    instance = with_stops(random_instance(5, seed, n_vehicles=2), release_s=lambda n, _: 25.0 * (n % 3))
    van = replace(instance.vehicles[0], capacity=(11.0,), reload_depot=0, fixed_cost=15.0)
    instance = replace(instance, vehicles=(van, van))
    assert hybrid_cost(instance) == pytest.approx(cheapest_with_reloads(instance))


@pytest.mark.parametrize("seed", [1, 4])
def test_where_vehicles_come_first_no_plan_has_fewer_and_none_with_as_few_is_shorter(seed):
    instance = random_instance(6, seed, n_vehicles=6)
    fewest = next(k for k in range(1, 7) if cheapest(replace(instance, vehicles=instance.vehicles[:k])) < float("inf"))
    least = cheapest(replace(instance, vehicles=instance.vehicles[:fewest]))
    first = replace(instance, convention=replace(instance.convention, objective="vehicles_then_cost"))
    judged = evaluate(first, hybrid.solve(first, Stop(iterations=3000)).plan)
    assert (judged.n_vehicles, judged.cost) == (fewest, pytest.approx(least))


def test_local_search_begins_with_what_found_no_place():
    instance = random_instance(12, 3, n_vehicles=8)
    search = begin(instance, 1, pool_size=16, plan=())
    assert not search.routes()
    serve_all(instance, search, Stop(), 0.0)
    assert all_served(instance, search.routes())
