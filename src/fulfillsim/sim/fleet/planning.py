"""Routes for parcels: at a wave, for the rest of a late van's route, and one parcel more into loaded vans.

Instances count seconds from the moment of planning, so that times stay small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

import numpy as np

from fulfillsim.domain.fleet import Fleet, Point, Van
from fulfillsim.optim.delivery import solver
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.instance import Break, DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.outsourcing import Offer as Asked
from fulfillsim.optim.delivery.outsourcing import with_carriers
from fulfillsim.optim.delivery.plan import Route, Routes
from fulfillsim.optim.delivery.timing import Timetable, resting, rests_of, timetable
from fulfillsim.optim.solving import Stop
from fulfillsim.sim.fleet.parcel import PRIZE, Parcel
from fulfillsim.sim.fleet.roads import roads_of

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
    most_m
        What is left of its longest way of a day.
    approach_m
        From where it stands in the morning to the depot, 0 if it is there.
    end_m
        Where it ends; None for the depot.
    reloads
        Whether it may come back to load again.
    """

    van: Van
    from_s: float
    until_s: float
    fixed_cost: float = 0.0
    rests: tuple[Break, ...] = ()
    most_m: float = inf
    approach_m: float = 0.0
    end_m: Point | None = None
    reloads: bool = False


Placed = tuple[int, Break]
"""A break, and how many parcels are still to be brought when it is taken."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A trip: its parcels in order with the begin of service at each door, departure, return, metres and breaks.

    ``terms`` is the offer as far as it concerns this trip, should one more parcel join it.
    """

    offer: int
    terms: Offer
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
        self.roads, self.solver = roads_of(fleet), solver(fleet.solver)

    def etas(self, here: Point, now: float, parcels: Sequence[Parcel], rests: Sequence[Placed] = ()) -> list[float]:
        """Begin of service at each door in this order, all legs, doors and breaks taking as long as usual."""
        times, free_s = [], now
        for number, parcel in enumerate(parcels):
            arrives_s = self.roads.arrives_s(here, parcel.place_m, free_s)
            if rests:
                left = len(parcels) - number
                arrives_s = resting([rest for at, rest in rests if at == left], free_s, arrives_s, [])
            times.append(max(arrives_s, parcel.opens_s))
            here, free_s = parcel.place_m, times[-1] + self.door_s
        return times

    def wave(
        self, parcels: Sequence[Parcel], offers: Sequence[Offer], now: float, seed: int, asked: Mapping[int, float]
    ) -> list[Planned]:
        """Routes for what fits, and is not brought for less by who asks a price for it (by index of the parcel)."""
        if not parcels or not offers:
            return []
        prices = {stop: (Asked("", price),) for stop, price in asked.items()}
        instance = with_carriers(self._instance(parcels, offers, now), prices).instance
        found = self.solver.solve(instance, Stop(iterations=self.fleet.budget, seed=seed))
        return self._planned(instance, found.plan or (), parcels, offers, now)

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
        return self._planned(instance, tuple(taken), parcels, offers, now)[0]

    def rest(self, here: Point, parcels: list[Parcel], offer: Offer, now: float, seed: int) -> list[Parcel]:
        """The order of a late van's remaining stops with least lateness that the solver finds."""
        for wider_s in WIDER_S:
            instance = self._instance(parcels, (offer,), now, here, wider_s)
            found = self.solver.solve(instance, Stop(iterations=self.fleet.budget, seed=seed))
            if found.plan and len(found.plan[0].stops) == len(parcels):
                order = [parcels[stop] for stop in found.plan[0].stops]
                urgent = sorted(parcels, key=lambda parcel: parcel.closes_s)
                known = [parcels, order, *([urgent] if self._metres(here, urgent, offer) <= offer.most_m else [])]
                return min(known, key=lambda route: self._lateness_s(here, now, route))
        return parcels

    def place_rests(self, here: Point, parcels: list[Parcel], offer: Offer, now: float) -> list[Placed]:
        """Where on a route in this order its breaks are best taken."""
        if not offer.rests:
            return []
        instance = self._instance(parcels, (offer,), now, here, inf)
        route = Route(0, (tuple(range(len(parcels))),))
        table = timetable(instance, route)
        return [(len(parcels) + 1 - leg, _moved(rest, now)) for leg, rest in _rests(instance, route, table)]

    def _metres(self, here: Point, parcels: Sequence[Parcel], offer: Offer) -> float:
        """From here by all doors to the end."""
        ways = pairwise((here, *(parcel.place_m for parcel in parcels), offer.end_m or self.fleet.depot_m))
        return sum(self.roads.metres(*way) for way in ways)

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
        first = self.fleet.depot_m if here is None else here
        ends = [offer.end_m or self.fleet.depot_m for offer in offers]
        places = [first] if here is None else [first, self.fleet.depot_m]
        places += [end for end in dict.fromkeys(ends) if end not in places]
        loading = Depot(service_s=self.fleet.loading_s) if here is None else Depot("here")
        depots = (loading, *(Depot() for _ in places[1:]))
        stops = []
        for number, parcel in enumerate(parcels):
            opens_s, closes_s = parcel.window_s(leave_s)
            window = (max(0.0, opens_s - now), closes_s - now + wider_s)
            prize = parcel.prize if here is None else None
            goods = parcel.demand, parcel.pickup
            stops.append(DeliveryStop(str(number), *goods, self.door_s, (window,), prize=prize))
        vans = zip(offers, ends, strict=True)
        vehicles = tuple(self._vehicle(offer, now, places.index(end), wider_s, here is None) for offer, end in vans)
        points = np.array([*places, *(parcel.place_m for parcel in parcels)])
        return DeliveryInstance("fleet", depots, tuple(stops), vehicles, self.roads.travel(points, now))

    def _vehicle(self, offer: Offer, now: float, end_depot: int, wider_s: float, is_at_dock: bool) -> Vehicle:
        van = offer.van
        return Vehicle(
            capacity=van.capacity,
            name=van.name,
            end_depot=end_depot,
            shift_s=(max(0.0, offer.from_s - now), max(0.0, offer.until_s - now) + wider_s),
            fixed_cost=offer.fixed_cost,
            cost_per_m=van.cost_per_m,
            cost_per_s=van.cost_per_s,
            max_distance_m=offer.most_m,
            reload_depot=0 if offer.reloads and is_at_dock else None,
            breaks=tuple(_moved(rest, -now) for rest in offer.rests),
        )

    def _planned(
        self,
        instance: DeliveryInstance,
        routes: Routes,
        parcels: Sequence[Parcel],
        offers: Sequence[Offer],
        now: float,
    ) -> list[Planned]:
        """All trips of routes, those of one vehicle in their order."""
        return [
            trip
            for route in routes
            for trip in _trips(instance, route, [parcels[stop] for stop in route.stops], offers[route.vehicle], now)
        ]


