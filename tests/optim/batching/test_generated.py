"""Generated instances of the published kinds are sound, differ by seed and are equal for equal seeds."""

import numpy as np
import pytest

from fulfillsim.testing.batching_instances import KINDS, batching_like


@pytest.mark.parametrize("kind", KINDS)
def test_orders_lie_in_their_warehouse_and_have_the_sizes_of_their_kind(kind):
    instance = batching_like(kind, 200, 30, 1)
    sizes = np.diff(instance.first)
    assert (sizes.min(), sizes.max()) == ((2, 10) if kind == "small" else (5, 25))
    assert instance.aisle.max() == instance.layout.n_aisles - 1
    assert instance.position_m.max() <= instance.layout.cross_m[-1]


def test_seeds_count():
    first, again, other = (batching_like("uniform", 40, 45, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.position_m, again.position_m)
    assert not np.array_equal(first.position_m[:100], other.position_m[:100])


def test_demand_by_class_is_near_the_depot():
    instance = batching_like("class_based", 500, 45, 4)
    share = instance.aisle < 0.4 * instance.layout.n_aisles - 1e-9
    first = np.ceil(0.4 * instance.layout.n_aisles - 1e-9) / instance.layout.n_aisles
    assert 0.85 < share.mean() < 0.88 + 0.12 * (first - 0.4) / 0.6 + 0.02
