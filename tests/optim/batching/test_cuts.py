"""Cuts and sides of the relaxation raise its bound, and never above the shortest plan."""

import numpy as np
import pytest

from fulfillsim.optim.batching import SOLVERS
from fulfillsim.optim.batching.columns.listing import list_all
from fulfillsim.optim.batching.cuts import as_kernels_read, rows_cut, separate
from fulfillsim.optim.batching.diving import dive
from fulfillsim.optim.batching.encoding import encode
from fulfillsim.optim.batching.relaxation import Relaxation
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.batching import random_instance

PAIRS = [(0, 1), (1, 2), (0, 2), (3,)]


def relaxation_of(instance, routing="exact"):
    found = Relaxation(instance, encode(instance, routing), routing)
    assert found.list_all(100_000)
    return found


def test_halves_of_three_pairs_break_the_cut_of_their_orders():
    assert separate(PAIRS, np.array([0.5, 0.5, 0.5, 1.0]), 4, 10) == [(0, 1, 2)]
    assert separate(PAIRS, np.array([1.0, 0.0, 0.0, 1.0]), 4, 10) == []


def test_a_batch_of_all_three_orders_counts_once():
    assert separate([(0, 1, 2), (0, 1), (2,)], np.array([0.6, 0.4, 0.4]), 3, 10) == []
    assert rows_cut((0, 1, 2), [[0], [0], [0]]) == rows_cut((0, 2), [[0], [0], [0]]) == [0]
    assert rows_cut((1,), [[0], [0], [0]]) == []


def test_the_list_prices_cuts_as_their_rows_say():
    instance = random_instance(3, n_orders=10, capacity=9.0)
    listing = list_all(instance, encode(instance, "exact"), 100_000)
    rng = np.random.default_rng(3)
    duals = np.append(rng.uniform(1.0, 9.0, 10), -2.0)
    cuts, prices = [(0, 1, 2), (1, 4, 7), (1, 2, 9), (3, 5, 8)], np.array([-1.0, -0.5, 0.0, -3.0])
    listing.price(duals, as_kernels_read(cuts, prices, 10))
    columns, lengths = listing.cheapest(10_000, np.inf)[0]
    held = [sum(p for cut, p in zip(cuts, prices, strict=True) if len(set(cut) & set(c)) >= 2) for c in columns]
    values = np.array([duals[list(c)].sum() + duals[-1] for c in columns]) + held
    n_near = int((np.array(lengths) - values <= 15.0).sum())
    assert 0 < n_near < len(columns)
    assert len(listing.cheapest(10_000, 15.0)[0][0]) == n_near
    assert len(listing.within(15.0).cheapest(10_000, 15.0)[0][0]) == n_near


@pytest.mark.parametrize("routing", ["exact", "s_shape", "combined"])
@pytest.mark.parametrize("seed", range(4))
def test_bounds_rise_with_cuts_and_sides_but_not_above_the_shortest_plan(seed, routing):
    instance = random_instance(seed, n_orders=12, capacity=6.0)
    shortest_m = SOLVERS["subsets"](instance, routing, Stop()).lower_bound
    found = relaxation_of(instance, routing)
    assert found._solve_list(np.inf)
    plain_m = found.value_m
    found.tighten(np.inf)
    cut_m = found.value_m
    sides = found.sides(np.inf)
    assert plain_m - 1e-6 <= cut_m <= min(side.value_m for side in sides) + 1e-6
    assert min(side.value_m for side in sides) <= shortest_m + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_what_a_dive_leaves_covers_all_orders_and_the_relaxation_is_as_before(seed):
    instance = random_instance(seed, n_orders=12, capacity=6.0)
    found = relaxation_of(instance)
    assert found.solve_listed(np.inf)
    before = found.state()
    rest = dive(found, 2.0 * before.value_m, 5, np.inf, np.random.default_rng(seed))
    assert {order for column in (*rest.fixed, *rest.columns[0]) for order in column} == set(range(12))
    assert found.state().value_m == before.value_m
    assert found._solve_list(np.inf)
    assert found.value_m == pytest.approx(before.value_m)
    assert dive(found, before.value_m - 1.0, 5, np.inf, None) is None
