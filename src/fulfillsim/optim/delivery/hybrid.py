"""Our own path on OR-Tools: a search fills a pool of routes, set partitioning picks the best of them.

Savings give the first plan. Where vehicles are alike and the budget is more than a moment, an iterated local search
goes through plans that may break rules (`penalized`); elsewhere annealed ruin and recreate keeps every rule
(Christiaens, Vanden Berghe 2020). Either runs in rounds: several starts where the budget allows, through plans with
faults from unlike ones, then the best of them goes on; OR-Tools chooses routes from all accepted
plans, and the search ends, cooler, from the better plan. With a budget in seconds the temperature follows the clock;
without one it follows the steps, and equal seeds give equal plans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import Literal, NamedTuple

from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.feasibility import shortages
from fulfillsim.optim.delivery.fewest_vehicles import dissolved, is_wanted, with_fewest
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.partitioning import MOST_COLUMNS, choose, columns_of
from fulfillsim.optim.delivery.penalized import PenalizedSearch, begin_penalized, is_able
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.search import Search, begin, savings_plan
from fulfillsim.optim.delivery.tables import supports
from fulfillsim.optim.delivery.warm import warm_up, warm_up_penalized
from fulfillsim.optim.solving import Solution, Stop

__all__ = ["solve", "supports"]
COLD = 0.005
COLUMNS_PER_SECOND, COLUMNS_PER_STEP = 12_000, 0.02
STEPS_WITHOUT_POOL = 5_000
CHUNK = 100
SHARE_FOR_VEHICLES = 0.5
"""Of the budget, at most, for finding fewer vehicles where these come first."""


class Round(NamedTuple):
    """A stretch of annealing: to which share of the budget, how hot it begins, and from which plan.

    ``first`` is the plan at the begin of all rounds, ``dissolved`` that plan without its shortest route, whose stops go
    where they cost least with their faults.
    """

    until: float
    hot: float
    begins: Literal["first", "savings", "dissolved", "best", "pool"]


SHORT = (Round(0.9, 1.0, "first"), Round(1.0, 0.05, "pool"))
LONG = (*(Round(0.11 * (n + 1), 1.0, "first") for n in range(4)), Round(0.9, 0.2, "best"), Round(1.0, 0.05, "pool"))
"""Several starts, of which the best goes on: on long routes a search seldom leaves the plan that it froze to."""
FIRST = Round(0.1, 1.0, "first")
"""Ruin and recreate finds how many routes it takes before plans with faults are looked at."""
SHORT_WITH_FAULTS = (Round(0.88, 0.3, "first"), Round(1.0, 0.05, "pool"))
LONG_WITH_FAULTS = (
    Round(0.2, 1.0, "first"),
    Round(0.4, 1.0, "savings"),
    Round(0.6, 1.0, "dissolved"),
    Round(0.9, 0.2, "pool"),
    Round(1.0, 0.05, "pool"),
)
"""Starts from unlike plans, because moves seldom open or close a route."""
LAST = Round(1.0, 1.0, "best")
"""Where no plan keeps all rules: ruin and recreate leaves out as little as it can."""
STEPS_FOR_FAULTS = 5_000
"""Smaller budgets keep every rule: prices would not find their level."""
STEPS_PER_SECOND, STEPS_PER_STOP, STOPS_PER_ROUTE = 50_000, 2_000, 13
"""Long rounds are for budgets of so many steps a stop and routes of so many stops; a second counts as so many steps."""
PROBE = 300
"""Steps after which the length of routes is told, because savings make too many of them."""


@dataclass
class Clock:
    """How much of the budget is used, in [0, 1]."""

    stop: Stop
    begun: float
    n_steps: int = 0

    def used(self) -> float:
        """Share of seconds, or of steps where no seconds are given."""
        if self.stop.seconds is not None:
            return min(1.0, (perf_counter() - self.begun) / max(self.stop.seconds, 1e-9))
        return min(1.0, self.n_steps / max(self.stop.iterations or 1, 1))

    def step_before(self, share: float) -> Callable[[int], bool]:
        """Counts steps for as long as less than a share of the budget is used."""

        def go_on(n_steps: int) -> bool:
            if self.used() >= share:
                return False
            self.n_steps += n_steps
            return True

        return go_on

    def budget(self) -> float:
        """Steps that the whole budget is worth."""
        stop = self.stop
        return STEPS_PER_SECOND * stop.seconds if stop.seconds is not None else stop.iterations or 0

    def chunk(self, weight: int) -> int:
        """Steps to take at once, each as long as ``weight`` usual ones."""
        if self.stop.iterations is None:
            return CHUNK
        return max(1, min(CHUNK, (self.stop.iterations - self.n_steps) // weight))

    def left_s(self) -> float | None:
        """Seconds left; None on a budget of steps."""
        return None if self.stop.seconds is None else self.stop.seconds - (perf_counter() - self.begun)


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Best plan found; a budget of iterations counts steps of ruin and recreate, or others that take as long."""
    if refused := refusal(instance, supports(instance)):
        return refused
    if not instance.stops:
        return answer(instance, ())
    warm_up()
    if Clock(stop, 0.0).budget() >= STEPS_FOR_FAULTS:
        warm_up_penalized()
    clock = Clock(stop, perf_counter())
    search = begin(instance, stop.seed)
    if is_wanted(instance):
        search = with_fewest(instance, search, stop.seed, clock.step_before(SHARE_FOR_VEHICLES))
    strict = search
    if clock.budget() >= STEPS_FOR_FAULTS and is_able(instance, search) and not shortages(instance):
        list(annealed(search, FIRST, clock.used(), clock))
        search = begin_penalized(instance, search)
    incumbents = tuple(improvements(search, clock))
    if isinstance(search, PenalizedSearch) and not search.has_plan:
        search = strict
        search.restart(search.routes())
        list(annealed(search, LAST, clock.used(), clock))
    return answer(instance, search.routes(), f"{clock.n_steps} steps, the last of {search.steps_are}", incumbents)


