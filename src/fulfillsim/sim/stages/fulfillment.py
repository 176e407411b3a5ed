"""Fulfillment: release, picking on tours, and the steps that follow until an order stands at the dock.

Orders may have paths of their own (`fulfillsim.sim.paths`): what they share is built once, what differs is chosen by
the order's row.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fulfillsim.domain.fulfillment import Fulfillment, Release, Wave
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.work import Step
from fulfillsim.sim.benches import KitOrders, benches_of
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.lead_time import ObservedLead
from fulfillsim.sim.model import Intake, Model, telling
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.paths import Paths
from fulfillsim.sim.picking import build_picking
from fulfillsim.sim.put_wall import PutWall, at_start


def build(model: Model, onward: Intake) -> Intake:
    """Wire release -> picking -> steps."""
    plan = model.world.fulfillment
    if plan is None:
        return onward
    paths, house = Paths(model), model.house
    if plan.paths:
        model.afterwards.append(lambda: _note_paths(model, paths, len(plan.paths)))
    steps, staged = _Steps(model, plan, paths), list[Intake]()
    if plan.observes_lead:
        onward = telling(_all_of(staged), onward)
    intake = steps.build(onward if house is None else telling(house.leaves, onward))
    entries = {**steps.entries, "release": _released(model, plan, paths, intake, staged)}
    for counter in (house, model.backlog):
        if counter is not None:
            entries = {name: telling(counter.enters, entry) for name, entry in entries.items()}
    model.entries |= entries
    return entries["release"]


def _note_paths(model: Model, paths: Paths, n_paths: int) -> None:
    """Write down which orders had a path of their own."""
    rows = np.flatnonzero(paths.number < n_paths)
    model.trace.tables["paths"].add_block(rows, paths.number[rows])


class _Steps:
    """Picking and the chain of steps, built back to front.

    Attributes
    ----------
    entries
        Step (or ``"picking"``) to its intake, for rework that goes back: all of them at run time.
    emptying
        Step to those who are told when work on an order begins there, or when it passes without.
    """

    def __init__(self, model: Model, plan: Fulfillment, paths: Paths) -> None:
        self.model, self.plan, self.paths = model, plan, paths
        self.entries: dict[str, Intake] = {}
        self.emptying: dict[str, list[Intake]] = {
            step.wall.until: [] for step in plan.steps if step.wall and step.wall.until
        }

    def build(self, onward: Intake) -> Intake:
        """Intake of picking, or of the first step where goods are not picked."""
        intake = onward
        for step in reversed(self.plan.steps):
            intake = self.entries[step.station.name] = self._step(step, intake)
        kits = self._kits()
        if kits is not None:
            intake = kits.after_picking(intake)
        if self.plan.pickings:
            picked = self._picked(intake)
            intake = self.entries["picking"] = picked if kits is None else kits.before_picking(picked)
        return intake

    def _kits(self) -> KitOrders | None:
        """Orders with kits that are put together between picking and the steps."""
        assembly = self.model.world.assembly
        if assembly is None or not assembly.to_order:
            return None
        return KitOrders(self.model, benches_of(self.model, assembly))

    def _picked(self, onward: Intake) -> Intake:
        """Picking, shared or of a path's own."""
        model, shared = self.model, onward
        if self.plan.picking is not None:
            shared = build_picking(model, self.plan.picking, onward)
        own = [path.picking for path in self.plan.paths]
        return self.paths.switch([*(build_picking(model, plan, onward) if plan else shared for plan in own), shared])

    def _step(self, step: Step, onward: Intake) -> Intake:
        name = step.station.name
        done = self._checked(step, onward) if step.rework_to else onward
        wall: list[PutWall] = []
        if step.wall is not None and step.wall.until is None:
            done = _emptying(wall, done)
        if self.model.backlog is not None:
            done = telling(self.model.backlog.leaves(name), done)
        work = self.model.worked(step.station, done)
        if name in self.emptying:
            at_start(self.model.stations[name], _all_of(self.emptying[name]))
            onward = telling(_all_of(self.emptying[name]), onward)
        if step.wall is not None:
            wall.append(PutWall(self.model, name, step.wall.positions, step.station.discipline, work))
            work = wall[0].take_in
            if step.wall.until is not None:
                self.emptying[step.wall.until].append(wall[0].take_out)
        return work if step.only is None else self.paths.only(step.only, work, onward)

    def _checked(self, step: Step, onward: Intake) -> Intake:
        """Send back what fails, by chance or because wrong goods are found; each attempt has its own uniforms."""
        fails, again, entries = self._failure(step), self.model.book.again, self.entries
        target = step.rework_to
        assert target is not None

        def done(order: Order, now: float) -> None:
            if fails(order):
                order.n_attempts += 1
                order.marks &= ~Mark.MISPICK
                order.work = again(order)
                entries[target](order, now)
            else:
                onward(order, now)

        return done

    def _failure(self, step: Step) -> Callable[[Order], bool]:
        """Whether an order fails at this visit."""
        by_chance = self._by_chance(f"rework:{step.station.name}", step.rework_prob)
        if not step.catch_prob:
            return by_chance
        found = self._by_chance(f"mispick:{step.station.name}", step.catch_prob)
        return lambda order: (order.marks & Mark.MISPICK and found(order)) or by_chance(order)

    def _by_chance(self, purpose: str, prob: float) -> Callable[[Order], bool]:
        """Whether something happens to an order, by its own uniform, and by a fresh one at each later attempt."""
        hashed = self.model.tape.streams.hashed_uniform
        first = (self.model.tape.uniforms(purpose) < prob).tolist()

        def happens(order: Order) -> bool:
            attempt = order.n_attempts
            return hashed(purpose, order.row, attempt) < prob if attempt else first[order.row]

        return happens


