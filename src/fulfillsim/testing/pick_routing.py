"""What every routing method must keep, as a test class to subclass, and pick lists to try it on.

::

    class TestMine(RoutingContract):
        @pytest.fixture
        def method(self):
            return METHOD
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from fulfillsim.domain.layout import GraphLayout, Layout, RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing import (
    PickList,
    RoutingMethod,
    length_m,
    lengths_m,
    measure,
    measure_path,
    summaries_of,
)
from fulfillsim.testing.pick_routing_reference import shortest_m

NEAR_M = 1e-6
STEP_M = 0.7
"""Between places in random layouts: no float is exactly that, so that sums are rounded."""


def random_layout(rng: np.random.Generator, n_blocks: int | None = None) -> RectangularLayout:
    """A small rectangular layout; half of them with tours that end elsewhere or start at any cross-aisle."""
    n_aisles, blocks = int(rng.integers(1, 7)), int(rng.integers(1, 5)) if n_blocks is None else n_blocks
    anywhere, is_open = rng.random() < 0.5, rng.random() < 0.3
    cross_m = STEP_M * np.cumsum(rng.integers(2, 9, blocks))
    return RectangularLayout(
        n_aisles,
        4,
        float(rng.choice([0.5, 2.5, 7.3])),
        1.0,
        0.5,
        depot_aisle=int(rng.integers(n_aisles)),
        n_blocks=blocks,
        cross_aisles_m=(0.0, *cross_m.tolist()),
        depot_cross_aisle=int(rng.integers(blocks + 1)) if anywhere else 0,
        end_aisle=int(rng.integers(n_aisles)) if is_open else None,
        end_cross_aisle=int(rng.integers(blocks + 1)) if is_open and anywhere else None,
    )


def random_picks(rng: np.random.Generator, layout: RectangularLayout, most: int = 8) -> PickList:
    """Up to ``most`` picks, some twice at one place and some at the very mouth of an aisle."""
    n = int(rng.integers(1, most + 1))
    n_steps = int(layout.aisle_length_m / STEP_M)
    aisle = rng.integers(0, layout.n_aisles, n, dtype=np.int32)
    return PickList(layout, aisle, np.multiply(STEP_M, rng.integers(0, n_steps + 1, n)))


def one_way_picks() -> PickList:
    """Four picks on a ring of eight vertices that may be walked in one direction only, with one two-way shortcut."""
    ring = tuple((vertex, (vertex + 1) % 8, 2.0) for vertex in range(8))
    return PickList(GraphLayout(8, (*ring, (1, 5, 1.0), (5, 1, 1.0))), np.array([6, 2, 5, 3]), np.zeros(4), "ring")


class RoutingContract:
    """Tests of one method; a subclass gives the fixture ``method``."""

    n_cases = 60

    @pytest.fixture
    def method(self) -> RoutingMethod:
        """The method on trial."""
        raise NotImplementedError("give a fixture `method`")

    def cases(self, method: RoutingMethod) -> Iterator[PickList]:
        """Pick lists in layouts that the method supports, the same ones every time."""
        rng = np.random.default_rng(20)
        found = 0
        while found < self.n_cases:
            blocks = 1 if found % 2 else None
            layout = random_layout(rng, blocks)
            if not method.supports(layout):
                found += 1
                yield random_picks(rng, layout)

    def test_it_has_a_name_and_says_why_it_does_not_support_a_layout(self, method: RoutingMethod) -> None:
        """An empty reason is a yes."""
        layouts: list[Layout] = [random_layout(np.random.default_rng(seed)) for seed in range(40)]
        reasons = [method.supports(layout) for layout in [*layouts, one_way_picks().layout]]
        assert method.name
        assert "" in reasons
        assert all(isinstance(reason, str) for reason in reasons)

    def test_every_pick_is_collected_once_along_a_path_that_can_be_walked(self, method: RoutingMethod) -> None:
        """And the path, measured anew, has the length that is said."""
        for picks in self.cases(method):
            tour = method.route(picks)
            assert sorted(tour.sequence) == list(range(len(picks)))
            assert measure_path(picks.layout, tour.path) == pytest.approx(tour.length_m, abs=NEAR_M)
            assert set(picks.points) <= set(walked_places(tour.path, picks.points))
            assert measure(picks, tour.sequence) <= tour.length_m + NEAR_M

    def test_single_lengths_and_lengths_of_many_tours_are_those_of_the_path(self, method: RoutingMethod) -> None:
        """One definition of the length, however it is asked for."""
        for picks in self.cases(method):
            expected = method.route(picks).length_m
            assert length_m(method, picks) == pytest.approx(expected, abs=NEAR_M)
            if method.code is not None:
                assert isinstance(picks.layout, RectangularLayout)
                tours = summaries_of(picks.layout, [0, len(picks)], picks.aisle, picks.position_m)
                assert lengths_m(method, picks.layout, tours)[0] == pytest.approx(expected, abs=NEAR_M)

    def test_no_tour_is_shorter_than_the_shortest(self, method: RoutingMethod) -> None:
        """By a second exact method."""
        for picks in self.cases(method):
            assert method.route(picks).length_m >= shortest_m(picks) - NEAR_M

    def test_a_layout_that_it_does_not_support_is_refused_with_the_reason(self, method: RoutingMethod) -> None:
        """Rather than walked by a rule that is not defined there."""
        rng = np.random.default_rng(21)
        lists = [*(random_picks(rng, random_layout(rng)) for _ in range(40)), one_way_picks()]
        for picks in lists:
            if why := method.supports(picks.layout):
                with pytest.raises(InputError) as caught:
                    method.route(picks)
                assert str(caught.value) == f"routing {method.name}: {why}"

    def test_one_pick_at_the_depot_costs_nothing(self, method: RoutingMethod) -> None:
        """The picker stands there."""
        layout = RectangularLayout(3, 4, 2.0, 1.0, 0.5)
        if not method.supports(layout):
            assert method.route(PickList.of(layout, [(0, 0.0)])).length_m == 0.0

    def test_one_way_aisles_are_respected_or_refused(self, method: RoutingMethod) -> None:
        """On a ring: 0-1-2-3-4-5-6-7-0 is 16 m, and no shortcut is of use."""
        picks = one_way_picks()
        if not method.supports(picks.layout):
            tour = method.route(picks)
            assert tour.length_m == measure_path(picks.layout, tour.path) >= shortest_m(picks) == 16.0
            assert length_m(method, picks) == tour.length_m


def walked_places(path: tuple[tuple[int, float], ...], places: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Those of the places that a path passes."""
    return [
        (aisle, y)
        for aisle, y in places
        if (aisle, y) in path
        or any(
            a[0] == b[0] == aisle and min(a[1], b[1]) - NEAR_M <= y <= max(a[1], b[1]) + NEAR_M
            for a, b in pairwise(path)
        )
    ]
