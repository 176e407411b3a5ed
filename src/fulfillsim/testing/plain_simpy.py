"""The same tandem in plain SimPy: a process per order, a store of idle workers per station.

The reference for the engine's flow: same arrivals, same work contents, same workers, shifts and rules (the one idle
longest is taken, work in hand is finished at the end of a shift), written the way SimPy's documentation teaches.
It lives here once, for differential tests and for benchmarks.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from fulfillsim.domain.staff import Shift
from fulfillsim.domain.world import World
from fulfillsim.tape import Tape

Process = Generator[simpy.Event, Any, None]


class _Worker:
    """One person; ``on`` while present, and still serving when it turns false during work."""

    def __init__(self) -> None:
        self.on = False
        self.busy = False


def work_contents(world: World, tape: Tape) -> NDArray[np.float64]:
    """Seconds of work of every order at every step, shape (n_orders, n_steps)."""
    assert world.fulfillment is not None
    columns = []
    for step in world.fulfillment.steps:
        time = step.station.time
        assert time is not None
        columns.append(time.per_order_s * time.shape.quantile(tape.uniforms(f"work:{step.station.name}")))
    return np.stack(columns, axis=1)


def run_plain(world: World, tape: Tape, contents: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Run a world of steps in tandem, each with workers of its own.

    Returns
    -------
    NDArray
        Begin and end of work of every order at every step, shape (n_orders, n_steps, 2); NaN where the end of the run
        came first. Fifo stations and the rule ``finish`` only.
    """
    contents = work_contents(world, tape) if contents is None else contents
    times = np.full((*contents.shape, 2), np.nan)
    env = simpy.Environment()
    stores = [simpy.Store(env) for _ in range(contents.shape[1])]
    names = [step.station.name for step in world.fulfillment.steps] if world.fulfillment else []
    for role in world.staff:
        store = stores[names.index(role.skills[0].station)]
        for shift in role.shifts:
            env.process(_shift(env, store, shift))
    rows = contents.tolist()
    env.process(_source(env, stores, tape.placed_s.tolist(), rows, times))
    env.run(until=world.days.end_s)
    return times


def _source(
    env: simpy.Environment,
    stores: list[simpy.Store],
    placed_s: list[float],
    rows: list[list[float]],
    times: NDArray[np.float64],
) -> Process:
    for number, (at_s, contents) in enumerate(zip(placed_s, rows, strict=True)):
        yield env.timeout(at_s - env.now)
        env.process(_order(env, stores, contents, times[number]))


def _order(env: simpy.Environment, stores: list[simpy.Store], contents: list[float], times: Any) -> Process:
    for place, (store, seconds) in enumerate(zip(stores, contents, strict=True)):
        worker = yield store.get()
        worker.busy = True
        times[place, 0] = env.now
        yield env.timeout(seconds)
        times[place, 1] = env.now
        worker.busy = False
        if worker.on:
            store.put(worker)


def _shift(env: simpy.Environment, store: simpy.Store, shift: Shift) -> Process:
    crew = [_Worker() for _ in range(shift.headcount)]
    for duty in shift.duties:
        for begin_s, end_s in presences(duty):
            if begin_s > env.now:
                yield env.timeout(begin_s - env.now)
            for worker in crew:
                worker.on = True
                if not worker.busy:
                    store.put(worker)
            yield env.timeout(end_s - env.now)
            for worker in crew:
                worker.on = False
                if worker in store.items:
                    store.items.remove(worker)


def presences(duty: Any) -> list[tuple[float, float]]:
    """Stretches between breaks."""
    stops = [duty.start_s]
    for pause in duty.breaks:
        stops += [pause.start_s, pause.end_s]
    stops.append(duty.end_s)
    return list(zip(stops[::2], stops[1::2], strict=True))
