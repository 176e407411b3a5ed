"""The exact method against brute force, published counts of states, and a second exact method."""

import json

import numpy as np
import pytest

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing import ROUTING, PickList, length_m, lengths_m, router, summaries_of
from fulfillsim.optim.pick_routing._tables import states_of
from fulfillsim.testing.pick_routing import random_layout, random_picks
from fulfillsim.testing.pick_routing_reference import shortest_m

EXACT = ROUTING["exact"]


@pytest.mark.parametrize(("n_cross", "n_states"), [(2, 7), (3, 25), (4, 113), (5, 569)])
def test_the_closure_finds_as_many_states_as_the_literature(n_cross, n_states):
    """Cambazard and Catusse (2018); theirs include the tour that is complete and left behind, ours do not need it."""
    assert len(states_of(n_cross, False)[0]) + 1 == n_states


def test_a_thousand_random_tours_are_as_short_as_held_and_karp_find_them():
    rng = np.random.default_rng(7)
    for case in range(1000):
        layout = random_layout(rng)
        picks = random_picks(rng, layout, most=7)
        assert length_m(EXACT, picks) == pytest.approx(shortest_m(picks)), f"case {case}: {picks}"


def test_all_reference_tours_have_their_published_length(shared_data):
    lines = (shared_data / "picking/routing_ref/routing_ref.jsonl").read_text().splitlines()
    for line in lines:
        case = json.loads(line)
        cross = tuple(case["cross_aisles"])
        layout = RectangularLayout(
            case["aisles"],
            2,
            case["aisle_spacing"],
            1.0,
            0.0,
            depot_aisle=case["depot"][0],
            n_blocks=len(cross) - 1,
            cross_aisles_m=cross,
            depot_cross_aisle=cross.index(case["depot"][1]),
        )
        picks = PickList.of(layout, case["picks"], case["id"])
        assert length_m(EXACT, picks) == pytest.approx(case["optimal"]), case["id"]
        assert EXACT.route(picks).length_m == pytest.approx(case["optimal"]), case["id"]
    assert len(lines) == 400


@pytest.mark.parametrize("n_cross", [6, pytest.param(7, marks=pytest.mark.slow)])
def test_six_and_seven_cross_aisles_are_no_limit(n_cross):
    rng = np.random.default_rng(n_cross)
    layout = RectangularLayout(4, 5, 2.5, 1.0, 0.5, depot_aisle=1, n_blocks=n_cross - 1)
    for _ in range(3):
        picks = random_picks(rng, layout, most=9)
        tour = EXACT.route(picks)
        assert tour.length_m == pytest.approx(length_m(EXACT, picks)) == pytest.approx(shortest_m(picks))


def test_a_block_more_of_cross_aisles_never_makes_a_tour_longer():
    rng = np.random.default_rng(3)
    for _ in range(50):
        plain = RectangularLayout(6, 20, 3.0, 1.0, 0.5, depot_aisle=2)
        more = RectangularLayout(6, 20, 3.0, 1.0, 0.5, depot_aisle=2, n_blocks=2, cross_aisles_m=(0.0, 10.0, 20.0))
        picks = random_picks(rng, plain, most=12)
        longer = router(plain, EXACT)(picks.aisle, picks.position_m)
        assert router(more, EXACT)(picks.aisle, picks.position_m) <= longer + 1e-9


def test_dropping_a_pick_never_makes_the_shortest_tour_longer():
    rng = np.random.default_rng(4)
    for _ in range(100):
        layout = random_layout(rng)
        picks = random_picks(rng, layout, most=12)
        if len(picks) > 1:
            fewer = PickList(layout, picks.aisle[1:], picks.position_m[1:])
            assert length_m(EXACT, fewer) <= length_m(EXACT, picks) + 1e-9


def test_the_policies_are_as_much_longer_than_the_optimum_as_published():
    """10 aisles of 45 cells, 15 to 30 picks: mean length over mean optimum, from the issue that set the task."""
    rng, layout, n = np.random.default_rng(1), RectangularLayout(10, 45, 5.0, 1.0, 1.5), 20_000
    first = np.concatenate([[0], np.cumsum(rng.integers(15, 31, n))])
    tours = summaries_of(layout, first, rng.integers(0, 10, first[-1]), 1.5 + rng.integers(0, 45, first[-1]))
    optimum = lengths_m(EXACT, layout, tours).mean()
    published = {"largest_gap": 7.9, "combined": 9.1, "midpoint": 13.7, "s_shape": 21.6, "return": 52.8}
    found = {name: 100.0 * (lengths_m(ROUTING[name], layout, tours).mean() / optimum - 1.0) for name in published}
    assert found == pytest.approx(published, abs=0.3)
