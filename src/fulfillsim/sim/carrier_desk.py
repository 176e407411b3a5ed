"""The carrier desk: at each pickup all waiting parcels are assigned to carrier services anew.

A parcel may leave now, or be meant for a service that leaves later: then it waits and is looked at again when the next
truck comes. Prices are those of the departure's day, chances those of the quoted transit's distribution.

Own vans are no carrier of the desk. They ask it what it would do with their parcels, and hand over those that a van
would cost more to bring (`fulfillsim.sim.fleet.depot`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.delivery import Assignment, CarrierService
from fulfillsim.domain.records import Milestone
from fulfillsim.optim.carrier_assignment import solver
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, CarrierTerms, Services
from fulfillsim.optim.solving import Stop
from fulfillsim.sim.cartons import Boxes
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.handover import Handover
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.transit import Transit
from fulfillsim.sim.waiting import Lot, Waiting
from fulfillsim.sim.week import Week

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FALL_BACK = "cheapest_on_promise"
STAGED = int(Milestone.STAGED)


@dataclass(frozen=True)
class _Truck:
    """The next departure of a carrier service: its carrier and second; its index among all that differ."""

    carrier: int
    time_s: float
    capacity: int | None


class CarrierDesk:
    """Parcels of all carriers in one place, and who takes which.

    Attributes
    ----------
    waiting
        Orders at the dock.
    departed
        Called whenever trucks leave and other departures come next.
    """

    def __init__(self, model: Model, plan: Assignment) -> None:
        assert model.world.delivery is not None
        self.model, self.plan, self.delivery = model, plan, model.world.delivery
        self.carriers, self.days = model.carriers, model.world.days
        self.handovers = [Handover(model, carrier) for carrier in self.delivery.carriers]
        self.week = Week(self.days, self.delivery.carriers)
        self.record, self.pack = model.milestones.hot
        self.price_class = self.carriers.prices.price_class
        self.waiting = Waiting(model.packing)
        self.transit = Transit(self.carriers)
        self.solver = solver(plan.method)
        self.departed: Callable[[], None] = lambda: None
        own = self.delivery.fleet.carrier if self.delivery.fleet is not None else -1
        self.times = [
            [] if service.carrier == own else times
            for service, times in zip(self.delivery.services, self.carriers.lane_times, strict=True)
        ]
        self.may = _may(self.carriers.lanes, len(self.delivery.services))
        self._likely: dict[tuple[int, int, int, int], int] = {}
        others = [(c, carrier) for c, carrier in enumerate(self.delivery.carriers) if c != own]
        due = sorted((d.time_s, c) for c, carrier in others for d in carrier.departures)
        self.pickups = [
            (time_s, sorted({c for _, c in group})) for time_s, group in groupby(due, key=lambda pair: pair[0])
        ]
        self._plan_next(0)

    def _plan_next(self, place: int) -> None:
        if place < len(self.pickups) and self.pickups[place][0] <= self.days.end_s:
            time_s, leaving = self.pickups[place]
            self.model.engine.call_at(time_s, Rank.DECIDE, lambda now: self._pickup(place, leaving, now))

    def stage(self, order: Order, lane: int, now: float) -> None:
        """Take in a packed order; its carrier service is a guess only."""
        del lane
        self.waiting.add(order, now)

    def intake(self, order: Order, now: float) -> None:
        """A packed order comes to the dock."""
        self.record(self.pack(order.row, STAGED, now))
        key = (order.service, order.zone, self.price_class[order.row], order.marks & Mark.HAZMAT)
        if key not in self._likely:
            best = self.carriers.best(*key[:3], bool(key[3]), now)
            self._likely[key] = best.lane if best is not None else -1
        if self._likely[key] < 0:
            self.model.refuse(order, now)
            return
        if self.model.progress is not None:
            self.model.progress.staged(order, self._likely[key], now)
        self.waiting.add(order, now)

    def _pickup(self, place: int, leaving: list[int], now: float) -> None:
        """Trucks of some carriers stand at the dock: decide, and load what goes now."""
        self._plan_next(place + 1)
        self._likely.clear()
        self.departed()
        self.week.begin(now)
        trucks = self._trucks(now)
        lot = self.waiting.all()
        plan = np.array(self._assigned(lot, trucks, now) if lot else (), np.int64)
        goes = (plan >= 0) & np.isin(plan, [lane for lane, truck in enumerate(trucks) if truck.time_s == now])
        left = self.waiting.lot = lot.those(~goes)
        is_due = left["due_s"] <= now
        self._count(lot, plan[goes], goes, leaving, trucks, now)
        for lane in np.unique(plan[goes]).tolist():
            self.handovers[self.delivery.services[lane].carrier].take(lane, lot.those(goes & (plan == lane)), now)
        if self.model.communication is not None:
            self.model.communication.left_behind(left.those(is_due).orders, now)

    def _count(
        self, lot: Lot, lanes: Ints, goes: NDArray[np.bool_], leaving: list[int], trucks: list[_Truck], now: float
    ) -> None:
        """Write down what each truck takes, and what it should have taken."""
        size = np.bincount(lot.boxes.order, minlength=len(lot))
        n_due = int(size[~goes & (lot["due_s"] <= now)].sum())
        carriers = np.array([service.carrier for service in self.delivery.services])
        n_taken = np.bincount(carriers[lanes], size[goes], minlength=len(self.handovers)).astype(int).tolist()
        rooms = {truck.carrier: truck.capacity for truck in trucks if truck.time_s == now}
        for carrier in leaving:
            room = rooms.get(carrier)
            full = room is not None and n_taken[carrier] + 1 > room
            n_left = n_due if full else 0
            self.model.trace.tables["pickups"].add(carrier, now, n_taken[carrier], n_left, self._comes(carrier, now))
            self.handovers[carrier].count(n_taken[carrier], now)
            self.week.count(carrier, n_taken[carrier])

    def asks(self, orders: Sequence[Order], staged_s: Sequence[float], now: float) -> list[float]:
        """Price of orders if they were handed over now, with what waits, and the lateness to be expected; inf: no room.

        A promise that has passed already is no reason for or against anybody.
        """
        self.week.begin(now)
        lot, trucks = self.waiting.all(), self._trucks(now)
        n_waiting, lot = len(lot), lot.followed_by(Lot.of(orders, staged_s, self.model.packing))
        instance = self._instance(lot, trucks, now)
        cost, plan = instance.cost, self._solved(instance, now)
        passed = np.where(lot["promise_s"] < now, self.delivery.lateness_cost_per_order, 0.0)
        return [
            float(cost[row, plan[row]] - passed[row]) if plan[row] >= 0 else inf for row in range(n_waiting, len(lot))
        ]

    def _trucks(self, now: float) -> list[_Truck]:
        """The next truck that goes with each service."""
        return [self._next(lane, service, now) for lane, service in enumerate(self.delivery.services)]

    def _next(self, lane: int, service: CarrierService, now: float) -> _Truck:
        """The next truck that goes with a service, and what it has room for."""
        carrier = self.delivery.carriers[service.carrier]
        times, own = self.carriers.times[service.carrier], self.times[lane]
        place = bisect_left(own, now)
        if place == len(own):
            return _Truck(service.carrier, inf, 0)
        time_s = own[place]
        trucks = carrier.departures[bisect_left(times, time_s) : bisect_right(times, time_s)]
        capacities = [truck.capacity for truck in trucks]
        together = None if None in capacities else sum(capacity or 0 for capacity in capacities)
        return _Truck(service.carrier, time_s, self.handovers[service.carrier].room(together, time_s))

    def _comes(self, carrier: int, now: float) -> bool:
        """Whether one of the trucks of a carrier that are due now is there."""
        return any(d.capacity != 0 for d in self.delivery.carriers[carrier].departures if d.time_s == now)

    # --- the instance -------------------------------------------------------------------------------------------

    def _assigned(self, lot: Lot, trucks: list[_Truck], now: float) -> Services:
        return self._solved(self._instance(lot, trucks, now), now)

    def _solved(self, instance: AssignmentInstance, now: float) -> Services:
        seed = int(self.model.tape.streams.hashed_uniform("policy:assignment", int(now)) * 2**31)
        stop = Stop(iterations=self.plan.budget, seed=seed)
        solution = self.solver.solve(instance, stop)
        if solution.status == "unknown":
            solution = solver(FALL_BACK).solve(instance, stop)
        assert solution.plan is not None, "a rule always has an answer"
        return solution.plan

    def _instance(self, lot: Lot, trucks: list[_Truck], now: float) -> AssignmentInstance:
        """What waits, what each service asks for it, and what carriers allow."""
        n, rows, requested, boxes = len(lot), lot["row"], lot["service"], lot.boxes
        zones = self.model.tape.zone[rows].astype(np.int64)
        hazmat = lot["marks"] & Mark.HAZMAT > 0
        due_day = np.searchsorted(self.handovers[0].midnight_s, lot["promise_s"], side="right") - 1
        price, prob, transit_s = (np.zeros((n, len(trucks))) for _ in range(3))
        for lane, truck in enumerate(trucks):
            service = self.delivery.services[lane]
            quoted = np.asarray(service.quoted_days)[zones]
            barred = (quoted < 0) | ~self.may[requested, lane] | (hazmat & (not service.hazmat))
            if truck.time_s == inf:
                barred[:] = True
            else:
                price[:, lane] = self._prices(lane, boxes, rows, zones, truck.time_s)
                prob[:, lane] = self.transit.chances(lane, truck.time_s, zones, due_day)
                transit_s[:, lane] = self._transit_s(service, zones, truck.time_s, now)
            price[barred, lane] = inf
        size = np.bincount(boxes.order, minlength=n)
        terms, of = self._terms(trucks, int(size.sum()), now)
        late_cost = self.delivery.lateness_cost_per_order
        dearest = np.where(np.isfinite(price), price, 0.0).max(axis=1, initial=0.0)
        return AssignmentInstance(
            price=price,
            on_time_prob=prob,
            transit_s=transit_s,
            carrier=of,
            carriers=terms,
            wait_cost=dearest + late_cost + 1.0 + sum(term.shortfall_cost for term in terms),
            late_cost=late_cost,
            least_prob=self.plan.least_prob,
            size=size,
        )

    def _prices(self, lane: int, boxes: Boxes, rows: Ints, zones: Ints, at_s: float) -> Floats:
        """Price of all parcels of each order with a service."""
        doors = self.model.book.residential[rows][boxes.order]
        pricer, goods = self.carriers.prices.pricers[lane], (boxes.weight_kg, boxes.volume_l)
        charges = pricer.consigned(boxes.order, zones[boxes.order], *goods, at_s, doors)
        return np.asarray(np.bincount(boxes.order, charges.total, minlength=len(rows)), dtype=np.float64)

    def _transit_s(self, service: CarrierService, zones: Ints, departs_s: float, now: float) -> Floats:
        """Expected seconds until the end of the day of the first attempt, shape (n,)."""
        quoted, hand = np.asarray(service.quoted_days), self.handovers[service.carrier]
        by_zone, total = np.zeros(len(quoted)), sum(service.day_probs)
        for offset, share in zip(service.day_offsets, service.day_probs, strict=True):
            day = hand.arrival_days(departs_s, np.maximum(quoted + offset, np.minimum(quoted, 1)))
            by_zone += share / total * (hand.midnight_s[day + 1] - now)
        return np.asarray(by_zone[zones])

    def _terms(
        self, trucks: list[_Truck], n_waiting: int, now: float
    ) -> tuple[tuple[CarrierTerms, ...], tuple[int, ...]]:
        """What each truck may get, and the truck of each service; a commitment is asked of a carrier's first truck."""
        every = sorted(set(trucks), key=lambda truck: (truck.carrier, truck.time_s))
        terms, seen = [], set()
        for truck in every:
            carrier = self.delivery.carriers[truck.carrier]
            share = self.week.allowance(truck.carrier, n_waiting)
            room = (
                truck.capacity if share is None else min(share, n_waiting if truck.capacity is None else truck.capacity)
            )
            committed, cost = 0, 0.0
            if carrier.commitment is not None and truck.carrier not in seen and truck.time_s < inf:
                committed = self.week.committed(truck.carrier, truck.time_s)
                cost = carrier.commitment.shortfall_cost
            seen.add(truck.carrier)
            terms.append(CarrierTerms(room, 1.0, committed, cost))
        return tuple(terms), tuple(every.index(truck) for truck in trucks)


def _may(lanes: Sequence[Sequence[int]], n_services: int) -> NDArray[np.bool_]:
    """Which carrier services may serve each requested service, shape (n_requested, n_services)."""
    may = np.zeros((len(lanes), n_services), np.bool_)
    for service, chosen in enumerate(lanes):
        may[service, list(chosen)] = True
    return may
