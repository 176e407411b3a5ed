"""Orders batched into tours under any routing, and the joint selection of orders and batches beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import Any

import numpy as np

from fulfillsim.bench.harness.find import call
from fulfillsim.bench.harness.suite import Case, Judgment, Solver
from fulfillsim.bench.suites.files import digest_of, group_of
from fulfillsim.bench.suites.routings import published_names, routing_in, routing_of
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.io.instances import files_below, format_of, read_batching, read_selection
from fulfillsim.optim import batching, order_selection
from fulfillsim.optim.batching.instance import BatchingInstance, from_orders
from fulfillsim.optim.order_selection.instance import SelectionInstance
from fulfillsim.optim.pick_routing import ROUTING
from fulfillsim.optim.solving import Solution, Stop

Instance = BatchingInstance | SelectionInstance
SELECTION, FEW, MANY = "selection", "few", "many"
N_SAMPLE = {FEW: 6, MANY: 24}
"""Orders to warm up on."""


class BatchingSuite:
    """Batching instances, and selection instances: their walks follow the list, so that no routing applies."""

    name = "batching"
    axis = "routing"
    column = "routing"
    usual = "optimal"

    def objective(self, asked: str) -> str:
        """Our name of a routing."""
        return routing_of(asked)

    def published(self, instance: Instance, objective: str) -> tuple[str, ...]:
        """Names of the routing in tables; any for a selection."""
        return () if isinstance(instance, SelectionInstance) else published_names(objective)

    def read(self, file: Path) -> list[Case]:
        """The instance of a file, or those of a folder."""
        return [
            Case(
                found.as_posix(),
                read_selection(found) if format_of(found) == "josabp" else read_batching(found),
                digest_of(found),
                group_of(found),
            )
            for found in files_below(file)
        ]

    def solvers(self) -> Mapping[str, Solver]:
        """Our methods of both problems; ``auto`` is what we recommend for the time given."""
        names = dict.fromkeys((*batching.SOLVERS, *order_selection.SOLVERS))
        return {name: _solver(name) for name in names}

    def adapt(self, function: Callable[..., Any]) -> Solver:
        """``function(instance, routing) -> batches``, each the indices of its orders."""

        def solve(instance: Instance, objective: str, stop: Stop) -> Solution[Any]:
            if isinstance(instance, SelectionInstance):
                return Solution(tuple(call(function, (instance, objective), stop)), "feasible")
            found = call(function, (instance, routing_in(instance.layout, objective)), stop)
            try:
                return Solution(tuple(tuple(index(order) for order in batch) for batch in found), "feasible")
            except TypeError as error:
                raise TypeError(f"must return batches, each a list of indices of orders ({error})") from None

        return solve

    def evaluate(self, instance: Instance, plan: Any, objective: str) -> Judgment:
        """Metres of all tours, and the number of tours."""
        if isinstance(instance, SelectionInstance):
            selection = order_selection.evaluate(instance, plan)
            n_lists = sum(len(batch.picklists) for batch in plan)
            return Judgment(selection.value, selection.violations, {"n_batches": len(plan), "n_picklists": n_lists})
        found = batching.evaluate(instance, plan, routing_in(instance.layout, objective))
        late = {} if instance.due_s is None else {"tardiness_s": found.tardiness_s}
        return Judgment(found.value, found.violations, {"n_batches": len(plan), **late})

    def kind(self, instance: Instance) -> str:
        """Selections, and orders so few that ``auto`` tries all subsets, which needs little compiled."""
        if isinstance(instance, SelectionInstance):
            return SELECTION
        return FEW if instance.n_orders <= batching.subsets.MOST_ORDERS else MANY

    def warm_up(self, solver: Solver, name: str, objective: str, kind: str) -> None:
        """Batch a few orders, or so many that ``auto`` turns to another method, or select some."""
        if kind == SELECTION:
            if name in order_selection.SOLVERS:
                order_selection.SOLVERS[name](_few_to_select(), Stop(iterations=2))
            return
        layout = RectangularLayout(n_aisles=5, n_cells=10, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
        orders = [[(7 * i % 5, 1.0 + i % 9), ((3 * i + 1) % 5, 1.0 + 5 * i % 8)] for i in range(N_SAMPLE[kind])]
        sample = from_orders(layout, orders, capacity=6, name="warm-up")
        # column generation ends by itself here, and auto takes it from two seconds on
        solver(sample, objective, Stop(seconds=2.0 if name == "auto" else 0.3))


def _solver(name: str) -> Solver:
    def solve(instance: Instance, objective: str, stop: Stop) -> Solution[Any]:
        if isinstance(instance, SelectionInstance):
            if name in order_selection.SOLVERS:
                return order_selection.SOLVERS[name](instance, stop)
            known = ", ".join(order_selection.SOLVERS)
            return Solution(None, "unknown", message=f"{name} does not select orders - solvers that do: {known}")
        if name not in batching.SOLVERS:
            known = ", ".join(batching.SOLVERS)
            return Solution(None, "unknown", message=f"{name} needs orders to select - solvers of batching: {known}")
        routing = routing_in(instance.layout, objective)
        if why := ROUTING[routing].supports(instance.layout):
            return Solution(None, "unknown", message=f"routing {routing}: {why}")
        found = batching.SOLVERS[name](instance, routing, stop)
        return found if routing == objective else _unproven(found, f"tours by {routing}: {objective} needs aisles")

    return solve


def _unproven(found: Solution[Any], why: str) -> Solution[Any]:
    """What is proven under another routing is not under this one."""
    status = "feasible" if found.status == "optimal" else found.status
    return replace(found, status=status, lower_bound=None, message="; ".join(filter(None, (found.message, why))))


def _few_to_select() -> SelectionInstance:
    """Four orders of two positions, two of which are to be chosen."""
    numbers = np.arange(8)
    return SelectionInstance(
        name="warm-up",
        first=np.arange(0, 9, 2),
        article=numbers.astype(np.int32),
        volume=np.ones(8, np.int64),
        row=(numbers - 4).astype(np.int32),
        aisle=numbers.astype(np.int32),
        zone=(numbers % 2).astype(np.int32),
        piece_article=numbers.astype(np.int32),
        edge_row=9,
        min_positions=4,
        max_orders=2,
        max_volume=4,
    )
