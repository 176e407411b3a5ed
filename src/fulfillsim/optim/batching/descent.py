"""Descent by relocating and swapping, for routings without a kernel and for plans in which tardiness has a price.

The objective is metres plus the instance's price of tardiness, with the batches in the sequence of `in_sequence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from fulfillsim.optim.batching import earliest_due
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import finish, in_sequence, is_within
from fulfillsim.optim.batching.savings import savings_ii
from fulfillsim.optim.batching.timing import tardiness_s
from fulfillsim.optim.solving import Solution, Stop

Plan = tuple[tuple[int, ...], ...]


def is_for_descent(instance: BatchingInstance) -> bool:
    """Whether tardiness has a price, which annealing on metres alone would not see."""
    return instance.due_s is not None and instance.tardiness_m_per_s > 0


@dataclass
class Objective:
    """Metres plus the price of tardiness of a plan."""

    instance: BatchingInstance
    length: Lengths

    def __call__(self, batches: Plan) -> float:
        """What a plan costs, in metres."""
        metres = sum(map(self.length, batches))
        if not is_for_descent(self.instance):
            return metres
        plan = in_sequence(self.instance, batches)
        tardiness = tardiness_s(self.instance, plan, tuple(map(self.length, plan)))
        return metres + self.instance.tardiness_m_per_s * tardiness


def descend(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches from the better of savings and earliest due date, improved while any move helps and the budget lasts."""
    began, deadline = perf_counter(), stop.deadline()
    cost = Objective(instance, Lengths(instance, routing))
    starts = [solver(instance, routing, stop).plan or () for solver in (savings_ii, earliest_due.solve)]
    plan = min(starts, key=cost)
    value, tried, found = cost(plan), 0, [(perf_counter() - began, cost(plan))]
    random = np.random.default_rng(stop.seed)
    improved = True
    while improved:
        improved = False
        for candidate in _neighbors(instance, plan, random):
            tried += 1
            if tried > (stop.iterations or tried) or perf_counter() > deadline:
                return finish(instance, plan, incumbents=found)
            if (other := cost(candidate)) < value - 1e-9:
                plan, value, improved = candidate, other, True
                found.append((perf_counter() - began, value))
                break
    return finish(instance, plan, incumbents=found)


def _neighbors(instance: BatchingInstance, plan: Plan, random: np.random.Generator) -> Iterator[Plan]:
    """Plans in which one order has moved or two have changed places, in random order."""
    home = {order: k for k, batch in enumerate(plan) for order in batch}
    for one in random.permutation(instance.n_orders).tolist():
        source = home[one]
        for target in range(len(plan) + 1):
            batch = plan[target] if target < len(plan) else ()
            if target != source and is_within(instance, (*batch, one)):
                yield _with(plan, {source: _but(plan[source], one), target: (*batch, one)})
        for two in range(one):
            a, b = (*_but(plan[source], one), two), (*_but(plan[home[two]], two), one)
            if home[two] != source and is_within(instance, a) and is_within(instance, b):
                yield _with(plan, {source: a, home[two]: b})


def _but(batch: tuple[int, ...], order: int) -> tuple[int, ...]:
    return tuple(other for other in batch if other != order)


def _with(plan: Plan, changed: dict[int, tuple[int, ...]]) -> Plan:
    """The plan with some batches replaced; empty ones are left out."""
    new = (changed.get(k, batch) for k, batch in enumerate((*plan, ())))
    return tuple(batch for batch in new if batch)
