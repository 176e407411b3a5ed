"""The backlog in hours of work, and when the people rostered will have done it.

Work is what is expected of an order that has been promised and has not passed a station: by the station's time, and for
walked tours by the seconds a line on full carts of the run's first orders. A station's people could do it all if they
did nothing else; stations that share people share their hours. So the answer is a lower bound, and exact where one
station is the bottleneck. Kept only where a promise policy asks for it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.fulfillment import Fulfillment, Picking, Release
from fulfillsim.domain.work_clock import WorkClock, capacity
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.paths import Paths
from fulfillsim.sim.walking import tour_time

Floats = NDArray[np.float64]
PICKING = "picking"
SAMPLE, FULL = 240, 10
"""Orders on whose tours picking is measured, and those on a cart where only its load is limited."""


class Backlog:
    """Expected seconds of work of promised orders, by place: picking as a whole, and each staffed step.

    Attributes
    ----------
    waiting_s
        Place to the seconds of work that wait for it.
    """

    def __init__(self, model: Model) -> None:
        plan = model.world.fulfillment
        self.model, self.plan = model, plan or Fulfillment(Release(), None, ())
        self.roles = {place: roles for place, roles in self._roles() if roles}
        self.waiting_s = dict.fromkeys(self.roles, 0.0)
        self._is_open = {place: bytearray(len(model.tape)) for place in self.roles}
        self._groups = list(self._shared())

    def enters(self, order: Order, now: float) -> None:
        """An order is promised, and its goods are there."""
        for place, need_s in self._need_s.items():
            if not self._is_open[place][order.row]:
                self._is_open[place][order.row] = 1
                self.waiting_s[place] += need_s[order.row]

    def leaves(self, place: str) -> Intake:
        """What an order calls when it has passed a place: nothing is to be done there, nor at those before it."""
        chain = [PICKING, *(step.station.name for step in self.plan.steps)]
        passed = [each for each in chain[: chain.index(place) + 1] if each in self.roles]

        def intake(order: Order, now: float) -> None:
            for each in passed:
                self._done(each, order.row)

        return intake

    def gone(self, order: Order, now: float) -> None:
        """An order will pass no place any more."""
        for place in self.waiting_s:
            self._done(place, order.row)

    def cleared_s(self, row: int, now: float) -> float:
        """When everything that waits will be done, and this order as well; infinite if people are rostered no more."""
        need_s, waiting_s, cleared_s = self._need_s, self.waiting_s, now
        for places, clock in self._groups:
            work_s = 0.0
            for place in places:
                work_s += waiting_s[place] + need_s[place][row]
            cleared_s = max(cleared_s, clock.when(now, work_s))
        return cleared_s

    def _done(self, place: str, row: int) -> None:
        if self._is_open[place][row]:
            self._is_open[place][row] = 0
            self.waiting_s[place] -= self._need_s[place][row]

    def _roles(self) -> Iterator[tuple[str, list[int]]]:
        """Index of each role that can work at a place."""
        stations = {step.station.name: frozenset({step.station.name}) for step in self.plan.steps}
        for place, names in {PICKING: self.plan.picking_stations, **stations}.items():
            skills = [{skill.station for skill in role.skills} for role in self.model.world.staff]
            yield place, [index for index, known in enumerate(skills) if known & names]

    def _shared(self) -> Iterator[tuple[list[str], WorkClock]]:
        """Each place with its people, and places that share people with all of these."""
        staff = self.model.world.staff
        for place, roles in self.roles.items():
            yield [place], capacity(staff[index] for index in roles)
        left = dict(self.roles)
        while left:
            together, people = _connected(left)
            if len(together) > 1:
                yield together, capacity(staff[index] for index in sorted(people))
            left = {place: crew for place, crew in left.items() if place not in together}

    @cached_property
    def _need_s(self) -> dict[str, array[float]]:
        """The same as plain numbers, which are quicker one by one; worked out when the first order comes."""
        return {place: array("d", need_s.tobytes()) for place, need_s in self._expected_s().items()}

    def _expected_s(self) -> dict[str, Floats]:
        """Expected seconds of each order at each place, shape (n,)."""
        paths, book = Paths(self.model), self.model.book
        found: dict[str, Floats] = {}
        for step in self.plan.steps:
            if step.station.name in self.roles and step.station.time is not None:
                need_s = book.mean_s(step.station.name, step.station.time)
                found[step.station.name] = need_s if step.only is None else need_s * paths.meets(step.only)
        if PICKING in self.roles:
            pickings = [*(path.picking or self.plan.picking for path in self.plan.paths), self.plan.picking]
            found[PICKING] = np.zeros(len(self.model.tape))
            for number, picking in enumerate(pickings):
                rows = np.flatnonzero(paths.number == number)
                if picking is not None and len(rows):
                    found[PICKING][rows] = self._picked_s(picking, rows)
        return found

    def _picked_s(self, picking: Picking, rows: NDArray[np.int64]) -> Floats:
        """Expected seconds of picking these orders."""
        on_cart = picking.batch.max_orders or FULL
        if picking.tour is not None:
            return self._walked_s(picking, rows, on_cart)
        times = [(zone.station.name, zone.station.time) for zone in picking.zones if zone.station.time is not None]
        each_s = np.mean([self.model.book.mean_s(name, time)[rows] for name, time in times], axis=0)
        return np.asarray(each_s / on_cart if picking.per == "tour" else each_s)

    def _walked_s(self, picking: Picking, rows: NDArray[np.int64], on_cart: int) -> Floats:
        timed = tour_time(self.model, picking, picking.zones[0])
        sample = [next(self.model.book.orders(row, row + 1)) for row in rows[:SAMPLE].tolist()]
        carts = [sample[first : first + on_cart] for first in range(0, len(sample), on_cart)]
        total_s = sum(sum(timed(cart)[1:]) for cart in carts)
        n_lines = self.model.tape.n_lines[rows]
        return np.asarray(total_s / max(1, n_lines[:SAMPLE].sum()) * n_lines)


def _connected(crews: dict[str, list[int]]) -> tuple[list[str], set[int]]:
    """The first place, all that share people with it, directly or by others, and these people."""
    places, roles = [next(iter(crews))], set(next(iter(crews.values())))
    for _ in crews:
        for place, crew in crews.items():
            if place not in places and roles.intersection(crew):
                places.append(place)
                roles.update(crew)
    return places, roles
