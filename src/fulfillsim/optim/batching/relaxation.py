"""Column generation: the linear relaxation over all feasible batches, its bound, and columns that are worth having.

Columns come from exchanges first; where all batches can be listed one pass over them prices exactly, else a search
with bounds proves how much the duals may be wrong.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.optim.batching.columns.listing import Found, Listing, list_all
from fulfillsim.optim.batching.encode import is_monotone
from fulfillsim.optim.batching.instance import BatchingInstance
from fulfillsim.optim.batching.master import Master
from fulfillsim.optim.batching.plans import least_batches
from fulfillsim.optim.batching.pricing.pricer import Pricer

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Walk

AT_ONCE = 600
"""Columns added per round."""
BASE = 400
"""Columns from which exchanges start."""
FACTORS = (0.90, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 1.0)
"""Of the duals, each a bound once the search with it finds nothing."""
ROUNDS = 400


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
        self._is_monotone = is_monotone(instance, routing)
        self._least_batches = least_batches(instance)
        self.master = Master(instance.n_orders, self._least_batches, self._is_monotone)
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
            if not self._take(self._pricer.exchange(self.dual, self._basis(), -1e-6)):
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
            self._raise_bound(factor if found[0] or self._is_monotone else 1.0, not found[0])
            if not found[0]:
                return True
            self.master.add(*found)
            if perf_counter() > deadline:
                return False
        return False

    def certify(self, deadline: float) -> bool:
        """Prove ever better bounds by search; False if time was up before the relaxation's optimum."""
        if not self._is_monotone:
            return False
        for factor in FACTORS:
            while True:
                found, is_done = self._pricer.search(self.dual, factor, deadline)
                if is_done and not found[0]:
                    self._raise_bound(factor, factor == 1.0)
                    break
                if not is_done and perf_counter() > deadline:
                    self._take(found)
                    return False
                self._take(found)
                self.exchange(deadline)
        return True

    def cheapest(self, n_columns: int, gap_m: float) -> tuple[Found, bool]:
        """The columns with least reduced cost, and whether no other can be in a plan within ``gap_m`` of the bound."""
        if self.listing is not None:
            return self.listing.cheapest(n_columns, gap_m)
        cost = self.master.reduced_costs(self.dual)
        ranked = np.argsort(cost, kind="stable")[:n_columns]
        kept = [k for k in ranked.tolist() if cost[k] <= gap_m]
        return ([self.master.columns[k] for k in kept], [self.master.length_m[k] for k in kept]), False

    def enrich(self, within_m: float) -> None:
        """Add neighbors of good columns whose reduced cost is at most ``within_m``: integer plans need them."""
        self.master.add(*self._pricer.exchange(self.dual, self._basis(), within_m))
        self._solve()

    def _solve(self) -> None:
        self.value_m, self.dual = self.master.solve()

    def _basis(self) -> list[tuple[int, ...]]:
        """Columns with least reduced cost."""
        ranked = np.argsort(self.master.reduced_costs(self.dual), kind="stable")[:BASE]
        return [self.master.columns[k] for k in ranked.tolist()]

    def _take(self, found: Found) -> int:
        """Add the first columns found; how many were new."""
        columns, lengths = found
        return self.master.add(columns[:AT_ONCE], lengths[:AT_ONCE])

    def _raise_bound(self, factor: float, is_optimal: bool) -> None:
        bound = (
            self.value_m if is_optimal else factor * float(self.dual[:-1].sum() + self._least_batches * self.dual[-1])
        )
        if is_optimal or self._is_monotone:
            self.lower_bound_m = max(self.lower_bound_m, bound)
