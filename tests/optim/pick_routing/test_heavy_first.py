"""Heavy first against all sequences that are tried one by one, and against the shortest tour where nothing is heavy."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing import OF_SINGLE_TOURS, ROUTING, PickList, measure
from fulfillsim.testing.pick_routing import RoutingContract, one_way_picks, random_layout, random_picks
from fulfillsim.testing.pick_routing_reference import as_graph

METHOD = OF_SINGLE_TOURS["heavy_first"]
LAYOUT = RectangularLayout(n_aisles=3, n_cells=9, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)


class TestHeavyFirst(RoutingContract):
    @pytest.fixture
    def method(self):
        return METHOD


def shortest_by_trying(picks):
    heavy, light = np.flatnonzero(picks.is_heavy).tolist(), np.flatnonzero(~picks.is_heavy).tolist()
    return min(measure(picks, (*a, *b)) for a in permutations(heavy) for b in permutations(light))


@pytest.mark.parametrize("seed", range(60))
def test_no_sequence_with_heavy_picks_first_is_shorter(seed):
    rng = np.random.default_rng(seed)
    picks = random_picks(rng, random_layout(rng), most=7)
    picks = as_graph(picks) if seed % 3 == 0 else picks
    weighed = replace(picks, weight_kg=rng.uniform(0.0, 20.0, len(picks)), heavy_kg=10.0)
    tour = METHOD.route(weighed)
    assert tour.length_m == pytest.approx(shortest_by_trying(weighed))
    assert tour.length_m == pytest.approx(measure(weighed, tour.sequence))
    heavy = weighed.is_heavy[list(tour.sequence)].tolist()
    assert heavy == sorted(heavy, reverse=True)


def test_a_ring_walked_one_way_is_walked_twice_where_the_heavy_pick_lies_behind():
    """0-1, by the shortcut of 1 m to 5, 6: 5 m; on to 0 and by 1 to 2 and 3: 10 m; by 4 to 5, home by 6 and 7: 10 m."""
    picks = replace(one_way_picks(), weight_kg=np.array([12.0, 1.0, 1.0, 1.0]), heavy_kg=10.0)
    assert METHOD.route(picks).length_m == 25.0
    assert METHOD.route(replace(picks, heavy_kg=20.0)).length_m == 16.0


def test_heavy_picks_cost_a_way_back():
    """Past the light one at 2 to the heavy one at 8, back to 2, home: no longer; light behind heavy: no detour."""
    picks = PickList.of(LAYOUT, [(0, 2.0), (0, 8.0), (1, 3.0)])
    assert METHOD.route(replace(picks, weight_kg=np.array([1.0, 20.0, 1.0]), heavy_kg=20.0)).sequence == (1, 0, 2)
    first_far = replace(picks, weight_kg=np.array([1.0, 1.0, 20.0]), heavy_kg=15.0)
    assert METHOD.route(first_far).sequence[0] == 2


def test_without_heavy_picks_it_is_the_shortest_tour():
    rng = np.random.default_rng(3)
    for _ in range(10):
        picks = random_picks(rng, random_layout(rng))
        assert METHOD.route(picks).length_m == pytest.approx(ROUTING["exact"].route(picks).length_m)


def test_what_is_too_much_or_does_not_fit_is_told():
    many = PickList.of(LAYOUT, [(a, float(y)) for a in range(3) for y in range(1, 6)])
    with pytest.raises(InputError, match=r"takes up to 13 places of picks that are not heavy \(got 15\)"):
        METHOD.route(many)
    with pytest.raises(InputError, match="one weight per pick"):
        replace(many, weight_kg=np.ones(3))
