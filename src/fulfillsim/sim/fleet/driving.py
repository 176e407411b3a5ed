"""A route being driven: legs and doors take as long as chance says, and who runs late re-orders what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isnan, nan
from typing import TYPE_CHECKING

from fulfillsim.domain.fleet import FleetWave, Point, Van
from fulfillsim.optim.delivery.instance import Break
from fulfillsim.optim.delivery.timing import resting
from fulfillsim.sim.engine import Alarm, Rank
from fulfillsim.sim.fleet.parcel import Collection, Parcel
from fulfillsim.sim.fleet.planning import Planned

if TYPE_CHECKING:
    from fulfillsim.sim.fleet.depot import FleetDepot


class VanState:
    """A van through the days.

    Attributes
    ----------
    trips
        What it still has to drive, the one under way first.
    is_out
        Whether it is on the road.
    last_day
        Last day on which it was used.
    home_s
        Last return.
    rested
        Breaks that some route holds, by the second from which they may be taken.
    way_m
        Meters of each day, as driven or else as planned.
    """

    def __init__(self, number: int, plan: Van) -> None:
        self.number, self.plan = number, plan
        self.trips: list[Trip] = []
        self.is_out = False
        self.last_day = -1
        self.home_s = 0.0
        self.rested: set[float] = set()
        self.way_m: dict[int, float] = {}

    @property
    def free_s(self) -> float:
        """When it is back for good, by plan."""
        return self.trips[-1].end_s if self.trips else 0.0


class Trip:
    """One trip of one van, from the depot and back; it may begin and end elsewhere.

    Attributes
    ----------
    left
        Parcels still to be brought, in order.
    at_door
        The parcel on its way to its door, or there.
    came_back
        Parcels that nobody took.
    rests
        Breaks still to be taken, in order, each with the number of parcels left when it is due by plan.
    end_s
        Return by the present plan.
    """

    def __init__(self, depot: FleetDepot, van: VanState, wave: FleetWave, planned: Planned) -> None:
        self.depot, self.van, self.wave, self.offer = depot, van, wave, planned.terms
        self.number = depot.take_number()
        self.planner, self.engine, self.fleet = depot.planner, depot.model.engine, depot.fleet
        self.roads, self.end_m = self.planner.roads, self.offer.end_m or self.fleet.depot_m
        self.counted_m = 0.0
        self.came_back: list[Parcel] = []
        self.at_door: list[Parcel] = []
        self.start_s, self.distance_m, self.n_stops = nan, 0.0, 0
        self.alarm: Alarm | None = None
        self.is_due = False
        self.follow(planned)

    @property
    def is_loaded(self) -> bool:
        """Whether it stands at the depot and could take one parcel more."""
        return isnan(self.start_s)

    def follow(self, planned: Planned) -> None:
        """Take over a plan, before departure."""
        self._count(planned.metres + self.offer.approach_m)
        self.left, self.planned, self.rests = list(planned.parcels), planned, list(planned.rests)
        self.end_s = planned.end_s
        for parcel, begin_s in zip(planned.parcels, planned.begins_s, strict=True):
            parcel.planned_s = begin_s
        if self.alarm is not None:
            self.alarm.cancel()
        self.is_due = False
        self.alarm = self.engine.call_at(max(self.planned_start_s, self.engine.now), Rank.DECIDE, self.leave)

    @property
    def planned_start_s(self) -> float:
        """When it sets out by plan: where it stands in the morning, or at the depot."""
        start_m = self.van.plan.starts_m if self.offer.approach_m else None
        start_s = self.planned.start_s
        return start_s if start_m is None else self.roads.leaves_s(start_m, self.fleet.depot_m, start_s)

    def at_dock_s(self, now: float) -> float:
        """When it could be at the dock if it set out now."""
        start_m = self.van.plan.starts_m if self.offer.approach_m else None
        return now if start_m is None else self.roads.arrives_s(start_m, self.fleet.depot_m, now)

    def _count(self, metres: float) -> None:
        """Count the way of this trip among those of its van and day."""
        day = self.wave.day
        self.van.way_m[day] = self.van.way_m.get(day, 0.0) + metres - self.counted_m
        self.counted_m = metres

    def leave(self, now: float) -> None:
        """Set out, as soon as the van is there."""
        if self.van.is_out or self.van.trips[0] is not self:
            self.is_due = True
            return
        self.van.is_out, self.start_s = True, now
        if self.offer.approach_m:
            start_m = self.van.plan.starts_m or self.fleet.depot_m
            self._drive(start_m, self.fleet.depot_m, now, (self.number, -2, 0), self._load, rests=False)
        else:
            self._load(now)

    def _load(self, now: float) -> None:
        """Load at the dock, not before the plan says, and drive off."""
        begins_s = max(now, self.planned.start_s) if self.offer.approach_m else now
        leaves_s = begins_s + self.fleet.loading_s
        if leaves_s > now:
            self.engine.call_at(leaves_s, Rank.COMPLETE, self._drive_off)
        else:
            self._drive_off(now)

    def _drive_off(self, now: float) -> None:
        self.depot.departs(self.number, self.left, now)
        self._drive_on(self.fleet.depot_m, now)

    def _drive_on(self, here: Point, now: float) -> None:
        """To the next door, or home."""
        if not self.left:
            self._drive(here, self.end_m, now, (self.number, -1, 0), self._home)
            return
        self._reconsider(here, now)
        parcel = self.left.pop(0)
        self.at_door = [parcel]
        self._drive(here, parcel.place_m, now, parcel.keys, lambda at_s: self._arrive(parcel, at_s))

    def _drive(
        self,
        here: Point,
        there: Point,
        now: float,
        keys: tuple[int, int, int],
        then: Callable[[float], None],
        rests: bool = True,
    ) -> None:
        self.distance_m += self.roads.metres(here, there)
        factor = self.fleet.travel.quantile_one(self.depot.streams.hashed_uniform("travel", *keys))
        reached_s = self.roads.arrives_s(here, there, now, factor)
        due = self._due(self.roads.arrives_s(here, there, now)) if rests and self.rests else []
        while rests and self.rests and reached_s > self.rests[0][1].latest_s:  # the road is longer than foreseen
            rest = self.rests.pop(0)[1]
            due.append(replace(rest, earliest_s=max(now, rest.latest_s)))
        spans: list[tuple[float, float]] = []
        arrives_s = resting(due, now, reached_s, spans)
        for rest, span in zip(due, spans, strict=True):
            self.depot.rests.add(self.number, self.van.number, *span, rest.latest_s)
        self.engine.call_at(arrives_s, Rank.COMPLETE, then)

    def _due(self, eta_s: float) -> list[Break]:
        """Breaks of the leg that begins: those of the plan, and those that would begin too late on the next one."""
        due, n_left = [], len(self.left) + len(self.at_door)
        leaves_s = max([eta_s, *(parcel.opens_s for parcel in self.at_door)]) + self.planner.door_s
        while self.rests and (self.rests[0][0] >= n_left or leaves_s > self.rests[0][1].latest_s):
            due.append(self.rests.pop(0)[1])
        return due

    def _reconsider(self, here: Point, now: float) -> None:
        """Re-order the rest of a late route, and tell customers what has become of their time."""
        limit_s, etas = self.fleet.replan_after_s, self.planner.etas(here, now, self.left, self.rests)
        if limit_s is not None and len(self.left) > 1 and etas[0] > self.left[0].planned_s + limit_s:
            keys = (self.depot.model.world.days.of(now), self.number, len(self.left))
            seed = int(self.depot.streams.hashed_uniform("policy:route", *keys) * 2**31)
            rests = tuple(rest for _, rest in self.rests)
            most_m = self.offer.most_m + self.offer.approach_m - self.distance_m
            terms = replace(self.offer, van=self._with_room(), rests=(), most_m=most_m)
            self.left = self.planner.rest(here, self.left, terms, now, seed)
            self.rests = self.planner.place_rests(here, self.left, replace(self.offer, rests=rests), now)
            etas = self.planner.etas(here, now, self.left, self.rests)
            for parcel, eta_s in zip(self.left, etas, strict=True):
                parcel.planned_s = eta_s
        leaves_s = etas[-1] + self.planner.door_s
        home_s = self.roads.arrives_s(self.left[-1].place_m, self.end_m, leaves_s)
        self.end_s = resting([rest for left, rest in self.rests if not left], leaves_s, home_s, [])
        self.depot.tell(self.left, etas, now)

    def _with_room(self) -> Van:
        """The van, with the room that what stays on board leaves to what is still to be fetched."""
        van = self.van.plan
        if not any(parcel.pickup for parcel in self.left):
            return van
        on_board = [sum(parcel.size[d] for parcel in self.came_back) for d in range(3)]
        first, second, third = (max(0.0, room - used) for room, used in zip(van.capacity, on_board, strict=True))
        return replace(van, capacity=(first, second, third))

    def _has_room(self, parcel: Parcel) -> bool:
        """Whether something still fits beside what is on board, which may be more than planned: nobody took it."""
        if not parcel.pickup:
            return True
        on_board = [*self.came_back, parcel, *(other for other in self.left if not other.pickup)]
        return all(sum(each.size[d] for each in on_board) <= self.van.plan.capacity[d] + 1e-9 for d in range(3))

    def _arrive(self, parcel: Parcel, now: float) -> None:
        """Wait for the window to open, then ring."""
        begin_s = max(now, parcel.opens_s)
        self.engine.call_at(begin_s, Rank.COMPLETE, lambda at_s: self._ring(parcel, now, at_s))

    def _ring(self, parcel: Parcel, arrived_s: float, now: float) -> None:
        depot, keys, planned_s = self.depot, parcel.keys, parcel.planned_s
        opened = depot.opens(parcel) and self._has_room(parcel)
        self.at_door = []
        left_s = now + self.fleet.at_door.quantile_one(depot.streams.hashed_uniform("stop_service", *keys))
        self.n_stops += 1
        row = (parcel.order.row, *keys[1:], parcel.opens_s, parcel.closes_s, planned_s, arrived_s, now, left_s, opened)
        depot.stops.add(self.number, *row)
        depot.attempted(parcel, opened, now)
        if not opened or isinstance(parcel, Collection):
            self.came_back.append(parcel)
        self.engine.call_at(left_s, Rank.COMPLETE, lambda at_s: self._drive_on(parcel.place_m, at_s))

    def _home(self, now: float) -> None:
        self.end_s = self.van.home_s = now
        self.write(now)
        self.van.is_out = False
        self.van.trips.remove(self)
        self.depot.take_back(self.came_back, now)
        if self.van.trips and self.van.trips[0].is_due:
            self.van.trips[0].leave(now)

    def write(self, end_s: float) -> None:
        """Write the route down; the first of a van and day bears the cost of using it."""
        days, van = self.depot.model.world.days, self.van.plan
        day = days.of(self.start_s)
        known_s = self.depot.model.engine.now if isnan(end_s) else end_s
        shift_ends_s = max(self.start_s, days.second(day, van.until_s))
        overtime_s = max(0.0, known_s - shift_ends_s)
        cost = van.cost_per_m * self.distance_m + van.cost_per_s * (known_s - self.start_s)
        cost += van.overtime_per_s * overtime_s + (van.cost_per_day if self.van.last_day != day else 0.0)
        self.van.last_day = day
        self._count(self.distance_m)
        plan = self.planned
        times = (self.wave.time_s, self.planned_start_s, self.start_s, plan.end_s, end_s)
        row = (*times, plan.metres + self.offer.approach_m, self.distance_m, self.n_stops, overtime_s, cost)
        self.depot.routes.add(self.number, self.van.number, *row)
