"""Why an instance has no feasible plan, as far as single stops and totals can tell."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from fulfillsim.optim.delivery.evaluation import Violation, evaluate
from fulfillsim.optim.delivery.instance import DeliveryInstance, Vehicle
from fulfillsim.optim.delivery.plan import Route


class Reason(NamedTuple):
    """Why a stop cannot be served even by a vehicle of its own."""

    stop: int
    rule: str
    value: str
    hint: str


_HINTS = {
    "unreachable": ("must be reachable from a depot and back", "complete the matrix"),
    "capacity": ("must fit into a vehicle", "split it, or take a larger van"),
    "window": ("must be reachable before its window closes", "widen the window or begin the shift earlier"),
    "shift": ("must leave time to be back before the end of shift or depot", "open earlier or lengthen the shift"),
    "allowed": ("must be allowed for a vehicle", "add it to a van's allowed stops"),
    "distance": ("must lie within a vehicle's longest distance", "raise the limit"),
    "duration": ("must be served within a vehicle's longest duration", "raise the limit"),
    "break": ("must leave room for the driver's break", "move the break"),
}


def unservable(instance: DeliveryInstance) -> tuple[Reason, ...]:
    """Stops that must be served and that no vehicle can serve even alone, each with what stands against it."""
    kinds = _kinds(instance)
    reasons = []
    for number, stop in enumerate(instance.stops):
        if stop.prize is None and (blame := _blame(instance, number, kinds)):
            rule, hint = _HINTS.get(blame.rule, ("must be servable by a vehicle", "see the vehicles"))
            told = instance.convention.told(blame.rule, blame.excess)
            excess = f"{blame.rule} exceeded by {told}" if blame.excess else blame.rule
            reasons.append(Reason(number, rule, excess, hint))
    return tuple(reasons)


def _kinds(instance: DeliveryInstance) -> dict[Vehicle, int]:
    kinds: dict[Vehicle, int] = {}
    for index, van in enumerate(instance.vehicles):
        kinds.setdefault(van, index)
    return kinds


def _blame(instance: DeliveryInstance, stop: int, kinds: dict[Vehicle, int]) -> Violation | None:
    """The violation of the vehicle that comes nearest; None where one can serve the stop."""
    least: Violation | None = None
    for vehicle in kinds.values():
        alone = evaluate_alone(instance, vehicle, stop)
        if alone is None:
            return None
        if least is None or alone.excess < least.excess:
            least = alone
    return least


def evaluate_alone(instance: DeliveryInstance, vehicle: int, stop: int) -> Violation | None:
    """What stands against serving one stop with one vehicle that does nothing else."""
    broken = evaluate_route(instance, Route(vehicle, ((stop,),)))
    order = list(_HINTS)
    return min(broken, key=lambda v: order.index(v.rule) if v.rule in order else len(order), default=None)


def evaluate_route(instance: DeliveryInstance, route: Route) -> tuple[Violation, ...]:
    """Violations of one route, whatever else is served."""
    found = evaluate(instance, (route,)).violations
    return tuple(v for v in found if v.rule not in {"unserved", "committed"})


def shortages(instance: DeliveryInstance) -> tuple[str, ...]:
    """Totals that cannot be met: demand above the capacity of all vehicles on one trip each."""
    if any(van.reload_depot is not None for van in instance.vehicles):
        return ()
    found = []
    for dim in range(instance.n_dims):
        need = sum(stop.demand[dim] for stop in instance.stops if stop.prize is None)
        have = sum(van.capacity[dim] for van in instance.vehicles)
        if need > have < inf:
            found.append(f"capacity: dimension {dim} needs {need:g} and all vehicles carry {have:g} - add vehicles")
    return tuple(found)


def proof_of_infeasibility(instance: DeliveryInstance) -> str:
    """Why no plan can be feasible, with stops and constraint; empty where nothing simple stands against one."""
    reasons = [f"stop {instance.stops[r.stop].name} {r.rule} ({r.value}) - {r.hint}" for r in unservable(instance)]
    return "\n".join([*reasons, *shortages(instance)])
