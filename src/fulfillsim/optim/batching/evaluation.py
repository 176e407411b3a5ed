"""Measures a plan of batches anew: metres, tardiness and what is wrong with it; no solver judges itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from fulfillsim.optim.batching.instance import TOLERANCE, Batches, BatchingInstance
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.timing import finished_s, tardiness_s

SHOWN = 5
"""Orders left out that a message names."""


@dataclass(frozen=True)
class Evaluation:
    """What a plan is worth.

    Parameters
    ----------
    value
        Metres of all tours.
    feasible
        Whether nothing is violated.
    violations
        One sentence each: an order left out or batched twice, a cart overfull.
    tardiness_s
        Seconds by which orders are finished after their due date, summed; 0 without due dates.
    lengths_m
        Metres of each tour, in the order of the batches.
    finished_s
        When the tour of each order ends, if `Pickers` take the batches in the order of the plan; empty without release
        and due dates.
    """

    value: float
    feasible: bool
    violations: tuple[str, ...]
    tardiness_s: float
    lengths_m: tuple[float, ...]
    finished_s: tuple[float, ...]


def evaluate(instance: BatchingInstance, batches: Batches, routing: str) -> Evaluation:
    """Recompute a plan from the orders alone.

    Parameters
    ----------
    instance
        The orders.
    batches
        The plan; need not be feasible.
    routing
        Name of the method that routes each tour.
    """
    violations = tuple(_violations(instance, batches))
    known = tuple(tuple(o for o in set(batch) if _is_one(instance, o)) for batch in batches)
    length = Lengths(instance, routing)
    lengths = tuple(length(batch) for batch in known)
    is_timed = instance.release_s is not None or instance.due_s is not None
    finished = tuple(finished_s(instance, known, lengths).tolist()) if is_timed else ()
    tardiness = tardiness_s(instance, known, lengths)
    return Evaluation(sum(lengths), not violations, violations, tardiness, lengths, finished)


def _violations(instance: BatchingInstance, batches: Batches) -> list[str]:
    times = Counter(order for batch in batches for order in batch)
    last = instance.n_orders - 1
    strange = [f"order {o}: there is none, orders are 0 to {last}" for o in times if not _is_one(instance, o)]
    missing = _named("in no batch", [o for o in range(instance.n_orders) if o not in times])
    twice = [f"order {o}: in {k} batches" for o, k in times.items() if k > 1]
    empty = [f"batch {number}: without an order" for number, batch in enumerate(batches) if not batch]
    return strange + missing + twice + empty + _overfull(instance, batches)


def _named(what: str, orders: list[int]) -> list[str]:
    """One sentence for all of them; of many the first `SHOWN` are named."""
    if not orders:
        return []
    names = ", ".join(map(str, orders[:SHOWN]))
    more = f" and {len(orders) - SHOWN} more" if len(orders) > SHOWN else ""
    return [f"order{'s' * (len(orders) > 1)} {names}{more}: {what}"]


def _is_one(instance: BatchingInstance, order: int) -> bool:
    return 0 <= order < instance.n_orders


def _overfull(instance: BatchingInstance, batches: Batches) -> list[str]:
    found = []
    for number, batch in enumerate(batches):
        load = instance.load[[o for o in batch if _is_one(instance, o)]].sum(axis=0)
        found += [
            f"batch {number}: {instance.dims[d]} {load[d]:g} above the capacity {instance.capacity[d]:g}"
            for d in np.flatnonzero(load > instance.capacity + TOLERANCE)
        ]
    return found
