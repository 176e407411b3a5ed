"""When a vehicle is where: the clock of one route, apart from every solver.

A vehicle leaves as late as keeps its earliest end, which gives the shortest duration wherever each stop has one
window: the end as a function of the departure is first flat and then rises one for one (Savelsbergh 1992, The
vehicle routing problem with time windows: minimizing route duration, ORSA J. Comput. 4, forward time slack).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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
    calls, rests = _calls(instance, vehicle, route), rests_of(vehicle)
    earliest = max(vehicle.shift_s[0], instance.depots[vehicle.start_depot].window_s[0])
    taken = _rests_before(instance, calls, rests, earliest) if rests else ()
    first = _drive(instance, calls, rests, taken, earliest)
    slack = _departure_slack(first.visits)
    if slack <= 0:
        return first
    later = _drive(instance, calls, rests, taken, first.start_s + slack)
    return later if later.end_s <= first.end_s and later.late_s <= first.late_s and not _missed(later, rests) else first


def rests_of(vehicle: Vehicle) -> tuple[Break, ...]:
    """The driver's rests in the order in which they are taken."""
    return tuple(sorted(vehicle.breaks, key=lambda rest: rest.earliest_s))


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
    instance: DeliveryInstance, calls: list[_Call], rests: tuple[Break, ...], taken: tuple[int, ...], start_s: float
) -> Timetable:
    """Drive from call to call; ``taken`` holds the number of rests taken before each call, empty for none ever."""
    visits: list[Visit] = []
    spans: list[tuple[float, float]] = []
    now, before = start_s, calls[0]
    for number, call in enumerate(calls):
        arrive = _arrival(instance, before, call, now) if number else now
        if rests and number:
            arrive = resting(rests[taken[number - 1] : taken[number]], now, arrive, spans)
        begin, closes = _begin(call.windows_s, arrive)
        now, before = begin + call.service_s, call
        visits.append(Visit(call.place, call.stop, arrive, begin, now, closes))
    return Timetable(visits, tuple(spans))


def _arrival(instance: DeliveryInstance, one: _Call, other: _Call, leaves_s: float) -> float:
    """End of a leg without rests."""
    usual_s, profile = instance.time_rows[one.place][other.place], instance.travel.profile
    return leaves_s + usual_s if profile is None else profile.arrival_s(leaves_s, usual_s)


def resting(rests: Sequence[Break], leaves_s: float, arrives_s: float, spans: list[tuple[float, float]]) -> float:
    """Arrival after rests that begin when the vehicle leaves or on its way, not before they may; notes their spans."""
    free_s = leaves_s
    for rest in rests:
        begin = max(free_s, rest.earliest_s)
        free_s, arrives_s = begin + rest.duration_s, max(arrives_s, begin) + rest.duration_s
        spans.append((begin, free_s))
    return arrives_s


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


def _missed(table: Timetable, rests: tuple[Break, ...]) -> bool:
    return any(begin > rest.latest_s for rest, (begin, _) in zip(rests, table.rests, strict=True))


def _rests_before(
    instance: DeliveryInstance, calls: list[_Call], rests: tuple[Break, ...], start_s: float
) -> tuple[int, ...]:
    """Number of rests taken before each call such that little is late and, then, the end is early.

    Who leaves earlier never arrives later, so the earliest way to each call after each number of rests is enough to
    know (dynamic programming): exact where everything can be in time.
    """
    begin, closes = _begin(calls[0].windows_s, start_s)
    known: dict[int, tuple[float, float, tuple[int, ...]]] = {
        0: (max(0.0, begin - closes), begin + calls[0].service_s, (0,))
    }
    for before, call in pairwise(calls):
        reached: dict[int, tuple[float, float, tuple[int, ...]]] = {}
        for n_before, (late_s, leaves_s, taken) in known.items():
            for n_taken in range(n_before, len(rests) + 1):
                spans: list[tuple[float, float]] = []
                chosen = rests[n_before:n_taken]
                arrives = resting(chosen, leaves_s, _arrival(instance, before, call, leaves_s), spans)
                begin, closes = _begin(call.windows_s, arrives)
                late = late_s + max(0.0, begin - closes)
                late += sum(max(0.0, at - rest.latest_s) for rest, (at, _) in zip(chosen, spans, strict=True))
                state = (late, begin + call.service_s, (*taken, n_taken))
                reached[n_taken] = min(state, reached.get(n_taken, state))
        known = reached
    return known[len(rests)][2]
