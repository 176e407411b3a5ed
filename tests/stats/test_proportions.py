"""Shares: exact at the ends, mirrored, and never below the level where that is promised."""

import numpy as np
import pytest
from scipy import stats

from fulfillsim.stats.proportions import clopper_pearson_interval, wilson_interval


@pytest.mark.parametrize(("ours", "method"), [(wilson_interval, "wilson"), (clopper_pearson_interval, "exact")])
@pytest.mark.parametrize(("n_hits", "n"), [(0, 10), (1, 10), (7, 10), (10, 10), (470, 500)])
def test_ends_equal_those_of_scipy(ours, method, n_hits, n):
    twin = stats.binomtest(n_hits, n).proportion_ci(0.95, method)
    found = ours(n_hits, n)
    assert (found.low, found.high) == pytest.approx((twin.low, twin.high), abs=1e-9)


def test_hits_and_misses_are_mirror_images():
    one, other = wilson_interval(3, 40), wilson_interval(37, 40)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


def test_clopper_pearson_covers_at_least_its_level_and_wilson_on_average():
    """Exact coverage by enumeration over all counts of 60 trials."""
    n, probs = 60, np.linspace(0.02, 0.98, 97)
    weights = stats.binom.pmf(np.arange(n + 1)[:, None], n, probs)
    for ours, least, mean in ((clopper_pearson_interval, 0.95, 0.965), (wilson_interval, 0.89, 0.953)):
        ends = [ours(hits, n) for hits in range(n + 1)]
        held = np.array([[found.low <= p <= found.high for p in probs] for found in ends])
        covered = (weights * held).sum(axis=0)
        assert covered.min() >= least
        assert covered.mean() == pytest.approx(mean, abs=0.012)


@pytest.mark.parametrize(("n_hits", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_counts_that_cannot_be_are_refused(n_hits, n):
    with pytest.raises(ValueError, match="n_hits must lie between 0 and n"):
        wilson_interval(n_hits, n)


def test_digits_follow_the_width():
    assert str(wilson_interval(470, 500)) == "0.940 (0.916 to 0.958)"
    assert str(wilson_interval(2, 4)) == "0.50 (0.15 to 0.85)"
