"""The door for a running simulation: batches now, from what is known now, at the cost of a few lines."""

from __future__ import annotations

import numpy as np

from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.solving import Stop


def plan(instance: BatchingInstance, solver: str, routing: str, stop: Stop) -> Batches:
    """Batches of a wave, in the sequence in which they should be picked.

    Without ``stop.seconds`` no clock is read: the same instance, names, iterations and seed give the same batches.

    Parameters
    ----------
    instance
        The waiting orders.
    solver, routing
        Names in `SOLVERS` and in the routings.
    stop
        Budget and seed.

    Raises
    ------
    UnknownNameError
        If no solver bears the name.
    InputError
        If the solver has no answer for such an instance.
    """
    from fulfillsim.optim.batching import SOLVERS

    if solver not in SOLVERS:
        raise UnknownNameError("batching", solver, SOLVERS)
    if instance.n_orders == 1:
        return ((0,),)
    solution = SOLVERS[solver](instance, routing, stop)
    if solution.plan is None:
        raise InputError(f"batching {solver!r}: {solution.message} - take another solver")
    return solution.plan


def warm_up() -> None:
    """Compile all batching kernels, or find them on disk, before clocks run or workers start."""
    from fulfillsim.domain.layout import RectangularLayout
    from fulfillsim.optim.batching import SOLVERS, from_orders
    from fulfillsim.optim.batching.encoding import encode
    from fulfillsim.optim.batching.pricing.pricer import Pricer

    layout = RectangularLayout(n_aisles=3, n_cells=5, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
    orders = [[(i % 3, 1.0 + i % 5), ((i + 1) % 3, 1.0 + i % 4)] for i in range(15)]
    small, instance = from_orders(layout, orders[:3], 4), from_orders(layout, orders, 4)
    stop = Stop(iterations=100)
    for solver in ("subsets", "cw1", "local_search", "column_generation"):
        SOLVERS[solver](small if solver == "subsets" else instance, "exact", stop)
    walk = encode(instance, "exact")
    Pricer(instance, walk).search(np.append(walk.alone / 2, 0.0), 1.0, 10, float("inf"))
