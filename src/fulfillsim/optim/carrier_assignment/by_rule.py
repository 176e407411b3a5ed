"""Assignment one order after another by a preference, with fall-back where a carrier is full."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution

Floats = NDArray[np.float64]


def assigned(instance: AssignmentInstance, *keys: Floats) -> Solution[Services]:
    """Orders in their sequence, each by its best service with room; those that find none wait.

    Parameters
    ----------
    keys
        What makes a service better for an order, the most important first; the least is preferred, then the first
        service. Each of shape (n_groups, n_services).
    """
    if not instance.n_parcels:
        return Solution((), "feasible")
    allowed = instance.group_allowed
    ranked = np.lexsort((*(np.where(allowed, key, np.inf) for key in reversed(keys)), ~allowed), axis=-1)
    carrier, sizes = np.array(instance.carrier), instance.group_size
    first = np.where(allowed.any(axis=1), ranked[:, 0], -1)
    wanted = np.bincount(carrier[first[first >= 0]], sizes[first >= 0], minlength=len(instance.carriers))
    if (wanted <= instance.most).all():
        return Solution(instance.spread(first), "feasible")
    return Solution(instance.spread(_one_by_one(instance, ranked, allowed, sizes)), "feasible")


def _one_by_one(
    instance: AssignmentInstance, ranked: NDArray[np.intp], allowed: NDArray[np.bool_], sizes: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Orders in their sequence, where some carrier has not room for all that would like it."""
    left, carrier = list(instance.most), instance.carrier
    found = []
    for services, n_allowed, size in zip(ranked.tolist(), allowed.sum(axis=1).tolist(), sizes.tolist(), strict=True):
        choice = next((s for s in services[:n_allowed] if left[carrier[s]] >= size), -1)
        if choice >= 0:
            left[carrier[choice]] -= size
        found.append(choice)
    return np.array(found, np.int64)