def _all_of(calls: list[Intake]) -> Intake:
    """Call all of a list that may still grow."""

    def intake(order: Order, now: float) -> None:
        for call in calls:
            call(order, now)

    return intake


def _emptying(wall: list[PutWall], onward: Intake) -> Intake:
    """Empty the position (of the wall that will be there by then) before the order moves on."""

    def done(order: Order, now: float) -> None:
        wall[0].take_out(order, now)
        onward(order, now)

    return done


def _released(model: Model, plan: Fulfillment, paths: Paths, onward: Intake, staged: list[Intake]) -> Intake:
    """When an order becomes workable."""
    if plan.releases_on_arrival:
        model.same_moment(Milestone.RELEASED, _way_in(model))
        return onward
    noted = model.noting(Milestone.RELEASED, onward)
    shared = _release(model, plan.release, noted, staged)
    own = [path.release for path in plan.paths]
    ways = [shared if release is None else _release(model, release, noted, staged) for release in own]
    return paths.switch([*ways, shared])


def _release(model: Model, plan: Release, release: Intake, staged: list[Intake]) -> Intake:
    if plan.rule == "on_arrival":
        return release
    return _waves(model, plan, release) if plan.rule == "waves" else _by_cutoff(model, plan, release, staged)


def _way_in(model: Model) -> Milestone:
    """The milestone with which orders come here from the stages before."""
    world = model.world
    if world.inventory is not None:
        return Milestone.ALLOCATED
    if world.processing is None:
        return Milestone.RECEIVED
    return Milestone.ACCEPTED if world.delivery is not None else Milestone.CLEARED


def _waves(model: Model, plan: Release, release: Intake) -> Intake:
    """At each wave all that waits and belongs to it goes, most urgent first."""
    waiting: list[Order] = []
    belongs = _due_at(model) if plan.names_departures else None

    def wave(which: Wave, now: float) -> None:
        going, waiting[:] = waiting[:], []
        if which.departures is not None and belongs is not None:
            waiting[:] = [order for order in going if not belongs(order, which.departures, now)]
            going = [order for order in going if belongs(order, which.departures, now)]
        for order in sorted(going, key=lambda order: order.rank):
            release(order, now)

    for each in plan.waves:
        model.engine.at(each.time_s, Rank.DECIDE, wave, each)
    return lambda order, now: waiting.append(order)


def _due_at(model: Model) -> Callable[[Order, frozenset[tuple[int, float]], float], bool]:
    """Whether an order is due at one of some departures, or has missed its own."""
    delivery = model.world.delivery
    assert delivery is not None, "checked: a wave that names departures has carriers"
    lanes = model.due_lanes = {}
    services = delivery.services

    def belongs(order: Order, departures: frozenset[tuple[int, float]], now: float) -> bool:
        due_s = order.due_departure_s
        return due_s <= now or (services[lanes[order.row]].carrier, due_s) in departures

    return belongs


def _by_cutoff(model: Model, plan: Release, release: Intake, staged: list[Intake]) -> Intake:
    """Each order as late as its due departure allows: its close-out - time to staging, planned or observed."""
    lead = ObservedLead(plan.lead_s)
    if plan.is_observed:
        staged.append(lead.staged)
        release = telling(lead.released, release)

    def intake(order: Order, now: float) -> None:
        latest_s = order.due_staged_s - lead.lead_s
        if latest_s <= now or latest_s == float("inf"):
            release(order, now)
        else:
            model.engine.call_at(latest_s, Rank.DECIDE, lambda time_s: release(order, time_s))

    return intake
