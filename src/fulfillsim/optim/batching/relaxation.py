"""Column generation: the linear relaxation over all feasible batches, its bound, and columns that are worth having.

Columns come from exchanges first; where all batches can be listed one pass over them prices exactly, else a search
with bounds proves how much the duals may be wrong.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.columns.listing import Found, Listing, list_all, list_these
from fulfillsim.optim.batching.cuts import as_kernels_read
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
CUTS = 40
"""Cuts added per round."""
WORTH = 1e-4
"""Share of the bound by which a round of cuts must raise it for another one."""
SHARES_OF_GAP = (0.1, 0.2, 0.4, 0.7, 1.0)
"""Columns are asked for within these shares of the gap in turn, until they are too many."""

NEAR = 0.5
"""Share of the gap within which exchanges look for columns to list."""
MOST_NEAR = 20_000
"""Columns that they list at most."""
EXCESS = 10.0
"""Longest tours of single orders that a batch above the most asked for costs."""
COVERED_M = 1e6
"""Taken off the dual of an order that is covered, so that no column with it is near."""
FRACTION = 1e-3
"""A number of batches nearer to a whole one is one."""


class State(NamedTuple):
    """A solved relaxation.

    Parameters
    ----------
    value_m
        Its optimum.
    dual, cut_dual
        Of each order and, last, of the number of batches; of each cut.
    number
        Least and most batches asked for.
    n_batches
        Batches in its solution.
    listing
        The batches that count, where they are listed.
    """

    value_m: float
    dual: NDArray[np.float64]
    cut_dual: NDArray[np.float64]
    number: tuple[float, float]
    n_batches: float
    listing: Listing | None


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
        excess_m = EXCESS * float(walk.alone.max())
        self.master = Master(instance.n_orders, self._least_batches, self.is_cover, excess_m)
        self.master.add([(order,) for order in range(instance.n_orders)], walk.alone.tolist())
        self._pricer = Pricer(instance, walk)
        self.listing: Listing | None = None
        self.is_complete = False
        self.lower_bound_m = self.n_batches = 0.0
        self.number = self._any_number = (float(self._least_batches), np.inf)
        self.value_m, self.dual, self.cut_dual = np.inf, np.zeros(instance.n_orders + 1), np.zeros(0)

    def exchange(self, deadline: float) -> bool:
        """Add columns found by exchanges until none is left; False if time was up before."""
        for _ in range(ROUNDS):
            self._solve()
            if perf_counter() > deadline:
                return False
            if not self._take(self._pricer.exchange(self.dual, self._basis(), -1e-6, AT_ONCE, deadline)):
                return True
        return False

    def list_all(self, limit: int) -> bool:
        """List all batches if there are fewer than ``limit``; whether they are listed."""
        if self.listing is None:
            self.listing = list_all(self._instance, self._walk, limit)
        self.is_complete = self.listing is not None
        return self.is_complete

    def list_near(self, least_m: float, deadline: float) -> None:
        """List batches that may be in plans below ``least_m``, as exchanges find them, and solve for those.

        No bound rests on such a list.
        """
        self.exchange(deadline)
        gap_m = least_m - self.value_m
        cost = self.master.reduced_costs(self.dual)
        near = [self.master.columns[k] for k in np.flatnonzero(cost <= gap_m).tolist()]
        found, _ = self._pricer.exchange(self.dual, self._basis(), NEAR * gap_m, MOST_NEAR, deadline)
        self.listing = list_these(self._instance, self._walk, [*near, *found])
        if self._solve_list(deadline):
            self.tighten(deadline)

    def solve_listed(self, deadline: float) -> bool:
        """Solve the relaxation over all listed batches, and tighten it; False if time was up before its optimum."""
        is_solved = self._solve_list(deadline)
        if is_solved:
            self.lower_bound_m = self.value_m
            self.tighten(deadline)
            self.lower_bound_m = self.value_m
        return is_solved

    def _solve_list(self, deadline: float) -> bool:
        for _ in range(ROUNDS):
            self._solve()
            found, factor = self._priced()
            if not found[0]:
                return True
            if self.is_complete and self.is_cover and self.number == self._any_number:
                self._raise_bound(factor, False)
            self.master.add(*found)
            if perf_counter() > deadline:
                return False
        return False

    def tighten(self, deadline: float) -> None:
        """Cut off fractions of listed batches, as long as that raises the bound and time is left."""
        solved, before_m = self.state(), 0.0
        while self.value_m > before_m + WORTH * self.value_m and perf_counter() < deadline and self.master.cut(CUTS):
            before_m = self.value_m
            if not self._solve_list(deadline):
                break
            solved = self.state()
        self.go_back(solved)

    def sides(self, deadline: float) -> list[State]:
        """The relaxation with at most and with at least a whole number of batches, the lower first; itself if whole.

        One of them holds for each plan, and both together bound plans better, as carts are costly.
        """
        whole = self.state()
        number = whole.n_batches
        if abs(number - round(number)) < FRACTION:
            return [whole]
        found = []
        for limits in ((float(self._least_batches), np.floor(number)), (np.ceil(number), np.inf)):
            self.number = limits
            if not self._solve_list(deadline):
                self.go_back(whole)
                return [whole]
            self.tighten(deadline)
            found.append(self.state())
        return sorted(found, key=lambda state: state.value_m)

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

    def forget(self, gap_m: float) -> None:
        """Take batches off the list that are in no plan within ``gap_m`` of the relaxation."""
        assert self.listing is not None
        self.listing = self.listing.within(gap_m)

    def n_within(self, gap_m: float) -> int:
        """Listed batches that may be in a plan within ``gap_m`` of the relaxation."""
        assert self.listing is not None
        return self.listing.n_within(gap_m)

    def suit(self, deadline: float) -> None:
        """Add columns for what a dive has left open."""
        self._solve()
        for _ in range(ROUNDS_OF_DIVE):
            if self.listing is not None:
                found = self._priced()[0]
            else:
                found = self._pricer.exchange(self.dual, self._basis(), -1e-6, AT_ONCE, deadline)
            if not self._take(found):
                return
            self._solve()

    def left(self, covered: list[int], few: int, gap_m: float) -> Found | None:
        """Listed columns with a reduced cost up to ``gap_m`` and without covered orders; None if they are not few."""
        if self.listing is None:
            return None
        dual = self.dual.copy()
        dual[covered] = -COVERED_M
        self._priced(dual)
        found, _ = self.listing.cheapest(few + 1, gap_m)
        return found if len(found[0]) <= few else None

    def _priced(self, dual: NDArray[np.float64] | None = None) -> tuple[Found, float]:
        """Columns of the list with negative reduced cost, and a factor for the duals."""
        assert self.listing is not None
        cuts = as_kernels_read(self.master.cuts[: len(self.cut_dual)], self.cut_dual, self._instance.n_orders)
        return self.listing.price(self.dual if dual is None else dual, cuts)

    def state(self) -> State:
        """Where it stands."""
        return State(self.value_m, self.dual, self.cut_dual, self.number, self.n_batches, self.listing)

    def go_back(self, solved: State) -> None:
        """Be at a relaxation that was solved before; the list has its reduced costs again."""
        self.value_m, self.dual, self.cut_dual, self.number, self.n_batches, self.listing = solved
        self.master.limit(self.number)
        self.master.keep(len(self.cut_dual))
        if self.listing is not None:
            self._priced()

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
        self.master.limit(self.number)
        self.value_m, self.dual, self.cut_dual = self.master.solve()
        self.n_batches = self.master.n_batches()

    def _basis(self) -> list[tuple[int, ...]]:
        """Columns with least reduced cost."""
        ranked = np.argsort(self.master.reduced_costs(self.dual), kind="stable")[:BASE]
        return [self.master.columns[k] for k in ranked.tolist()]

    def _take(self, found: Found) -> int:
        """Add columns; how many were new."""
        return self.master.add(*found)

    def _raise_bound(self, factor: float, is_optimal: bool) -> None:
        duals_m = float(self.dual[:-1].sum() + self._least_batches * self.dual[-1] + self.cut_dual.sum())
        bound = self.value_m if is_optimal else factor * duals_m
        if is_optimal or self.is_cover:
            self.lower_bound_m = max(self.lower_bound_m, bound)
