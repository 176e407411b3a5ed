"""Routes for parcels: at a wave, for the rest of a late van's route, and one parcel more into loaded vans.

Instances count seconds from the moment of planning, so that times stay small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, inf

import numpy as np

from fulfillsim.domain.fleet import Fleet, Van
from fulfillsim.optim.delivery import solver
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.instance import Break, DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.plan import Route, Routes
from fulfillsim.optim.delivery.timing import Timetable, resting, rests_of, timetable
from fulfillsim.optim.delivery.travel import Travel, euclidean
from fulfillsim.optim.solving import Stop
from fulfillsim.sim.fleet.parcel import Parcel, Point

PRIZE = 1e5
"""Of bringing a parcel at all: more than any detour costs."""
WIDER_S = (0.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0, inf)
"""By which the windows of a late van's route are widened until a route keeps all of them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A van that could take a route.

    Parameters
    ----------
    from_s, until_s
        When it could leave and should be back.
    fixed_cost
        Of using it: nothing if it has been out today.
    rests
        Breaks that its driver takes on the way.
    """

    van: Van
    from_s: float
    until_s: float
    fixed_cost: float = 0.0
    rests: tuple[Break, ...] = ()


Placed = tuple[int, Break]
"""A break, and how many parcels are still to be brought when it is taken."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A route: its parcels in order with the begin of service at each door, departure, return, metres and breaks."""

    offer: int
    parcels: list[Parcel]
    begins_s: list[float]
    start_s: float
    end_s: float
    metres: float
    rests: tuple[Placed, ...] = ()


