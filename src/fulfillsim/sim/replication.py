"""One replication: build the stages back to front, hire the people, let the clock run."""

from __future__ import annotations

import gc

from fulfillsim.domain.records import Milestone
from fulfillsim.domain.world import World
from fulfillsim.policies.promising import BACKLOG
from fulfillsim.sim.backlog import Backlog
from fulfillsim.sim.engine import Rank
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.outages import plan_outages
from fulfillsim.sim.progress import Progress, is_followed, promises_by
from fulfillsim.sim.resuming import resume
from fulfillsim.sim.staff import Worker, hire
from fulfillsim.sim.stages import STAGES
from fulfillsim.sim.trace import Trace, WorkerInfo
from fulfillsim.tape import Tape


def run(world: World, tape: Tape) -> Trace:
    """Follow every order of the tape through the world.

    Returns
    -------
    Trace
        All facts of the replication; the same bits for the same world and tape.
    """
    # What the build made lives to the end, and nothing on the hot path makes garbage in circles. The model itself is a
    # circle: looking through the youngest objects at the end frees it, before the next replication makes another.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _run(world, tape)
    finally:
        if collecting:
            gc.enable()
            gc.collect(0)


def _run(world: World, tape: Tape) -> Trace:
    model = Model(world, tape)
    admit = build(model)
    workers = _hire_all(model)
    plan_outages(model)
    if world.snapshot is not None:
        resume(model, world.snapshot)
    _stop_when_settled(model)
    model.trace.stations = tuple(model.infos)
    model.engine.run_with(model.book.orders(model.n_given), admit, world.days.end_s)
    return _close(model, workers)


def build(model: Model) -> Intake:
    """Make all stages; returns the intake of the first."""
    if is_followed(model.world):
        model.progress = Progress(model)
    if promises_by(model.world, BACKLOG):
        model.backlog = Backlog(model)
    onward: Intake = _leave(model)
    for stage in reversed(STAGES):
        onward = stage.build(model, onward)
    model.entries["receipt"] = onward
    return onward


def _leave(model: Model) -> Intake:
    (record, pack), gone, left = model.milestones.hot, model.gone, int(Milestone.LEFT)

    def leave(order: Order, now: float) -> None:
        record(pack(order.row, left, now))
        gone(order)

    return leave


def _hire_all(model: Model) -> list[Worker]:
    workers: list[Worker] = []
    infos: list[WorkerInfo] = []
    for index, role in enumerate(model.world.staff):
        crew, named = hire(model, index, role, len(workers))
        workers += crew
        infos += named
    model.trace.workers = tuple(infos)
    return workers


def _stop_when_settled(model: Model) -> None:
    """After the window, look each midnight whether the outcome of all its orders is settled."""
    days = model.world.days
    first = days.n_warm_up + days.n_window

    def look(_: float) -> None:
        if model.n_open <= 0:
            model.engine.stop()

    for day in range(first, days.n_run):
        model.engine.call_at(days.midnight_s[day], Rank.OBSERVE, look)


def _close(model: Model, workers: list[Worker]) -> Trace:
    """Write down what is still going on when the clock stops."""
    trace, now = model.trace, model.engine.now
    for note in reversed(model.afterwards):  # the last stage was built first
        note()
    for worker in workers:
        worker.close(now)
    trace.end_s = now
    trace.n_events = next(model.engine.tickets) + model.engine.n_arrived
    return trace
