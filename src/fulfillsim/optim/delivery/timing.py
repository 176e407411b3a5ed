"""When a vehicle is where: the clock of one route, apart from every solver.

A vehicle leaves as late as keeps its earliest end, which gives the shortest duration wherever each stop has one
window: the end as a function of the departure is first flat and then rises one for one (Savelsbergh 1992, The
vehicle routing problem with time windows: minimizing route duration, ORSA J. Comput. 4, forward time slack).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from fulfillsim.optim.delivery.instance import Break, DeliveryInstance, Vehicle
from fulfillsim.optim.delivery.plan import Route


@dataclass(slots=True)
class Visit:
    """A call at a place.

    Parameters
    ----------
    place
        Of the travel matrices.
    stop
        Index of the stop; -1 at a depot.
    arrive_s, begin_s, leave_s
        Times; waiting lies between the first two.
    closes_s
        Latest begin of service here.
    """

    place: int
    stop: int
    arrive_s: float
    begin_s: float
    leave_s: float
    closes_s: float

    @property
    def late_s(self) -> float:
        """Seconds by which service begins too late; 0 where in time."""
        return max(0.0, self.begin_s - self.closes_s)


@dataclass(frozen=True, slots=True)
class Timetable:
    """All calls of a route, depots included, and the rests of its driver as (begin, end)."""

    visits: list[Visit]
    rests: tuple[tuple[float, float], ...] = ()

    @property
    def start_s(self) -> float:
        """Departure with loading before it."""
        return self.visits[0].begin_s

    @property
    def end_s(self) -> float:
        """Return."""
        return self.visits[-1].arrive_s

    @property
    def late_s(self) -> float:
        """Sum of all tardiness."""
        return sum(visit.late_s for visit in self.visits)


def timetable(instance: DeliveryInstance, route: Route) -> Timetable:
    """The clock of a route: earliest end, then latest departure; late arrivals are carried on, not hidden."""
    vehicle = instance.vehicles[route.vehicle]
    calls = _calls(instance, vehicle, route)
    earliest = max(vehicle.shift_s[0], instance.depots[vehicle.start_depot].window_s[0])
    legs = _legs_of_breaks(instance, vehicle, calls, earliest)
    first = _drive(instance, calls, vehicle.breaks, legs, earliest)
    slack = _departure_slack(first.visits)
    if slack <= 0:
        return first
    later = _drive(instance, calls, vehicle.breaks, legs, first.start_s + slack)
    return (
        later if later.end_s <= first.end_s and later.late_s <= first.late_s and not _missed(later, vehicle) else first
    )


@dataclass(frozen=True, slots=True)
class _Call:
    place: int
    stop: int
    windows_s: tuple[tuple[float, float], ...]
    service_s: float


def _calls(instance: DeliveryInstance, vehicle: Vehicle, route: Route) -> list[_Call]:
    """Depot, stops, depot ...; goods that are released late hold the depot's call up."""
    n_depots, stops, calls = instance.n_depots, instance.stops, []
    for number, trip in enumerate(route.trips):
        place = vehicle.start_depot if number == 0 or vehicle.reload_depot is None else vehicle.reload_depot
        depot = instance.depots[place]
        opens = max([depot.window_s[0], *(stops[stop].release_s for stop in trip)])
        calls.append(_Call(place, -1, ((opens, depot.window_s[1]),), depot.service_s))
        calls += [_Call(n_depots + s, s, stops[s].windows_s, stops[s].service_s) for s in trip]
    opens, closes = instance.depots[vehicle.end_depot].window_s
    calls.append(_Call(vehicle.end_depot, -1, ((opens, min(closes, vehicle.shift_s[1])),), 0.0))
    return calls


def _drive(
    instance: DeliveryInstance, calls: list[_Call], breaks: tuple[Break, ...], legs: tuple[int, ...], start_s: float
) -> Timetable:
    times, profile = instance.time_rows, instance.travel.profile
    visits: list[Visit] = []
    rests: list[tuple[float, float]] = []
    now, before = start_s, calls[0].place
    for number, call in enumerate(calls):
        usual = times[before][call.place] if number else 0.0
        arrive = now + usual if profile is None or not number else profile.arrival_s(now, usual)
        for rest, leg in zip(breaks, legs, strict=True):
            if leg == number:
                begin = max(now, rest.earliest_s)
                rests.append((begin, begin + rest.duration_s))
                arrive = max(arrive, begin) + rest.duration_s
        begin, closes = _begin(call.windows_s, arrive)
        now, before = begin + call.service_s, call.place
        visits.append(Visit(call.place, call.stop, arrive, begin, now, closes))
    return Timetable(visits, tuple(rests))


def _begin(windows_s: tuple[tuple[float, float], ...], arrive_s: float) -> tuple[float, float]:
    """Begin of service and the close of its window; after all windows service begins late."""
    for opens, closes in windows_s:
        if arrive_s <= closes:
            return (arrive_s if arrive_s > opens else opens), closes
    return arrive_s, windows_s[-1][1]


def _departure_slack(visits: list[Visit]) -> float:
    """Seconds by which departure can wait without ending later or coming late anywhere."""
    waited, slack = 0.0, inf
    for visit in visits[1:]:
        waited += visit.begin_s - visit.arrive_s
        slack = min(slack, waited + visit.closes_s - visit.begin_s)
    return min(slack, waited, visits[0].closes_s - visits[0].begin_s)


def _missed(table: Timetable, vehicle: Vehicle) -> bool:
    latest = {rest.duration_s: rest.latest_s for rest in vehicle.breaks}
    return any(begin > latest.get(end - begin, inf) for begin, end in table.rests)


def _legs_of_breaks(
    instance: DeliveryInstance, vehicle: Vehicle, calls: list[_Call], start_s: float
) -> tuple[int, ...]:
    """The leg on which each rest is taken: the one of least lateness, then of earliest end, one rest after another.

    A rest begins when the vehicle leaves for the leg, or on its way, but not before the rest may begin.
    """
    legs: tuple[int, ...] = ()
    for number, rest in enumerate(vehicle.breaks):

        def judged(
            leg: int, number: int = number, rest: Break = rest, legs: tuple[int, ...] = legs
        ) -> tuple[float, float, int]:
            table = _drive(instance, calls, vehicle.breaks[: number + 1], (*legs, leg), start_s)
            leaves = table.visits[leg - 1].leave_s
            late = max(0.0, leaves - rest.latest_s)
            return (table.late_s + late, table.end_s, leg)

        legs = (*legs, min(range(1, len(calls)), key=judged))
    return legs
