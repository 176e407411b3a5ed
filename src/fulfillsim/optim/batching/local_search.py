"""Local search: simulated annealing with relocate, swap, trade, ejection and rebuilding of whole batches.

One iteration of `Stop` is one move tried. Lengths are exact for the given routing; sets met before are looked up, and
s-shape tours in one block measured by the aisles they visit. On the way a batch may be a little too full, at a price
that rises where that is so too often; only plans that keep every capacity count. Where no kernel knows the routing, or
tardiness has a price, a plain descent takes its place.

References
----------
Kirkpatrick, Gelatt & Vecchi (1983), Optimization by simulated annealing, Science 220. The neighborhood is that of Henn
& Wäscher (2012), Tabu search heuristics for the order batching problem, EJOR 222(3), with trades of two orders,
ejection and rebuilding. The price of what is too much adjusts itself as in Gendreau, Hertz & Laporte (1994), A tabu
search heuristic for the vehicle routing problem, Management Science 40(10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

from fulfillsim.optim.batching.encoding import encode, is_compiled
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.plans import batches_of, finish
from fulfillsim.optim.batching.savings import merge
from fulfillsim.optim.batching.search import SLICE, Annealing, nearest
from fulfillsim.optim.solving import Solution, Stop

HOT, COLD = 0.1, 0.01
"""First and last temperature, as shares of the metres per order of the first plan."""
COLLECT_FROM = 0.5
"""Share of an annealing after which batches of accepted moves are kept."""
STEPS_PER_ORDER = 3_000
"""Moves tried where neither seconds nor iterations are given."""


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches from C&W(ii), improved by annealing until the budget is used."""
    from fulfillsim.optim.batching.descent import descend, is_for_descent

    if not is_compiled(instance, routing) or is_for_descent(instance):
        return descend(instance, routing, stop)
    search = start(instance, routing, stop)
    seconds = None if stop.seconds is None else max(stop.seconds - search.spent_s, 0.0)
    anneal(search, replace(stop, seconds=seconds))
    return finish(instance, batches_of(search.best), incumbents=search.incumbents)


def start(instance: BatchingInstance, routing: str, stop: Stop) -> Annealing:
    """A search that stands at the batches of C&W(ii)."""
    began = perf_counter()
    walk = encode(instance, routing)
    batch, candidates = merge(instance, walk)
    search = Annealing(instance, walk, nearest(candidates.near), stop.seed, began)
    search.begin(batch)
    return search


def anneal(
    search: Annealing, stop: Stop, collects: bool = False, hot_share: float = HOT, cold_share: float = COLD
) -> None:
    """Anneal once from where the search stands, for the whole of the budget."""
    metres = search.total_m / search.instance.n_orders
    hot, cold = hot_share * metres, cold_share * metres
    for begin, end, n_steps in _slices(search.instance.n_orders, stop):
        first, last = (hot * (cold / hot) ** share for share in (begin, end))
        search.run(n_steps, first, last, collects and begin >= COLLECT_FROM)


def _slices(n_orders: int, stop: Stop) -> Iterator[tuple[float, float, int]]:
    """Shares of the budget at the begin and end of each slice, and its steps; the clock is read only if it limits."""
    n_steps = stop.iterations if stop.iterations is not None else STEPS_PER_ORDER * n_orders
    if stop.seconds is None:
        for done in range(0, n_steps, SLICE):
            size = min(SLICE, n_steps - done)
            yield done / n_steps, (done + size) / n_steps, size
        return
    began, spent, done = perf_counter(), 0.0, 0
    while spent < 1.0 and stop.seconds > 0.0 and (stop.iterations is None or done < stop.iterations):
        yield spent, spent, SLICE
        done += SLICE
        spent = (perf_counter() - began) / stop.seconds
