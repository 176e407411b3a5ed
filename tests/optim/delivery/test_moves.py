"""Descents: what their bounds pass over would not have helped."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fulfillsim.optim.delivery import solver
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.plan import Routes, one_trip_each
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery_instances import solomon_like


def relocations(plan: Routes) -> Iterator[Routes]:
    """Every plan with one stop at another place of its own or another route."""
    for a, giving in enumerate(plan):
        for at, stop in enumerate(giving.stops):
            rest = (*giving.stops[:at], *giving.stops[at + 1 :])
            for b, taking in enumerate(plan):
                others = rest if a == b else taking.stops
                for place in range(len(others) + 1):
                    changed = {route.vehicle: route.stops for route in plan}
                    changed[giving.vehicle] = rest
                    changed[taking.vehicle] = (*others[:place], stop, *others[place:])
                    yield one_trip_each(changed.items())


@pytest.mark.parametrize("kind", ["R1", "C2", "RC2"])
@pytest.mark.parametrize("cost_per_s", [0.0, 0.02, 1.0])
def test_no_stop_is_better_elsewhere_where_hours_cost_and_where_not(kind, cost_per_s):
    """Brute force over all relocations of the plan after one descent, judged by the evaluator."""
    instance = solomon_like(kind, 20, seed=3)
    vans = tuple(replace(van, cost_per_s=cost_per_s) for van in instance.vehicles)
    instance = replace(instance, vehicles=vans)
    plan = solver("local_search").solve(instance, Stop(iterations=1, seed=1)).plan
    assert plan is not None
    cost = evaluate(instance, plan).cost
    judged = [evaluate(instance, other) for other in relocations(plan)]
    better = [found.cost for found in judged if not found.violations and found.cost < cost - 1e-5]
    assert judged and not better
