"""One long run: long enough for its correlation, whole cycles, within budget."""

import numpy as np
import pytest

from fulfillsim.errors import InputError
from fulfillsim.sampling.streams import Streams
from fulfillsim.stats.steady import SteadyMean, neighbor_correlation


class Autoregressive:
    """AR(1) with mean 5, told piece by piece."""

    def __init__(self, factor: float, cell: int) -> None:
        from scipy.signal import lfilter
        from scipy.special import ndtri

        self.values = 5 + lfilter([1.0], [1.0, -factor], ndtri(Streams(50, 0).uniforms("test", cell, 400_000)))
        self.at = 0

    def __call__(self, n: int) -> np.ndarray:
        self.at += n
        return self.values[self.at - n : self.at]


def finished(study: SteadyMean, more) -> SteadyMean:
    while wanted := study.ask():
        study.tell({"run": more(wanted["run"])})
    return study


def test_more_correlation_takes_a_longer_run():
    numbers = [finished(SteadyMean(), Autoregressive(factor, 1)).n for factor in (0.0, 0.8, 0.99)]
    assert numbers[0] == 512 and numbers[0] < numbers[1] < numbers[2]


def test_a_precision_is_kept_and_memory_stays_small():
    study = finished(SteadyMean(half_width=0.1), Autoregressive(0.9, 2))
    assert study.is_settled and study.interval().half_width <= 0.1
    assert 5.0 in study.interval()
    assert study._means.size <= 2 * SteadyMean.N_SMALL


def test_batches_are_whole_cycles_after_the_warm_up():
    week = np.array([9.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    values = np.concatenate((np.full(3, 99.0), np.tile(week, 2000)))
    at = iter(range(1))

    def more(n: int) -> np.ndarray:
        next(at)
        return values[:n]

    study = finished(SteadyMean(n_warmup=3, n_per_cycle=7), more)
    assert study.interval().estimate == 2.0 and study.interval().half_width == 0


def test_a_budget_ends_the_run_unsettled():
    study = finished(SteadyMean(n_most=5000), lambda n: np.arange(float(n)))
    assert not study.is_settled and study.n <= 5000
    with pytest.raises(InputError, match="must be 512 observations or more"):
        SteadyMean(n_most=100)


def test_the_correlation_of_neighbors_is_that_of_the_formula():
    values = np.array([1.0, 3.0, 2.0, 5.0, 4.0])
    c = values - 3
    assert neighbor_correlation(values) == pytest.approx((c[1:] * c[:-1]).sum() / (c**2).sum())
    assert neighbor_correlation(np.ones(4)) == 0
