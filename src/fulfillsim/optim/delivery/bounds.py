"""Cheap lower bounds on the cost of a delivery plan."""

from __future__ import annotations

from math import ceil

import numpy as np

from fulfillsim.optim.delivery.instance import DeliveryInstance


def least_vehicles(instance: DeliveryInstance) -> int:
    """Trips that the demand of stops that must be served needs at least, by the largest capacity of each dimension."""
    needs = [0]
    for dim in range(instance.n_dims):
        demand = sum(stop.demand[dim] for stop in instance.stops if stop.prize is None)
        needs.append(ceil(demand / max(van.capacity[dim] for van in instance.vehicles) - 1e-9))
    return max(needs)


def lower_bound(instance: DeliveryInstance) -> float:
    """Cost that no plan goes below: each stop that must be served is left once, over its cheapest way out.

    Added are the cheapest ways out of a depot for the least number of trips, and their least fixed costs where no
    van loads twice. Ways into a stop bound the cost as well; the greater bound counts.
    """
    n_depots, vans = instance.n_depots, instance.vehicles
    per_m = min(van.cost_per_m for van in vans)
    must = [n_depots + number for number, stop in enumerate(instance.stops) if stop.prize is None]
    if not must:
        return 0.0
    away = instance.travel.distance_m.copy()
    np.fill_diagonal(away, np.inf)
    trips = max(1, least_vehicles(instance))
    bounds = []
    for ways in (away, away.T):
        from_depot = np.sort(ways[:n_depots, n_depots:].min(axis=0))[:trips].sum()
        bounds.append(float(ways[must].min(axis=1).sum() + from_depot))
    fixed = np.sort([van.fixed_cost for van in vans])
    n_used = trips if all(van.reload_depot is None for van in vans) else 1
    return per_m * max(bounds) + float(fixed[:n_used].sum())
