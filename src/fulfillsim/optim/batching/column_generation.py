"""Column generation: near-optimal batches with a certified gap, proven optimal where the gap closes.

Annealing finds a plan and first columns; the linear relaxation over all feasible batches gives a lower bound and the
columns that matter; SCIP chooses among the cheapest of those. A plan is proven optimal if all columns whose reduced
cost is within the gap have been in the choice.

References
----------
Muter & Öncan (2015), An exact solution approach for the order batching problem, IIE Transactions 47(7); Briant et al.
(2020), An efficient and general approach for the joint order batching and picker routing problem, EJOR 285(2); Wahlen &
Gschwind (2023), Branch-price-and-cut-based solution of order batching problems, Transportation Science 57(3). Our
columns are listed or searched depth first instead of labeled, and integrality is left to a MIP solver.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter

import numpy as np

from fulfillsim.optim.batching import local_search, subsets
from fulfillsim.optim.batching.encoding import is_compiled, scratch_for, steps_m
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.local_search import anneal, start
from fulfillsim.optim.batching.master import as_tuples
from fulfillsim.optim.batching.partition import Choice, choose, once_each, unit_of
from fulfillsim.optim.batching.plans import batches_of, finish, labels_of, least_batches
from fulfillsim.optim.batching.relaxation import Relaxation
from fulfillsim.optim.batching.search import Annealing
from fulfillsim.optim.solving import Solution, Status, Stop

MOST_LISTED = 4_000_000
LISTED_PER_SECOND = 80_000
SIZES = (1500, 6000, 25_000)
"""Columns to choose among in turn."""
POOLED = 4_000
COLUMNS_PER_SECOND = 5_000
ENDING = 0.05
"""Share of the time at its end in which only annealing goes on, which ends when it should."""
WARM = 0.03
"""First temperature where a good plan is to be bettered, not left."""
DIVING = 0.2
"""Share of the time left that betters the rounded relaxation, at most as much as the first plan was given."""


@dataclass(frozen=True)
class Shares:
    """How the time is spent: annealing until, exchanges until, proving until, rounding until (shares of the whole)."""

    annealing: float = 0.2
    exchange: float = 0.4
    proving: float = 0.6
    diving: float = 0.8


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches with a certified lower bound."""
    return price_and_choose(instance, routing, stop, Shares(0.1, 0.2, 0.8, 0.9))


def listing_limit(seconds: float | None) -> int:
    """Feasible batches that can be listed in a part of the given time."""
    return MOST_LISTED if seconds is None else min(int(LISTED_PER_SECOND * max(seconds, 0.0)), MOST_LISTED)


def price_and_choose(instance: BatchingInstance, routing: str, stop: Stop, shares: Shares) -> Solution[Batches]:
    """Anneal, price, prove and choose in the given shares of the time."""
    if instance.n_orders <= subsets.MOST_ORDERS:
        return subsets.solve(instance, routing, stop)
    if not is_compiled(instance, routing):
        return local_search.solve(instance, routing, stop)
    run = Run(instance, routing, stop, shares)
    return run.solve()


