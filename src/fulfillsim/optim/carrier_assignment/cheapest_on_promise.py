"""The cheapest service that meets the promise with the probability asked for; without one, the most punctual."""

from __future__ import annotations

from fulfillsim.optim.carrier_assignment.by_rule import assigned
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop


def _punctual_price(instance: AssignmentInstance, group: tuple[int, ...], service: int) -> tuple[float, ...]:
    members = list(group)
    prob, price = float(instance.on_time_prob[members, service].min()), float(instance.price[members, service].sum())
    return (0.0, price) if prob >= instance.least_prob else (1.0 - prob, price)


def solve(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    """One order after another."""
    return assigned(instance, _punctual_price)
