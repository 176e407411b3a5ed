"""Batching instances refuse what no cart can take, and limits are dimensions."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.layout import GraphLayout
from fulfillsim.errors import InputError
from fulfillsim.optim.batching import from_orders
from fulfillsim.optim.pick_routing import PickList
from fulfillsim.testing.batching import LAYOUT, random_instance


def test_an_order_above_the_capacity_is_named_with_its_load_and_the_rule():
    with pytest.raises(InputError, match=r"order 1 must fit on one cart: items <= 2 \(got 3\)"):
        from_orders(LAYOUT, [[(0, 1.0)], [(0, 1.0), (1, 2.0), (2, 3.0)]], capacity=2)


def test_all_faults_are_told_at_once():
    with pytest.raises(InputError) as caught:
        from_orders(LAYOUT, [[(0, 1.0)] * 4, [(1, 1.0)] * 5], capacity=3, name="two")
    assert str(caught.value).count("batching instance 'two': order") == 2


def test_arrays_of_other_shapes_are_refused():
    with pytest.raises(InputError, match=r"due_s must have the shape \(7,\)"):
        replace(random_instance(1), due_s=np.zeros(3))


def test_an_order_without_lines_is_refused():
    with pytest.raises(InputError, match="order 1 must have at least one line"):
        from_orders(LAYOUT, [[(0, 1.0)], []], capacity=3)


def test_most_orders_follows_from_the_tightest_dimension():
    instance = from_orders(LAYOUT, [[(0, 1.0)]] * 6, capacity=5)
    assert instance.most_orders == 5
    assert instance.with_max_orders(3).most_orders == 3
    assert instance.with_totes(4, 2.0).most_orders == 2


def test_a_subset_keeps_lines_loads_and_dates():
    instance = replace(random_instance(2), due_s=np.arange(7.0))
    part = instance.subset(np.array([4, 1]))
    assert part.aisle[part.lines(0)].tolist() == instance.aisle[instance.lines(4)].tolist()
    assert part.due_s is not None
    assert part.due_s.tolist() == [4.0, 1.0]


def test_lines_outside_the_layout_are_refused_with_their_order():
    with pytest.raises(InputError) as caught:
        from_orders(LAYOUT, [[(0, 1.0)], [(1, 1.0), (4, 2.0)], [(2, 30.0)], [(-1, 0.0)]], capacity=3)
    told = [line.partition(" must lie in the layout")[0] for line in str(caught.value).splitlines()]
    assert [line[-7:] for line in told] == ["order 1", "order 2", "order 3"]


def test_vertices_that_no_walk_reaches_are_refused():
    one_way = GraphLayout(4, ((0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0)))
    with pytest.raises(InputError, match=r"order 1 .* no walk from the depot reaches \(2, 0\)"):
        from_orders(one_way, [[(1, 0.0)], [(2, 0.0)]], capacity=3)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"load": np.array([[np.nan], [1.0]])}, "load must be finite and at least 0"),
        ({"load": np.array([[-1.0], [1.0]])}, "load must be finite and at least 0"),
        ({"capacity": np.array([np.nan])}, "capacity must be at least 0"),
        ({"due_s": np.array([np.nan, 0.0])}, "due_s must be numbers"),
    ],
)
def test_what_is_no_number_is_refused(changes, rule):
    with pytest.raises(InputError, match=rule):
        replace(from_orders(LAYOUT, [[(0, 1.0)], [(1, 1.0)]], capacity=3), **changes)


@pytest.mark.parametrize("aisle", [0.5, float("nan"), 2**40, 10**24])
def test_aisles_that_are_no_whole_numbers_are_refused_rather_than_cut(aisle):
    with pytest.raises(InputError, match="aisles or vertices must be whole numbers"):
        from_orders(LAYOUT, [[(aisle, 1.0)]], capacity=3)
    with pytest.raises(InputError, match="aisles or vertices must be whole numbers"):
        PickList.of(LAYOUT, [(aisle, 1.0)])
    with pytest.raises(InputError, match="aisles or vertices must be whole numbers"):
        PickList(LAYOUT, [aisle], [1.0])
