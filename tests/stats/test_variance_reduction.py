"""Control variates and antithetic pairs: regression by another road, exact savings, honest losses."""

import numpy as np
import pytest

from fulfillsim.errors import TooFewReplicationsError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.intervals import mean_interval
from fulfillsim.stats.variance_reduction import antithetic_interval, controlled_interval


def normals(seed: int, shape) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(Streams(seed, 0).uniforms("test", 0, shape))


def test_the_corrected_mean_is_the_intercept_of_the_regression():
    z = normals(1, (4, 40))
    controls = np.stack([z[0] + 3, 2 * z[1] - 1], axis=1)
    values = 10 + z[0] - 0.5 * z[1] + 0.3 * z[2]
    found = controlled_interval(values, controls, [3.0, -1.0])
    design = np.column_stack([np.ones(40), controls - [3.0, -1.0]])
    beta, rest, *_ = np.linalg.lstsq(design, values, rcond=None)
    error = np.sqrt(rest[0] / 37 * np.linalg.inv(design.T @ design)[0, 0])
    from scipy.stats import t

    assert found.interval.estimate == pytest.approx(beta[0])
    assert found.interval.half_width == pytest.approx(t.ppf(0.975, 37) * error)
    assert found.coefficients == pytest.approx(beta[1:])


def test_a_control_without_variance_or_told_twice_changes_nothing():
    z = normals(2, (2, 30))
    values = z[0] + 0.1 * z[1]
    alone = controlled_interval(values, z[0], 0.0)
    constant = controlled_interval(values, np.stack([z[0], np.full(30, 7.0)], axis=1), [0.0, 7.0])
    twice = controlled_interval(values, np.stack([z[0], z[0]], axis=1), [0.0, 0.0])
    for other in (constant, twice):
        assert other.interval.estimate == pytest.approx(alone.interval.estimate)
        assert other.interval.half_width == pytest.approx(alone.interval.half_width)
    assert constant.coefficients[1] == 0


def test_a_control_that_says_nothing_costs_a_little():
    z = normals(3, (2, 2000))
    assert controlled_interval(z[0], z[1], 0.0).variance_ratio == pytest.approx(1.0, abs=0.01)
    assert controlled_interval(z[0] + z[1], z[1], 0.0).variance_ratio == pytest.approx(2.0, rel=0.1)


def test_shapes_and_numbers_are_checked():
    with pytest.raises(TooFewReplicationsError, match="a mean with 2 control variates needs at least 5"):
        controlled_interval([1.0, 2.0, 3.0, 4.0], np.ones((4, 2)), [1.0, 1.0])
    with pytest.raises(ValueError, match=r"must have the shape \(5, 1\)"):
        controlled_interval(np.arange(5.0), np.ones(4), 1.0)
    with pytest.raises(ValueError, match=r"\(n_pairs, 2\)"):
        antithetic_interval(np.ones((3, 3)))


def test_antithetic_pairs_are_one_value_each():
    pairs = np.array([[1.0, 4.0], [2.0, 2.0], [5.0, 1.0]])
    assert antithetic_interval(pairs).interval == mean_interval(pairs.mean(axis=1))


@pytest.mark.statistical
def test_controlled_intervals_cover():
    """3,000 experiments with n = 12 and two controls, exact coverage 0.95 for normal values; rate 0.1 %."""
    from scipy.stats import binomtest

    z = normals(5, (3000, 3, 12))
    n_hits = sum(5.0 in controlled_interval(5 + row[0] + row[1] + row[2], row[:2].T, [0.0, 0.0]).interval for row in z)
    assert binomtest(n_hits, 3000, 0.95).pvalue > 0.001
