"""The vans' side of the dock: parcels wait for their wave, routes are planned at its cutoff, what failed goes again.

A slot is a carrier service to everybody else. A parcel is meant for the wave that serves its slot on the promised day;
if it misses that one, it goes with the next at any hour. Where a desk assigns parcels to carriers, each wave's plan
decides in one optimum who brings what: a parcel that costs a van more than its carrier asks is handed over to the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import isfinite, isnan, nan

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.fleet import Fleet, FleetWave, Point
from fulfillsim.domain.records import Scan
from fulfillsim.optim.delivery.instance import Break
from fulfillsim.sim.carrier_desk import CarrierDesk
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.fleet.driving import Trip, VanState
from fulfillsim.sim.fleet.fetching import Fetching
from fulfillsim.sim.fleet.outsourcing import Outsourcing
from fulfillsim.sim.fleet.parcel import Collection, Parcel
from fulfillsim.sim.fleet.planning import Offer, Planner
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Mark, Order

SAME_S = 1.0
"""Seconds by which a promise may differ from the end of a slot and still be meant by it."""


class FleetDepot:
    """All vans of a fleet, and the parcels that they have or will have.

    Attributes
    ----------
    waiting
        Parcels at the dock.
    fetching
        What they bring home from customers.
    departed
        Called whenever a wave leaves and other departures come next.
    """

    def __init__(self, model: Model, fleet: Fleet, desk: CarrierDesk | None = None) -> None:
        self.model, self.fleet, self.planner = model, fleet, Planner(fleet)
        self.streams, self.roads = model.tape.streams, self.planner.roads
        self.routes, self.stops = model.trace.tables["routes"], model.trace.tables["stops"]
        self.rests, self.loads = model.trace.tables["rests"], model.trace.tables["loads"]
        self.places_m = places_of(model, fleet)
        self.waiting: list[Parcel] = []
        self.fetching, self.outsourcing = Fetching(self), Outsourcing(model, desk)
        self.departed: Callable[[], None] = lambda: None
        self.vans = [VanState(number, van) for number, van in enumerate(fleet.vans)]
        self.most = tuple(max((van.capacity[d] for van in fleet.vans), default=0.0) for d in range(3))
        self.slots = {slot.lane: number for number, slot in enumerate(fleet.slots)}
        self.n_routes = 0
        self.first_attempt = model.tape.uniforms("first_attempt")
        self._await(0)
        model.afterwards.append(self.close)

    def _await(self, number: int) -> None:
        """Put the next wave's cutoff into the event list."""
        waves = self.fleet.waves
        if number < len(waves) and waves[number].cutoff_s <= self.model.world.days.end_s:
            cutoff_s = max(0.0, waves[number].cutoff_s)
            self.model.engine.call_at(cutoff_s, Rank.DECIDE, lambda now: self._dispatch(number, now))

    def stage(self, order: Order, lane: int, now: float) -> None:
        """Take a packed parcel in; it may still join a loaded van."""
        number = self.slots[lane]
        slot = self.fleet.slots[number]
        wave, day = self._wave_for(order, number, now)
        second = self.model.world.days.second
        window = second(day, slot.opens_s), second(day, slot.closes_s)
        parcel = Parcel(order, lane, self.place_of(order), self.size_of(order), now, wave, *window)
        self.waiting.append(parcel)
        if self.fleet.insert_cost is not None:
            self._join(parcel, now)

    def _wave_for(self, order: Order, slot: int, now: float) -> tuple[int, int]:
        """Wave and day: those that were promised, else the next to come for this slot."""
        days, waves = self.model.world.days, self.fleet.waves
        if isfinite(order.promise_s):
            day = days.of(order.promise_s - SAME_S)
            promised_s = days.second(day, self.fleet.slots[slot].closes_s)
            if abs(promised_s - order.promise_s) <= SAME_S:
                for number, wave in enumerate(waves):
                    if wave.day == day and slot in wave.slots:
                        return number, day
        coming = (n for n, wave in enumerate(waves) if slot in wave.slots and wave.cutoff_s >= now)
        number = next(coming, len(waves) - 1)
        return number, waves[number].day

    def place_of(self, order: Order) -> Point:
        """Where its customer lives; NaN where no van goes."""
        return float(self.places_m[order.row, 0]), float(self.places_m[order.row, 1])

    def size_of(self, order: Order) -> tuple[float, float, float]:
        """Parcels, kilograms and litres; what no van could hold fills the largest."""
        boxes = self.model.packing.boxes([order])
        needed = (float(len(boxes.order)), float(boxes.weight_kg.sum()), float(boxes.volume_l.sum()))
        parcels, weight, volume = (min(pair) for pair in zip(needed, self.most, strict=True))
        return parcels, weight, volume

    # --- planning -----------------------------------------------------------------------------------------------

    def _dispatch(self, number: int, now: float) -> None:
        """Plan routes for what has to go with this wave."""
        self._await(number + 1)
        wave = self.fleet.waves[number]
        due = [parcel for parcel in self.waiting if parcel.wave <= number]
        vans = [(van, offer) for van in self.vans if (offer := self._offer(van, wave, now)) is not None]
        ordinal = self.model.world.days.ordinal(wave.day)
        seed = int(self.streams.hashed_uniform("policy:wave", ordinal, int(wave.time_s)) * 2**31)
        offers, asked = [offer for _, offer in vans], self.outsourcing.asks(due, now)
        taken: set[int] = set()
        for planned in self.planner.wave([*due, *self.fetching.waiting], offers, now, seed, asked):
            van, offer = vans[planned.offer]
            van.trips.append(Trip(self, van, wave, planned))
            van.rested.update(rest.earliest_s for rest in offer.rests)
            taken.update(map(id, planned.parcels))
        given = self.outsourcing.hand_over(due, asked, taken, now)
        self.waiting = [parcel for parcel in self.waiting if id(parcel) not in taken and id(parcel) not in given]
        self.fetching.taken(taken)
        n_taken = sum(id(parcel) in taken for parcel in due)
        n_left = len(due) - n_taken - len(given)
        self.model.trace.tables["pickups"].add(self.fleet.carrier, now, n_taken, n_left, True)
        self.model.engine.call_at(max(now, wave.time_s), Rank.OBSERVE, self._left)

    def _offer(self, van: VanState, wave: FleetWave, now: float) -> Offer | None:
        """What a van could do in this wave; None if its shift is over, or it is back too late."""
        days, plan = self.model.world.days, van.plan
        is_used = van.last_day == wave.day or bool(van.trips)
        depot_m, end_m = self.fleet.depot_m, plan.ends_m if self._is_last(wave) else None
        start_m = depot_m if is_used or plan.starts_m is None else plan.starts_m
        approach_m, approach_s = self.roads.metres(start_m, depot_m), self.roads.usual_s(start_m, depot_m)
        begins_s = days.second(wave.day, plan.from_s)
        begins_s = self.roads.arrives_s(start_m, depot_m, max(now, begins_s)) if approach_m else begins_s
        from_s, until_s = max(now, wave.time_s, van.free_s, begins_s), days.second(wave.day, plan.until_s)
        most_m = plan.most_m - van.way_m.get(wave.day, 0.0) - approach_m
        if from_s >= until_s or most_m <= 0:
            return None
        cost = 0.0 if is_used else plan.cost_per_day + plan.cost_per_m * approach_m + plan.cost_per_s * approach_s
        rests = tuple(self._rests(van, wave, from_s))
        return Offer(plan, from_s, until_s, cost, rests, most_m, approach_m, end_m, plan.reloads)

    def _is_last(self, wave: FleetWave) -> bool:
        """Whether no wave leaves later on its day."""
        return not any(other.day == wave.day and other.time_s > wave.time_s for other in self.fleet.waves)

    def _rests(self, van: VanState, wave: FleetWave, from_s: float) -> Iterator[Break]:
        """Breaks to be taken on a route of this wave: not those taken before, at the depot, or with the next wave."""
        day, second = wave.day, self.model.world.days.second
        waits_s = max(van.free_s, van.home_s, second(day, van.plan.from_s))
        later_s = min((w.time_s for w in self.fleet.waves if w.day == day and w.time_s > wave.time_s), default=np.inf)
        for rest in van.plan.rests:
            earliest_s, latest_s = second(day, rest.from_s), second(day, rest.until_s)
            is_taken = earliest_s in van.rested or max(waits_s, earliest_s) + rest.duration_s <= from_s
            if not is_taken and later_s > latest_s:
                yield Break(rest.duration_s, earliest_s, max(latest_s, from_s))

    def _left(self, now: float) -> None:
        """The wave is gone: other departures come next, and who was left behind is told."""
        self.departed()
        if self.model.communication is not None:
            self.model.communication.left_behind([parcel.order for parcel in self.waiting], now)

    def _join(self, parcel: Parcel, now: float) -> None:
        """Put a parcel of today, or a late one, on a van that has not left, if that is cheap."""
        today = self.model.world.days.of(now)
        loaded = [van.trips[-1] for van in self.vans if van.trips and van.trips[-1].is_loaded]
        if not loaded or self.fleet.waves[parcel.wave].day > today:
            return
        offers = [
            replace(trip.offer, from_s=max(trip.at_dock_s(now), trip.offer.from_s), fixed_cost=0.0) for trip in loaded
        ]
        planned = self.planner.one_more(parcel, [trip.left for trip in loaded], offers, now)
        if planned is not None:
            loaded[planned.offer].follow(planned)
            self.waiting.remove(parcel)

    # --- on the road --------------------------------------------------------------------------------------------

    def take_number(self) -> int:
        """Number of a new route."""
        self.n_routes += 1
        return self.n_routes - 1

    def departs(self, route: int, parcels: Sequence[Parcel], now: float) -> None:
        """A van leaves with these."""
        listener = self.model.communication
        for parcel in _brought(parcels):
            is_first = isnan(parcel.departed_s)
            if is_first:
                parcel.departed_s = now
                self.loads.add(route, parcel.order.row, now)
                parcel.scans.append((Scan.PICKED_UP, now))
            parcel.scans.append((Scan.OUT_FOR_DELIVERY, now))
            parcel.told_s = parcel.planned_s
            if listener is not None:
                listener.on_its_way(parcel.order, parcel.planned_s, is_first, now)
                if is_first and now < parcel.order.promise_s < np.inf:
                    self._watch(parcel)

    def _watch(self, parcel: Parcel) -> None:
        """When its promise ends, its customer may ask."""

        def ends(now: float) -> None:
            if not self._is_delivered(parcel):
                self.model.communication.overdue(parcel.order, now)

        self.model.engine.call_at(parcel.order.promise_s + SAME_S, Rank.OBSERVE, ends)

    def _is_delivered(self, parcel: Parcel) -> bool:
        return bool(parcel.scans) and parcel.scans[-1][0] == Scan.DELIVERED

    def tell(self, parcels: Sequence[Parcel], etas: Sequence[float], now: float) -> None:
        """Customers hear of a time that has moved."""
        for parcel, eta_s in zip(parcels, etas, strict=True):
            if not parcel.pickup and abs(eta_s - parcel.told_s) > self.fleet.tell_after_s:
                parcel.told_s = eta_s
                if self.model.communication is not None:
                    self.model.communication.eta_moved(parcel.order, eta_s, now)

    def opens(self, parcel: Parcel) -> bool:
        """Whether somebody opens at this attempt; at a wrong address nobody does the first time."""
        order, number = parcel.order, parcel.n_attempts
        if isinstance(parcel, Collection):
            return self.fetching.opens(parcel)
        if number == 0 and order.marks & Mark.ERROR and order.marks & Mark.WRONG_ADDRESS:
            return False
        if number == 0 and order.n_parcel == 0:
            u = float(self.first_attempt[order.row])
        else:
            u = self.streams.hashed_uniform("first_attempt", *parcel.keys)
        return u >= self.fleet.failed_attempt_prob

    def attempted(self, parcel: Parcel, opened: bool, now: float) -> None:
        """A van was at the door."""
        if isinstance(parcel, Collection):
            self.fetching.attempted(parcel, opened)
            return
        listener = self.model.communication
        if parcel.n_attempts == 0:
            parcel.attempted_s = now
        parcel.scans.append((Scan.DELIVERED if opened else Scan.FAILED_ATTEMPT, now))
        if opened:
            self._settle(parcel, now)
            if self.model.returns is not None:
                self.model.returns.delivered([parcel.order], np.array([now]))
            if listener is not None:
                listener.handed_over(parcel.order, now, _is_wrong(parcel.order))
            return
        parcel.n_attempts += 1
        if listener is not None:
            listener.nobody_opened(parcel.order, now)

    def take_back(self, parcels: Sequence[Parcel], now: float) -> None:
        """A van brings back what nobody took: it goes again with the next wave, or back to the shelf for good."""
        for parcel in parcels:
            if isinstance(parcel, Collection):
                self.fetching.brought_home(parcel, now)
                continue
            if parcel.n_attempts < self.fleet.n_attempts:
                parcel.scans.append((Scan.AT_DEPOT, now))
                parcel.wave = -1
                self.waiting.append(parcel)
                continue
            parcel.scans.append((Scan.LOST, now))
            self._settle(parcel, nan, lost=True)
            if self.model.communication is not None:
                self.model.communication.cancelled(parcel.order, now)

    def _settle(self, parcel: Parcel, delivered_s: float, lost: bool = False, is_open: bool = False) -> None:
        """Write a parcel down with everything that tracking showed."""
        order, tables = parcel.order, self.model.trace.tables
        boxes = self.model.packing.boxes([order])
        first, n = self.model.n_parcels, len(boxes.order)
        self.model.n_parcels += n
        times = (parcel.staged_s, parcel.departed_s, 0.0, parcel.attempted_s, delivered_s)
        fate = (lost, _is_wrong(order), boxes.carton, boxes.content_l, boxes.weight_kg, False)
        tables["parcels"].add_block(order.row, parcel.lane, boxes.units, boxes.weight_kg, 0.0, *times, *fate)
        for kind, time_s in parcel.scans:
            tables["scans"].add_block(np.arange(first, first + n), kind, time_s)
        if not is_open:
            self.model.gone(order)

    def close(self) -> None:
        """When the clock stops: parcels that have been out and are neither delivered nor given up, and open routes."""
        for van in self.vans:
            for trip in van.trips:
                if van.is_out and trip is van.trips[0]:
                    trip.write(nan)
                    under_way = (*trip.left, *trip.came_back, *trip.at_door)
                else:
                    under_way = tuple(trip.left)
                self.waiting += [parcel for parcel in under_way if not self._is_delivered(parcel)]
        for parcel in self.waiting:
            if isfinite(parcel.departed_s):
                self._settle(parcel, nan, is_open=True)


def _brought(parcels: Sequence[Parcel]) -> list[Parcel]:
    """Those that leave the depot."""
    return [parcel for parcel in parcels if not parcel.pickup]


def _is_wrong(order: Order) -> bool:
    """Whether the wrong goods come."""
    marks = order.marks
    return bool((marks & Mark.ERROR and not marks & Mark.WRONG_ADDRESS) or marks & Mark.MISPICK)


def places_of(model: Model, fleet: Fleet) -> NDArray[np.float64]:
    """Where each order's customer lives, drawn at the order's birth; shape (n, 2), NaN where no van goes."""
    from scipy.special import ndtri

    tape = model.tape
    u = np.stack([tape.uniforms("zone:east"), tape.uniforms("zone:north")], axis=1)
    return np.asarray(fleet.zone_m[tape.zone] + fleet.spread_m[tape.zone][:, None] * ndtri(u))
