"""The service with the shortest expected transit that has room; of equal ones the cheaper."""

from __future__ import annotations

from fulfillsim.optim.carrier_assignment.by_rule import assigned
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop


def _transit(instance: AssignmentInstance, group: tuple[int, ...], service: int) -> tuple[float, ...]:
    members = list(group)
    return float(instance.transit_s[members, service].max()), float(instance.price[members, service].sum())


def solve(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    """One order after another."""
    return assigned(instance, _transit)
