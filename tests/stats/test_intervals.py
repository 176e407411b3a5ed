"""Intervals: textbook numbers, coverage, and honest digits."""

import math

import numpy as np
import pytest
from scipy import stats

from fulfillsim.errors import TooFewReplicationsError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.batch_means import batch_means_interval
from fulfillsim.stats.intervals import format_estimate, half_width, mean_interval, t_quantile

LAW = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]


def test_interval_of_laws_ten_observations():
    """Law (2015), example 4.26: 1.34 ± 1.83 sqrt(0.17 / 10), or 1.34 ± 0.24."""
    interval = mean_interval(LAW, level=0.90)
    assert interval.estimate == pytest.approx(1.343)
    assert interval.half_width == pytest.approx(1.833113 * math.sqrt(np.var(LAW, ddof=1) / 10), rel=1e-6)
    assert (interval.n, interval.level) == (10, 0.90)
    assert 1.58 in interval and 1.59 not in interval
    assert half_width(LAW, 0.90) == interval.half_width == pytest.approx(interval.high - 1.343)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999, 1 - 1e-12])
@pytest.mark.parametrize("n_degrees", [1, 4, 30, 1e6])
def test_t_quantiles_equal_those_of_scipy(n_degrees, level):
    assert t_quantile(n_degrees, level) == pytest.approx(stats.t.isf((1 - level) / 2, n_degrees), rel=1e-9)


def test_order_of_replications_does_not_change_a_bit():
    values = Streams(1, 0).uniforms("test", 0, 101).tolist()
    assert mean_interval(values) == mean_interval(sorted(values))


@pytest.mark.parametrize("n", [0, 1])
def test_one_replication_is_not_enough(n):
    with pytest.raises(TooFewReplicationsError, match=rf"at least 2 replications \(got {n}\)"):
        mean_interval([1.0] * n)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_a_level_outside_zero_to_one_is_refused(level):
    with pytest.raises(ValueError, match=r"for 95 % say 0\.95"):
        mean_interval(LAW, level)


def test_a_value_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="value 1 must be finite"):
        mean_interval([1.0, float("nan"), 2.0])


@pytest.mark.statistical
@pytest.mark.parametrize("n", [2, 5, 20])
def test_intervals_of_normal_values_cover_as_often_as_they_say(n):
    """4,000 experiments, exact coverage 0.90; binomial, false-alarm rate 0.1 %."""
    from scipy.special import ndtri

    experiments = ndtri(Streams(6, 0).uniforms("test", n, (4000, n))) * 3 + 10
    n_hits = sum(10.0 in mean_interval(values, 0.90) for values in experiments)
    assert stats.binomtest(n_hits, 4000, 0.90).pvalue > 0.001


@pytest.mark.statistical
def test_batch_means_cover_the_mean_of_a_correlated_series():
    """AR(1), correlation 0.8, batches of 200: 1,000 experiments, coverage 95 %; false-alarm rate 0.1 %."""
    from scipy.signal import lfilter
    from scipy.special import ndtri

    noise = ndtri(Streams(7, 0).uniforms("test", 0, (1000, 4200)))
    series = lfilter([1.0], [1.0, -0.8], noise, axis=1)[:, 200:]
    n_hits = sum(0.0 in batch_means_interval(run, n_batches=20) for run in series)
    assert stats.binomtest(n_hits, 1000, 0.945).pvalue > 0.001
    n_naive_hits = sum(0.0 in mean_interval(run) for run in series)
    assert n_naive_hits < 600


def test_batches_are_equal_and_leave_out_the_first_values():
    interval = batch_means_interval([100.0, 1.0, 3.0, 2.0, 4.0, 3.0, 5.0], n_batches=3)
    assert (interval.estimate, interval.n) == (3.0, 3)
    assert interval.half_width == mean_interval([2.0, 3.0, 4.0]).half_width


@pytest.mark.parametrize("n_batches", [1, 8])
def test_batches_without_values_are_refused(n_batches):
    with pytest.raises(ValueError, match="n_batches must lie between 2 and the number of values, 7"):
        batch_means_interval(range(7), n_batches)


def test_a_table_of_runs_is_not_one_run():
    with pytest.raises(ValueError, match=r"one dimension \(got shape \(2, 3\)\)"):
        batch_means_interval(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("estimate", "half", "text"),
    [
        (0.9731, 0.0123, "0.973 ± 0.012"),
        (-0.0004, 0.12, "0.00 ± 0.12"),
        (12.345, 0.0996, "12.35 ± 0.10"),
        (12.0, 9.96, "12 ± 10"),
        (123456.7, 1234.5, "123500 ± 1200"),
        (1e-7, 2.34e-9, "0.0000001000 ± 0.0000000023"),
        (5, 0, "5 ± 0"),
        (1234567, math.inf, "1230000 ± ?"),
        (math.nan, math.nan, "-"),
    ],
)
def test_only_supported_digits_are_printed(estimate, half, text):
    assert format_estimate(estimate, half) == text
