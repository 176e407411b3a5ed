"""The search for columns misses none: checked against the list of all batches."""

import numpy as np
import pytest

from fulfillsim.optim.batching.columns.listing import list_all
from fulfillsim.optim.batching.cuts import as_kernels_read
from fulfillsim.optim.batching.encoding import encode
from fulfillsim.optim.batching.pricing.pricer import Pricer
from fulfillsim.testing.batching import random_instance


@pytest.mark.parametrize("routing", ["exact", "s_shape"])
@pytest.mark.parametrize("seed", range(4))
def test_search_with_bounds_agrees_with_the_list_of_all_batches(seed, routing):
    instance = random_instance(seed, n_orders=14, capacity=9.0).with_max_orders(5)
    walk = encode(instance, routing)
    duals = np.append(walk.alone * np.random.default_rng(seed).uniform(0.3, 0.8, 14), 5.0)
    listing = list_all(instance, walk, 1_000_000)
    _, ratio = listing.price(duals, as_kernels_read((), np.zeros(0), 14))
    pricer = Pricer(instance, walk)
    none, is_done = pricer.search(duals, ratio * (1 - 1e-6), 10, np.inf)
    assert is_done
    assert none[0] == []
    some, _ = pricer.search(duals, ratio * (1 + 1e-3), 10, np.inf)
    assert some[0]


def test_the_list_holds_every_feasible_batch_once():
    instance = random_instance(2, n_orders=9, capacity=7.0)
    listing = list_all(instance, encode(instance, "exact"), 10_000)
    (columns, _), is_all = listing.cheapest(10_000, np.inf)
    loads = instance.load[:, 0]
    masks = [m for m in range(1, 512) if loads[[i for i in range(9) if m >> i & 1]].sum() <= 7.0]
    assert is_all
    assert sorted(columns) == sorted(tuple(i for i in range(9) if m >> i & 1) for m in masks)