class Planner:
    """Makes routes for a fleet with its named solver and budget."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.door_s = fleet, fleet.at_door.mean
        self.solver = solver(fleet.solver)

    def metres(self, one: Point, other: Point) -> float:
        """By road."""
        return self.fleet.circuity * hypot(one[0] - other[0], one[1] - other[1])

    def usual_s(self, one: Point, other: Point) -> float:
        """Seconds of a leg on a usual day."""
        return self.metres(one, other) / self.fleet.speed_m_per_s

    def etas(self, here: Point, now: float, parcels: Sequence[Parcel], rests: Sequence[Placed] = ()) -> list[float]:
        """Begin of service at each door in this order, all legs, doors and breaks taking as long as usual."""
        times, free_s = [], now
        for number, parcel in enumerate(parcels):
            arrives_s = free_s + self.usual_s(here, parcel.place_m)
            if rests:
                left = len(parcels) - number
                arrives_s = resting([rest for at, rest in rests if at == left], free_s, arrives_s, [])
            times.append(max(arrives_s, parcel.opens_s))
            here, free_s = parcel.place_m, times[-1] + self.door_s
        return times

    def wave(self, parcels: Sequence[Parcel], offers: Sequence[Offer], now: float, seed: int) -> list[Planned]:
        """Routes for what fits; parcels that no route takes wait for the next wave."""
        if not parcels or not offers:
            return []
        instance = self._instance(parcels, offers, now)
        found = self.solver.solve(instance, Stop(iterations=self.fleet.budget, seed=seed))
        return self._planned(instance, found.plan or (), parcels, now)

    def one_more(
        self, parcel: Parcel, running: Sequence[Sequence[Parcel]], offers: Sequence[Offer], now: float
    ) -> Planned | None:
        """The route that takes one more parcel at least cost, None where it costs too much or none can."""
        from fulfillsim.optim.delivery.insertion import insert_into

        parcels = [parcel, *(each for route in running for each in route)]
        instance = self._instance(parcels, offers, now)
        number = {id(each): place for place, each in enumerate(parcels)}
        before = tuple(Route(van, (tuple(number[id(each)] for each in route),)) for van, route in enumerate(running))
        found = insert_into(instance, before)
        taken = [route for route in found.plan or () if 0 in route.stops]
        most = evaluate(instance, before).cost - PRIZE + (self.fleet.insert_cost or 0.0)
        if found.status not in ("feasible", "optimal") or not taken or evaluate(instance, found.plan or ()).cost > most:
            return None
        return self._planned(instance, tuple(taken), parcels, now)[0]

    def rest(self, here: Point, parcels: list[Parcel], offer: Offer, now: float, seed: int) -> list[Parcel]:
        """The order of a late van's remaining stops with least lateness that the solver finds."""
        for wider_s in WIDER_S:
            instance = self._instance(parcels, (offer,), now, here, wider_s)
            found = self.solver.solve(instance, Stop(iterations=self.fleet.budget, seed=seed))
            if found.plan and len(found.plan[0].stops) == len(parcels):
                order = [parcels[stop] for stop in found.plan[0].stops]
                urgent = sorted(parcels, key=lambda parcel: parcel.closes_s)
                return min((parcels, order, urgent), key=lambda route: self._lateness_s(here, now, route))
        return parcels

    def place_rests(self, here: Point, parcels: list[Parcel], offer: Offer, now: float) -> list[Placed]:
        """Where on a route in this order its breaks are best taken."""
        if not offer.rests:
            return []
        instance = self._instance(parcels, (offer,), now, here, inf)
        route = Route(0, (tuple(range(len(parcels))),))
        return [(left, _moved(rest, now)) for left, rest in _rests(instance, route, timetable(instance, route))]

    def _lateness_s(self, here: Point, now: float, parcels: list[Parcel]) -> tuple[float, float]:
        """Seconds by which customers are kept waiting, and the time of the last one."""
        times = self.etas(here, now, parcels)
        late_s = sum(max(0.0, eta - parcel.closes_s) for eta, parcel in zip(times, parcels, strict=True))
        return late_s, times[-1]

    def _instance(
        self,
        parcels: Sequence[Parcel],
        offers: Sequence[Offer],
        now: float,
        here: Point | None = None,
        wider_s: float = 0.0,
    ) -> DeliveryInstance:
        """One problem; from ``here`` on all stops must be served, at the depot each may be left."""
        leave_s = max(now, min(offer.from_s for offer in offers))
        depots = (Depot(),) if here is None else (Depot("here"), Depot())
        stops = []
        for number, parcel in enumerate(parcels):
            opens_s, closes_s = parcel.window_s(leave_s)
            window = (max(0.0, opens_s - now), closes_s - now + wider_s)
            prize = PRIZE if here is None else None
            stops.append(DeliveryStop(str(number), parcel.size, (), self.door_s, (window,), prize=prize))
        vehicles = tuple(self._vehicle(offer, now, len(depots) - 1, wider_s) for offer in offers)
        start = () if here is None else (here,)
        points = np.array([*start, self.fleet.depot_m, *(parcel.place_m for parcel in parcels)])
        return DeliveryInstance("fleet", depots, tuple(stops), vehicles, self._travel(points))

    def _vehicle(self, offer: Offer, now: float, end_depot: int, wider_s: float) -> Vehicle:
        van = offer.van
        return Vehicle(
            capacity=van.capacity,
            name=van.name,
            end_depot=end_depot,
            shift_s=(max(0.0, offer.from_s - now), max(0.0, offer.until_s - now) + wider_s),
            fixed_cost=offer.fixed_cost,
            cost_per_m=van.cost_per_m,
            cost_per_s=van.cost_per_s,
            breaks=tuple(_moved(rest, -now) for rest in offer.rests),
        )

    def _travel(self, points: np.ndarray) -> Travel:
        metres = self.fleet.circuity * euclidean(points).distance_m
        return Travel(metres, metres / self.fleet.speed_m_per_s)

    def _planned(
        self, instance: DeliveryInstance, routes: Routes, parcels: Sequence[Parcel], now: float
    ) -> list[Planned]:
        found = []
        for route in routes:
            table, rows = timetable(instance, route), instance.distance_rows
            places = [visit.place for visit in table.visits]
            metres = sum(rows[a][b] for a, b in pairwise(places))
            begins_s = [now + visit.begin_s for visit in table.visits[1:-1]]
            chosen = [parcels[stop] for stop in route.stops]
            times = now + table.start_s, now + table.end_s
            rests = tuple((left, _moved(rest, now)) for left, rest in _rests(instance, route, table))
            found.append(Planned(route.vehicle, chosen, begins_s, *times, metres, rests))
        return found


def _moved(rest: Break, by_s: float) -> Break:
    """A break on another clock."""
    return Break(rest.duration_s, max(0.0, rest.earliest_s + by_s), rest.latest_s + by_s)


def _rests(instance: DeliveryInstance, route: Route, table: Timetable) -> Iterator[Placed]:
    """Breaks of a route with the number of stops that come after the leg on which they are taken."""
    for rest, (begins_s, _) in zip(rests_of(instance.vehicles[route.vehicle]), table.rests, strict=True):
        n_left = sum(visit.leave_s <= begins_s for visit in table.visits[:-1])
        yield len(route.stops) + 1 - n_left, rest
