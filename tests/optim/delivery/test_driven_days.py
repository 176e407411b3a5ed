"""Rules without a shortcut, for which our methods drive whole days: rests, reloads with limits, varied durations."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.optim.delivery import solver
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.instance import Break, DeliveryInstance, Depot
from fulfillsim.optim.delivery.travel import SpeedProfile, euclidean
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery import cheapest, cheapest_with_reloads, random_instance

OURS = ["ortools", "local_search", "savings", "regret_insertion", "insertion"]


def with_vans(instance: DeliveryInstance, **changes) -> DeliveryInstance:
    return replace(instance, vehicles=tuple(replace(van, **changes) for van in instance.vehicles))


def with_second_window(instance: DeliveryInstance) -> DeliveryInstance:
    stops = (
        replace(stop, windows_s=((40.0 * n, 40.0 * n + 30.0), (600.0, 650.0))) for n, stop in enumerate(instance.stops)
    )
    return replace(instance, stops=tuple(stops))


def in_the_rush_hour(instance: DeliveryInstance) -> DeliveryInstance:
    rush = SpeedProfile((0.0, 100.0, 250.0), (1.0, 0.6, 1.2))
    return replace(instance, travel=replace(instance.travel, profile=rush))


LUNCH, COFFEE = Break(60.0, 150.0, 250.0), Break(20.0, 60.0, 120.0)
RULES = {
    "a rest": lambda i: with_vans(i, breaks=(LUNCH,)),
    "two rests": lambda i: with_vans(i, breaks=(LUNCH, COFFEE)),
    "rests and hours that cost": lambda i: with_vans(i, breaks=(COFFEE, LUNCH), cost_per_s=0.5, max_duration_s=600.0),
    "rests in the rush hour": lambda i: with_vans(in_the_rush_hour(i), breaks=(LUNCH,)),
    "rests of some drivers only": lambda i: replace(
        i,
        vehicles=(
            *(replace(v, breaks=(LUNCH, COFFEE), cost_per_s=0.1) for v in i.vehicles[:2]),
            *(replace(v, cost_per_s=0.2) for v in i.vehicles[2:]),
        ),
    ),
    "hours that cost and two windows": lambda i: with_vans(with_second_window(i), cost_per_s=0.5),
    "hours that cost in the rush hour": lambda i: with_vans(in_the_rush_hour(i), cost_per_s=1.0),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("rule", RULES)
def test_the_hybrid_is_as_good_as_trying_everything(rule, seed):
    instance = RULES[rule](random_instance(6, seed))
    solution = solver("ortools").solve(instance, Stop(iterations=2000, seed=1))
    judged = evaluate(instance, solution.plan)
    assert judged.feasible, solution.message
    assert judged.cost == pytest.approx(cheapest(instance))


def test_a_small_van_may_load_as_often_as_it_takes_beside_large_ones():
    """Six stops of which a bike holds one each; the large van is too dear."""
    instance = random_instance(6, 3, windows=False, n_vehicles=2)
    large, van = replace(instance.vehicles[0], fixed_cost=5000.0), instance.vehicles[1]
    small = replace(van, capacity=(9.0,), reload_depot=0, shift_s=(0.0, 5000.0))
    stops = tuple(replace(stop, demand=(9.0,), prize=900.0) for stop in instance.stops)
    instance = replace(instance, vehicles=(large, small), stops=stops)
    (route,) = solver("ortools").solve(instance, Stop(iterations=2000)).plan
    assert (route.vehicle, len(route.trips)) == (1, 6)


RELOADS = {
    "hours that cost": {"cost_per_s": 0.5},
    "a longest day": {"max_duration_s": 700.0},
    "a longest way": {"max_distance_m": 420.0},
    "a rest": {"breaks": (LUNCH,)},
    "another place to load": {"reload_depot": 1},
}


@pytest.mark.parametrize("rule", RELOADS)
def test_several_trips_under_a_rule_of_the_whole_day_are_as_good_as_trying_everything(rule):
    instance = random_instance(5, 3, n_vehicles=2)
    points = np.vstack([instance.points[:1], [[20.0, 70.0]], instance.points[1:]])
    instance = replace(instance, depots=(Depot(), Depot("hub")), travel=euclidean(points, np.round), points=points)
    instance = with_vans(instance, **{"capacity": (11.0,), "reload_depot": 0, "fixed_cost": 15.0, **RELOADS[rule]})
    solution = solver("ortools").solve(instance, Stop(iterations=2000, seed=1))
    judged = evaluate(instance, solution.plan)
    assert judged.feasible, solution.message
    assert judged.cost == pytest.approx(cheapest_with_reloads(instance))


@pytest.mark.parametrize("name", [*OURS, "ortools_plain"])
@pytest.mark.parametrize("rule", RULES)
def test_every_solver_keeps_a_rule_or_says_that_it_cannot(name, rule):
    instance = RULES[rule](random_instance(12, 5, n_vehicles=9))
    instance = instance if "two windows" in rule else with_vans(instance, max_distance_m=500.0)
    solution = solver(name).solve(instance, Stop(iterations=100, seed=1))
    if why := solver(name).supports(instance):
        assert solution.plan is None
        assert why in solution.message
    else:
        assert evaluate(instance, solution.plan).feasible, solution.message


def test_a_rest_is_taken_where_it_costs_no_customer_his_window():
    """By hand: after stop 0 at 10 the van could rest until 70, too late for stop 1; it rests behind it."""
    line = euclidean([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]])
    instance = random_instance(2, 1, windows=False, n_vehicles=1)
    stops = tuple(replace(stop, service_s=0.0, windows_s=((0.0, 25.0),)) for stop in instance.stops)
    instance = with_vans(replace(instance, travel=line, stops=stops), breaks=(Break(60.0, 0.0, 25.0),))
    plan = solver("ortools").solve(instance, Stop(iterations=100)).plan
    judged = evaluate(instance, plan)
    assert (judged.feasible, judged.distance_m, judged.duration_s) == (True, 40.0, 100.0)