def improvements(search: Search, clock: Clock) -> Iterator[tuple[float, float]]:
    """Run the search to the end of its budget; each better plan as (seconds, cost).

    One that has looked through plans with faults and met none without ends before its last round.
    """
    known, since, first = search.best_cost, clock.used(), search.routes()
    if known < inf:
        yield perf_counter() - clock.begun, known
    for number, stretch in enumerate(rounds_for(search, clock)):
        if number:
            if stretch.until == LAST.until and search.best_cost == inf:
                return
            set_out(search, clock, stretch.begins, first)
        for _ in annealed(search, stretch, since, clock):
            if search.best_cost < known:
                known = search.best_cost
                yield perf_counter() - clock.begun, known
        since = max(since, stretch.until)
    if search.best_cost < known:
        yield perf_counter() - clock.begun, search.best_cost


def annealed(search: Search, stretch: Round, since: float, clock: Clock) -> Iterator[float]:
    """Run a search through a round, chunk by chunk; the temperature of each."""
    for temperature in temperatures(stretch, since, clock):
        n_steps = clock.chunk(search.weight)
        search.run(temperature, temperature, n_steps)
        clock.n_steps += n_steps * search.weight
        yield temperature


def rounds_for(search: Search, clock: Clock) -> tuple[Round, ...]:
    """Long rounds for large budgets; with ruin and recreate only where routes turn out to be long."""
    n_stops = len(search.tables.near)
    is_large = clock.budget() >= STEPS_PER_STOP * n_stops
    if isinstance(search, PenalizedSearch):
        return LONG_WITH_FAULTS if is_large else SHORT_WITH_FAULTS
    if not is_large:
        return SHORT
    search.run(1.0, 0.3, PROBE)
    clock.n_steps += PROBE
    return LONG if n_stops >= STOPS_PER_ROUTE * len(search.routes()) else SHORT


def temperatures(stretch: Round, since: float, clock: Clock) -> Iterator[float]:
    """From hot to cold with the share of the budget that is used, to the end of a round."""
    while (used := clock.used()) < stretch.until:
        share = (used - since) / (stretch.until - since)
        yield float(stretch.hot * (COLD / stretch.hot) ** share)


def set_out(search: Search, clock: Clock, begins: str, first: Routes) -> None:
    """Bring the search to the plan from which a round begins."""
    if begins == "pool" and not search.tables.chained and _worth_partitioning(clock):
        recombine(search, clock)
    elif begins == "savings":
        search.restart(savings_plan(search.tables))
    elif begins == "dissolved":
        search.restart(dissolved(first))
    else:
        search.restart(first if begins == "first" else search.routes())


def _worth_partitioning(clock: Clock) -> bool:
    seconds = clock.stop.seconds
    return seconds >= 0.5 if seconds is not None else (clock.stop.iterations or 0) >= STEPS_WITHOUT_POOL


def recombine(search: Search, clock: Clock) -> None:
    """Go on from the best choice of known routes if it beats the best plan, else from the best plan."""
    left = clock.left_s()
    affordable = COLUMNS_PER_SECOND * left if left is not None else COLUMNS_PER_STEP * (clock.stop.iterations or 0)
    most = min(MOST_COLUMNS, int(affordable))
    columns = columns_of(search.tables, search.pool, search.best, most)
    better = choose(search.tables, columns, search.best_cost, None if left is None else 0.5 * left)
    search.restart(better if better is not None else search.routes())
