"""The judge of carrier assignments: cost and every rule that is broken, from the assignment alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an assignment costs and breaks.

    Parameters
    ----------
    cost
        Prices, expected lateness, waiting and shortfalls.
    n_waiting
        Parcels left for the next cutoff.
    violations
        In words; empty where it is feasible.
    """

    cost: float
    n_waiting: int
    violations: tuple[str, ...]


def evaluate(instance: AssignmentInstance, plan: Services) -> Evaluation:
    """Cost and violations of an assignment."""
    if len(plan) != instance.n_parcels or not all(-1 <= s < len(instance.carrier) for s in plan):
        return Evaluation(float("inf"), 0, ("needs a service from -1 on for each parcel",))
    services = np.array(plan, np.int64)
    rows = np.flatnonzero(services >= 0)
    chosen = rows, services[rows]
    cost = shortfalls(instance, plan) + float(instance.wait_cost[services < 0].sum())
    cost += float((instance.price[chosen] + instance.late_cost * (1.0 - instance.on_time_prob[chosen])).sum())
    return Evaluation(cost, sum(service < 0 for service in plan), tuple(_violations(instance, plan)))


def shortfalls(instance: AssignmentInstance, plan: Services) -> float:
    """What commitments that are not met cost."""
    got = _counts(instance, plan)
    return sum(max(0, t.committed - got[c]) * t.shortfall_cost for c, t in enumerate(instance.carriers))


def _counts(instance: AssignmentInstance, plan: Services) -> Counter[int]:
    got: Counter[int] = Counter()
    for service, size in zip(plan, instance.sizes.tolist(), strict=True):
        if service >= 0:
            got[instance.carrier[service]] += size
    return got


def _violations(instance: AssignmentInstance, plan: Services) -> Iterator[str]:
    for parcel, service in enumerate(plan):
        if service >= 0 and not instance.allowed[parcel, service]:
            yield f"service: parcel {parcel} may not travel with service {service}"
    got = _counts(instance, plan)
    for carrier, terms in enumerate(instance.carriers):
        if terms.capacity is not None and got[carrier] > terms.capacity:
            yield f"capacity: carrier {carrier} takes {terms.capacity} parcels, not {got[carrier]}"
        if got[carrier] > terms.max_share * int(instance.sizes.sum()) + 1e-9:
            yield f"share: carrier {carrier} may get {terms.max_share:g} of {instance.sizes.sum()}, not {got[carrier]}"
    for group in instance.groups:
        if len({plan[parcel] for parcel in group}) > 1:
            yield f"order: parcels {group} must stay together"
