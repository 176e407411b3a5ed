"""Storage by co-occurrence: SKUs that are ordered together lie together, and popular ones near the depot.

An order is estimated by the tours of its lines alone less what pairs of them save in one tour (Clarke & Wright), each
pair weighted with 2 / (number of lines), because so many lines have that many links and the tour needs but one less
than lines. This is a quadratic assignment problem. A set of SKUs no two of which are ordered together meets only SKUs
that stay, so its best exchange of places, free places included, is a linear assignment, which OR-Tools solves exactly:
the estimate never rises. Sets are drawn anew until the budget is used.

References
----------
Koopmans & Beckmann (1957), Assignment problems and the location of economic activities, Econometrica 25(1);
Frazelle & Sharp (1989), Correlated assignment strategy can improve any order-picking operation, Industrial Engineering
21(4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.slotting import by_popularity
from fulfillsim.optim.slotting.instance import Slots, SlottingInstance
from fulfillsim.optim.solving import Solution, Stop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROUNDS = 40
"""Sets tried where the budget names no iterations."""
MOST = 250
"""SKUs, and free places, in one exchange."""
PER_METRE = 1000
"""OR-Tools' whole numbers are millimetres times orders."""


def solve(instance: SlottingInstance, stop: Stop) -> Solution[Slots]:
    """Places from full turnover, exchanged by sets; one iteration of ``stop`` is one set."""
    random, pairs = np.random.default_rng(stop.seed), Pairs.of(instance)
    start = by_popularity.solve(instance, stop).plan
    assert start is not None
    slots = start.astype(np.int64)
    for _ in range(ROUNDS if stop.iterations is None else stop.iterations):
        _exchange(instance, pairs, slots, _apart(pairs, random.permutation(instance.n_skus)), random)
    return Solution(slots, "feasible")


@dataclass(frozen=True)
class Pairs:
    """How often SKUs are asked for, and how strongly pairs of them belong together.

    Parameters
    ----------
    asked
        Orders that ask for each SKU, shape (n_skus,).
    start, other, weight
        Partners of SKU i are ``other[start[i]:start[i + 1]]``, with their weights.
    """

    asked: Floats
    start: Ints
    other: Ints
    weight: Floats

    @classmethod
    def of(cls, instance: SlottingInstance) -> Pairs:
        """Count the pairs of the orders of an instance."""
        n = instance.n_skus
        left, right, weight, asked = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)], np.zeros(n)
        for i in range(instance.n_orders):
            skus = np.unique(instance.sku[instance.first[i] : instance.first[i + 1]])
            asked[skus] += 1.0
            a, b = np.triu_indices(len(skus), 1)
            left += [skus[a], skus[b]]
            right += [skus[b], skus[a]]
            weight += [np.full(2 * len(a), 2.0 / max(len(skus), 1))]
        key, which = np.unique(np.concatenate(left) * n + np.concatenate(right), return_inverse=True)
        start = np.searchsorted(key, np.arange(n + 1) * n)
        summed = np.bincount(which, np.concatenate(weight), len(key)).astype(np.float64)
        return cls(asked, start, key % n, summed)

    def of_sku(self, sku: int) -> tuple[Ints, Floats]:
        """Partners of a SKU and their weights."""
        span = slice(int(self.start[sku]), int(self.start[sku + 1]))
        return self.other[span], self.weight[span]


def estimate_m(instance: SlottingInstance, pairs: Pairs, slots: Slots) -> float:
    """Metres of all orders of the sample, as the exchanges see them."""
    own = 2.0 * float((pairs.asked * instance.distance_m[slots]).sum())
    skus = np.repeat(np.arange(instance.n_skus), np.diff(pairs.start))
    return own - 0.5 * float((pairs.weight * instance.saving_m(slots[skus], slots[pairs.other])).sum())


def _apart(pairs: Pairs, turn: Ints) -> Ints:
    """SKUs in turn, at most `MOST`, no two of which are ordered together."""
    taken: list[int] = []
    is_near = np.zeros(len(pairs.asked), np.bool_)
    for sku in turn.tolist():
        if not is_near[sku]:
            taken.append(sku)
            is_near[pairs.of_sku(sku)[0]] = True
            if len(taken) == MOST:
                break
    return np.array(taken, np.int64)


def _exchange(instance: SlottingInstance, pairs: Pairs, slots: Slots, moved: Ints, random: np.random.Generator) -> None:
    """Give the moved SKUs the best of their places and some free ones, if that is better than how they lie."""
    free = np.repeat(np.arange(instance.n_places), instance.depth - np.bincount(slots, minlength=instance.n_places))
    places = np.concatenate([slots[moved], random.permutation(free)[:MOST]])
    cost = np.zeros((len(places), len(places)))
    for row, sku in enumerate(moved.tolist()):
        other, weight = pairs.of_sku(sku)
        own = 2.0 * pairs.asked[sku] * instance.distance_m[places]
        there = np.repeat(places, len(other))
        saved = instance.saving_m(there, np.tile(slots[other], len(places))).reshape(len(places), -1)
        cost[row] = own - saved @ weight
    chosen = _assigned(cost)[: len(moved)]
    rows = np.arange(len(moved))
    if cost[rows, chosen].sum() < cost[rows, rows].sum() - 1e-6:
        slots[moved] = places[chosen]


def _assigned(cost: Floats) -> Ints:
    """Column of each row in an assignment of least cost, costs rounded to millimetres."""
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    n = len(cost)
    whole = np.rint((cost - cost.min()) * PER_METRE).astype(np.int64)
    solver = SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(np.repeat(np.arange(n), n), np.tile(np.arange(n), n), whole.ravel())
    assert solver.solve() == solver.OPTIMAL
    return np.array([solver.right_mate(row) for row in range(n)], np.int64)
