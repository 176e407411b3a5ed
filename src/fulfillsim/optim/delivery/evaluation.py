"""The judge of delivery plans: cost, and every rule that a plan breaks, recomputed from the plan alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from fulfillsim.optim.delivery.instance import DeliveryInstance, Vehicle
from fulfillsim.optim.delivery.plan import Route, Routes
from fulfillsim.optim.delivery.timing import Timetable, rests_of, timetable

TOLERANCE = 1e-6
"""By which sums of floats may pass a limit."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule.

    Parameters
    ----------
    rule
        ``window``, ``capacity``, ``shift``, ``distance``, ``duration``, ``break``, ``allowed``, ``reload``,
        ``committed``, ``vehicle used twice``, ``served twice``, ``unserved``, ``no such stop`` ...
    vehicle, stop
        Indices; -1 where none is to blame.
    excess
        By how much, in the unit of the rule.
    """

    rule: str
    vehicle: int = -1
    stop: int = -1
    excess: float = 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a plan costs and breaks.

    Parameters
    ----------
    cost
        Fixed, distance and time costs of the vehicles used, and the prizes of stops left out.
    distance_m, duration_s
        Sums over vehicles.
    n_vehicles
        Used.
    violations
        Empty where the plan is feasible.
    """

    cost: float
    distance_m: float
    duration_s: float
    n_vehicles: int
    violations: tuple[Violation, ...]

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def evaluate(instance: DeliveryInstance, routes: Routes) -> Evaluation:
    """Cost and violations of a plan; a plan that names stops or vehicles that do not exist is judged by those alone."""
    if strangers := tuple(_strangers(instance, routes)):
        return Evaluation(inf, 0.0, 0.0, 0, strangers)
    used = [route for route in routes if any(route.trips)]
    violations = list(_coverage(instance, used))
    cost = distance_m = duration_s = 0.0
    for route in used:
        alone = evaluate_route(instance, route)
        cost, violations = cost + alone.cost, violations + list(alone.violations)
        distance_m, duration_s = distance_m + alone.distance_m, duration_s + alone.duration_s
    served = {stop for route in used for stop in route.stops}
    cost += sum(stop.prize for number, stop in enumerate(instance.stops) if stop.prize and number not in served)
    return Evaluation(cost, distance_m, duration_s, len(used), tuple(violations))


def evaluate_route(instance: DeliveryInstance, route: Route) -> Evaluation:
    """The same of one route, whatever others do; prizes of stops left out do not count."""
    if not any(route.trips):
        return Evaluation(0.0, 0.0, 0.0, 0, ())
    vehicle, table = instance.vehicles[route.vehicle], timetable(instance, route)
    metres, seconds = driven_m(instance, table), table.end_s - table.start_s
    cost = vehicle.fixed_cost + vehicle.cost_per_m * metres + vehicle.cost_per_s * seconds
    return Evaluation(cost, metres, seconds, 1, tuple(_route_violations(instance, route, vehicle, table, metres)))


def driven_m(instance: DeliveryInstance, table: Timetable) -> float:
    """Metres of a route, empty legs included."""
    rows, visits, metres = instance.distance_rows, table.visits, 0.0
    for number in range(1, len(visits)):
        metres += rows[visits[number - 1].place][visits[number].place]
    return metres


def describe(instance: DeliveryInstance, violation: Violation) -> str:
    """A violation in words, with names."""
    who = [instance.stops[violation.stop].name] if violation.stop >= 0 else []
    who += [f"{instance.vehicles[violation.vehicle].name} ({violation.vehicle})"] if violation.vehicle >= 0 else []
    excess = f" by {instance.convention.told(violation.rule, violation.excess)}" if violation.excess else ""
    return f"{violation.rule}{excess}: {', '.join(who)}" if who else f"{violation.rule}{excess}"


def _strangers(instance: DeliveryInstance, routes: Routes) -> Iterator[Violation]:
    for route in routes:
        if not 0 <= route.vehicle < len(instance.vehicles):
            yield Violation("no such vehicle", excess=float(route.vehicle))
        for stop in route.stops:
            if not 0 <= stop < len(instance.stops):
                yield Violation("no such stop", excess=float(stop))


def _coverage(instance: DeliveryInstance, routes: list[Route]) -> Iterator[Violation]:
    visits = Counter(stop for route in routes for stop in route.stops)
    for number, stop in enumerate(instance.stops):
        if number not in visits and stop.prize is None:
            yield Violation("unserved", stop=number)
    yield from (Violation("served twice", stop=stop, excess=n - 1) for stop, n in visits.items() if n > 1)
    uses = Counter(route.vehicle for route in routes)
    yield from (Violation("vehicle used twice", vehicle, excess=n - 1) for vehicle, n in uses.items() if n > 1)
    plans = {route.vehicle: route.stops for route in routes}
    for number, vehicle in enumerate(instance.vehicles):
        if vehicle.committed and plans.get(number, ())[: len(vehicle.committed)] != vehicle.committed:
            yield Violation("committed", number, vehicle.committed[0])


def _route_violations(
    instance: DeliveryInstance, route: Route, vehicle: Vehicle, table: Timetable, metres: float
) -> Iterator[Violation]:
    number, last = route.vehicle, table.visits[-1]
    for visit in table.visits[:-1]:
        if visit.late_s > TOLERANCE:
            yield Violation("window", number, visit.stop, visit.late_s)
    if last.late_s > TOLERANCE:
        yield Violation("shift", number, excess=last.late_s)
    if metres == inf:
        yield Violation("unreachable", number, excess=inf)
    elif (over := metres - vehicle.max_distance_m) > TOLERANCE:
        yield Violation("distance", number, excess=over)
    if (over := table.end_s - table.start_s - vehicle.max_duration_s) > TOLERANCE:
        yield Violation("duration", number, excess=over)
    if len(route.trips) > 1 and vehicle.reload_depot is None:
        yield Violation("reload", number, excess=float(len(route.trips) - 1))
    if vehicle.allowed is not None:
        yield from (Violation("allowed", number, stop) for stop in route.stops if stop not in vehicle.allowed)
    for rest, (begin_s, _) in zip(rests_of(vehicle), table.rests, strict=True):
        if begin_s > rest.latest_s + TOLERANCE:
            yield Violation("break", number, excess=begin_s - rest.latest_s)
    for trip in route.trips:
        yield from _load_violations(instance, number, vehicle, trip)


def _load_violations(
    instance: DeliveryInstance, number: int, vehicle: Vehicle, trip: tuple[int, ...]
) -> Iterator[Violation]:
    """Where a trip's load passes capacity: what is still to be delivered and what was picked up so far."""
    stops = [instance.stops[stop] for stop in trip]
    for dim, capacity in enumerate(vehicle.capacity):
        load = peak = sum([stop.demand[dim] for stop in stops])
        for stop in stops if any(stop.pickup for stop in stops) else ():
            load += (stop.pickup[dim] if stop.pickup else 0.0) - stop.demand[dim]
            peak = max(peak, load)
        if peak > capacity + TOLERANCE:
            yield Violation("capacity", number, excess=peak - capacity)
