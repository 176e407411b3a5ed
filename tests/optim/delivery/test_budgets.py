"""What the hybrid does with budgets of work: the ones a simulation gives."""

from statistics import median

import pytest

from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.hybrid import Clock, rounds_for
from fulfillsim.optim.delivery.instance import Vehicle
from fulfillsim.optim.delivery.search import begin
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery import random_instance


def test_a_thousand_steps_come_close_to_twenty_thousand_on_thirty_stops():
    gaps = []
    for seed in range(5):
        instance = random_instance(30, 300 + seed, n_vehicles=12)
        short, long = (hybrid.solve(instance, Stop(iterations=n)).plan for n in (1000, 20_000))
        gaps.append(evaluate(instance, short).cost / evaluate(instance, long).cost - 1)
    assert median(gaps) <= 0.01
    assert max(gaps) <= 0.03


def test_a_pool_of_routes_is_used_on_budgets_of_work_too():
    instance = random_instance(40, 3, n_vehicles=16)
    first, second = (hybrid.solve(instance, Stop(iterations=6000, seed=5)) for _ in range(2))
    assert first.plan == second.plan
    assert evaluate(instance, first.plan).feasible
    assert "6000 steps" in first.message


LONG_ROUTES = random_instance(26, 2, False, 2, Vehicle((500.0,), shift_s=(0.0, 2000.0)))
SHORT_ROUTES = random_instance(26, 2, False, 12, Vehicle((20.0,), shift_s=(0.0, 2000.0)))


@pytest.mark.parametrize(
    ("instance", "stop", "n_rounds"),
    [
        (LONG_ROUTES, Stop(seconds=2), 6),
        (LONG_ROUTES, Stop(iterations=52_000), 6),
        (SHORT_ROUTES, Stop(iterations=52_000), 2),
        (LONG_ROUTES, Stop(iterations=51_999), 2),
        (LONG_ROUTES, Stop(), 2),
    ],
)
def test_large_budgets_begin_several_times_where_routes_are_long(instance, stop, n_rounds):
    clock = Clock(stop, 0.0)
    rounds = rounds_for(begin(instance, 1, pool_size=16), clock)
    assert len(rounds) == n_rounds
    assert [each.until for each in rounds] == sorted(each.until for each in rounds)
    assert rounds[-1].until == 1.0
    assert clock.n_steps in (0, 300)


def test_several_starts_are_never_worse_than_the_best_of_them():
    solution = hybrid.solve(LONG_ROUTES, Stop(iterations=52_000, seed=3))
    costs = [cost for _, cost in solution.incumbents]
    assert costs == sorted(costs, reverse=True)
    assert evaluate(LONG_ROUTES, solution.plan).cost == costs[-1]
    assert "52000 steps" in solution.message