def _trips(
    instance: DeliveryInstance, route: Route, parcels: Sequence[Parcel], offer: Offer, now: float
) -> Iterator[Planned]:
    """The trips of one vehicle, from depot to depot; between two it loads."""
    table, rows = timetable(instance, route), instance.distance_rows
    visits, rests = table.visits, list(_rests(instance, route, table))
    ways = [0.0, *(rows[a.place][b.place] for a, b in pairwise(visits))]
    calls = [number for number, visit in enumerate(visits) if visit.stop < 0]
    for first, last in pairwise(calls):
        metres = sum(ways[first + 1 : last + 1])
        begins_s = [now + visit.begin_s for visit in visits[first + 1 : last]]
        start_s, end_s = now + visits[first].begin_s, now + visits[last].arrive_s
        placed = tuple((last - leg, _moved(rest, now)) for leg, rest in rests if first < leg <= last)
        terms = replace(
            offer,
            from_s=start_s if first else offer.from_s,
            most_m=offer.most_m - (sum(ways) - metres),
            approach_m=0.0 if first else offer.approach_m,
            end_m=offer.end_m if last == calls[-1] else None,
            reloads=False,
            rests=tuple(rest for _, rest in placed) if len(calls) > 2 else offer.rests,
        )
        chosen = list(parcels[first - calls.index(first) : last - calls.index(last)])
        yield Planned(route.vehicle, terms, chosen, begins_s, start_s, end_s, metres, placed)


def _moved(rest: Break, by_s: float) -> Break:
    """A break on another clock."""
    return Break(rest.duration_s, max(0.0, rest.earliest_s + by_s), rest.latest_s + by_s)


def _rests(instance: DeliveryInstance, route: Route, table: Timetable) -> Iterator[tuple[int, Break]]:
    """Breaks of a route, each with the visit to which the leg leads on which it is taken."""
    for rest, (begins_s, _) in zip(rests_of(instance.vehicles[route.vehicle]), table.rests, strict=True):
        yield sum(visit.leave_s <= begins_s for visit in table.visits[:-1]), rest
