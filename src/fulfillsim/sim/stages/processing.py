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
    conflicts = conflicting_services(model)
    cancels = plan.verification.conflict == "cancel"
    ways_out = {service: other_service(model, service) for service in conflicts}

    def looked_at(order: Order, now: float) -> None:
        conflict = order.marks & Mark.HAZMAT and order.service in conflicts
        way_out = ways_out[order.service] if conflict and not cancels else None
        if order.marks & Mark.REFUSED or (conflict and way_out is None):
            model.close(order, Milestone.REFUSED, now)
            return
        if way_out is not None:
            order.service = way_out
        held(order, now)

    return looked_at


def conflicting_services(model: Model) -> frozenset[int]:
    """Requested services (of a client) none of whose carrier services takes dangerous goods."""
    plan, delivery = model.world.processing, model.world.delivery
    if plan is None or delivery is None:
        return frozenset()
    return frozenset(
        index
        for index, promise in enumerate(plan.promises)
        if not any(delivery.services[lane].hazmat for lane in promise.carrier_services)
    )


def other_service(model: Model, service: int) -> int | None:
    """The first requested service of the same client that takes dangerous goods; None where none does."""
    conflicts, n = conflicting_services(model), len(model.world.demand.services)
    first = service - service % n
    return next((s for s in range(first, first + n) if s not in conflicts), None)


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
