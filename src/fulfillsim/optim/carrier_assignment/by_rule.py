"""Assignment one order after another by a preference, with fall-back where a carrier is full."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution

Preference = Callable[[AssignmentInstance, tuple[int, ...], int], tuple[float, ...]]
"""``(instance, parcels of an order, service) -> key``; the least key is preferred."""


def assigned(instance: AssignmentInstance, preference: Preference) -> Solution[Services]:
    """Orders in their sequence, each by its best service with room; those that find none wait."""
    left, plan = list(instance.most), [-1] * instance.n_parcels
    for group in instance.groups:
        ranked = sorted(services_of(instance, group), key=lambda s: (*preference(instance, group, s), s))
        for service in ranked:
            if left[instance.carrier[service]] >= len(group):
                left[instance.carrier[service]] -= len(group)
                for parcel in group:
                    plan[parcel] = service
                break
    return Solution(tuple(plan), "feasible")


def services_of(instance: AssignmentInstance, group: tuple[int, ...]) -> list[int]:
    """Services that may take all parcels of an order."""
    return [int(service) for service in np.flatnonzero(instance.allowed[list(group)].all(axis=0))]
