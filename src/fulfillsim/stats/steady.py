"""The mean of a steady state from one long run, made as long as its correlation calls for."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats, all_finite, check_prob
from fulfillsim.stats.bounds import Bounds
from fulfillsim.stats.intervals import t_quantile
from fulfillsim.stats.skewness import bent


class SteadyMean:
    """Procedure: observations of one run until its batch means are nearly independent, and precise if that is asked.

    Means of small batches are kept, 512 or 1024 of them: of 1024 neighbors are merged before the run goes on. So
    memory does not grow with the run. The run is long enough when the correlation of neighbors among the small
    batches is at most 0.4; what is left of it among the large ones that the interval is made of widens the interval,
    which leans to the long tail.

    Parameters
    ----------
    half_width
        Greatest half-width wanted; None takes what independence of the batches gives.
    is_relative
        Whether it is a share of the estimate.
    n_warmup
        Observations left out at the beginning, from `mser` or `welch`; besides, the first batch is left out.
    n_per_cycle
        Observations in a daily or weekly cycle: batches consist of whole cycles.
    n_most
        Budget.
    name
        Of the run, the key of `ask` and `tell`.

    References
    ----------
    Law, Carson (1979), A sequential procedure for determining the length of a steady-state simulation, Operations
    Research 27(5): the test on many small batches. Tafazzoli, Steiger, Wilson (2011), N-Skart, IEEE Transactions on
    Automatic Control 56(2): interval with the left-over correlation and the skewness. Our sizes are near Law's.
    """

    CORRELATION = 0.4
    N_SMALL = 512

    def __init__(
        self,
        half_width: float | None = None,
        is_relative: bool = False,
        level: float = 0.95,
        n_warmup: int = 0,
        n_per_cycle: int = 1,
        n_most: int = 100_000_000,
        name: str = "run",
    ) -> None:
        if half_width is not None and not half_width > 0:
            raise InputError(f"precision: must be > 0 (got {half_width}) - for ± 5 % of the mean say 0.05, relative")
        self.half_width, self.is_relative, self.name = half_width, is_relative, name
        self.level, self.n_most, self.n_warmup = check_prob("level", level), n_most, n_warmup
        self._batch = n_per_cycle
        self._means: Floats = np.empty(0)
        self.n = 0
        self._n_next = n_warmup + self.N_SMALL * n_per_cycle
        if self._n_next > n_most:
            raise InputError(f"budget: must be {self._n_next} observations or more (got {n_most}) - raise it")

    @property
    def batch(self) -> int:
        """Observations in a small batch."""
        return self._batch

    def ask(self) -> dict[str, int]:
        """Further observations wanted; empty when it is over."""
        return {self.name: self._n_next - self.n} if self._n_next > self.n else {}

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the observations asked for, shape (n,), in the order of time."""
        series = all_finite(np.asarray(values[self.name], dtype=np.float64))
        if series.shape != (self._n_next - self.n,):
            raise ValueError(f"tell must give the {self._n_next - self.n} observations asked for (got {series.shape})")
        fresh = series[max(self.n_warmup - self.n, 0) :]
        self.n += series.size
        self._means = np.concatenate((self._means, fresh.reshape(-1, self._batch).mean(axis=1)))
        if not self.is_settled:
            self._go_on()

    def _go_on(self) -> None:
        """Ask for half as much again, or merge and double."""
        if len(self._means) >= 2 * self.N_SMALL:
            self._means = self._means.reshape(-1, 2).mean(axis=1)
            self._batch *= 2
        further = self.N_SMALL * self._batch
        if self.n + further <= self.n_most:
            self._n_next = self.n + further

    @property
    def correlation(self) -> float:
        """Correlation of neighbors among the small batches."""
        return neighbor_correlation(self._means)

    @property
    def is_settled(self) -> bool:
        """Whether batches are independent enough, and the interval narrow enough."""
        if self.n <= self.n_warmup or self.correlation > self.CORRELATION:
            return False
        if self.half_width is None:
            return True
        found = self.interval()
        return found.half_width <= self.half_width * (abs(found.estimate) if self.is_relative else 1.0)

    def interval(self, n_large: int = 16) -> Bounds:
        """Interval from the small batches put together to larger ones, at least ``n_large`` of them.

        The first large batch is left out: what a start from empty left behind is in it.
        """
        size = max(len(self._means) // (n_large + 1), 1)
        n = len(self._means) // size - 1
        means = self._means[len(self._means) - n * size :].reshape(n, size).mean(axis=1)
        mean, deviation = float(means.mean()), float(means.std(ddof=1))
        if deviation == 0:
            return Bounds(mean, mean, mean, self.level, n)
        left = min(max(neighbor_correlation(means), 0.0), 0.5)
        error = deviation * math.sqrt((1 + left) / (1 - left) / n)
        third = float(((means - mean) ** 3).sum()) * n / ((n - 1) * (n - 2)) / deviation**3
        factor, bend = t_quantile(n - 1, self.level), third / (6 * math.sqrt(n))
        low, high = mean - bent(factor, bend) * error, mean - bent(-factor, bend) * error
        return Bounds(mean, low, high, self.level, n)


def neighbor_correlation(values: ArrayLike) -> float:
    """Correlation of each value with the next, shape (n,); 0 if nothing varies."""
    series = np.asarray(values, dtype=np.float64)
    centered = series - series.mean()
    total = float(centered @ centered)
    return float(centered[1:] @ centered[:-1]) / total if total > 0 else 0.0
