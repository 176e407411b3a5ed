"""Branching on pairs of orders, against all partitions of a few orders."""

from itertools import combinations

import numpy as np
import pytest

from fulfillsim.optim.batching import SOLVERS
from fulfillsim.optim.batching.branching import prove
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import is_within
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.batching import random_instance

NUMBER = (0.0, np.inf)


def all_batches(instance, routing):
    length = Lengths(instance, routing)
    sets = (s for size in range(1, instance.n_orders + 1) for s in combinations(range(instance.n_orders), size))
    batches = [batch for batch in sets if is_within(instance, batch)]
    return batches, [length(batch) for batch in batches]


@pytest.mark.parametrize("routing", ["exact", "s_shape"])
@pytest.mark.parametrize("seed", range(4))
def test_the_shortest_plan_is_found_and_nothing_shorter_is_promised(seed, routing):
    instance = random_instance(seed, n_orders=11, capacity=6.0)
    batches, lengths = all_batches(instance, routing)
    shortest_m = SOLVERS["subsets"](instance, routing, Stop(iterations=5)).lower_bound
    length_of = dict(zip(batches, lengths, strict=True))
    found = prove(batches, lengths, 11, NUMBER, (), shortest_m + 20.0, 0.0, np.inf)
    assert found.bound_m == pytest.approx(shortest_m, abs=1e-5)
    assert sum(length_of[batch] for batch in found.batches) == pytest.approx(shortest_m)
    assert sorted(order for batch in found.batches for order in batch) == list(range(11))
    # nothing is shorter than the shortest: all that is worth something is searched in vain
    assert prove(batches, lengths, 11, NUMBER, (), shortest_m - 1e-3, 0.0, np.inf) == (
        type(found)(None, pytest.approx(shortest_m - 1e-3))
    )


def test_pairs_of_three_orders_need_a_decision():
    # halves of the three pairs take 15 m; a plan is a pair and a single, 18 m, or all alone, 24 m
    pairs, alone = [(0, 1), (0, 2), (1, 2)], [(0,), (1,), (2,)]
    found = prove([*pairs, *alone], [10.0] * 3 + [8.0] * 3, 3, NUMBER, (), 24.0, 1.0, np.inf)
    assert (found.bound_m, sorted(map(len, found.batches))) == (pytest.approx(18.0), [1, 2])
    # a cut that lets one pair at most be chosen says the same without branching
    assert prove([*pairs, *alone], [10.0] * 3 + [8.0] * 3, 3, NUMBER, [(0, 1, 2)], 18.0, 1.0, np.inf).batches is None


def test_the_number_of_batches_is_kept_and_what_no_column_covers_has_no_plan():
    columns, lengths = [(0, 1), (0,), (1,)], [10.0, 8.0, 8.0]
    assert prove(columns, lengths, 2, (2.0, np.inf), (), 99.0, 0.0, np.inf).batches == ((0,), (1,))
    assert prove(columns, lengths, 2, (0.0, 1.0), (), 99.0, 0.0, np.inf).batches == ((0, 1),)
    assert prove(columns[:2], lengths[:2], 2, (2.0, np.inf), (), 99.0, 0.0, np.inf).batches is None
    assert prove(columns, lengths, 3, NUMBER, (), 99.0, 0.0, np.inf).batches is None
    late = prove(columns, lengths, 2, (0.0, np.inf), (), 99.0, 0.0, 0.0)
    assert (late.batches, late.bound_m) == (None, 0.0)


@pytest.mark.parametrize("moves", [1, 2000], ids=["from a poor plan", "from a good plan"])
@pytest.mark.parametrize("seed", [0, 5, 7])
def test_what_scip_leaves_open_is_proven_by_branching(seed, moves, monkeypatch):
    from fulfillsim.optim.batching import column_generation as method
    from fulfillsim.optim.batching.partition import Choice

    monkeypatch.setattr(method, "choose", lambda *_: Choice(None, False, 0.0))
    monkeypatch.setattr(method.Run, "_dive", lambda *_: None)
    instance = random_instance(seed, n_orders=13, capacity=8.0)
    shortest_m = SOLVERS["subsets"](instance, "s_shape", Stop(iterations=5)).lower_bound
    found = method.Run(instance, "s_shape", Stop(iterations=moves), method.Shares()).solve()
    assert (found.status, found.lower_bound) == ("optimal", pytest.approx(shortest_m))
