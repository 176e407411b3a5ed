"""What we recommend for the time given."""

from __future__ import annotations

from dataclasses import replace

from fulfillsim.optim.batching.column_generation import Shares, price_and_choose
from fulfillsim.optim.batching.descent import is_for_descent
from fulfillsim.optim.batching.encode import is_compiled
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.local_search import local_search
from fulfillsim.optim.batching.subsets import MOST_ORDERS, subsets
from fulfillsim.optim.solving import Solution, Stop

FEW_ORDERS = 250
"""Up to here the relaxation is solved quickly and its columns make better plans than annealing alone."""


def auto(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """All subsets for a handful of orders, column generation for up to `FEW_ORDERS`, annealing beyond.

    The message names the method chosen.
    """
    name, solve = "local_search", local_search
    if is_for_descent(instance):
        pass
    elif instance.n_orders <= MOST_ORDERS and (is_compiled(instance, routing) or instance.n_orders <= 8):
        name, solve = "subsets", subsets
    elif is_compiled(instance, routing) and instance.n_orders <= FEW_ORDERS and (stop.seconds or 10.0) >= 2.0:
        name, solve = "column_generation", _column_generation
    return replace(solve(instance, routing, stop), message=name)


def _column_generation(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    return price_and_choose(instance, routing, stop, Shares())
