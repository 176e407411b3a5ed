"""Control variates of a scenario: what its tapes drew, and what was to be expected of it exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.experiment.replication import road_of
from fulfillsim.tape import Tape, draw_tape

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.experiment.result import Result

Floats = NDArray[np.float64]


def controls_of(result: Result, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Values of control variates by replication, and their exact means.

    The tapes are drawn again, which takes a small part of the time that the replications took.

    Parameters
    ----------
    names
        In `CONTROLS`.

    Returns
    -------
    Values, shape (n_replications, n_names), and means, shape (n_names,).

    Raises
    ------
    InputError
        If the mean of a control is not known: orders of a history, or of a renewal process.
    """
    if road_of(result.rerun) != "journeys":
        raise InputError("controls: known of plain replications only - run without antithetic pairs")
    for name in names:
        if name not in CONTROLS:
            raise UnknownNameError("control variate", name, CONTROLS)
    world = result.world
    expected = [EXPECTED[name](world) for name in names]
    tapes = (draw_tape(world, result.seed, replication) for replication in result.packed.replications)
    table = [[CONTROLS[name](world, tape) for name in names] for tape in tapes]
    return np.array(table), np.array(expected)


def _orders(world: World, tape: Tape) -> float:
    """Orders placed in the window."""
    return float(np.count_nonzero(_in_window(world, tape)))


def _expected_orders(world: World) -> float:
    """Rates over the window: random factors of days and replications have mean 1."""
    channels = world.demand.channels
    if world.demand.history is not None or any(channel.arrivals.headway is not None for channel in channels):
        rule = "controls: how many orders are to be expected is not known exactly of a history or a renewal process"
        raise InputError(f"{rule} - take controls=work")
    total = 0.0
    for channel in channels:
        plan = channel.arrivals
        begins = plan.edges_s[:-1]
        inside = (begins >= world.days.window_start_s) & (begins < world.days.window_end_s)
        together = 1.0 if plan.orders_per_arrival is None else plan.orders_per_arrival.mean
        total += float(plan.expected[inside].sum()) * together
    return total


def _work(world: World, tape: Tape) -> float:
    """Drawn work content of the window's orders over the expected one, mean of all steps; 1 on average."""
    inside = _in_window(world, tape)
    steps = world.fulfillment.steps if world.fulfillment is not None else ()
    times = {step.station.name: step.station.time for step in steps}
    drawn = [
        time.shape.quantile(tape.uniforms(f"work:{name}")[inside]).mean()
        for name, time in times.items()
        if time is not None and inside.any()
    ]
    return float(np.mean(drawn)) if drawn else 1.0


def _in_window(world: World, tape: Tape) -> NDArray[np.bool_]:
    return (tape.placed_s >= world.days.window_start_s) & (tape.placed_s < world.days.window_end_s)


CONTROLS: dict[str, Callable[[World, Tape], float]] = {"orders": _orders, "work": _work}
"""Name -> value in one replication."""

EXPECTED: dict[str, Callable[[World], float]] = {"orders": _expected_orders, "work": lambda _: 1.0}
"""Name -> exact mean."""
