"""Thresholds: found on noisy lines, whole numbers, several targets, and told when there is more than one."""

import numpy as np
import pytest

from fulfillsim.errors import InputError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.threshold import FindThreshold, Keep


def noise(n: int = 20) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(Streams(80, 0).uniforms("test", 0, n))


def finished(study: FindThreshold, response) -> FindThreshold:
    while wanted := study.ask():
        study.tell({setting: response(setting) for setting in wanted})
    return study


def test_the_largest_setting_lies_where_the_mean_crosses_the_target():
    """Mean 2 - x + noise: with the same noise at each point the crossing is 1 + its mean."""
    z = 0.1 * noise()
    study = finished(FindThreshold(0, 3, [Keep("on time", 1.0)], resolution=0.001), lambda x: 2 - x + z)
    found = study.result
    assert found.value == pytest.approx(1 + z.mean(), abs=0.001)
    reach = 2.093 * z.std(ddof=1) / 20**0.5
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach), abs=0.003)
    assert found.is_monotone and found.breaks == "on time"
    assert len(study.points) < 40


def test_the_smallest_headcount_is_a_whole_number():
    z = 0.01 * noise()
    study = FindThreshold(1, 40, [Keep("wait", 2.0, at_most=True)], find="smallest", is_whole=True)
    found = finished(study, lambda x: 47.0 / x + z).result
    assert (found.value, found.low, found.high) == (24, 23, 24)
    assert all(float(x).is_integer() for x in study.points)


def test_of_several_targets_the_one_that_breaks_is_named():
    z = 0.01 * noise()
    targets = [Keep("on time", 0.9), Keep("cost", 10.0, at_most=True)]
    study = FindThreshold(0, 10, targets)
    found = finished(study, lambda x: np.stack([1 - 0.005 * x + z, 4 + 2 * x + z], axis=1)).result
    assert found.breaks == "cost" and found.value == pytest.approx(3.0, abs=0.05)


def test_a_response_that_turns_back_is_told():
    z = 0.05 * noise()
    found = finished(FindThreshold(0, 4, [Keep("kpi", 0.0)]), lambda x: (x - 1) * (x - 3) + z).result
    assert not found.is_monotone
    assert all(easier < harder for easier, harder in found.reversals)
    assert found.value == pytest.approx(1.0, abs=0.1)


def test_targets_kept_everywhere_or_nowhere():
    z = 0.01 * noise()
    kept = finished(FindThreshold(0, 1, [Keep("kpi", -5.0)]), lambda x: z - x).result
    assert (kept.value, kept.low, kept.high, kept.breaks) == (1.0, 1.0, 1.0, "")
    lost = finished(FindThreshold(0, 1, [Keep("kpi", 5.0)]), lambda x: z - x).result
    assert np.isnan(lost.value) and lost.breaks == "kpi"


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(InputError, match="must begin below its end"):
        FindThreshold(3, 1, [Keep("kpi", 0.0)])
    with pytest.raises(InputError, match="must be largest or smallest"):
        FindThreshold(1, 3, [Keep("kpi", 0.0)], find="widest")


@pytest.mark.statistical
def test_the_interval_holds_the_true_threshold():
    """300 studies of a line with slope noise, nominal 95 %, a little more by the resolution; false-alarm rate 0.1 %."""
    from scipy.special import ndtri
    from scipy.stats import binomtest

    z = ndtri(Streams(81, 0).uniforms("test", 0, (300, 2, 20)))
    n_hits = 0
    for shift, tilt in z:
        study = FindThreshold(0, 3, [Keep("kpi", 1.0)], resolution=0.002)
        found = finished(study, lambda x, a=shift, b=tilt: 2 - x * (1 + 0.1 * b) + 0.2 * a).result
        n_hits += found.low - 0.002 <= 1.0 <= found.high + 0.002
    assert binomtest(n_hits, 300, 0.955).pvalue > 0.001
