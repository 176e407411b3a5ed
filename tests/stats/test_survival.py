"""Kaplan-Meier: textbook curve, plain ranks without censoring, honest answers beyond the data."""

import math
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.survival import kaplan_meier, percentiles

#: Weeks of remission under 6-MP (Freireich et al. 1963; Kalbfleisch & Prentice table 1.1); + is censored.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
WEEKS = [float(text.rstrip("+")) for text in REMISSION.split()]
ENDED = [not text.endswith("+") for text in REMISSION.split()]


def test_curve_of_the_remission_data_equals_the_published_one():
    curve = kaplan_meier(WEEKS, ENDED)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.survival_probs.round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert (curve.n, curve.n_censored, curve.longest) == (21, 12, 35.0)
    assert curve.quantile(0.5) == 23.0
    assert math.isnan(curve.quantile(0.9)) and curve.format_quantile(0.9) == "> 35"
    assert curve.format_quantile(0.25) == "13"


def test_curve_equals_that_of_scipy_with_many_ties():
    u = Streams(1, 0).uniforms("test", 0, (2, 3000))
    durations, ended = np.floor(u[0] * 40), u[1] < 0.6
    curve = kaplan_meier(durations, ended)
    twin = stats.ecdf(stats.CensoredData.right_censored(durations, ~ended)).sf
    np.testing.assert_allclose(curve.at(np.arange(40.0)), twin.evaluate(np.arange(40.0)), rtol=1e-12)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.sampled_from([0.05, 0.1, 0.5, 0.9, 0.95]))
def test_without_censoring_quantiles_are_ranks_and_the_mean_is_the_mean(durations, prob):
    curve = kaplan_meier(durations)
    rank = math.ceil(len(durations) * prob - 1e-9)
    assert curve.quantile(prob) == sorted(durations)[rank - 1]
    assert curve.restricted_mean() == pytest.approx(np.mean(durations))
    assert curve.restricted_mean(curve.longest / 2) == pytest.approx(np.minimum(durations, curve.longest / 2).mean())


def test_leaving_out_open_orders_would_look_faster():
    curve = kaplan_meier([1, 2, 3, 9, 9], ended=[True, True, True, False, False])
    assert curve.quantile(0.5) == 3.0 > np.median([1, 2, 3])
    assert percentiles(curve) == {
        "p50": 3.0,
        "p90": pytest.approx(math.nan, nan_ok=True),
        "p95": pytest.approx(math.nan, nan_ok=True),
    }


def test_beyond_the_longest_open_duration_nothing_is_known():
    curve = kaplan_meier([1, 5], ended=[True, False])
    np.testing.assert_array_equal(curve.at([0.5, 1, 5, 6]), [1.0, 0.5, 0.5, math.nan])
    assert kaplan_meier([1, 5]).at([6]).tolist() == [0.0]
    with pytest.raises(ValueError, match="limit must lie between 0 and the longest duration seen, 5"):
        curve.restricted_mean(7)


def test_no_durations_have_no_quantiles():
    curve = kaplan_meier([])
    assert math.isnan(curve.quantile(0.5)) and math.isnan(curve.restricted_mean())
    assert (curve.format_quantile(0.5), curve.n) == ("-", 0)


def test_only_open_durations_are_all_beyond():
    curve = kaplan_meier([3, 4], ended=[False, False])
    assert curve.format_quantile(0.5) == "> 4" and curve.restricted_mean() == 4.0


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_durations_are_refused(bad):
    with pytest.raises(ValueError, match=r"durations must be finite and >= 0"):
        kaplan_meier([1.0, bad])


def test_lengths_must_agree_and_probabilities_be_probabilities():
    with pytest.raises(ValueError, match="of one length"):
        kaplan_meier([1.0, 2.0], [True])
    with pytest.raises(ValueError, match=r"for p95 say 0\.95"):
        kaplan_meier([1.0]).quantile(95)


@pytest.mark.slow
def test_a_million_durations_take_less_than_a_second():
    u = Streams(2, 0).uniforms("test", 0, (2, 1_000_000))
    start = process_time()
    curve = kaplan_meier(-np.log(u[0]), u[1] < 0.9)
    assert process_time() - start < 1.0
    assert curve.restricted_mean(1.0) < 1.0
