"""For each stop that a plan does not serve in time: what would fix it, checked by solving again.

A stop is tried at every place of every route. Where one limit alone stands against it, the excess over that limit is
what must give way: its window, the van's capacity, shift, longest distance or duration. One more van is tried for each
kind. Each change is then made in a copy of the instance, and a solver must serve the stop there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import TOLERANCE, Violation, evaluate
from fulfillsim.optim.delivery.feasibility import evaluate_route
from fulfillsim.optim.delivery.instance import ANY_TIME, DeliveryInstance, DeliveryStop, Vehicle, Window
from fulfillsim.optim.delivery.plan import Route, Routes, without
from fulfillsim.optim.delivery.timing import timetable
from fulfillsim.optim.solving import Stop

CHECK = Stop(iterations=2000)
"""Budget of the check where inserting the stop is not enough."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that lets a stop be served.

    Parameters
    ----------
    rule
        What gives way: ``opens`` or ``closes`` (the stop's window), ``capacity``, ``shift``, ``distance``,
        ``duration``, ``vehicle`` (one more).
    vehicle
        Whose limit it is, or which kind is added; -1 for the stop's own window.
    amount
        By how much, in the unit of the rule; 1 for a vehicle.
    confirmed
        Whether a plan of the changed instance serves the stop and all that was served before.
    """

    rule: str
    vehicle: int
    amount: float
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Unmet:
    """A stop that is not served in time, by ``late_s`` or (infinite) not at all, and what would fix it."""

    stop: int
    late_s: float
    remedies: tuple[Remedy, ...]


def why_not(instance: DeliveryInstance, plan: Routes) -> tuple[Unmet, ...]:
    """Every unserved or late stop of a plan with its remedies.

    Parameters
    ----------
    instance
        Its problem.
    plan
        Perhaps incomplete or late, otherwise feasible. Optional stops that are left out count as a choice.

    Returns
    -------
    In the order of stops; remedies by rule, the least change of each.
    """
    late = _lateness(instance, plan)
    kept = _without(plan, set(late))
    return tuple(Unmet(stop, late[stop], tuple(_remedies(instance, kept, stop, set(late)))) for stop in sorted(late))


def _lateness(instance: DeliveryInstance, plan: Routes) -> dict[int, float]:
    found = evaluate(instance, plan).violations
    unserved = {v.stop: inf for v in found if v.rule == "unserved"}
    return unserved | {v.stop: v.excess for v in found if v.rule == "window" and v.stop >= 0}


def _without(plan: Routes, stops: set[int]) -> Routes:
    """The plan without some stops."""
    routes = (without(route, *stops) for route in plan)
    return tuple(route for route in routes if route.trips)


def _remedies(instance: DeliveryInstance, kept: Routes, stop: int, unmet: set[int]) -> Iterator[Remedy]:
    least: dict[str, tuple[float, int]] = {}
    for rule, vehicle, amount in _obstacles(instance, kept, stop):
        if amount < least.get(rule, (inf, 0))[0]:
            least[rule] = amount, vehicle
    for rule, (amount, vehicle) in sorted(least.items()):
        changed = _relaxed(instance, stop, rule, vehicle, amount)
        yield Remedy(rule, vehicle, amount, _is_served(changed, kept, stop, unmet))
    yield from _one_more(instance, kept, stop, unmet)


def _obstacles(instance: DeliveryInstance, kept: Routes, stop: int) -> Iterator[tuple[str, int, float]]:
    """(rule, vehicle, excess) of every place where one rule alone stands against the stop."""
    free = _with_stop(instance, stop, windows_s=ANY_TIME)
    for route in _with_empty(instance, kept):
        for candidate in _insertions(route, stop):
            if amounts := _sole_excess(evaluate_route(instance, candidate), stop):
                yield amounts[0], route.vehicle, amounts[1]
            if shift := _window_shift(instance, free, candidate, stop):
                yield shift[0], -1, shift[1]


def _with_empty(instance: DeliveryInstance, kept: Routes) -> Iterator[Route]:
    """All routes, and one empty vehicle of each kind."""
    yield from kept
    used, kinds = {route.vehicle for route in kept}, set()
    for number, van in enumerate(instance.vehicles):
        if number not in used and van not in kinds:
            kinds.add(van)
            yield Route(number, ((),))


def _insertions(route: Route, stop: int) -> Iterator[Route]:
    for t, trip in enumerate(route.trips):
        for p in range(len(trip) + 1):
            longer = (*trip[:p], stop, *trip[p:])
            yield Route(route.vehicle, (*route.trips[:t], longer, *route.trips[t + 1 :]))


def _sole_excess(violations: tuple[Violation, ...], stop: int) -> tuple[str, float] | None:
    """The one rule of a vehicle that is broken and by how much."""
    rules = {v.rule for v in violations}
    if len(rules) != 1 or not rules <= {"capacity", "shift", "distance", "duration"}:
        return None
    return violations[0].rule, max(v.excess for v in violations)


def _window_shift(
    instance: DeliveryInstance, free: DeliveryInstance, candidate: Route, stop: int
) -> tuple[str, float] | None:
    """By how much the stop's own window must close later or open earlier; None where that is not enough."""
    if evaluate_route(free, candidate):
        return None
    begins = next(v.begin_s for v in timetable(free, candidate).visits if v.stop == stop)
    windows = instance.stops[stop].windows_s
    before = [closes for _, closes in windows if closes < begins]
    after = [opens for opens, _ in windows if opens > begins]
    choices = [("closes", begins - max(before))] if before else []
    choices += [("opens", min(after) - _latest(free, candidate, stop, begins, min(after)))] if after else []
    return min(choices, key=lambda choice: choice[1], default=None)


def _latest(free: DeliveryInstance, candidate: Route, stop: int, low: float, high: float) -> float:
    """Latest opening in [low, high) that keeps the route feasible, to a second."""
    while high - low > 1.0:
        middle = (low + high) / 2
        if evaluate_route(_with_stop(free, stop, windows_s=((middle, inf),)), candidate):
            high = middle
        else:
            low = middle
    return low


def _one_more(instance: DeliveryInstance, kept: Routes, stop: int, unmet: set[int]) -> Iterator[Remedy]:
    """One more vehicle, of the first kind that helps."""
    kinds: dict[Vehicle, int] = {}
    for number, van in enumerate(instance.vehicles):
        kinds.setdefault(replace(van, committed=()), number)
    for van, number in kinds.items():
        if _is_served(replace(instance, vehicles=(*instance.vehicles, van)), kept, stop, unmet):
            yield Remedy("vehicle", number, 1.0, True)
            return


def _relaxed(instance: DeliveryInstance, stop: int, rule: str, vehicle: int, amount: float) -> DeliveryInstance:
    """The instance with one limit given way by an amount, rounded up by a hair."""
    more = amount + TOLERANCE
    if rule in ("opens", "closes"):
        return _with_stop(instance, stop, windows_s=_widened(instance.stops[stop].windows_s, rule, more))
    van = instance.vehicles[vehicle]
    changes: dict[str, dict[str, Any]] = {
        "capacity": {"capacity": tuple(figure + more for figure in van.capacity)},
        "shift": {"shift_s": (van.shift_s[0], van.shift_s[1] + more)},
        "distance": {"max_distance_m": van.max_distance_m + more},
        "duration": {"max_duration_s": van.max_duration_s + more},
    }
    vans, depots = list(instance.vehicles), list(instance.depots)
    vans[vehicle] = replace(van, **changes[rule])
    if rule == "shift":
        home = depots[van.end_depot]
        depots[van.end_depot] = replace(home, window_s=(home.window_s[0], home.window_s[1] + more))
    return replace(instance, vehicles=tuple(vans), depots=tuple(depots))


def _widened(windows_s: tuple[Window, ...], rule: str, more: float) -> tuple[Window, ...]:
    """Windows that open earlier or close later; those that meet become one."""
    early, late = (more, 0.0) if rule == "opens" else (0.0, more)
    joined: list[Window] = []
    for opens, closes in ((max(0.0, opens - early), closes + late) for opens, closes in windows_s):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], closes
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _with_stop(instance: DeliveryInstance, stop: int, **changes: Any) -> DeliveryInstance:
    stops: list[DeliveryStop] = list(instance.stops)
    stops[stop] = replace(stops[stop], **changes)
    return replace(instance, stops=tuple(stops))


