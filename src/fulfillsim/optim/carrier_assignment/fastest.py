"""The service with the shortest expected transit that has room; of equal ones the cheaper."""

from __future__ import annotations

from fulfillsim.optim.carrier_assignment.by_rule import assigned
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop


def solve(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    """One order after another."""
    return assigned(instance, -instance.group_least(-instance.transit_s), instance.group_sum(instance.price))
