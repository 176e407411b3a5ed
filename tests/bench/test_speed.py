"""The comparison with plain SimPy is fair only if both do the same."""

import json

import pytest

from fulfillsim.bench.speed import Growth, Speed, Turn, measure, shown


@pytest.mark.slow
def test_engine_and_plain_simpy_give_equal_time_stamps():
    assert measure(n_turns=1, growth=False).largest_difference_s < 1e-6


def test_a_ratio_is_plain_over_engine_and_memory_is_the_slope_between_sizes():
    turns = (Turn(1000, 0.1, 0.2, 0.1, 1.0), Turn(1000, 0.1, 0.25, 0.15, 1.0))
    growth = (Growth(10, 1.0, 10.0, 80.0, 1e6), Growth(110, 1.0, 11.0, 880.0, 1.1e6))
    speed = Speed(turns, 0.0, growth)
    summary = speed.summary
    assert (summary["flow_ratio"], summary["whole_ratio_most"]) == (4.5, 2.5)
    assert (summary["bytes_per_order"], summary["growth_of_time_per_order"]) == (1000.0, 1.1)
    assert json.loads(shown(speed, "json"))["summary"] == summary
    assert "4.50" in shown(speed, "md") and "1,000 bytes per order" in shown(speed, "table")
