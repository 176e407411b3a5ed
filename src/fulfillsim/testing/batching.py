"""What every batching method must keep, as a test class to subclass, and orders to try it on.

::

    class TestMine(BatchingContract):
        @pytest.fixture
        def solver(self):
            return my_solver
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.batching import Batches, BatchingInstance, BatchingSolver, Pickers, evaluate, from_orders
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import is_within
from fulfillsim.optim.solving import Solution, Stop
from fulfillsim.testing.pick_routing import one_way_picks, random_layout, random_picks

LAYOUT = RectangularLayout(n_aisles=4, n_cells=8, aisle_spacing_m=3.0, cell_m=1.0, end_m=1.0)
FEW = 200
"""Iterations: enough for a plan, few enough for a test."""


def random_instance(seed: int, n_orders: int = 7, capacity: float = 8.0) -> BatchingInstance:
    """Orders of one to four lines in a small warehouse."""
    rng = np.random.default_rng(seed)
    orders = [
        [(int(rng.integers(4)), 1.0 + int(rng.integers(8))) for _ in range(rng.integers(1, 5))] for _ in range(n_orders)
    ]
    return from_orders(LAYOUT, orders, capacity, name=f"random {seed}")


def shortest_by_brute_force(instance: BatchingInstance, routing: str) -> float:
    """Metres of the best plan, by trying every partition: the batch of the first order, then the rest."""
    length = Lengths(instance, routing)

    def best(rest: tuple[int, ...]) -> float:
        if not rest:
            return 0.0
        first, others = rest[0], rest[1:]
        batches = ((first, *more) for size in range(len(rest)) for more in combinations(others, size))
        return min(
            length(batch) + best(tuple(o for o in rest if o not in batch))
            for batch in batches
            if is_within(instance, batch)
        )

    return best(tuple(range(instance.n_orders)))


class BatchingContract:
    """Holds for every batching method under every routing; subclasses give the fixture ``solver``."""

    @pytest.fixture(params=["exact", "s_shape", "combined"])
    def routing(self, request: pytest.FixtureRequest) -> str:
        """Routings by kernels, with and without bounds."""
        return str(request.param)

    def test_every_order_is_in_exactly_one_batch_that_fits(self, solver: BatchingSolver, routing: str) -> None:
        """The evaluator finds nothing wrong."""
        for seed in range(3):
            instance = random_instance(seed)
            assert evaluate(instance, self.batches(solver, instance, routing), routing).violations == ()

    def test_all_limits_of_a_cart_are_kept_at_once(self, solver: BatchingSolver, routing: str) -> None:
        """Items, orders and totes limit a cart together."""
        instance = random_instance(5).with_max_orders(3).with_totes(4, [1, 2, 1, 2, 1, 1, 3])
        batches = self.batches(solver, instance, routing)
        assert evaluate(instance, batches, routing).feasible
        assert max(map(len, batches)) <= 3

    def test_four_limits_are_kept_at_once_and_the_tightest_may_differ_from_batch_to_batch(
        self, solver: BatchingSolver, routing: str
    ) -> None:
        """Items, orders, weight and volume: numbers that no float holds exactly among them."""
        rng = np.random.default_rng(8)
        weighed = random_instance(8).with_max_orders(4).with_limit("weight_kg", 0.1 * rng.integers(1, 30, 7), 4.2)
        instance = weighed.with_limit("volume_l", rng.uniform(0.0, 9.0, 7), 13.7)
        assert instance.dims == ("items", "orders", "weight_kg", "volume_l")
        assert evaluate(instance, self.batches(solver, instance, routing), routing).violations == ()

    @pytest.mark.parametrize("metres_per_s", [0.0, 2.0])
    def test_release_and_due_times_leave_plans_whole_and_in_the_sequence_of_picking(
        self, solver: BatchingSolver, routing: str, metres_per_s: float
    ) -> None:
        """Whatever lateness is worth; no tour begins before its orders are there."""
        rng = np.random.default_rng(9)
        release_s, due_s = rng.uniform(0.0, 600.0, 7), rng.uniform(300.0, 3000.0, 7)
        instance = replace(
            random_instance(9),
            release_s=release_s,
            due_s=due_s,
            pickers=Pickers(2, 1.0, 60.0, 5.0),
            tardiness_m_per_s=metres_per_s,
        )
        batches = self.batches(solver, instance, routing)
        found = evaluate(instance, batches, routing)
        assert found.violations == ()
        assert (np.array(found.finished_s) >= release_s + 60.0).all()
        assert found.tardiness_s == pytest.approx(np.maximum(np.array(found.finished_s) - due_s, 0.0).sum())
        first_due = [due_s[list(batch)].min() for batch in batches]
        assert metres_per_s or first_due == sorted(first_due)

    @pytest.mark.parametrize("seed", range(6))
    def test_orders_are_batched_in_any_building(self, solver: BatchingSolver, seed: int) -> None:
        """Depots anywhere on a cross-aisle, tours that end elsewhere, single aisles, several blocks; exact tours."""
        rng = np.random.default_rng(seed)
        layout = random_layout(rng) if seed else RectangularLayout(1, 1, 2.0, 1.0, 0.5, n_blocks=5)
        picks = [random_picks(rng, layout, most=3).points for _ in range(6)]
        instance = from_orders(layout, picks, capacity=5, name=f"building {seed}")
        solution, least = self.solve(solver, instance, "exact"), shortest_by_brute_force(instance, "exact")
        found = evaluate(instance, solution.plan or (), "exact")
        assert found.violations == ()
        assert found.value >= least - 1e-6
        assert solution.status != "optimal" or found.value == pytest.approx(least)

    def test_orders_are_batched_in_a_graph_of_one_way_aisles(self, solver: BatchingSolver) -> None:
        """Where no exact method applies; nothing shorter than the best of all plans under the same routing."""
        layout = one_way_picks().layout
        instance = from_orders(layout, [[(v, 0.0)] for v in (6, 2, 5, 3, 7, 1)], capacity=3, name="ring")
        found = evaluate(instance, self.batches(solver, instance, "nearest_2opt"), "nearest_2opt")
        assert found.violations == ()
        assert found.value >= shortest_by_brute_force(instance, "nearest_2opt") - 1e-6

    def test_the_same_seed_and_iterations_give_the_same_plan(self, solver: BatchingSolver, routing: str) -> None:
        """No clock and no global randomness."""
        instance = random_instance(7)
        assert self.batches(solver, instance, routing) == self.batches(solver, instance, routing)

    def test_no_plan_is_shorter_than_the_shortest(self, solver: BatchingSolver, routing: str) -> None:
        """Bounds lie below the optimum, plans above it, and a claimed optimum is one."""
        instance = random_instance(11, n_orders=6)
        solution, least = self.solve(solver, instance, routing), shortest_by_brute_force(instance, routing)
        value = evaluate(instance, solution.plan or (), routing).value
        assert value >= least - 1e-6
        assert (solution.lower_bound or 0.0) <= least + 1e-6
        assert solution.status != "optimal" or value == pytest.approx(least)

    def test_one_order_is_one_batch(self, solver: BatchingSolver, routing: str) -> None:
        """The smallest instance there is."""
        instance = random_instance(1, n_orders=1)
        assert self.batches(solver, instance, routing) == ((0,),)

    def solve(self, solver: BatchingSolver, instance: BatchingInstance, routing: str) -> Solution[Batches]:
        """A short solve without a clock."""
        return solver(instance, routing, Stop(iterations=FEW, seed=3))

    def batches(self, solver: BatchingSolver, instance: BatchingInstance, routing: str) -> Batches:
        """Its plan."""
        plan = self.solve(solver, instance, routing).plan
        assert plan is not None
        return plan
