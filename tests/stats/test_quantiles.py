"""Quantiles: ranks by enumeration, ends that are not there, batches of a correlated run."""

import math

import numpy as np
import pytest
from scipy import stats

from fulfillsim.errors import TooFewReplicationsError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.quantiles import (
    batch_quantile_interval,
    least_n_for_quantile,
    quantile_interval,
    quantile_ranks,
    rank_coverage,
)


@pytest.mark.parametrize("n", [60, 61, 100, 237, 1000, 20_000])
@pytest.mark.parametrize("prob", [0.5, 0.9, 0.95])
def test_ranks_cover_the_level_and_little_more(n, prob):
    low, high = quantile_ranks(n, prob)
    covered = stats.binom.cdf(high - 1, n, prob) - stats.binom.cdf(low - 1, n, prob)
    assert rank_coverage(n, prob, low, high) == pytest.approx(covered, rel=1e-12)
    assert 0.95 <= covered < 0.95 + 0.5 * stats.binom.pmf(math.floor(n * prob), n, prob)


def test_the_median_of_six_lies_between_the_extremes():
    """David & Nagaraja: 1 - 2 / 2**6 = 0.969."""
    found = quantile_interval([3.0, 1.0, 2.0, 6.0, 5.0, 4.0], 0.5)
    assert (found.low, found.high) == (1.0, 6.0)
    assert rank_coverage(6, 0.5, 1, 6) == pytest.approx(1 - 2 / 64)


def test_too_few_values_have_no_upper_bound():
    found = quantile_interval(np.arange(30.0), 0.95)
    assert math.isinf(found.high) and found.estimate == 28.0
    n = least_n_for_quantile(0.95)
    assert math.isfinite(quantile_interval(np.arange(float(n)), 0.95).high)
    assert math.isinf(quantile_interval(np.arange(float(n - 1)), 0.95).high)


def test_mirrored_values_have_the_mirrored_interval_of_the_mirrored_quantile():
    values = Streams(3, 0).uniforms("test", 0, 400)
    one, other = quantile_interval(values, 0.9), quantile_interval(-values, 0.1)
    assert rank_coverage(400, 0.9, *quantile_ranks(400, 0.9)) == pytest.approx(
        rank_coverage(400, 0.1, *quantile_ranks(400, 0.1))
    )
    assert one.low < -other.estimate < one.high


def test_one_value_is_not_enough():
    with pytest.raises(TooFewReplicationsError, match="an interval for a quantile needs at least 2"):
        quantile_interval([1.0], 0.5)


@pytest.mark.statistical
def test_batches_cover_the_quantile_of_a_correlated_run():
    """AR(1) 0.8, batches of 500: 1,000 experiments at 95 %, false-alarm rate 0.1 % about 0.945."""
    from scipy.signal import lfilter
    from scipy.special import ndtri

    noise = ndtri(Streams(8, 0).uniforms("test", 0, (1000, 10_200)))
    runs = lfilter([1.0], [1.0, -0.8], noise, axis=1)[:, 200:]
    exact = stats.norm.ppf(0.9) / math.sqrt(1 - 0.64)
    n_hits = sum(exact in batch_quantile_interval(run, 0.9) for run in runs)
    assert stats.binomtest(n_hits, 1000, 0.945).pvalue > 0.001
    n_naive = sum(exact in quantile_interval(run, 0.9) for run in runs)
    assert n_naive < 700
