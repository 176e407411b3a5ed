"""A search through plans that may come late or carry too much, at prices that follow how often they do.

On long routes with wide windows a plan without faults has few feasible neighbors; the way to a better one leads through
plans with faults (Vidal, Crainic, Gendreau, Prins 2013; Wouda, Lan, Kool 2024, PyVRP, INFORMS J. Comput. 36). A step
costs as much time as some twenty steps of ruin and recreate and is worth more of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import ClassVar

import numpy as np

from fulfillsim.optim.delivery.evaluation import TOLERANCE
from fulfillsim.optim.delivery.faults.memory import LIGHT, STEPS, TIMELY, Loose, make_loose, make_loose_state
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.delivery.search import REMEMBER_WITHIN, Search
from fulfillsim.optim.delivery.tables import (
    DEMAND,
    DISTANCE,
    FIXED,
    LENGTH,
    PER_M,
    TIME,
    Floats,
    Tables,
    cost_of_one_more,
    put_routes,
)

REMOVED = 6.0
"""Stops that go out in a step, on average."""
WANTED, MARGIN = 0.65, 0.05
"""Share of steps after which no route is late, and none too heavy; prices change where it is missed by the margin."""
DEARER, CHEAPER = 1.2, 0.85
LOWEST, HIGHEST = 1e-4, 1e6
"""Bounds of prices, as multiples of those in the beginning."""


@dataclass
class PenalizedSearch(Search):
    """Iterated local search from the plan at which another search stands; used in its place."""

    loose: Loose
    first_price: Floats
    weight: ClassVar[int] = 20
    steps_are: ClassVar[str] = "iterated local search through plans with faults"

    @property
    def has_plan(self) -> bool:
        """Whether any plan has kept all rules so far."""
        return self.best_cost < inf

    def run(self, hot: float, cold: float, n_steps: int) -> None:
        """Steps at the first of two temperatures, then new prices."""
        from fulfillsim.optim.delivery.iterated._kernels import iterate, reprice

        legs = len(self.tables.near) + int((self.best.tally[:, LENGTH] > 0).sum())
        cost = self.costs[1] if self.has_plan else self.costs[0]
        plan = np.array([max(hot * cost / max(legs, 1), 1e-12), REMEMBER_WITHIN, REMOVED])
        states = self.work, self.now, self.best
        iterate(self.tables, *states, self.scratch, self.pool, self.loose, self.costs, plan, n_steps)
        self._adapt()
        reprice(self.tables, self.work, self.now, self.loose, self.costs)

    def _adapt(self) -> None:
        """Raise the price of what goes wrong too often, lower that of what seldom does; forget the counts."""
        price, tally = self.loose.price, self.loose.tally
        for which, kept in ((slice(0, 1), TIMELY), (slice(1, None), LIGHT)):
            share = tally[kept] / max(tally[STEPS], 1)
            price[which] *= DEARER if share < WANTED - MARGIN else CHEAPER if share > WANTED + MARGIN else 1.0
        np.clip(price, LOWEST * self.first_price, HIGHEST * self.first_price, out=price)
        tally[STEPS:] = 0

    def restart(self, routes: Routes) -> None:
        """Go on from a plan, with all stops on it; the best one is kept if it is better."""
        from fulfillsim.optim.delivery.annealing._kernels import keep_best
        from fulfillsim.optim.delivery.faults._kernels import faults, weigh_all
        from fulfillsim.optim.delivery.iterated._kernels import put_all_back, reprice

        put_routes(self.tables, self.work, routes)
        weigh_all(self.tables, self.work, self.loose)
        put_all_back(self.tables, self.work, self.scratch, self.loose)
        self.now.seq[:], self.now.tally[:] = self.work.seq, self.work.tally
        reprice(self.tables, self.work, self.now, self.loose, self.costs)
        self.scratch.is_stale[:] = True
        _, is_timely, is_light = faults(self.tables, self.now, self.loose)
        if is_timely and is_light and self.costs[0] < self.costs[1] - TOLERANCE:
            keep_best(self.now, self.best, self.scratch)
            self.costs[1] = self.costs[0]


def is_able(instance: DeliveryInstance, search: Search) -> bool:
    """Whether vehicles are alike and all that a plan can break is a window, the shift or the capacity.

    Where the fewest vehicles come first, they must have been found.
    """
    is_full = bool((search.best.tally[:, LENGTH] > 0).all())
    return (is_full or not cost_of_one_more(instance)) and _can_model(instance, search.tables)


def _can_model(instance: DeliveryInstance, tables: Tables) -> bool:
    rich = tables.timed or tables.picks_up or tables.driven or tables.chained or tables.has_prizes or not tables.plain
    van = instance.vehicles[0]
    alike = all(each == van for each in instance.vehicles) and van.start_depot == van.end_depot
    finite = bool(np.isfinite(tables.way).all()) and van.cost_per_m > 0.0
    return not rich and alike and finite and van.max_distance_m == inf and not van.committed and van.allowed is None


def begin_penalized(instance: DeliveryInstance, search: Search) -> PenalizedSearch:
    """A search that stands where another does and fills the same pool of routes.

    Where the fewest vehicles come first, they are those of the other search already, and one less is no gain here.
    """
    kind = search.tables.kind.copy()
    kind[:, FIXED] -= cost_of_one_more(instance)
    tables = search.tables._replace(kind=kind)
    work, now, best = (make_loose_state(tables) for _ in range(3))
    price, costs = usual_prices(tables), np.full(2, np.inf)
    loose = make_loose(tables, price.copy())
    own = PenalizedSearch(tables, search.scratch, search.pool, work, now, best, costs, loose, price)
    own.restart(search.routes())
    return own


def usual_prices(tables: Tables) -> Floats:
    """Of a second and of each unit of load: what a mean leg costs, by its time and by the mean demand."""
    leg = float(tables.kind[0, PER_M] * tables.way[DISTANCE].mean())
    second = leg / max(float(tables.way[TIME].mean()), 1e-9)
    demand = tables.place[tables.n_depots :, DEMAND : DEMAND + tables.n_dims].mean(axis=0)
    return np.array([second, *(leg / np.maximum(demand, 1e-9))])
