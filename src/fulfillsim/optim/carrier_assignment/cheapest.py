"""The cheapest service with room, whatever the promise."""

from __future__ import annotations

from fulfillsim.optim.carrier_assignment.by_rule import assigned
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop


def _price(instance: AssignmentInstance, group: tuple[int, ...], service: int) -> tuple[float, ...]:
    return (float(instance.price[list(group), service].sum()),)


def solve(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    """One order after another."""
    return assigned(instance, _price)