def _is_served(changed: DeliveryInstance, kept: Routes, stop: int, unmet: set[int]) -> bool:
    """Whether the stop joins the plan as it stands, or else the plan that a solver finds without the other unmet."""
    for route in _with_empty(changed, kept):
        if any(not evaluate_route(changed, candidate) for candidate in _insertions(route, stop)):
            return True
    for other in unmet - {stop}:
        changed = _with_stop(changed, other, prize=0.0)
    plan = hybrid.solve(changed, CHECK).plan
    return plan is not None and evaluate(changed, plan).feasible


def advice(instance: DeliveryInstance, unmet: Unmet) -> str:
    """What is wrong with a stop and what would fix it, in words."""
    late = "is not served"
    if unmet.late_s < inf:
        late = f"is late by {instance.convention.told('window', unmet.late_s)}"
    fixes = [_words(instance, remedy) for remedy in unmet.remedies if remedy.confirmed]
    return (
        f"stop {instance.stops[unmet.stop].name} {late}: {'; or '.join(fixes) or 'no single change found that helps'}"
    )


def _words(instance: DeliveryInstance, remedy: Remedy) -> str:
    amount = instance.convention.told(remedy.rule, remedy.amount)
    return {
        "opens": f"open its window {amount} earlier",
        "closes": f"close its window {amount} later",
        "capacity": f"{amount} more capacity",
        "shift": f"a shift that ends {amount} later",
        "duration": f"{amount} more working time",
        "distance": f"{amount} more distance",
        "vehicle": f"one more vehicle ({instance.vehicles[remedy.vehicle].name})",
    }[remedy.rule]
