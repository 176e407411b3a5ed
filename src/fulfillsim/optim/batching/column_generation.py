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

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from fulfillsim.optim.batching import local_search, subsets
from fulfillsim.optim.batching.closing import Closing
from fulfillsim.optim.batching.course import Course
from fulfillsim.optim.batching.diving import dive
from fulfillsim.optim.batching.encoding import is_compiled
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.batching.partition import once_each
from fulfillsim.optim.batching.plans import batches_of, finish, labels_of
from fulfillsim.optim.batching.relaxation import State
from fulfillsim.optim.solving import Solution, Status, Stop

MOST_LISTED = 12_000_000
LISTED_WITHOUT_CLOCK = 4_000_000
LISTED_PER_SECOND = 200_000
WARM = 0.03
"""First temperature where a good plan is to be bettered, not left."""
ONWARD = 0.06, 0.015
"""First and last temperature of the longer annealing where a proof is far."""
LISTING = 0.2
"""Share of the time left to list batches near the relaxation, and to split it by its number of batches."""
GLANCE = 0.1
"""Share of the time left for rounding before what is far from a proof is annealed again: it may bring it near."""
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
    return Run(instance, routing, stop, shares).solve()


class Run:
    """One solve by column generation."""

    def __init__(self, instance: BatchingInstance, routing: str, stop: Stop, shares: Shares) -> None:
        self._course, self._shares = Course(instance, routing, stop), shares
        self._relaxation, self._search = self._course.relaxation, self._course.search
        self._closing = Closing(self._course)
        self._seconds = stop.seconds

    def solve(self) -> Solution[Batches]:
        """The whole course."""
        self._anneal()
        self._course.fill_master()
        self._relaxation.exchange(self._course.until(self._shares.exchange))
        is_solved = self._prove()
        whole = self._relaxation.state()
        if not self._relaxation.is_complete:
            self._anneal_again()
            self._dive_deep()
            self._relaxation.list_near(self._course.worth_m(), self._soon(LISTING))
        sides = self._relaxation.sides(self._soon(LISTING))
        if self._relaxation.is_complete and self._is_still_far(sides):
            self._anneal_again()
        if is_solved and self._relaxation.is_complete:
            bound_m = min(self._closing.settle(side, sides[k + 1 :]) for k, side in enumerate(sides))
        else:
            self._closing.dive_each(sides)
            self._relaxation.go_back(whole)
            bound_m = self._closing.choose_ever_more(is_solved, self._course.until(1.0))
        if is_solved:
            self._relaxation.lower_bound_m = max(self._relaxation.lower_bound_m, bound_m)
        self._polish()
        status: Status = "feasible" if self._course.is_open() else "optimal"
        batches, bound_m = batches_of(self._search.best), self._course.bound_m()
        return finish(self._course.instance, batches, status, bound_m or None, self._search.incumbents)

    def _anneal(self) -> None:
        """Find a first plan."""
        self._course.anneal(None if self._seconds is None else self._shares.annealing * self._seconds)

    def _prove(self) -> bool:
        """Bound the relaxation from below; whether its optimum was found."""
        deadline = self._course.until(self._shares.proving)
        if self._relaxation.list_all(listing_limit(None if self._seconds is None else self._course.left())):
            return self._relaxation.solve_listed(deadline)
        return self._relaxation.certify(deadline)

    def _soon(self, share: float) -> float:
        """Reading of the clock when a share of the time left is over."""
        return perf_counter() + share * self._course.left()

    def _is_still_far(self, sides: list[State]) -> bool:
        """Whether a proof is far, also after a glance for a shorter plan."""
        if not self._closing.is_far(sides):
            return False
        self._relaxation.go_back(sides[0])
        self._closing.dive(self._soon(GLANCE))
        return self._closing.is_far(sides)

    def _anneal_again(self) -> None:
        """Anneal once more and for longer: where a proof is far, roundings find less."""
        if not self._course.is_open() or self._seconds is None:
            return
        if (seconds := self._course.until(self._shares.again) - perf_counter()) > 0.0:
            self._search.begin(self._search.best.copy())
            self._course.anneal(seconds, *ONWARD)
            self._course.fill_master()

    def _dive_deep(self) -> None:
        """Round the relaxation once with columns found on the way, and better the plan by a short annealing."""
        rest = dive(self._relaxation, np.inf, 0, self._course.until(self._shares.rounding), None)
        if rest is None:
            return
        batches = once_each(rest.fixed)
        self._course.offer(batches)
        if self._seconds is not None:
            self._search.begin(labels_of(batches, self._course.instance.n_orders))
            self._course.anneal(WARMED * self._seconds, WARM, collects=False)

    def _polish(self) -> None:
        """Spend what is left on annealing from the best plan."""
        if self._seconds is not None and self._course.is_open() and self._course.left() > 0.0:
            self._search.begin(self._search.best.copy())
            self._course.anneal(self._course.left(), WARM, collects=False)
