"""The state of one solve: the plan so far, the bound so far, and the clock."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from time import perf_counter

import numpy as np

from fulfillsim.optim.batching.encoding import scratch_for, steps_m
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.local_search import COLD, HOT, anneal, start
from fulfillsim.optim.batching.master import as_tuples
from fulfillsim.optim.batching.partition import unit_of
from fulfillsim.optim.batching.plans import batches_of, labels_of
from fulfillsim.optim.batching.relaxation import Relaxation
from fulfillsim.optim.batching.search import Annealing
from fulfillsim.optim.solving import Stop

POOLED = 4_000
"""Columns that the relaxation takes over from an annealing."""
NOISE = 1e-3
"""Share of the unit of all lengths that a bound may be wrong by, as linear programs are not exact."""


class Course:
    """One solve, which begins now.

    Parameters
    ----------
    instance
        Whose orders.
    routing
        Name of a routing with kernels.
    stop
        When to end.
    """

    def __init__(self, instance: BatchingInstance, routing: str, stop: Stop) -> None:
        self._began = perf_counter()
        self.instance, self.stop = instance, stop
        self.search: Annealing = start(instance, routing, stop)
        self.relaxation = Relaxation(instance, self.search.walk, routing)

    def worth_m(self) -> float:
        """Metres from which a plan is not shorter than the best."""
        unit_m = self.unit_m or 0.0
        return self.search.least_m - unit_m + max(NOISE * unit_m, 1e-6)

    @cached_property
    def unit_m(self) -> float | None:
        """Of which all lengths are multiples, so that no plan is better by less; None if unknown."""
        listing = self.relaxation.listing if self.relaxation.is_complete else None
        return unit_of(listing.tree.length if listing is not None else steps_m(self.instance))

    def bound_m(self) -> float:
        """Best lower bound in metres, rounded up to the unit of all lengths where they are known."""
        bound, unit_m = self.relaxation.lower_bound_m, self.unit_m
        if unit_m is not None:
            bound = float(np.ceil(bound / unit_m - NOISE / 2)) * unit_m
        return min(bound, self.search.least_m)

    def is_open(self) -> bool:
        """Whether a shorter plan may be."""
        return self.bound_m() < self.search.least_m - 1e-6

    def offer(self, batches: Batches | None) -> None:
        """Show a plan to the search."""
        if batches is not None:
            self.search.offer(labels_of(batches, self.instance.n_orders), sum(self.lengths(batches)))

    def anneal(self, seconds: float | None, hot: float = HOT, cold: float = COLD, collects: bool = True) -> None:
        """Better the plan at hand; ``collects`` what batches it meets."""
        anneal(self.search, replace(self.stop, seconds=seconds), collects, hot, cold)

    def fill_master(self) -> None:
        """Give the master the columns that annealing met, the shortest per order first, and those of its plan."""
        columns = self.search.columns()
        ranked = np.argsort(columns.length_m / np.diff(columns.start), kind="stable")[:POOLED].tolist()
        batches = as_tuples(columns)
        self.relaxation.master.add([batches[k] for k in ranked], columns.length_m[ranked].tolist())
        best = batches_of(self.search.best)
        self.relaxation.master.add(best, self.lengths(best))

    def lengths(self, batches: Batches) -> list[float]:
        """Metres of each batch."""
        from fulfillsim.optim.batching._kernels import measure_sets

        begins = np.cumsum([0, *map(len, batches)]).astype(np.int64)
        orders = np.array([order for batch in batches for order in batch], np.int64)
        lengths = np.empty(len(batches))
        measure_sets(self.search.walk, scratch_for(self.search.walk), begins, orders, lengths)
        return list(map(float, lengths))

    def until(self, share: float) -> float:
        """Reading of the clock when a share of the time is over."""
        return self._began + self.stop.seconds * share if self.stop.seconds is not None else float("inf")

    def left(self) -> float:
        """Seconds left; infinite without a limit."""
        return self.until(1.0) - perf_counter()
