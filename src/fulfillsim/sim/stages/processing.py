"""Processing: automatic checks, clerks for what they cannot decide, holds; then the way is clear for acceptance."""

from __future__ import annotations

from fulfillsim.domain.processing import Processing
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.sampling.distributions import Deterministic
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order


def build(model: Model, onward: Intake) -> Intake:
    """Wire check -> clerk -> hold -> clear."""
    plan = model.world.processing
    if plan is None:
        return onward
    cleared = model.noting(Milestone.CLEARED, onward)
    held = _held(model, cleared)
    looked_at = _looked_at(model, plan, held)
    clerk: Intake = looked_at
    if plan.verification.manual is not None:
        clerk = model.entries[plan.verification.manual.name] = model.worked(plan.verification.manual, looked_at)
    checks = _checked(model, held, clerk)
    if plan.verification.automatic_s > 0:
        time = WorkTime(plan.verification.automatic_s, Deterministic(1.0))
        checks = model.worked(Station("automatic_check", time, staffed=False), checks)
    model.entries["checks"] = checks
    return checks


def _checked(model: Model, held: Intake, clerk: Intake) -> Intake:
    branching = Mark.CLERK | Mark.DUPLICATE
    conflicts = conflicting_services(model)

    def checked(order: Order, now: float) -> None:
        marks = order.marks
        if not marks & branching and not (marks & Mark.HAZMAT and order.service in conflicts):
            held(order, now)
        elif marks & Mark.DUPLICATE:
            model.close(order, Milestone.DUPLICATE, now)
        else:
            clerk(order, now)

    return checked


def _looked_at(model: Model, plan: Processing, held: Intake) -> Intake:
    """What the clerk finds out."""
    conflicts, way_out = conflicting_services(model), other_service(model)
    cancels = plan.verification.conflict == "cancel" or way_out is None

    def looked_at(order: Order, now: float) -> None:
        conflict = order.marks & Mark.HAZMAT and order.service in conflicts
        if order.marks & Mark.REFUSED or (conflict and cancels):
            model.close(order, Milestone.REFUSED, now)
            return
        if conflict and way_out is not None:
            order.service = way_out
        held(order, now)

    return looked_at


def conflicting_services(model: Model) -> frozenset[int]:
    """Requested services none of whose carrier services takes dangerous goods."""
    plan, delivery = model.world.processing, model.world.delivery
    if plan is None or delivery is None:
        return frozenset()
    return frozenset(
        index
        for index, promise in enumerate(plan.promises)
        if not any(delivery.services[lane].hazmat for lane in promise.carrier_services)
    )


def other_service(model: Model) -> int | None:
    """The first requested service that takes dangerous goods; None where none does."""
    conflicts = conflicting_services(model)
    return next((s for s in range(len(model.world.demand.services)) if s not in conflicts), None)


def _held(model: Model, cleared: Intake) -> Intake:
    """Orders under a hold wait for its end: no queue, one entry in the event list."""
    holds = model.book.hold
    if not holds:
        model.entries["hold"] = cleared
        return cleared

    def held(order: Order, now: float) -> None:
        if not order.marks & Mark.HOLD:
            cleared(order, now)
            return
        hold, u = holds[order.row]
        model.note(order, Milestone.HELD, now)
        ends_s = max(now + hold.duration.quantile_one(u), model.engine.now)
        verdict = model.tape.streams.hashed_uniform(f"hold:{hold.name}-verdict", order.row)

        def end(time_s: float) -> None:
            if verdict < hold.cancel_prob:
                model.close(order, Milestone.REFUSED, time_s)
            else:
                cleared(order, time_s)

        model.engine.call_at(ends_s, Rank.COMPLETE, end)

    model.entries["hold"] = held
    return held
