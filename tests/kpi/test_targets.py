import math
from dataclasses import replace

import pytest

from fulfillsim.domain.world import Target
from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi import judge


def words(world, sense, value, seen):
    targets = (Target("otif", sense, value),)
    return [verdict.word for verdict in judge(replace(world, targets=targets), {"otif": seen})]


def test_a_target_is_met_or_missed_only_if_the_whole_interval_says_so(world):
    seen = [0.94, 0.95, 0.96]  # t interval with 2 degrees of freedom: 0.95 +- 4.303 * 0.01 / sqrt(3) = 0.0248
    assert words(world, ">=", 0.925, seen) == ["met"]
    assert words(world, ">=", 0.926, seen) == ["not sure"]
    assert words(world, ">=", 0.975, seen) == ["missed"]
    assert words(world, "<=", 0.975, seen) == ["met"]
    assert words(world, "<=", 0.974, seen) == ["not sure"]
    assert words(world, "<=", 0.925, seen) == ["missed"]


def test_one_replication_proves_nothing(world):
    assert words(world, ">=", 0.5, [0.99]) == ["not sure"]
    assert words(world, ">=", 0.5, [0.99, math.nan]) == ["not sure"]


def test_the_verdict_carries_the_interval_behind_the_word(world):
    (verdict,) = judge(replace(world, targets=(Target("otif", ">=", 0.9),)), {"otif": [0.94, 0.95, 0.96, math.nan]})
    assert (verdict.n, verdict.mean) == (3, pytest.approx(0.95))
    assert verdict.half_width == pytest.approx(0.0248, abs=5e-5)


def test_a_target_on_what_the_scenario_does_not_have_is_refused(world):
    with_target = replace(world, targets=(Target("otfi", ">=", 0.9),))
    with pytest.raises(UnknownNameError, match="no KPI is called 'otfi' - did you mean 'otif'"):
        judge(with_target, {"otif": [1.0, 1.0]})
    with_target = replace(world, targets=(Target("utilization.packers", "<=", 0.9),))
    with pytest.raises(UnknownNameError, match=r"did you mean 'utilization\.pickers'"):
        judge(with_target, {"utilization.pickers": [1.0, 1.0]})
