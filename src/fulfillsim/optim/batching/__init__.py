"""Joins orders into batches that one picker collects on one tour; one file per method.

A method is a function ``(instance, routing, stop) -> Solution[Batches]``: ``routing`` is the name of the method that
routes each tour, so every routing can be the inner objective. To add one: a file here, its place in `SOLVERS`, and a
test that subclasses the contract in `fulfillsim.testing.batching`.
"""

from __future__ import annotations

from collections.abc import Callable

from fulfillsim.optim.batching.auto import auto
from fulfillsim.optim.batching.column_generation import column_generation
from fulfillsim.optim.batching.earliest_due import earliest_due
from fulfillsim.optim.batching.evaluate import Evaluation, evaluate
from fulfillsim.optim.batching.first_come import first_come
from fulfillsim.optim.batching.instance import Batches, BatchingInstance, Pickers, from_orders
from fulfillsim.optim.batching.local_search import local_search
from fulfillsim.optim.batching.savings import savings_i, savings_ii
from fulfillsim.optim.batching.seed_rules import seed_rules
from fulfillsim.optim.batching.set_partitioning import set_partitioning
from fulfillsim.optim.batching.subsets import subsets
from fulfillsim.optim.solving import Solution, Stop

BatchingSolver = Callable[[BatchingInstance, str, Stop], Solution[Batches]]

SOLVERS: dict[str, BatchingSolver] = {
    "auto": auto,
    "first_come": first_come,
    "earliest_due": earliest_due,
    "seed_rules": seed_rules,
    "cw1": savings_i,
    "cw2": savings_ii,
    "local_search": local_search,
    "set_partitioning": set_partitioning,
    "column_generation": column_generation,
    "subsets": subsets,
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
]
