"""Column generation: the linear relaxation over all feasible batches, its bound, and columns that are worth having.

Columns come from exchanges first; where all batches can be listed one pass over them prices exactly, else a search
with bounds proves how much the duals may be wrong.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.optim.batching.columns.listing import Found, Listing, list_all
from fulfillsim.optim.batching.encoding import is_monotone
from fulfillsim.optim.batching.instance import BatchingInstance
from fulfillsim.optim.batching.master import Master
from fulfillsim.optim.batching.plans import least_batches
from fulfillsim.optim.batching.pricing.pricer import Pricer

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Walk

AT_ONCE = 600
"""Columns added per round."""
BASE = 150
"""Columns from which exchanges start."""
FACTORS = (0.90, 0.95, 0.97, 0.98, 0.99, 1.0)
"""Of the duals, each a bound once the search with it finds nothing."""
ROUNDS = 400
ROUNDS_OF_DIVE = 3
"""Times that columns are asked for after each fixing of a dive."""
SHARES_OF_GAP = (0.1, 0.2, 0.4, 0.7, 1.0)
"""Columns are asked for within these shares of the gap in turn, until they are too many."""


class Relaxation:
    """The relaxation of one instance under one routing.

    Parameters
    ----------
    instance
        Whose orders.
    walk
        The same orders as kernels read them.
    routing
        Name, which says whether bounds may be cut with subsets.
    """

    def __init__(self, instance: BatchingInstance, walk: Walk, routing: str) -> None:
        self._instance, self._walk = instance, walk
        self.is_cover = is_monotone(instance, routing)
        self._least_batches = least_batches(instance)
        self.master = Master(instance.n_orders, self._least_batches, self.is_cover)
        self.master.add([(order,) for order in range(instance.n_orders)], walk.alone.tolist())
        self._pricer = Pricer(instance, walk)
        self.listing: Listing | None = None
        self.lower_bound_m = 0.0
        self.value_m, self.dual = np.inf, np.zeros(instance.n_orders + 1)

    def exchange(self, deadline: float) -> None:
        """Add columns found by exchanges until none is left or time is up."""
        for _ in range(ROUNDS):
            self._solve()
            if perf_counter() > deadline:
                return
            if not self._take(self._pricer.exchange(self.dual, self._basis(), -1e-6, AT_ONCE, deadline)):
                return

    def list_all(self, limit: int) -> bool:
        """List all batches if there are fewer than ``limit``; whether they are listed."""
        if self.listing is None:
            self.listing = list_all(self._instance, self._walk, limit)
        return self.listing is not None

    def solve_listed(self, deadline: float) -> bool:
        """Solve the relaxation over all listed batches; False if time was up before its optimum."""
        assert self.listing is not None
        for _ in range(ROUNDS):
            self._solve()
            found, factor = self.listing.price(self.dual)
            self._raise_bound(factor if found[0] or self.is_cover else 1.0, not found[0])
            if not found[0]:
                return True
            self.master.add(*found)
            if perf_counter() > deadline:
                return False
        return False

    def certify(self, deadline: float) -> bool:
        """Solve the relaxation by search, with ever better bounds; False if time was up before its optimum."""
        if not self.is_cover:
            return False
        for factor in FACTORS:
            while True:
                found, is_done = self._pricer.search(self.dual, factor, AT_ONCE, deadline)
                is_late = not is_done and perf_counter() > deadline
                if not self._take(found):  # what was found again is within the tolerance of the linear program
                    if not is_done:
                        return False
                    self._raise_bound(factor, factor == 1.0)
                    break
                self._solve()
                if is_late:
                    return False
        return True

    def dive(self, deadline: float) -> list[tuple[int, ...]]:
        """Columns that cover all orders, by rounding the relaxation step by step with columns for what is left.

        The columns found stay; bound, value and duals are those of the relaxation again. Empty if time was up before.
        """
        value_m, dual = self.value_m, self.dual
        batches = self.master.dive(deadline, lambda: self._suit(deadline))
        self.value_m, self.dual = value_m, dual
        return batches

    def _suit(self, deadline: float) -> None:
        """Add columns for what a dive has left open."""
        for _ in range(ROUNDS_OF_DIVE):
            self._solve()
            if not self._take(self._pricer.exchange(self.dual, self._basis(), -1e-6, AT_ONCE, deadline)):
                return

    def cheapest(self, n_columns: int, gap_m: float, deadline: float) -> tuple[Found, float]:
        """At most ``n_columns`` columns with a reduced cost up to ``gap_m``, and the cost up to which these are all.

        A plan with any other column is longer than the relaxation's optimum by more than that cost.
        """
        if self.listing is not None:
            return self.listing.cheapest(n_columns, gap_m)
        best, edge_m = self._cheapest_known(n_columns, gap_m, deadline), 0.0
        for share in SHARES_OF_GAP if self.is_cover else ():
            dual = self.dual.copy()
            dual[-1] += share * gap_m  # columns within a gap are negative ones once each batch earns the gap
            found, is_done = self._pricer.search(dual, 1.0, n_columns + 1, deadline)
            if not is_done or len(found[0]) > n_columns:
                break
            best, edge_m = found, gap_m if share == 1.0 else share * gap_m - 1e-6
        return best, edge_m

    def _cheapest_known(self, n_columns: int, gap_m: float, deadline: float) -> Found:
        self.master.add(*self._pricer.exchange(self.dual, self._basis(), gap_m / 4, n_columns, deadline))
        self._solve()
        cost = self.master.reduced_costs(self.dual)
        kept = [k for k in np.argsort(cost, kind="stable")[:n_columns].tolist() if cost[k] <= gap_m]
        return [self.master.columns[k] for k in kept], [self.master.length_m[k] for k in kept]

    def _solve(self) -> None:
        self.value_m, self.dual = self.master.solve()

    def _basis(self) -> list[tuple[int, ...]]:
        """Columns with least reduced cost."""
        ranked = np.argsort(self.master.reduced_costs(self.dual), kind="stable")[:BASE]
        return [self.master.columns[k] for k in ranked.tolist()]

    def _take(self, found: Found) -> int:
        """Add columns; how many were new."""
        return self.master.add(*found)

    def _raise_bound(self, factor: float, is_optimal: bool) -> None:
        bound = (
            self.value_m if is_optimal else factor * float(self.dual[:-1].sum() + self._least_batches * self.dual[-1])
        )
        if is_optimal or self.is_cover:
            self.lower_bound_m = max(self.lower_bound_m, bound)
