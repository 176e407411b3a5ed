"""Lengths of tours by name of the method: by hand, by symmetry, and against published figures."""

import json
from itertools import pairwise

import numpy as np
import pytest

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing import ROUTING, lengths_m, router, summaries_of

LAYOUT = RectangularLayout(n_aisles=4, n_cells=9, aisle_spacing_m=3.0, cell_m=1.0, end_m=1.0)  # aisles of 10 m


@pytest.mark.parametrize(
    ("policy", "picks", "metres"),
    [
        ("s_shape", [(0, 4.0)], 8.0),
        ("s_shape", [(0, 4.0), (2, 7.0)], 12.0 + 20.0),
        ("s_shape", [(0, 4.0), (1, 2.0), (3, 6.0)], 18.0 + 20.0 + 12.0),
        ("return", [(0, 4.0), (1, 2.0), (3, 6.0)], 18.0 + 8.0 + 4.0 + 12.0),
        ("largest_gap", [(2, 7.0)], 12.0 + 14.0),
        # inner aisle: gaps 2, 6 and 2 of 10, so both ends are entered 2 m deep
        ("largest_gap", [(3, 6.0), (1, 8.0), (0, 4.0), (1, 2.0)], 18.0 + 20.0 + 2 * 4.0),
        # 5 m is the middle and belongs to the front: 5 m from the front, 2 m from the back
        ("midpoint", [(0, 4.0), (1, 5.0), (1, 8.0), (3, 6.0)], 18.0 + 20.0 + 2 * 5.0 + 2 * 2.0),
        # through the first aisle, back from the far end of the second, through the last
        ("combined", [(0, 9.0), (1, 8.0), (3, 9.0)], 18.0 + 10.0 + 4.0 + 10.0),
    ],
)
def test_a_tour_walked_by_hand(policy, picks, metres):
    aisles, positions = zip(*picks, strict=True)
    assert router(LAYOUT, ROUTING[policy])(aisles, positions) == pytest.approx(metres)


@pytest.mark.parametrize("policy", ["s_shape", "return", "largest_gap", "midpoint"])
def test_mirroring_the_building_changes_no_tour_from_a_middle_depot(policy):
    layout = RectangularLayout(5, 9, 3.0, 1.0, 1.0, depot_aisle=2)
    length = router(layout, ROUTING[policy])
    aisles, positions = [0, 0, 1, 2, 4, 4], [2.0, 5.0, 7.0, 3.0, 2.0, 5.0]
    assert length(aisles, positions) == pytest.approx(length([4 - aisle for aisle in aisles], positions))


def test_the_reference_tours_of_one_block_have_the_same_lengths(shared_data):
    compared = 0
    for line in (shared_data / "picking/routing_ref/routing_ref.jsonl").read_text().splitlines():
        case = json.loads(line)
        if case.get("s_shape") is None:
            continue
        aisles, positions = zip(*case["picks"], strict=True)
        layout = RectangularLayout(
            case["aisles"], 2, case["aisle_spacing"], 1.0, 0.0, cross_aisles_m=tuple(case["cross_aisles"])
        )
        for policy in ("s_shape", "return", "largest_gap", "midpoint"):
            assert router(layout, ROUTING[policy])(aisles, positions) == pytest.approx(case[policy])
        compared += 1
    assert compared >= 40


@pytest.mark.parametrize("policy", ["s_shape", "return", "largest_gap", "midpoint", "combined"])
def test_plain_python_and_compiled_code_agree_to_the_last_bit(policy):
    rng, layout = np.random.default_rng(5), RectangularLayout(7, 20, 3.3, 0.9, 1.7, depot_aisle=4)
    first = np.concatenate([[0], np.cumsum(rng.integers(1, 12, 200))])
    aisle, position_m = rng.integers(0, 7, first[-1]), 1.7 + 0.9 * rng.integers(0, 20, first[-1])
    compiled = lengths_m(ROUTING[policy], layout, summaries_of(layout, first, aisle, position_m))
    plain = router(layout, ROUTING[policy])
    assert compiled.tolist() == [plain(aisle[a:b], position_m[a:b]) for a, b in pairwise(first)]


def test_a_method_says_why_it_cannot_route_in_a_layout():
    with pytest.raises(InputError, match="routing midpoint: is defined for one block, this layout has 2"):
        router(RectangularLayout(3, 5, 3.0, 1.0, 1.0, n_blocks=2), ROUTING["midpoint"])


@pytest.mark.parametrize(
    ("picks", "metres"),
    [
        # up aisle 0 to the second block, in and out of aisle 1 there; down 1, up 3 and home
        ([(1, 12.0), (0, 4.0), (1, 4.0), (3, 6.0)], 10.0 + 3.0 + 4.0 + 10.0 + 6.0 + 12.0 + 9.0),
        # second block: up 0, down 2; nothing to do in the first: straight down where one stands
        ([(0, 12.0), (2, 15.0)], 10.0 + 10.0 + 6.0 + 10.0 + 10.0 + 6.0),
        # after the second block one stands at aisle 3: its first block is nearer than that of aisle 1
        ([(0, 12.0), (3, 15.0), (1, 5.0), (2, 5.0)], 10.0 + 10.0 + 9.0 + 10.0 + 3.0 + 10.0 + 3.0 + 2 * 5.0 + 3.0),
    ],
)
def test_an_s_shape_tour_through_two_blocks_walked_by_hand(picks, metres):
    layout = RectangularLayout(4, 9, 3.0, 1.0, 1.0, n_blocks=2)
    aisles, positions = zip(*picks, strict=True)
    assert router(layout, ROUTING["s_shape"])(aisles, positions) == pytest.approx(metres)
