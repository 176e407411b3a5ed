"""Transients: by brute force, on a known exponential decay, and never inside a cycle."""

import numpy as np
import pytest

from fulfillsim.errors import InputError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.batch_means import overlapping_batch_means_interval
from fulfillsim.stats.intervals import mean_interval
from fulfillsim.stats.warmup import cycle_means, mser, replication_deletion_interval, welch


def noise(cell: int, shape) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(Streams(30, 0).uniforms("test", cell, shape))


@pytest.mark.parametrize("cell", range(5))
def test_mser_equals_brute_force(cell):
    values = noise(cell, 203) + 5 * np.exp(-np.arange(203) / 10)
    means = values[:200].reshape(40, 5).mean(axis=1)
    brute = [((means[d:] - means[d:].mean()) ** 2).sum() / (40 - d) ** 2 for d in range(21)]
    found = mser(values)
    assert found.n_cut == 5 * int(np.argmin(brute))
    np.testing.assert_allclose(found.curve, brute, rtol=1e-9)
    assert found.mean == pytest.approx(means[found.n_cut // 5 :].mean())


def test_a_trend_that_never_ends_is_told():
    assert not mser(np.arange(200.0)).is_settled
    assert mser(np.concatenate((np.full(20, 9.0), noise(9, 400)))).is_settled


def test_welchs_curve_is_his_moving_average_and_its_cut_lies_where_the_climb_ends():
    climb = 10 * (1 - np.exp(-np.arange(400) / 20))
    runs = climb + 0.1 * noise(7, (20, 400))
    found = welch(runs, window=10)
    means = runs.mean(axis=0)
    assert found.curve[0] == pytest.approx(means[0])
    assert found.curve[3] == pytest.approx(means[:7].mean())
    assert found.curve[50] == pytest.approx(means[40:61].mean())
    assert found.curve.size == 390
    assert 50 <= found.n_cut <= 200 and found.is_settled
    assert found.mean == pytest.approx(10.0, abs=0.1)


def test_replications_lose_their_beginning_and_count_once_each():
    runs = noise(13, (6, 50))
    assert replication_deletion_interval(runs, 20) == mean_interval(runs[:, 20:].mean(axis=1))
    with pytest.raises(ValueError, match="n_cut must lie between 0 and the length"):
        replication_deletion_interval(runs, 50)


def test_cycles_are_whole_or_refused():
    assert cycle_means(np.arange(14.0), 7).tolist() == [3.0, 10.0]
    with pytest.raises(InputError, match="15 values must be whole cycles of 7"):
        cycle_means(np.arange(15.0), 7)


def test_a_cycle_that_would_look_like_a_transient_is_gone_after_averaging():
    days = np.tile([9.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0], 20) + 0.01 * noise(11, 140)
    assert mser(cycle_means(days, 7), batch=1).n_cut <= 14


def test_overlapping_batch_means_are_the_formula_of_meketon_and_schmeiser():
    values = noise(12, 60)
    n, m = 60, 10
    windows = np.lib.stride_tricks.sliding_window_view(values, m).mean(axis=1)
    variance = n * m / ((n - m + 1) * (n - m)) * ((windows - values.mean()) ** 2).sum() / n
    from scipy.stats import t

    found = overlapping_batch_means_interval(values, 6)
    assert found.half_width == pytest.approx(t.ppf(0.975, 7.5) * np.sqrt(variance))
    assert found.estimate == pytest.approx(values.mean())
