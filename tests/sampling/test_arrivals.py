"""Arrivals: right counts, right instants, and nothing moves that need not move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fulfillsim.errors import DistributionError
from fulfillsim.sampling.arrivals import arrival_times, day_arrivals, day_factor, renewal_times, replication_factor
from fulfillsim.sampling.counts import negative_binomial_quantile, poisson_quantile
from fulfillsim.sampling.distributions import make
from fulfillsim.sampling.streams import UNIFORM_MAX, UNIFORM_MIN, Streams

HOURS = np.arange(25) * 3600.0


@given(st.floats(UNIFORM_MIN, UNIFORM_MAX), st.floats(1e-6, 1e6))
def test_poisson_quantile_is_the_smallest_count_that_reaches_u(u, mean):
    k = poisson_quantile(u, mean)
    assert stats.poisson.cdf(k, mean) >= u * (1 - 1e-9)
    assert stats.poisson.cdf(k - 1, mean) <= u * (1 + 1e-9)


@given(st.floats(1e-9, UNIFORM_MAX), st.floats(1e-4, 1e5), st.floats(1.001, 40))
def test_negative_binomial_quantile_is_the_smallest_count_that_reaches_u(u, mean, vmr):
    k = float(negative_binomial_quantile(u, mean, vmr))
    size, prob = mean / (vmr - 1), 1 / vmr
    assert stats.nbinom.cdf(k, size, prob) >= u - 1e-9
    assert stats.nbinom.cdf(k - 1, size, prob) <= u + 1e-9


@given(st.floats(UNIFORM_MIN, UNIFORM_MAX), st.sampled_from([1.0, 1.5, 4.0]))
def test_counts_increase_with_the_expectation_and_with_u(u, vmr):
    def counts(u, mean):
        return poisson_quantile(u, mean) if vmr == 1 else negative_binomial_quantile(u, mean, vmr)

    means = np.concatenate(([0.0], np.geomspace(0.01, 1e5, 60)))
    assert (np.diff(counts(u, means)) >= 0).all()
    uniforms = np.sort(np.append(np.linspace(0.001, 0.999, 40), u))
    assert (np.diff(counts(uniforms, 7.3)) >= 0).all()


@pytest.mark.parametrize("vmr", [1.0, 3.0])
@pytest.mark.parametrize("mean", [0.2, 40.0])
def test_mean_and_variance_of_counts_over_a_fine_grid_of_uniforms(mean, vmr):
    u = (np.arange(100_000) + 0.5) / 100_000
    counts = poisson_quantile(u, mean) if vmr == 1 else negative_binomial_quantile(u, mean, vmr)
    assert counts.mean() == pytest.approx(mean, rel=2e-4)
    assert counts.var() == pytest.approx(vmr * mean, rel=5e-3)


def test_a_higher_expectation_keeps_every_arrival_and_adds_some():
    streams = Streams(3, 0)
    low = day_arrivals(streams, "channel:web/arrivals", 12, HOURS, np.linspace(0, 40, 24), vmr=2.0)
    high = day_arrivals(streams, "channel:web/arrivals", 12, HOURS, np.linspace(5, 60, 24), vmr=2.0)
    assert set(low.time_s.tolist()) < set(high.time_s.tolist())
    named = dict(zip(zip(high.piece, high.draw, strict=True), high.time_s, strict=True))
    assert all(named[p, d] == t for t, p, d in zip(*(low.time_s, low.piece, low.draw), strict=True))


def test_one_busier_hour_leaves_the_other_hours_as_they_were():
    expected = np.full(24, 30.0)
    busy = expected.copy()
    busy[10] *= 5
    usual, other = (arrival_times(Streams(3, 0), "arrivals", 5, HOURS, e, vmr=1.5) for e in (expected, busy))
    inside = (other >= HOURS[10]) & (other < HOURS[11])
    assert np.array_equal(other[~inside], usual[(usual < HOURS[10]) | (usual >= HOURS[11])])


def test_times_are_sorted_and_inside_their_pieces():
    day = day_arrivals(Streams(3, 0), "arrivals", 5, [0.0, 1.0, 1.5, 86400.0], [2000.0, 0.0, 3000.0])
    assert (np.diff(day.time_s) >= 0).all()
    assert ((day.time_s >= 0) & (day.time_s < 86400)).all()
    assert set(day.piece.tolist()) == {0, 2}
    assert (day.time_s[day.piece == 0] < 1).all() and (day.time_s[day.piece == 2] >= 1.5).all()


def test_an_instant_that_rounds_up_to_the_edge_stays_before_it():
    class Late(Streams):
        def uniforms(self, purpose, cell, shape, block=0):
            return np.full(shape, UNIFORM_MAX)

    assert (arrival_times(Late(1, 1), "arrivals", 0, [3600.0, 7200.0], [2.0]) < 7200.0).all()


def test_no_expectation_gives_no_arrivals():
    assert arrival_times(Streams(3, 0), "arrivals", 5, HOURS, np.zeros(24), vmr=2.0).size == 0


def test_dispersion_zero_rounds_the_expectation_up_or_down():
    days = [day_arrivals(Streams(3, 0), "arrivals", d, [0.0, 1.0], [2.3], vmr=0).time_s.size for d in range(400)]
    assert set(days) == {2, 3}
    assert np.mean(days) == pytest.approx(2.3, abs=0.1)


def test_a_million_an_hour_are_drawn():
    times = arrival_times(Streams(3, 0), "arrivals", 5, [0.0, 3600.0], [1e6], vmr=3.0)
    assert times.size == pytest.approx(1e6, abs=6 * np.sqrt(3e6))


@pytest.mark.statistical
@pytest.mark.parametrize("vmr", [1.0, 2.5])
def test_counts_over_days_have_the_stated_mean_and_dispersion(vmr):
    """z tests on 4,000 days x 6 pieces, false-alarm rate 0.1 % each (3.3 standard errors)."""
    edges, expected = np.arange(7) * 600.0, np.array([0.5, 3.0, 8.0, 20.0, 8.0, 3.0])
    days = [day_arrivals(Streams(8, 0), "arrivals", d, edges, expected, vmr=vmr).piece for d in range(4000)]
    counts = np.array([np.bincount(piece, minlength=6) for piece in days])
    z_means = (counts.mean(axis=0) - expected) / np.sqrt(vmr * expected / 4000)
    assert abs(z_means).max() < 3.6
    scaled = (counts - expected) ** 2 / (vmr * expected)
    assert abs(scaled.mean() - 1) < 3.3 * scaled.std() / np.sqrt(scaled.size)


@pytest.mark.statistical
def test_gaps_of_poisson_arrivals_are_exponential():
    """Kolmogorov-Smirnov, false-alarm rate 0.1 %."""
    times = arrival_times(Streams(9, 0), "arrivals", 1, HOURS, np.full(24, 500.0))
    assert stats.kstest(np.diff(times), stats.expon(scale=7.2).cdf).pvalue > 0.001


def test_renewals_with_a_longer_horizon_begin_the_same():
    gap = make("hyperexponential", mean=2.0, cv=3.0)
    short, long = (renewal_times(Streams(3, 0), "arrivals", gap, 100.0, end) for end in (9_000.0, 90_000.0))
    assert short.size > 4096 and (short >= 100).all() and (short < 9_000).all()
    assert np.array_equal(long[: short.size], short) and long[short.size] >= 9_000


def test_a_fixed_headway_comes_on_the_second_and_the_end_is_open():
    times = renewal_times(Streams(3, 0), "arrivals", make("deterministic", value=15.0), 0.0, 60.0)
    assert times.tolist() == [15.0, 30.0, 45.0]
    assert renewal_times(Streams(3, 0), "arrivals", make("deterministic", value=15.0), 60.0, 60.0).size == 0


@pytest.mark.statistical
def test_renewal_rate_and_variance_of_gaps():
    """Two z tests, false-alarm rate 0.1 % each."""
    gaps = np.diff(renewal_times(Streams(4, 0), "arrivals", make("erlang", mean=2.0, k=4), 0.0, 200_000.0))
    assert abs(gaps.mean() - 2) < 3.3 * gaps.std() / np.sqrt(gaps.size)
    assert gaps.var() / 4 == pytest.approx(0.25, abs=3.3 * 0.25 * np.sqrt(3.5 / gaps.size))


def test_day_factors_have_mean_one_and_the_stated_spread():
    factors = np.array([day_factor(Streams(1, 0), day, cv=0.3) for day in range(20_000)])
    assert factors.mean() == pytest.approx(1.0, abs=4 * 0.3 / np.sqrt(20_000))
    assert factors.std() == pytest.approx(0.3, rel=0.03)
    assert day_factor(Streams(1, 0), 5, cv=0.0) == replication_factor(Streams(1, 0), cv=0.0) == 1.0


def test_shared_factors_differ_between_replications_and_repeat_within_one():
    factors = [replication_factor(Streams(1, r), cv=0.05) for r in range(50)]
    assert len(set(factors)) == 50 and replication_factor(Streams(1, 7), cv=0.05) == factors[7]


@pytest.mark.parametrize(
    ("edges", "expected", "vmr", "says"),
    [
        ([0, 1, 2], [1.0], 1.0, r"cell_edges_s: must increase.*\(3,\), \(1,\)"),
        ([0, 2, 2], [1.0, 1.0], 1.0, "must increase"),
        ([0, 1], [-1.0], 1.0, r"expected: must lie in 0 to 1e\+09.*got -1.0"),
        ([0, 1], [float("nan")], 1.0, "got nan"),
        ([0, 1], [1e10], 1.0, "check rates and units"),
        ([0, 1], [1.0], 0.5, r"vmr: must be 0, 1 or more \(got 0.5\)"),
        ([0, 1], [1.0], float("nan"), "vmr"),
    ],
)
def test_bad_arrival_rates_are_refused(edges, expected, vmr, says):
    with pytest.raises(DistributionError, match=says):
        arrival_times(Streams(1, 1), "arrivals", 0, edges, expected, vmr=vmr)


def test_renewals_without_a_gap_or_without_end_are_refused():
    with pytest.raises(DistributionError, match="mean: must be > 0"):
        renewal_times(Streams(1, 1), "arrivals", make("deterministic", value=0.0), 0.0, 1.0)
    with pytest.raises(DistributionError, match="shorten the horizon"):
        renewal_times(Streams(1, 1), "arrivals", make("exponential", mean=1e-9), 0.0, 1e9)
    with pytest.raises(DistributionError, match="shorten the horizon"):
        renewal_times(Streams(1, 1), "arrivals", make("exponential", mean=1.0), 0.0, float("inf"))
