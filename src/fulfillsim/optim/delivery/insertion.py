"""Cheapest insertion: each new stop goes where it adds least, the cheapest first; what was planned keeps its order.

For same-day orders: the heads of routes that are already driven are the vehicles' committed stops.
Solomon (1987), Algorithms for the vehicle routing and scheduling problems with time window constraints, Oper. Res. 35.
"""

from __future__ import annotations

from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.regret_insertion import inserted
from fulfillsim.optim.delivery.tables import supports
from fulfillsim.optim.solving import Solution, Stop

__all__ = ["solve", "supports"]


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """All stops that pay but the committed ones, one by one, the cheapest insertion first."""
    return inserted(instance, 1)


def insert_into(instance: DeliveryInstance, running: Routes) -> Solution[Routes]:
    """Stops that no running route serves, inserted without changing the order of the others."""
    return inserted(instance, 1, running)
