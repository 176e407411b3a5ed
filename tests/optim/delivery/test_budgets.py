"""What the hybrid does with budgets of work: the ones a simulation gives."""

from statistics import median

from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
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
