"""Joins orders into batches that one picker collects on one tour; one file per method.

A method is a function ``(instance, routing, stop) -> Solution[Batches]``: ``routing`` is the name of the method that
routes each tour, so every routing can be the inner objective. To add one: a file here, its place in `SOLVERS`, and a
test that subclasses the contract in `fulfillsim.testing.batching`.
"""

from __future__ import annotations

from collections.abc import Callable

from fulfillsim.optim.batching import (
    auto,
    column_generation,
    earliest_due,
    first_come,
    local_search,
    seed_rules,
    set_partitioning,
    subsets,
)
from fulfillsim.optim.batching.decide import plan, warm_up
from fulfillsim.optim.batching.evaluation import Evaluation, evaluate
from fulfillsim.optim.batching.instance import Batches, BatchingInstance, Pickers, from_orders
from fulfillsim.optim.batching.savings import savings_i, savings_ii
from fulfillsim.optim.solving import Solution, Stop

BatchingSolver = Callable[[BatchingInstance, str, Stop], Solution[Batches]]

SOLVERS: dict[str, BatchingSolver] = {
    "auto": auto.solve,
    "first_come": first_come.solve,
    "earliest_due": earliest_due.solve,
    "seed_rules": seed_rules.solve,
    "cw1": savings_i,
    "cw2": savings_ii,
    "local_search": local_search.solve,
    "set_partitioning": set_partitioning.solve,
    "column_generation": column_generation.solve,
    "subsets": subsets.solve,
}
"""Batching methods by the name that commands, scenarios and benchmarks use."""

__all__ = [
    "SOLVERS",
    "Batches",
    "BatchingInstance",
    "BatchingSolver",
    "Evaluation",
    "Pickers",
    "evaluate",
    "from_orders",
    "plan",
    "warm_up",
]
