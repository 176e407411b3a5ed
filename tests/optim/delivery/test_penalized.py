"""The search through plans with faults: every promised change is what weighing finds, and the end keeps all rules."""

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest

from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.faults.memory import (
    NOTHING,
    WARP_A,
    WHAT,
    make_loose,
    make_loose_state,
)
from fulfillsim.optim.delivery.instance import Break, Convention, DeliveryInstance, Vehicle
from fulfillsim.optim.delivery.penalized import begin_penalized, is_able
from fulfillsim.optim.delivery.plan import one_trip_each
from fulfillsim.optim.delivery.ruin.scratch import make_scratch
from fulfillsim.optim.delivery.search import begin
from fulfillsim.optim.delivery.tables import LENGTH, make_tables, put_routes, routes_of
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery import random_instance
from fulfillsim.testing.delivery_instances import solomon_like, x_like

INSTANCES = [solomon_like("R2", 24, 3), solomon_like("C1", 24, 4), x_like(24, 5)]
PRICES = [np.array([3.0, 40.0]), np.array([0.01, 0.01])]


def at_random(instance: DeliveryInstance, seed: int, n_routes: int = 4):
    """A plan in which stops stand anywhere, late or too heavy, with all that a descent needs."""
    from fulfillsim.optim.delivery.faults._kernels import weigh_all

    rng = np.random.default_rng(seed)
    tables = make_tables(instance, n_routes + 1)
    state, scratch = make_loose_state(tables), make_scratch(tables, seed)
    parts = np.array_split(rng.permutation(len(instance.stops)), n_routes)
    put_routes(tables, state, one_trip_each(enumerate(part.tolist() for part in parts)))
    loose = make_loose(tables, PRICES[seed % 2].copy())
    weigh_all(tables, state, loose)
    return tables, state, scratch, loose


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("instance", INSTANCES, ids=str)
def test_a_move_changes_the_cost_by_what_it_promised(instance, seed):
    from fulfillsim.optim.delivery.granular._kernels import carry_out
    from fulfillsim.optim.delivery.iterated._kernels import penalized_cost
    from fulfillsim.optim.delivery.linking._kernels import between, inside

    tables, state, scratch, loose = at_random(instance, seed)
    n_made = 0
    for u, v in permutations(range(1, 25), 2):
        before = penalized_cost(tables, state)
        loose.move[WHAT] = NOTHING
        method = inside if state.slot_of[u] == state.slot_of[v] else between
        promised = method(tables, state, loose, u, v, 1e9 if (u + v) % 3 else -1e-6)
        if loose.move[WHAT] == NOTHING:
            continue
        carry_out(tables, state, scratch, loose)
        scratch.tally[1], scratch.is_touched[:] = 0, False
        assert penalized_cost(tables, state) - before == pytest.approx(promised, abs=1e-6)
        n_made += 1
    assert sorted(s for route in routes_of(tables, state) for s in route.stops) == list(range(24))
    assert n_made > 100


