"""Fulfillment: release, picking on tours, and the steps that follow until an order stands at the dock."""

from __future__ import annotations

from fulfillsim.domain.fulfillment import Fulfillment
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.work import Step
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.picking import build_picking

OPTIONS = {"gift": Mark.GIFT, "instruction": Mark.INSTRUCTION}


def build(model: Model, onward: Intake) -> Intake:
    """Wire release -> picking -> steps."""
    plan = model.world.fulfillment
    if plan is None:
        return onward
    entries: dict[str, Intake] = {}
    intake = onward
    for step in reversed(plan.steps):
        intake = _step(model, step, intake, entries)
        entries[step.station.name] = intake
    if plan.picking is not None:
        intake = build_picking(model, plan.picking, intake)
        entries["picking"] = intake
    return _released(model, plan, intake)


def _step(model: Model, step: Step, onward: Intake, entries: dict[str, Intake]) -> Intake:
    """One step; ``entries`` are the later ones, and at run time all of them (rework goes back)."""
    done = _checked(model, step, onward, entries) if step.rework_to else onward
    work = model.worked(step.station, done)
    if step.only is None:
        return work
    option = OPTIONS[step.only]

    def intake(order: Order, now: float) -> None:
        (work if order.marks & option else onward)(order, now)

    return intake


def _checked(model: Model, step: Step, onward: Intake, entries: dict[str, Intake]) -> Intake:
    """Send back what fails; each attempt has its own uniform."""
    hashed, purpose = model.tape.streams.hashed_uniform, f"rework:{step.station.name}"
    again = model.book.again
    prob, target = step.rework_prob, step.rework_to
    fails_first = (model.tape.uniforms(purpose) < prob).tolist()

    def done(order: Order, now: float) -> None:
        attempt = order.n_attempts
        if hashed(purpose, order.row, attempt) < prob if attempt else fails_first[order.row]:
            order.n_attempts += 1
            order.work = again(order)
            assert target is not None
            entries[target](order, now)
        else:
            onward(order, now)

    return done


def _released(model: Model, plan: Fulfillment, onward: Intake) -> Intake:
    """When an order becomes workable."""
    if plan.release.rule == "on_arrival":
        model.same_moment(Milestone.RELEASED, _way_in(model))
        return onward
    release = model.noting(Milestone.RELEASED, onward)
    return _waves(model, plan, release) if plan.release.rule == "waves" else _by_cutoff(model, plan, release)


def _way_in(model: Model) -> Milestone:
    """The milestone with which orders come here from the stages before."""
    world = model.world
    if world.inventory is not None:
        return Milestone.ALLOCATED
    if world.processing is None:
        return Milestone.RECEIVED
    return Milestone.ACCEPTED if world.delivery is not None else Milestone.CLEARED


def _waves(model: Model, plan: Fulfillment, release: Intake) -> Intake:
    """All that waits goes at each wave, most urgent first."""
    waiting: list[Order] = []

    def wave(now: float) -> None:
        due, waiting[:] = sorted(waiting, key=lambda order: order.rank), []
        for order in due:
            release(order, now)

    for time_s in plan.release.wave_times_s:
        model.engine.call_at(time_s, Rank.DECIDE, wave)
    return lambda order, now: waiting.append(order)


def _by_cutoff(model: Model, plan: Fulfillment, release: Intake) -> Intake:
    """Each order as late as its due departure allows: its close-out - planned time to staging."""
    lead_s = plan.release.lead_s

    def intake(order: Order, now: float) -> None:
        latest_s = order.due_staged_s - lead_s
        if latest_s <= now or latest_s == float("inf"):
            release(order, now)
        else:
            model.engine.call_at(latest_s, Rank.DECIDE, lambda time_s: release(order, time_s))

    return intake
