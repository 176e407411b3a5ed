"""Slotting: places counted by hand, an optimum by enumeration, and what holds for every method."""

from itertools import permutations

import numpy as np
import pytest

from fulfillsim.domain.layout import GraphLayout, RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.optim.slotting import BY_AISLE, SLOTTING, SlottingInstance, evaluate, why_not
from fulfillsim.optim.slotting.classes import class_of
from fulfillsim.optim.slotting.together import Pairs, estimate_m
from fulfillsim.optim.solving import Stop


def instance_of(n_skus, orders=(), n_aisles=4, n_cells=5, depth=1, popularity=None):
    layout = RectangularLayout(n_aisles, n_cells, 3.0, 1.0, 1.0)
    aisle = np.repeat(np.arange(n_aisles, dtype=np.int32), n_cells)
    position_m = np.tile(1.0 + np.arange(n_cells), n_aisles)
    first = np.cumsum([0, *map(len, orders)])
    sku = np.array([sku for order in orders for sku in order], np.int64)
    falling = np.arange(n_skus, 0.0, -1.0) if popularity is None else np.array(popularity, float)
    return SlottingInstance(layout, aisle, position_m, depth, falling, first, sku)


def families(n_skus, n_orders, seed=1):
    """Orders of two or three SKUs of one family of five."""
    rng = np.random.default_rng(seed)
    return [
        (5 * rng.integers(n_skus // 5) + rng.permutation(5)[: rng.integers(2, 4)]).tolist() for _ in range(n_orders)
    ]


@pytest.mark.parametrize("method", SLOTTING)
@pytest.mark.parametrize(("n_skus", "depth"), [(1, 1), (7, 1), (20, 1), (33, 2)])
def test_every_sku_has_a_place_and_no_place_too_many(method, n_skus, depth):
    instance = instance_of(n_skus, [[0], [0, n_skus - 1]], depth=depth)
    slots = SLOTTING[method](instance, Stop(iterations=3)).plan
    assert evaluate(instance, slots).violations == ()
    assert np.array_equal(slots, SLOTTING[method](instance, Stop(iterations=3)).plan)


def test_popularity_fills_the_nearest_places():
    slots = SLOTTING["popularity"](instance_of(3, popularity=[1, 9, 5]), Stop()).plan
    assert slots.tolist() == [2, 0, 1]  # 1, 2 and 3 m up the depot's aisle


def test_classes_lie_in_aisles_of_their_own_or_at_the_mouths_of_all():
    instance = instance_of(20)
    kind = class_of(instance)
    assert np.bincount(kind).tolist() == [4, 6, 10]
    within = SLOTTING["abc_within_aisle"](instance, Stop()).plan
    assert set(instance.aisle[within[kind == 0]]) == {0}
    assert set(instance.aisle[within[kind == 2]]) == {2, 3}
    across = SLOTTING["abc_across_aisle"](instance, Stop()).plan
    assert sorted(instance.aisle[across[kind == 0]]) == [0, 1, 2, 3]
    assert set(instance.position_m[across[kind == 0]]) == {1.0}


def test_exchanges_come_near_the_optimum_of_a_small_building():
    orders = [[0, 4], [0, 4], [1, 3], [2], [2, 5], [1, 3, 5]]
    instance = instance_of(6, orders, n_aisles=3, n_cells=2, popularity=[2, 2, 2, 2, 2, 2])
    pairs = Pairs.of(instance)
    least = min(estimate_m(instance, pairs, np.array(slots)) for slots in permutations(range(6)))
    found = [SLOTTING["cooccurrence"](instance, Stop(iterations=60, seed=seed)).plan for seed in range(8)]
    reached = [estimate_m(instance, pairs, slots) for slots in found]
    assert least - 1e-9 <= min(reached) <= 1.03 * least
    assert estimate_m(instance, pairs, SLOTTING["popularity"](instance, Stop()).plan) > 1.05 * least


def test_the_estimate_never_rises_and_families_walk_less():
    instance = instance_of(60, families(60, 300), n_aisles=8, n_cells=8, popularity=np.ones(60))
    pairs = Pairs.of(instance)
    plans = [SLOTTING["cooccurrence"](instance, Stop(iterations=n)).plan for n in (0, 2, 5, 10, 40)]
    estimates = [estimate_m(instance, pairs, slots) for slots in plans]
    assert estimates == sorted(estimates, reverse=True)
    assert evaluate(instance, plans[-1]).per_order_m < evaluate(instance, plans[0]).per_order_m


def test_the_evaluator_walks_every_order_and_names_what_is_wrong():
    instance = instance_of(2, [[0], [0, 1]])
    found = evaluate(instance, np.array([1, 5]), "return")
    assert found.per_order_m == (4.0 + 4.0 + 2.0 + 6.0) / 2
    assert found.per_line_m == pytest.approx((2 * 4.0 + 1 * 8.0) / 3)
    assert evaluate(instance, np.array([3, 3])).violations == ("place 3: 2 SKUs above 1",)
    assert "there is none" in evaluate(instance, np.array([0, 99])).violations[0]


def test_more_skus_than_places_are_refused():
    with pytest.raises(InputError, match="20 places must hold all SKUs"):
        instance_of(21)


def as_graph(instance):
    """The same places as vertices 1 and on, each joined to the next along its aisle, aisles at both ends."""
    layout, points = instance.layout, list(zip(instance.aisle.tolist(), instance.position_m.tolist(), strict=True))
    mouths = [(aisle, cross_m) for aisle in range(layout.n_aisles) for cross_m in layout.cross_m]
    known = dict.fromkeys([layout.start, *points, *mouths])
    number = {point: vertex for vertex, point in enumerate(known)}
    arcs = [
        (number[a], number[b], m) for a in known for b in known if a != b and (m := layout.step_m(a, b)) is not None
    ]
    vertices = np.array([number[point] for point in points], np.int32)
    zeros = np.zeros(len(points))
    graph = GraphLayout(len(known), tuple(arcs))
    rest = (instance.depth, instance.popularity, instance.first, instance.sku)
    return SlottingInstance(graph, vertices, zeros, *rest)


@pytest.mark.parametrize("method", sorted(SLOTTING.keys() - BY_AISLE))
def test_a_building_written_as_a_graph_gets_the_same_places(method):
    instance = instance_of(20, families(20, 30))
    graph = as_graph(instance)
    assert np.allclose(graph.distance_m, instance.distance_m)
    a, b = np.indices((20, 20)).reshape(2, -1)
    assert np.allclose(graph.saving_m(a, b), instance.saving_m(a, b))
    slots = SLOTTING[method](graph, Stop(iterations=5)).plan
    assert np.array_equal(slots, SLOTTING[method](instance, Stop(iterations=5)).plan)
    assert evaluate(graph, slots, "nearest_2opt").violations == ()


def test_one_way_aisles_count_the_way_there_and_the_way_home():
    ring = GraphLayout(5, tuple((v, (v + 1) % 5, 1.0) for v in range(5)))
    instance = SlottingInstance(ring, np.array([1, 3], np.int32), np.zeros(2), 1, np.ones(2))
    assert instance.distance_m.tolist() == [2.5, 2.5]
    assert instance.saving_m(np.array([0]), np.array([1])).tolist() == [5.0]  # one round instead of two


def test_classes_need_aisles():
    graph = as_graph(instance_of(3)).layout
    assert {name for name in SLOTTING if why_not(name, graph)} == BY_AISLE
    assert why_not("abc_across_aisle", instance_of(3).layout) == ""
