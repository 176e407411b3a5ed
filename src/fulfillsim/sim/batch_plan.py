"""Plans of batches while the clock runs: waiting orders as an instance, a policy's answer as lists of orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from time import process_time

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.fulfillment import Batch, Picking, WalkedTour
from fulfillsim.domain.world import World
from fulfillsim.errors import InputError, SimulationError
from fulfillsim.optim.batching.instance import TOLERANCE, Batches, BatchingInstance, Pickers
from fulfillsim.policies.batching import PLANNING, Load
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Order

PURPOSE = "policy:batching"
N_SEEDS = 2**31


@dataclass(frozen=True)
class Waiting:
    """What a policy sees: `fulfillsim.policies.protocols.PickQueue`."""

    now_s: float
    orders: BatchingInstance
    routing: str
    budget: int
    seed: int


class Planner:
    """Asks the policy of a zone, and checks what it answers."""

    def __init__(self, model: Model, plan: Picking, zone: int, loads: Callable[[Order], Load] | None) -> None:
        self.policy = PLANNING[plan.batch.policy]()
        self.batch, self.tour, self.zone, self.loads = plan.batch, walked(plan), zone, loads
        self.computing, self.hashed = model.trace.computing, model.tape.streams.hashed_uniform
        self.slots = _Slots(model.world)
        self.n_decided = 0

    def __call__(self, orders: list[Order], now: float) -> list[list[Order]]:
        """Batches of the orders, the next to be picked first."""
        began = process_time()
        seed = int(self.hashed(PURPOSE, self.zone, self.n_decided) * N_SEEDS)
        queue = Waiting(now, self._instance(orders), self.tour.routing, self.batch.budget, seed)
        batches = self.policy.plan(queue)
        self._check(queue, batches)
        self.n_decided += 1
        self.computing.n_plans += 1
        self.computing.plan_s += process_time() - began
        return [[orders[place] for place in batch] for batch in batches]

    def _instance(self, orders: list[Order]) -> BatchingInstance:
        tour = self.tour
        skus = np.array([sku for order in orders for sku, _ in order.lines], np.int64)
        load, capacity, dims = _limits(self.batch, orders, self.loads)
        return BatchingInstance(
            name=f"zone {self.zone}, decision {self.n_decided}",
            layout=tour.layout,
            first=np.array([0, *accumulate(len(order.lines) for order in orders)], np.int64),
            aisle=self.slots.aisle[skus],
            position_m=self.slots.position_m[skus],
            load=load,
            capacity=capacity,
            dims=dims,
            due_s=np.array([order.due_staged_s for order in orders]),
            pickers=Pickers(1, tour.speed_m_per_s, tour.setup_s, tour.search_s),
        )

    def _check(self, queue: Waiting, batches: Batches) -> None:
        orders = queue.orders
        who = f"batching {self.batch.policy!r}"
        if sorted(order for batch in batches for order in batch) != list(range(orders.n_orders)) or not all(batches):
            raise SimulationError(f"a plan must hold each of {orders.n_orders} orders once", queue.now_s, who)
        for batch in batches:
            load = orders.load[list(batch)].sum(axis=0)
            for dim in np.flatnonzero(load > orders.capacity + TOLERANCE):
                rule = (
                    f"{orders.dims[dim]} on a cart must be at most {orders.capacity[dim]:g}, a plan has {load[dim]:g}"
                )
                raise SimulationError(rule, queue.now_s, who)


def walked(plan: Picking) -> WalkedTour:
    """The walked tour that a planning policy needs.

    Raises
    ------
    InputError
        If picking has an all-in time instead.
    """
    if plan.tour is None:
        raise InputError(f"batching {plan.batch.policy!r}: needs walked tours, picking has an all-in time - tour: {{}}")
    return plan.tour


class _Slots:
    """Where SKUs lie, as the kernels read it: arrays of their own, which may be written to."""

    def __init__(self, world: World) -> None:
        assert world.catalog is not None, "a walked tour has a catalog"
        self.aisle = world.catalog.aisle.astype(np.int32)
        self.position_m = world.catalog.position_m.astype(np.float64)


def _limits(
    batch: Batch, orders: list[Order], loads: Callable[[Order], Load] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    """What orders take of each limit, shape (n_orders, n_dims), the limits, and their names."""
    n = len(orders)
    load, capacity, dims = [np.ones(n)], [float(min(batch.max_orders or n, n))], ["orders"]
    if loads is not None:
        rows = np.array([loads(order) for order in orders], np.float64)
        limits = (batch.max_lines, batch.max_units, batch.max_weight_kg, batch.max_volume_l)
        for column, (name, limit) in enumerate(zip(Load._fields, limits, strict=True)):
            if limit is not None and limit < inf:
                load.append(np.minimum(rows[:, column], limit))
                capacity.append(float(limit))
                dims.append(name)
    return np.ascontiguousarray(np.column_stack(load)), np.array(capacity), tuple(dims)
