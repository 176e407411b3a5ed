"""The cheapest service that meets the promise with the probability asked for; without one, the most punctual."""

from __future__ import annotations

import numpy as np

from fulfillsim.optim.carrier_assignment.by_rule import assigned
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop


def solve(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    """One order after another."""
    prob = instance.group_least(instance.on_time_prob)
    doubt = np.where(prob >= instance.least_prob, 0.0, 1.0 - prob)
    return assigned(instance, doubt, instance.group_sum(instance.price))
