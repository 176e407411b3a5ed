"""What we recommend for the time given."""

from __future__ import annotations

from dataclasses import replace

from fulfillsim.optim.batching import local_search, subsets
from fulfillsim.optim.batching.column_generation import Shares, listing_limit, price_and_choose
from fulfillsim.optim.batching.columns.listing import is_listable
from fulfillsim.optim.batching.descent import is_for_descent
from fulfillsim.optim.batching.encoding import is_compiled
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.solving import Solution, Stop

FEW_ORDERS = 250
"""Up to here the relaxation is solved quickly and its columns make better plans than annealing alone."""

ENOUGH_S = 0.03
"""Seconds of annealing per order after which a list of all batches does more."""

AGAIN = 0.75
"""Share of the time until which annealing goes on where a proof is far."""

LEAST_SECONDS = 2.0
"""Below, and where a simulation counts iterations, annealing alone is the better use of the budget."""


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """All subsets for a handful of orders, column generation for up to `FEW_ORDERS`, annealing beyond.

    The message names the method chosen.
    """
    name, method = "local_search", local_search.solve
    if is_for_descent(instance):
        pass
    elif instance.n_orders <= subsets.MOST_ORDERS and (is_compiled(instance, routing) or instance.n_orders <= 8):
        name, method = "subsets", subsets.solve
    elif is_compiled(instance, routing) and instance.n_orders <= FEW_ORDERS and (stop.seconds or 0.0) >= LEAST_SECONDS:
        name, method = "column_generation", _column_generation
    return replace(method(instance, routing, stop), message=name)


def _column_generation(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """A short annealing first; shorter still, in few orders, where all batches can be listed."""
    shares, seconds = Shares(0.2, 0.4, 0.5, 0.85, AGAIN), stop.seconds or LEAST_SECONDS
    if is_listable(instance, listing_limit(seconds)):
        shares = Shares(min(Shares.annealing, ENOUGH_S * instance.n_orders / seconds), again=AGAIN)
    return price_and_choose(instance, routing, stop, shares)
