"""Generated instances of the published kinds are sound, differ by seed and are equal for equal seeds."""

import numpy as np
import pytest

from fulfillsim.optim.delivery import savings
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.feasibility import unservable
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery_instances import solomon_like, x_like


@pytest.mark.parametrize("kind", ["R1", "R2", "C1", "C2", "RC1", "RC2"])
def test_every_stop_can_be_served_and_figures_are_whole(kind):
    for seed in range(3):
        instance = solomon_like(kind, 50, seed)
        assert unservable(instance) == ()
        assert all(float(bound).is_integer() for stop in instance.stops for bound in stop.windows_s[0])
        assert np.array_equal(instance.travel.distance_m, np.trunc(instance.travel.distance_m))


def test_plans_exist_and_seeds_count():
    first, again, other = x_like(60, 1), x_like(60, 1), x_like(60, 2)
    plans = [savings.solve(instance, Stop()).plan for instance in (first, again, other)]
    assert evaluate(first, plans[0]).feasible
    assert plans[0] == plans[1] != plans[2]
