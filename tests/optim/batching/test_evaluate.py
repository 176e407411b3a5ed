"""The evaluator measures a plan anew and names what is wrong with it."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.optim.batching import Pickers, evaluate, from_orders
from fulfillsim.testing.batching import LAYOUT, random_instance

# Aisle 0 at 2 m, aisle 0 at 5 m, aisle 1 at 4 m: aisles are 3 m apart and 9 m long.
THREE = from_orders(LAYOUT, [[(0, 2.0)], [(0, 5.0)], [(1, 4.0)]], capacity=2)


def test_tours_are_added_up():
    found = evaluate(THREE, ((0, 1), (2,)), "return")
    assert found.lengths_m == (10.0, 14.0)
    assert found.value == 24.0
    assert found.feasible


@pytest.mark.parametrize(
    ("batches", "words"),
    [
        (((0, 1),), "order 2: in no batch"),
        (((0, 1), (1, 2)), "order 1: in 2 batches"),
        (((0, 1), (2,), ()), "batch 2: without an order"),
        (((0, 1), (2, 7)), "order 7: there is none"),
        (((0, 1, 2),), "batch 0: items 3 above the capacity 2"),
    ],
)
def test_what_is_wrong_is_said(batches, words):
    found = evaluate(THREE, batches, "return")
    assert not found.feasible
    assert any(words in violation for violation in found.violations)


def test_orders_are_late_by_what_pickers_need_after_release():
    pickers = Pickers(n_pickers=1, speed_m_per_s=2.0, setup_s=10.0, pick_s=1.0)
    timed = replace(THREE, due_s=np.array([20.0, 100.0, 40.0]), release_s=np.array([0.0, 5.0, 0.0]), pickers=pickers)
    found = evaluate(timed, ((0, 1), (2,)), "return")
    # First tour: released at 5, 10 s setup, 10 m at 2 m/s, two picks; second: 10 s, 14 m, one pick.
    assert found.finished_s == (22.0, 22.0, 40.0)
    assert found.tardiness_s == 2.0


def test_two_pickers_walk_at_the_same_time():
    pickers = Pickers(n_pickers=2, speed_m_per_s=1.0, setup_s=0.0, pick_s=0.0)
    timed = replace(THREE, due_s=np.full(3, 50.0), pickers=pickers)
    assert evaluate(timed, ((0, 1), (2,)), "return").finished_s == (10.0, 10.0, 14.0)


def test_relabeling_orders_changes_nothing():
    instance, turned = random_instance(3), np.array([6, 5, 4, 3, 2, 1, 0])
    batches = ((0, 1), (2, 3), (4,), (5,), (6,))
    mirrored = tuple(tuple(6 - o for o in batch) for batch in batches)
    assert evaluate(instance.subset(turned), mirrored, "exact").value == pytest.approx(
        evaluate(instance, batches, "exact").value
    )