@pytest.mark.parametrize("seed", [1, 2])
def test_a_van_more_costs_what_it_costs_when_a_route_is_cut_in_two(seed):
    """Were it free, a descent would cut and join for ever."""
    from fulfillsim.optim.delivery.granular._kernels import carry_out
    from fulfillsim.optim.delivery.iterated._kernels import penalized_cost
    from fulfillsim.optim.delivery.linking._kernels import try_tails

    instance = x_like(24, 5)
    van = replace(instance.vehicles[0], fixed_cost=777.0)
    tables, state, scratch, loose = at_random(replace(instance, vehicles=(van,) * 24), seed)
    for a, i, b in ((0, 2, 4), (1, 3, 2), (0, 0, 3), (4, int(state.tally[4, LENGTH]), 2), (1, 1, 3)):
        before = penalized_cost(tables, state)
        promised = try_tails(tables, state, loose, a, i, b, 0, 1e9)
        carry_out(tables, state, scratch, loose)
        assert penalized_cost(tables, state) - before == pytest.approx(promised, abs=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_time_warp_is_what_going_back_to_each_close_takes(seed):
    instance = INSTANCES[0]
    tables, state, _, _ = at_random(instance, seed)
    for slot, route in enumerate(routes_of(tables, state)):
        van = instance.vehicles[route.vehicle]
        now, warp = van.shift_s[0], 0.0
        calls = [0, *(stop + 1 for stop in route.stops), 0]
        for i, j in pairwise(calls):
            service = instance.stops[i - 1].service_s if i else 0.0
            opens, closes = instance.stops[j - 1].windows_s[0] if j else van.shift_s
            now = max(now + service + instance.travel.time_s[i, j], opens)
            warp += max(0.0, now - closes)
            now = min(now, closes)
        assert state.node[slot, state.tally[slot, LENGTH] + 1, WARP_A] == pytest.approx(warp)


@pytest.mark.parametrize("instance", INSTANCES, ids=str)
def test_the_best_plan_keeps_all_rules_and_costs_what_the_evaluator_says(instance):
    from fulfillsim.optim.delivery.faults._kernels import weigh_all
    from fulfillsim.optim.delivery.iterated._kernels import penalized_cost

    search = begin_penalized(instance, begin(instance, 7))
    for _ in range(10):
        search.run(0.3, 0.3, 30)
    judged = evaluate(instance, search.routes())
    assert judged.feasible
    assert judged.cost == pytest.approx(search.best_cost)
    weigh_all(search.tables, search.now, search.loose)
    assert penalized_cost(search.tables, search.now) == pytest.approx(search.costs[0])


def test_prices_rise_while_rules_are_broken_and_fall_while_they_are_kept():
    instance = x_like(24, 5)
    search = begin_penalized(instance, begin(instance, 1))
    search.loose.price[1:] *= 1e-3
    cheap = search.loose.price.copy()
    search.run(0.1, 0.1, 100)
    assert search.loose.price[1] > cheap[1]
    assert search.loose.price[0] < cheap[0]


RULES = {
    "pickups": lambda i: replace(i, stops=(replace(i.stops[0], pickup=(1.0,)), *i.stops[1:])),
    "prizes": lambda i: replace(i, stops=(replace(i.stops[0], prize=9.0), *i.stops[1:])),
    "several windows": lambda i: replace(
        i, stops=(replace(i.stops[0], windows_s=((0.0, 10.0), (20.0, 9e9))), *i.stops[1:])
    ),
    "late goods": lambda i: replace(i, stops=(replace(i.stops[0], release_s=5.0), *i.stops[1:])),
    "two kinds": lambda i: replace(i, vehicles=(replace(i.vehicles[0], fixed_cost=1.0), *i.vehicles[1:])),
    "breaks": lambda i: replace(i, vehicles=(replace(i.vehicles[0], breaks=(Break(1.0, 0.0, 9e9),)),) * 24),
    "distance": lambda i: replace(i, vehicles=(replace(i.vehicles[0], max_distance_m=9e9),) * 24),
    "reloads": lambda i: replace(i, vehicles=(replace(i.vehicles[0], reload_depot=0),) * 24),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_it_cannot_model_is_left_to_ruin_and_recreate(rule):
    assert is_able(INSTANCES[0], begin(INSTANCES[0], 1, pool_size=16))
    instance = RULES[rule](INSTANCES[0])
    assert not is_able(instance, begin(instance, 1, pool_size=16))
    assert "ruin and recreate" in hybrid.solve(instance, Stop(iterations=5000)).message


def test_fewest_vehicles_stay_fewest():
    instance = replace(INSTANCES[0], convention=Convention("few", objective="vehicles_then_cost"))
    few, more = (hybrid.solve(instance, Stop(iterations=n)) for n in (4_999, 30_000))
    assert "ruin and recreate" in few.message
    assert "faults" in more.message
    assert evaluate(instance, more.plan).cost <= evaluate(instance, few.plan).cost
    assert len(more.plan) <= len(few.plan)


@pytest.mark.parametrize(("room", "n_vehicles", "status"), [(200.0, 2, "infeasible"), (9_000.0, 2, "unknown")])
def test_a_fleet_too_small_leaves_out_few_stops_whatever_the_budget(room, n_vehicles, status):
    """Too little room, too little time: the plan keeps every rule for the stops that it serves."""
    instance = solomon_like("R1", 24, 3)
    instance = replace(instance, vehicles=(replace(instance.vehicles[0], capacity=(room,)),) * n_vehicles)
    left_out = []
    for n_steps in (4_999, 5_000, 50_000):
        solution = hybrid.solve(instance, Stop(iterations=n_steps))
        broken = evaluate(instance, solution.plan).violations
        assert {violation.rule for violation in broken} == {"unserved"}
        assert solution.status == status
        assert all(f"unserved: {instance.stops[violation.stop].name}" in solution.message for violation in broken)
        left_out.append(len(broken))
    assert left_out[2] <= left_out[0] < 24
    assert left_out[1] <= left_out[0] + 2


def test_a_fleet_that_cannot_serve_all_is_told_not_forced():
    instance = random_instance(12, 1, n_vehicles=1, van=Vehicle((2.0,)))
    solution = hybrid.solve(instance, Stop(iterations=6_000))
    assert solution.status in ("unknown", "infeasible")


def test_large_budgets_set_out_from_unlike_plans_that_hold_all_stops():
    """That of ruin and recreate, savings, and the first without its shortest route, whose stops stand anew."""
    instance = solomon_like("R2", 40, 4)
    strict = begin(instance, 1)
    savings = strict.routes()
    strict.run(1.0, 0.01, 2000)
    search = begin_penalized(instance, strict)
    clock, first = hybrid.Clock(Stop(iterations=10**6), 0.0), search.routes()
    plans = {}
    for stretch in hybrid.LONG_WITH_FAULTS[:3]:
        hybrid.set_out(search, clock, stretch.begins, first)
        plans[stretch.begins] = {route.stops for route in routes_of(search.tables, search.now)}
        assert sorted(stop for stops in plans[stretch.begins] for stop in stops) == list(range(40))
    assert plans["first"] == {route.stops for route in first}
    assert plans["savings"] == {route.stops for route in savings}
    assert len(savings) > len(first)
    shortest = min(first, key=lambda route: len(route.stops))
    assert len(plans["dissolved"]) <= len(first)
    assert plans["dissolved"] != plans["first"]
    assert shortest.stops not in plans["dissolved"]
