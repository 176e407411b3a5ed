"""Column generation: near-optimal batches with a certified gap, proven optimal where the gap closes.

Annealing finds a plan and first columns; the linear relaxation over all feasible batches gives a lower bound and the
columns that matter. Cuts and the two sides of its number of batches tighten it, and dives round it to plans. Where few
columns have a reduced cost within the gap, branching over all of them proves the best plan; where they are many, SCIP
chooses among the cheapest. Where there are too many batches to list, dives go through those that exchanges find near
the relaxation.

References
----------
Muter & Öncan (2015), An exact solution approach for the order batching problem, IIE Transactions 47(7); Briant et al.
(2020), An efficient and general approach for the joint order batching and picker routing problem, EJOR 285(2); Wahlen &
Gschwind (2023), Branch-price-and-cut-based solution of order batching problems, Transportation Science 57(3). Our
columns are listed or searched depth first instead of labeled, and integrality is left to branching and a MIP solver.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from time import perf_counter

import numpy as np

from fulfillsim.optim.batching import local_search, subsets
from fulfillsim.optim.batching.branching.tree import prove
from fulfillsim.optim.batching.diving import Rest, dive
from fulfillsim.optim.batching.encoding import is_compiled, scratch_for, steps_m
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.local_search import COLD, HOT, anneal, start
from fulfillsim.optim.batching.master import as_tuples
from fulfillsim.optim.batching.partition import Choice, choose, once_each, unit_of
from fulfillsim.optim.batching.plans import batches_of, finish, labels_of
from fulfillsim.optim.batching.relaxation import Relaxation, State
from fulfillsim.optim.batching.search import Annealing
from fulfillsim.optim.solving import Solution, Status, Stop

MOST_LISTED = 12_000_000
LISTED_WITHOUT_CLOCK = 4_000_000
LISTED_PER_SECOND = 200_000
SIZES = (1500, 6000, 25_000)
"""Columns to choose among in turn."""
POOLED = 4_000
COLUMNS_PER_SECOND = 2_500
ENDING = 0.05
"""Share of the time at its end in which only annealing goes on, which ends when it should."""
WARM = 0.03
"""First temperature where a good plan is to be bettered, not left."""
ONWARD = 0.06, 0.015
"""First and last temperature of the longer annealing where a proof is far."""
LISTING = 0.2
"""Share of the time left to list batches near the relaxation, and to split it by its number of batches."""
DIVING_NEAR = 0.7
"""Share of the time left that rounds it where not all batches are listed, as a choice seldom proves anything there."""
MOST_BRANCHED = 100_000
"""Columns to branch over."""
BRANCHING = (0.03, 0.2), (0.35, 0.85)
"""Shares of a side's time at whose ends rounding and branching end, and again a choice and branching: most proofs need
the first turn only, others a shorter plan."""
ROUNDING = 0.5
"""Share of the rest of it for rounding, before the choice."""
GLANCE = 0.1
"""Share of the time left for rounding before what is far from a proof is annealed again: it may bring it near."""
NOISE = 1e-3
"""Share of the unit of all lengths that a bound may be wrong by, as linear programs are not exact."""
DIVES = 10
"""Roundings where no clock ends them."""
FEW = 120
"""Columns among which a rounding ends with an exact choice."""
ROUNDED = 0.05
"""Share of the time for that choice."""
WARMED = 0.08
"""Share of the time for bettering a rounding."""


@dataclass(frozen=True)
class Shares:
    """How the time is spent: annealing, exchanges, proving and the first rounding until (shares of the whole).

    Where a proof is far, annealing goes on after proving until the share ``again``.
    """

    annealing: float = 0.2
    exchange: float = 0.4
    proving: float = 0.6
    rounding: float = 0.7
    again: float = 0.0


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """Batches with a certified lower bound."""
    return price_and_choose(instance, routing, stop, Shares(0.1, 0.2, 0.8, 0.85))


def listing_limit(seconds: float | None) -> int:
    """Feasible batches that can be listed in a part of the given time."""
    if seconds is None:
        return min(LISTED_WITHOUT_CLOCK, MOST_LISTED)
    return min(int(LISTED_PER_SECOND * max(seconds, 0.0)), MOST_LISTED)


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
        self._random = np.random.default_rng(stop.seed)

    def solve(self) -> Solution[Batches]:
        """The whole course."""
        self._anneal(self._share_s(self._shares.annealing))
        self._fill_master()
        self._relaxation.exchange(self._until(self._shares.exchange))
        is_solved = self._prove()
        whole = self._relaxation.state()
        if not self._relaxation.is_complete:
            self._anneal_again()
            self._dive_deep()
            self._relaxation.list_near(self._worth_m(), perf_counter() + LISTING * self._left())
        sides = self._relaxation.sides(perf_counter() + LISTING * self._left())
        if self._relaxation.is_complete and self._is_far(sides):
            self._relaxation.go_back(sides[0])
            self._dive(perf_counter() + GLANCE * self._left())
            if self._is_far(sides):
                self._anneal_again()
        if is_solved and self._relaxation.is_complete:
            bound_m = min(self._settle(side, sides[k + 1 :]) for k, side in enumerate(sides))
        else:
            self._dive_each(sides)
            self._relaxation.go_back(whole)
            bound_m = self._choose_ever_more(is_solved, self._until(1.0))
        if is_solved:
            self._relaxation.lower_bound_m = max(self._relaxation.lower_bound_m, bound_m)
        self._polish()
        status: Status = "feasible" if self._is_open() else "optimal"
        batches = batches_of(self._search.best)
        return finish(self._instance, batches, status, self._bound() or None, self._search.incumbents)

    def _settle(self, side: State, others: list[State]) -> float:
        """Look for plans on one side, in its part of the time; returns the metres below which none is there."""
        if side.value_m >= self._worth_m():
            return side.value_m
        self._relaxation.go_back(side)
        self._relaxation.forget(self._worth_m() - side.value_m)
        bound_m, part_s = side.value_m, self._part_s(others)
        began = perf_counter()
        for look, (looked, branched) in zip((self._dive, self._choose_few), BRANCHING, strict=True):
            if bound_m < self._worth_m() and self._can_branch():
                look(began + looked * part_s)
                bound_m = max(bound_m, self._branch(began + branched * part_s))
        if bound_m < self._worth_m():
            self._dive(perf_counter() + ROUNDING * (began + part_s - perf_counter()))
            if not self._can_branch():
                bound_m = max(bound_m, self._branch(perf_counter() + ROUNDING * (began + part_s - perf_counter())))
            bound_m = max(bound_m, self._choose_ever_more(True, began + part_s))
        return bound_m

    def _can_branch(self) -> bool:
        """Whether the columns that may be in shorter plans are few."""
        return self._relaxation.n_within(self._worth_m() - self._relaxation.value_m) <= MOST_BRANCHED

    def _branch(self, deadline: float) -> float:
        """Branch over the cheapest columns, all that count if they are few; metres below which there is no plan."""
        gap_m = self._worth_m() - self._relaxation.value_m
        found, edge_m = self._relaxation.cheapest(MOST_BRANCHED, gap_m, deadline)
        cuts = self._relaxation.master.cuts[: len(self._relaxation.cut_dual)]
        n, number, unit_m = self._instance.n_orders, self._relaxation.number, self._unit_m or 0.0
        worth_m = self._relaxation.value_m + min(edge_m, gap_m)
        proof = prove(*found, n, number, cuts, worth_m, unit_m, deadline)
        self._offer(proof.batches)
        return self._search.least_m if proof.bound_m >= self._worth_m() else proof.bound_m

    def _part_s(self, others: list[State]) -> float:
        """Seconds left for one side, if all others that may have plans get as much."""
        return self._left() / (1 + sum(other.value_m < self._worth_m() for other in others))

    def _dive_each(self, sides: list[State]) -> None:
        """Look for plans on each side that may have some, the lower one first."""
        for number, side in enumerate(sides, 1):
            if side.value_m < self._worth_m():
                self._relaxation.go_back(side)
                self._relaxation.forget(self._worth_m() - side.value_m)
                self._dive(perf_counter() + DIVING_NEAR * self._part_s(sides[number:]))

    def _choose_few(self, deadline: float) -> None:
        """Choose among the very cheapest columns, for a shorter plan."""
        self._choose(SIZES[0], False, deadline)

    def _choose_ever_more(self, is_solved: bool, deadline: float) -> float:
        """Choose among ever more columns; metres below which there is no plan, if the relaxation is solved."""
        bound_m = self._relaxation.value_m
        for size in SIZES:
            if bound_m >= self._worth_m() or size > self._most_columns(deadline):
                break
            chosen_m, is_all = self._choose(size, is_solved, deadline)
            bound_m = max(bound_m, chosen_m)
            if is_all:
                break
        return bound_m

    def _worth_m(self) -> float:
        """Metres from which a plan is not shorter than the best."""
        unit_m = self._unit_m or 0.0
        return self._search.least_m - unit_m + max(NOISE * unit_m, 1e-6)

    def _anneal(self, seconds: float | None, hot_share: float = HOT, cold_share: float = COLD) -> None:
        anneal(self._search, replace(self._stop, seconds=seconds), True, hot_share, cold_share)

    def _is_far(self, sides: list[State]) -> bool:
        """Whether on some side that may have shorter plans too many columns may be in them for a proof soon."""
        for side in sides:
            self._relaxation.go_back(side)
            gap_m = self._worth_m() - side.value_m
            if gap_m > 0.0 and self._relaxation.n_within(gap_m) > SIZES[-1]:
                return True
        return False

    def _anneal_again(self) -> None:
        """Anneal once more and for longer: where a proof is far, roundings find less."""
        if not self._is_open() or self._stop.seconds is None:
            return
        if (seconds := self._until(self._shares.again) - perf_counter()) > 0.0:
            self._search.begin(self._search.best.copy())
            self._anneal(seconds, *ONWARD)
            self._fill_master()

    def _dive(self, deadline: float) -> None:
        """Round the relaxation to plans shorter than the best, always otherwise."""
        for number in count() if np.isfinite(deadline) else range(DIVES):
            if perf_counter() > deadline or self._relaxation.value_m >= self._worth_m():
                return
            rest = dive(self._relaxation, self._worth_m(), FEW, deadline, self._random if number else None)
            if rest is not None and not rest.fixed:
                return  # nothing had to be rounded: the choice that follows is exact
            if rest is not None:
                self._round(rest, deadline)

    def _dive_deep(self) -> None:
        """Round the relaxation once with columns found on the way, and better the plan by a short annealing."""
        rest = dive(self._relaxation, np.inf, 0, self._until(self._shares.rounding), None)
        if rest is None:
            return
        batches = once_each(rest.fixed)
        label = labels_of(batches, self._instance.n_orders)
        self._search.offer(label, sum(self._lengths(batches)))
        if self._stop.seconds is not None:
            self._search.begin(label)
            anneal(self._search, replace(self._stop, seconds=WARMED * self._stop.seconds), hot_share=WARM)

    def _round(self, rest: Rest, deadline: float) -> None:
        """Choose among what a dive has left."""
        fixed = once_each(rest.fixed)
        deadline = min(deadline, perf_counter() + ROUNDED * (self._stop.seconds or np.inf))
        columns, lengths = [*fixed, *rest.columns[0]], [*self._lengths(fixed), *rest.columns[1]]
        self._offer(self._chosen(columns, lengths, (), True, deadline).batches)

    def _offer(self, batches: Batches | None) -> None:
        """Show a plan to the search."""
        if batches is not None:
            self._search.offer(labels_of(batches, self._instance.n_orders), sum(self._lengths(batches)))

    def _polish(self) -> None:
        """Spend what is left on annealing from the best plan."""
        if self._stop.seconds is not None and self._is_open() and self._left() > 0.0:
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

    def _choose(self, size: int, is_solved: bool, deadline: float) -> tuple[float, bool]:
        """Choose among the cheapest columns; metres below which there is no plan, and whether no others count.

        A plan with any other column is longer than the relaxation by its cost at least, which bounds all plans.
        """
        least_m, left = self._search.least_m, deadline - perf_counter()
        gap_m = self._worth_m() - self._relaxation.value_m
        found, edge_m = self._relaxation.cheapest(size, gap_m, perf_counter() + left / 6)
        is_all = edge_m >= gap_m
        best, known = batches_of(self._search.best), set(found[0])
        missing = tuple(batch for batch in best if batch not in known)
        columns, lengths = [*found[0], *missing], [*found[1], *self._lengths(missing)]
        is_cover = self._relaxation.is_cover and self._relaxation.listing is None
        if np.isfinite(deadline) and not (is_all and is_solved):
            deadline -= (deadline - perf_counter()) / 2
        choice = self._chosen(columns, lengths, best, is_cover, deadline)
        self._offer(choice.batches)
        return min(choice.bound_m, least_m if is_all else self._relaxation.value_m + edge_m), is_all

    def _chosen(
        self, columns: list[tuple[int, ...]], lengths: list[float], known: Batches, is_cover: bool, deadline: float
    ) -> Choice:
        """The best of these columns."""
        n, seed = self._instance.n_orders, self._stop.seed
        number, cuts = self._relaxation.number, () if is_cover else self._relaxation.master.cuts
        return choose(columns, lengths, n, number, known, cuts, is_cover, deadline, seed)

    @cached_property
    def _unit_m(self) -> float | None:
        """Of which all lengths are multiples, so that no plan is better by less; None if unknown."""
        listing = self._relaxation.listing if self._relaxation.is_complete else None
        return unit_of(listing.tree.length if listing is not None else steps_m(self._instance))

    def _bound(self) -> float:
        """Best lower bound in metres, rounded up to the unit of all lengths where they are known."""
        bound, unit_m = self._relaxation.lower_bound_m, self._unit_m
        if unit_m is not None:
            bound = float(np.ceil(bound / unit_m - NOISE)) * unit_m
        return min(bound, self._search.least_m)

    def _is_open(self) -> bool:
        """Whether a shorter plan may be."""
        return self._bound() < self._search.least_m - 1e-6

    def _most_columns(self, deadline: float) -> float:
        """Columns that can still be made a choice of until then: what takes seconds is not begun at the end."""
        seconds = self._stop.seconds
        if seconds is None:
            return np.inf
        return COLUMNS_PER_SECOND * (min(deadline, self._until(1.0 - ENDING)) - perf_counter())

    def _until(self, share: float) -> float:
        """Reading of the clock when a share of the time is over."""
        return self._began + self._stop.seconds * share if self._stop.seconds is not None else float("inf")

    def _share_s(self, share: float) -> float | None:
        return None if self._stop.seconds is None else self._stop.seconds * share

    def _left(self) -> float:
        """Seconds left; infinite without a limit."""
        return self._until(1.0) - perf_counter()
