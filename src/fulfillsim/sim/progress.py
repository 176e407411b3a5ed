"""How far open orders have come, and how long others took from there to the dock.

Times are counted by the clock of presence: hours in which nobody of the house is rostered are none. Kept only where a
policy asks for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.work_clock import presence
from fulfillsim.domain.world import World
from fulfillsim.policies.notification import NOTIFICATION
from fulfillsim.policies.promising import EXPERIENCE, looks_at
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.paths import Paths

Floats = NDArray[np.float64]
ENOUGH, MOST = 20, 500
"""Orders of a kind that make an experience, and how many of the latest are remembered."""


class Stage:
    """Where an accepted order stands; plain numbers, which index arrays quicker than an enumeration."""

    WAITING = 0
    """For goods."""
    READY = 1
    """Promised, its goods reserved, not picked."""
    PICKED = 2
    STAGED = 3
    """At the dock."""


class Experience:
    """The latest times that orders of a kind took (seconds of presence)."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=MOST)
        self._law, self._steps = np.empty(0), list[float]()
        self._n_new = 0

    def __len__(self) -> int:
        return len(self._times)

    def add(self, time_s: float) -> None:
        """Remember one more."""
        self._times.append(time_s)
        self._n_new += 1

    @property
    def law(self) -> Floats:
        """Times in rising order; as old as `ENOUGH` orders at most."""
        self._look()
        return self._law

    @property
    def steps(self) -> list[float]:
        """The same as a list, which is quicker for one question at a time."""
        self._look()
        return self._steps

    def _look(self) -> None:
        if self._n_new >= min(ENOUGH, len(self._times)) > 0:
            self._law, self._n_new = np.sort(np.fromiter(self._times, np.float64)), 0
            self._steps = self._law.tolist()


class Progress:
    """Progress of all orders; arrays of shape (n,) by row.

    Attributes
    ----------
    stage, lane, due_s
        Where each stands, its carrier service and its due departure.
    since
        Reading of the clock at which it came to each stage, shape (n_stages, n); NaN where it has not been.
    group
        Orders of one client, requested service and path are of a kind.
    """

    def __init__(self, model: Model) -> None:
        tape, n = model.tape, len(model.tape)
        self.clock = presence(model.world)
        self.stage, self.lane = np.zeros(n, np.int8), np.zeros(n, np.int16)
        self.due_s, self.since = np.full(n, np.inf), np.full((Stage.STAGED + 1, n), np.nan)
        kinds = np.stack([tape.client, tape.service, Paths(model).number]).astype(np.int64)
        self.group = np.unique(kinds, axis=1, return_inverse=True)[1].ravel().astype(np.int64)
        self._stage, self._lane, self._due_s = _singly(self.stage), _singly(self.lane), _singly(self.due_s)
        self._since, self._group = [_singly(times) for times in self.since], _singly(self.group)
        self._piece: dict[int, int] = {}
        self._took: dict[tuple[int, int], Experience] = {}

    def accepted(self, order: Order, lane: int, now: float) -> None:
        """An order is promised."""
        row = order.row
        self._lane[row], self._due_s[row] = lane, order.due_departure_s
        self._enters(order, Stage.READY, now)

    def resumed(self, order: Order, place: str, lane: int, now: float) -> None:
        """A run begins with this order, promised before: it stands where it stands as if it had just come there."""
        self.accepted(order, lane, now)
        if place == "backorder":
            self.waits(order, now)
        elif place not in ("release", "picking"):
            self.picked(order, now)

    def waits(self, order: Order, now: float) -> None:
        """It turns out that goods are missing."""
        self._since[Stage.READY][order.row] = nan
        self._enters(order, Stage.WAITING, now)

    def ready(self, order: Order, now: float) -> None:
        """Its goods are there."""
        self._enters(order, Stage.READY, now)

    def picked(self, order: Order, now: float) -> None:
        """Its goods are off the shelf."""
        self._enters(order, Stage.PICKED, now)

    def staged(self, order: Order, lane: int, now: float) -> None:
        """It stands at the dock: from each stage that it passed, we know how long it takes to come here."""
        if not self._is_followed(order):
            return
        row, reading = order.row, self.clock.reading(now)
        for stage in (Stage.WAITING, Stage.READY, Stage.PICKED):
            took_s = reading - self._since[stage][row]
            if took_s >= 0:
                self._learn(stage, self._group[row], took_s)
                self._learn(stage, -1, took_s)
        self._stage[row], self._lane[row] = Stage.STAGED, lane

    def in_two(self, order: Order, now: float) -> None:
        """Its rest waits for goods and follows later: from now on the rest is what decides."""
        self._piece[order.row] = order.n_parcel + 1
        self.stage[order.row] = Stage.WAITING
        self.since[:, order.row] = np.nan
        self.since[Stage.WAITING, order.row] = self.clock.reading(now)

    def in_one(self, parts: Sequence[Order]) -> None:
        """Parts leave together: where the one that decides is among them, they do."""
        if any(map(self._is_followed, parts)):
            self._piece[parts[0].row] = parts[0].n_parcel

    def law(self, stage: int, group: int) -> Floats | None:
        """Times from a stage to the dock, of the same kind or else of all; None without experience (seconds)."""
        experience = self._experience(stage, group)
        return None if experience is None else experience.law

    def steps(self, row: int) -> list[float] | None:
        """The same for an order that is ready to be picked, as a list."""
        experience = self._experience(Stage.READY, self._group[row])
        return None if experience is None else experience.steps

    def _experience(self, stage: int, group: int) -> Experience | None:
        for kind in (group, -1):
            took = self._took.get((stage, kind))
            if took is not None and len(took) >= ENOUGH:
                return took
        return None

    def _learn(self, stage: int, group: int, took_s: float) -> None:
        experience = self._took.get((stage, group))
        if experience is None:
            experience = self._took[stage, group] = Experience()
        experience.add(took_s)

    def _is_followed(self, order: Order) -> bool:
        return order.n_parcel == (self._piece.get(order.row, 0) if self._piece else 0)

    def _enters(self, order: Order, stage: int, now: float) -> None:
        if self._is_followed(order):
            self._stage[order.row] = stage
            self._since[stage][order.row] = self.clock.reading(now)


def _singly(values: Any) -> Any:
    """The same numbers in the same place, which are quicker to read and write one by one."""
    return memoryview(values)


def is_followed(world: World) -> bool:
    """Whether anybody asks how far orders have come."""
    told = world.communication
    looks = told is not None and any(NOTIFICATION[rule.policy](rule.late_chance).looks_ahead for rule in told.rules)
    return looks or promises_by(world, EXPERIENCE)


def promises_by(world: World, what: str) -> bool:
    """Whether a promise policy looks at the experience of the run, or at the backlog, when an order is accepted."""
    plan = world.processing if world.delivery is not None else None
    return plan is not None and any(what in looks_at(promise.policy) for promise in plan.promises)
