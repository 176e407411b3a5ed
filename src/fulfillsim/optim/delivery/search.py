"""The state of one ruin-and-recreate search, held in Python between compiled stretches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fulfillsim.optim.delivery.evaluation import TOLERANCE
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes, one_trip_each
from fulfillsim.optim.delivery.ruin.scratch import Pool, Scratch, make_pool, make_scratch
from fulfillsim.optim.delivery.savings import merged, place_routes
from fulfillsim.optim.delivery.tables import LENGTH, State, Tables, make_state, make_tables, put_routes, routes_of

REMEMBER_WITHIN = 0.02


@dataclass
class Search:
    """Ruin and recreate from a first plan, in stretches between two temperatures.

    Temperatures are multiples of the best plan's mean cost per leg, so that they mean the same in every instance.
    A step takes as long as ``weight`` steps of ruin and recreate.
    """

    tables: Tables
    scratch: Scratch
    pool: Pool
    work: State
    now: State
    best: State
    costs: np.ndarray
    weight: ClassVar[int] = 1
    steps_are: ClassVar[str] = "ruin and recreate"

    @property
    def best_cost(self) -> float:
        """Cost of the best plan with penalties."""
        return float(self.costs[1])

    def routes(self) -> Routes:
        """The best plan."""
        return routes_of(self.tables, self.best)

    def run(self, hot: float, cold: float, n_steps: int) -> None:
        """Steps from one temperature to another."""
        from fulfillsim.optim.delivery.annealing._kernels import anneal

        legs = len(self.tables.near) + int((self.best.tally[:, LENGTH] > 0).sum())
        unit = self.costs[1] / max(legs, 1)
        plan = np.array([max(hot * unit, 1e-12), max(cold * unit, 1e-12), REMEMBER_WITHIN])
        anneal(self.tables, self.work, self.now, self.best, self.scratch, self.pool, self.costs, plan, n_steps)

    def restart(self, routes: Routes) -> None:
        """Go on from a plan; the best one is kept if it is better."""
        from fulfillsim.optim.delivery._kernels import copy_route, refresh_all, total_cost
        from fulfillsim.optim.delivery.annealing._kernels import keep_best

        put_routes(self.tables, self.work, routes)
        refresh_all(self.tables, self.work)
        self.now.slot_of[:] = self.work.slot_of
        for slot in range(len(self.work.tally)):
            copy_route(self.work, self.now, slot)
        absent = np.flatnonzero(self.now.slot_of[self.tables.n_depots :] < 0) + self.tables.n_depots
        self.scratch.absent[: len(absent)] = absent
        self.scratch.tally[4] = len(absent)
        self.scratch.is_stale[:] = True
        self.costs[0] = total_cost(self.tables, self.now)
        if self.costs[0] < self.costs[1] - TOLERANCE:
            keep_best(self.now, self.best, self.scratch)
            self.costs[1] = self.costs[0]


def committed_places(instance: DeliveryInstance) -> tuple[int, ...]:
    """Places of stops that stay at the head of their vehicle's route."""
    return tuple(instance.n_depots + stop for van in instance.vehicles for stop in van.committed)


def begin(
    instance: DeliveryInstance,
    seed: int,
    pool_size: int = 1 << 15,
    n_slots: int | None = None,
    plan: Routes | None = None,
) -> Search:
    """A search that stands at a plan: by default that of savings, or the committed stops where there are any."""
    from fulfillsim.optim.delivery._kernels import refresh_all

    tables = make_tables(instance, n_slots)
    work, now, best = make_state(tables), make_state(tables), make_state(tables)
    for state in (work, now, best):
        refresh_all(tables, state)
    scratch = make_scratch(tables, seed, committed_places(instance))
    search = Search(tables, scratch, make_pool(tables, pool_size), work, now, best, np.full(2, np.inf))
    search.restart(first_plan(instance, tables) if plan is None else plan)
    return search


def first_plan(instance: DeliveryInstance, tables: Tables) -> Routes:
    """Savings; committed stops alone where there are any, because joining routes would move them."""
    if committed_places(instance):
        return one_trip_each((number, van.committed) for number, van in enumerate(instance.vehicles))
    return savings_plan(tables)


def savings_plan(tables: Tables) -> Routes:
    """Routes by savings, as many as there are slots for."""
    from fulfillsim.optim.delivery._kernels import refresh_all

    state = make_state(tables)
    refresh_all(tables, state)
    place_routes(tables, state, merged(tables))
    return routes_of(tables, state)
