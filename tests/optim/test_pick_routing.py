"""Tour lengths of the routing policies: by hand, and against published ones."""

import json

import pytest

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing import ROUTING

LAYOUT = RectangularLayout(n_aisles=4, n_cells=9, aisle_spacing_m=3.0, cell_m=1.0, end_m=1.0)  # aisles of 10 m


@pytest.mark.parametrize(
    ("policy", "picks", "metres"),
    [
        ("s_shape", {0: [4.0]}, 8.0),
        ("s_shape", {0: [4.0], 2: [7.0]}, 12.0 + 20.0),
        ("s_shape", {0: [4.0], 1: [2.0], 3: [6.0]}, 18.0 + 20.0 + 12.0),
        ("return", {0: [4.0], 1: [2.0], 3: [6.0]}, 18.0 + 8.0 + 4.0 + 12.0),
        ("largest_gap", {2: [7.0]}, 12.0 + 14.0),
        # inner aisle: gaps 2, 6 and 2 of 10, so both ends are entered 2 m deep
        ("largest_gap", {0: [4.0], 1: [2.0, 8.0], 3: [6.0]}, 18.0 + 20.0 + 2 * 4.0),
    ],
)
def test_a_tour_walked_by_hand(policy, picks, metres):
    assert ROUTING[policy](LAYOUT, picks) == pytest.approx(metres)


@pytest.mark.parametrize("policy", sorted(ROUTING))
def test_mirroring_the_building_changes_no_tour_from_a_middle_depot(policy):
    layout = RectangularLayout(5, 9, 3.0, 1.0, 1.0, depot_aisle=2)
    picks = {0: [2.0, 5.0], 1: [7.0], 2: [3.0], 4: [2.0, 5.0]}
    mirrored = {4 - aisle: positions for aisle, positions in picks.items()}
    assert ROUTING[policy](layout, picks) == pytest.approx(ROUTING[policy](layout, mirrored))


def test_the_reference_tours_of_one_block_have_the_same_lengths(shared_data):
    compared = 0
    for line in (shared_data / "picking/routing_ref/routing_ref.jsonl").read_text().splitlines():
        case = json.loads(line)
        if "s_shape" not in case or case["s_shape"] is None:
            continue
        front, back = case["cross_aisles"]
        layout = RectangularLayout(1 + max(a for a, _ in case["picks"]), 2, case["aisle_spacing"], back - front, 0.0)
        picks: dict[int, list[float]] = {}
        for aisle, y in case["picks"]:
            picks.setdefault(aisle, []).append(y - front)
        for ours, theirs in (("s_shape", "s_shape"), ("return", "return"), ("largest_gap", "largest_gap")):
            assert ROUTING[ours](layout, picks) == pytest.approx(case[theirs])
        compared += 1
    assert compared >= 40
