"""First-come batching: how many from the head of the queue one cart takes."""

import pytest

from fulfillsim.domain.fulfillment import Batch
from fulfillsim.policies.batching import Load, first_come

SMALL, LARGE = Load(1, 2, 1.0, 3.0), Load(9, 50, 40.0, 200.0)


@pytest.mark.parametrize(
    ("limits", "taken"),
    [
        (Batch(max_orders=4), 4),
        (Batch(max_lines=3), 3),
        (Batch(max_units=5), 2),
        (Batch(max_weight_kg=2.5), 2),
        (Batch(max_volume_l=9.0), 3),
        (Batch(max_volume_l=8.9), 2),
    ],
)
def test_the_cart_takes_what_fits(limits, taken):
    assert first_come([SMALL] * 4, limits) == taken


def test_an_order_larger_than_the_cart_goes_alone():
    assert first_come([LARGE, SMALL], Batch(max_lines=5)) == 1


def test_nobody_is_taken_before_a_larger_order_that_came_first():
    assert first_come([SMALL, LARGE, SMALL], Batch(max_lines=5)) == 1
