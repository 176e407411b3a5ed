"""Set partitioning over the batches met during a local search, by SCIP through OR-Tools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fulfillsim.optim.batching import local_search
from fulfillsim.optim.batching.encoding import is_compiled
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.local_search import anneal, start
from fulfillsim.optim.batching.master import as_tuples
from fulfillsim.optim.batching.partition import choose
from fulfillsim.optim.batching.plans import batches_of, finish, labels_of, least_batches
from fulfillsim.optim.batching.search import Annealing
from fulfillsim.optim.solving import Solution, Stop

POOLED = 6_000
ANNEALING = 0.6
"""Share of the time for the local search."""


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """The shortest plan from batches that a local search met, if SCIP finds one shorter than its last."""
    if not is_compiled(instance, routing):
        return local_search.solve(instance, routing, stop)
    deadline = stop.deadline()
    search = start(instance, routing, stop)
    anneal(search, replace(stop, seconds=None if stop.seconds is None else ANNEALING * stop.seconds), collects=True)
    columns, lengths = _shortest(search)
    plan = batches_of(search.best)
    known = set(columns)
    missing = [batch for batch in plan if batch not in known]
    if missing:  # the pool was full or shorter batches were preferred
        return finish(instance, plan, incumbents=search.incumbents)
    number = (float(least_batches(instance)), np.inf)
    choice = choose(columns, lengths, instance.n_orders, number, plan, (), False, deadline, stop.seed)
    if choice.batches is not None:
        metres = dict(zip(columns, lengths, strict=True))
        search.offer(labels_of(choice.batches, instance.n_orders), sum(metres[batch] for batch in choice.batches))
    return finish(instance, batches_of(search.best), incumbents=search.incumbents)


def _shortest(search: Annealing) -> tuple[list[tuple[int, ...]], list[float]]:
    """The batches met that are shortest per order."""
    met = search.columns()
    ranked = np.argsort(met.length_m / np.diff(met.start), kind="stable")[:POOLED].tolist()
    batches = as_tuples(met)
    return [tuple(sorted(batches[k])) for k in ranked], met.length_m[ranked].tolist()
