"""What the hybrid does with budgets of work: the ones a simulation gives."""

from statistics import median

from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.hybrid import rounds_for
from fulfillsim.optim.delivery.instance import Vehicle
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


def test_large_budgets_begin_several_times_where_routes_are_long():
    small = Stop(seconds=2), Stop(iterations=300), Stop()
    assert [len(rounds_for(stop, 100, 4)) for stop in small] == [2, 2, 2]
    for stop in (Stop(seconds=10), Stop(iterations=200_000)):
        assert len(rounds_for(stop, 100, 6)) == 2
        rounds = rounds_for(stop, 100, 5)
        assert [each.begins for each in rounds] == ["first"] * 4 + ["best", "pool"]
        assert [each.until for each in rounds] == sorted(each.until for each in rounds)
        assert rounds[-1].until == 1.0


def test_several_starts_are_never_worse_than_the_best_of_them():
    van = Vehicle((500.0,), shift_s=(0.0, 2000.0))
    instance = random_instance(20, 2, windows=False, n_vehicles=2, van=van)
    solution = hybrid.solve(instance, Stop(iterations=40_000, seed=3))
    assert len(rounds_for(Stop(iterations=40_000), 20, len(solution.plan))) == 6
    costs = [cost for _, cost in solution.incumbents]
    assert costs == sorted(costs, reverse=True)
    assert evaluate(instance, solution.plan).cost == costs[-1]