class Run:
    """One solve: the plan so far, the bound so far, and the clock."""

    def __init__(self, instance: BatchingInstance, routing: str, stop: Stop, shares: Shares) -> None:
        self._began = perf_counter()
        self._instance, self._stop, self._shares = instance, stop, shares
        self._search: Annealing = start(instance, routing, stop)
        self._relaxation = Relaxation(instance, self._search.walk, routing)
        self._is_optimal = False

    def solve(self) -> Solution[Batches]:
        """The whole course."""
        self._anneal(self._share_s(self._shares.annealing))
        self._fill_master()
        self._relaxation.exchange(self._until(self._shares.exchange))
        is_solved = self._prove()
        self._dive()
        for size in SIZES:
            if self._is_optimal or size > self._most_columns() or self._choose(size, is_solved):
                break
        self._polish()
        bound = self._bound()
        status: Status = "optimal" if self._is_optimal else "feasible"
        batches = batches_of(self._search.best)
        return finish(self._instance, batches, status, bound or None, self._search.incumbents)

    def _anneal(self, seconds: float | None) -> None:
        anneal(self._search, replace(self._stop, seconds=seconds), collects=True)

    def _dive(self) -> None:
        """Round the relaxation to a plan, and better it by a short annealing at low temperature."""
        if not self._relaxation.is_cover:
            return
        batches = once_each(self._relaxation.dive(self._until(self._shares.diving)))
        if not batches:
            return
        label = labels_of(batches, self._instance.n_orders)
        self._search.offer(label, sum(self._lengths(batches)))
        if self._stop.seconds is not None and self._left() > 0.0:
            self._search.begin(label)
            seconds = self._stop.seconds * self._shares.annealing
            stop = replace(self._stop, seconds=min(self._left() * DIVING, seconds))
            anneal(self._search, stop, collects=False, hot_share=WARM)

    def _polish(self) -> None:
        """Spend what is left on annealing from the best plan."""
        if self._stop.seconds is not None and not self._is_optimal and self._left() > 0.0:
            self._search.begin(self._search.best.copy())
            anneal(self._search, replace(self._stop, seconds=self._left()), hot_share=WARM)

    def _fill_master(self) -> None:
        """Give the master the columns that annealing met, the shortest per order first, and those of its plan."""
        columns = self._search.columns()
        ranked = np.argsort(columns.length_m / np.diff(columns.start), kind="stable")[:POOLED].tolist()
        batches = as_tuples(columns)
        self._relaxation.master.add([batches[k] for k in ranked], columns.length_m[ranked].tolist())
        best = batches_of(self._search.best)
        self._relaxation.master.add(best, self._lengths(best))

    def _lengths(self, batches: Batches) -> list[float]:
        """Metres of each batch."""
        from fulfillsim.optim.batching._kernels import measure_sets

        begins = np.cumsum([0, *map(len, batches)]).astype(np.int64)
        orders = np.array([order for batch in batches for order in batch], np.int64)
        lengths = np.empty(len(batches))
        measure_sets(self._search.walk, scratch_for(self._search.walk), begins, orders, lengths)
        return list(map(float, lengths))

    def _prove(self) -> bool:
        """Bound the relaxation from below; whether its optimum was found."""
        deadline = self._until(self._shares.proving)
        if self._relaxation.list_all(listing_limit(None if self._stop.seconds is None else self._left())):
            return self._relaxation.solve_listed(deadline)
        return self._relaxation.certify(deadline)

    def _choose(self, size: int, is_solved: bool) -> bool:
        """Choose among the cheapest columns; True if nothing more can be won.

        A plan with any other column is longer than the relaxation by its cost at least, which bounds all plans.
        """
        least_m, unit_m = self._search.least_m, self._unit_m or 0.0
        gap_m = least_m - self._relaxation.value_m - unit_m + 1e-6
        found, edge_m = self._relaxation.cheapest(size, gap_m, perf_counter() + self._left() / 6)
        is_all = edge_m >= gap_m
        choice = self._chosen(*found, perf_counter() + self._left() * (1.0 if is_all and is_solved else 0.5))
        if choice.batches is not None:
            label = labels_of(choice.batches, self._instance.n_orders)
            self._search.offer(label, sum(self._lengths(choice.batches)))
        if is_solved:
            edge_m = least_m if is_all else self._relaxation.value_m + edge_m
            self._relaxation.lower_bound_m = max(self._relaxation.lower_bound_m, min(choice.bound_m, edge_m))
            self._is_optimal = choice.is_optimal and self._search.least_m - unit_m <= edge_m
        return is_all or self._is_optimal

    def _chosen(self, columns: list[tuple[int, ...]], lengths: list[float], deadline: float) -> Choice:
        """The best of these columns and those of the best plan."""
        best, known = batches_of(self._search.best), set(columns)
        missing = [batch for batch in best if batch not in known]
        return choose(
            [*columns, *missing],
            [*lengths, *self._lengths(tuple(missing))],
            self._instance.n_orders,
            least_batches(self._instance),
            best,
            self._relaxation.is_cover and self._relaxation.listing is None,
            deadline,
            self._stop.seed,
        )

    @cached_property
    def _unit_m(self) -> float | None:
        """Of which all lengths are multiples, so that no plan is better by less; None if unknown."""
        listing = self._relaxation.listing
        return unit_of(listing.tree.length if listing is not None else steps_m(self._instance))

    def _bound(self) -> float:
        """Best lower bound in metres, rounded up to the unit of all lengths where they are known."""
        if self._is_optimal:
            return self._search.least_m
        bound, unit_m = self._relaxation.lower_bound_m, self._unit_m
        if unit_m is not None:
            bound = min(float(np.ceil(bound / unit_m - 1e-6)) * unit_m, self._search.least_m)
            self._is_optimal = bound >= self._search.least_m - 1e-6
        return bound

    def _most_columns(self) -> float:
        """Columns that can still be made a choice of: what takes seconds is not begun at the end."""
        seconds = self._stop.seconds
        return np.inf if seconds is None else COLUMNS_PER_SECOND * (self._left() - ENDING * seconds)

    def _until(self, share: float) -> float:
        """Reading of the clock when a share of the time is over."""
        return self._began + self._stop.seconds * share if self._stop.seconds is not None else float("inf")

    def _share_s(self, share: float) -> float | None:
        return None if self._stop.seconds is None else self._stop.seconds * share

    def _left(self) -> float:
        """Seconds left; infinite without a limit."""
        return self._until(1.0) - perf_counter()
