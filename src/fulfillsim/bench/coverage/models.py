"""Models whose mean, tail probability and 95th percentile are known exactly, to count how often intervals hold them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Draw = Callable[[Generator, int], Floats]


@dataclass(frozen=True)
class Model:
    """One value per independent replication, with its exact figures.

    Attributes
    ----------
    name
        For the table.
    draw
        Values of so many replications.
    mean
        Exact.
    limit, exceed_prob
        A limit, and the exact probability that a value exceeds it; NaN where it is not known.
    p95
        Exact 95th percentile; NaN where it is not known or the values are whole numbers.
    """

    name: str
    draw: Draw
    mean: float
    limit: float = math.nan
    exceed_prob: float = math.nan
    p95: float = math.nan


@dataclass(frozen=True)
class SteadyModel:
    """One long run: ``start`` gives a function that continues it by so many observations."""

    name: str
    start: Callable[[Generator], Callable[[int], Floats]]
    mean: float


def by_tail(name: str, draw: Draw, mean: float, limit: float, tail: Callable[[float], float]) -> Model:
    """Model from the exact probability to exceed a value; its percentile by root finding."""
    from scipy.optimize import brentq

    high = abs(mean) + 1.0
    while tail(high) > 0.05:
        high *= 2
    p95 = float(brentq(lambda x: tail(x) - 0.05, -abs(mean) - 1.0, high, xtol=1e-12))
    return Model(name, draw, mean, limit, tail(limit), p95)


@lru_cache(maxsize=1)
def replicated() -> tuple[Model, ...]:
    """Models that are replicated."""
    from scipy import stats

    def frozen(name: str, law: Any, draw: Draw, limit: float) -> Model:
        return by_tail(name, draw, float(law.mean()), limit, lambda x: float(law.sf(x)))

    return (
        frozen("normal, cv 0.2", stats.norm(10, 2), lambda rng, n: rng.normal(10, 2, n), 12.0),
        frozen("exponential", stats.expon(), lambda rng, n: rng.exponential(1, n), 2.0),
        frozen("flow through 3 M/M/1 stages", stats.gamma(3), lambda rng, n: rng.gamma(3, 1, n), 5.0),
        frozen("lognormal, sigma 1", stats.lognorm(1.0), lambda rng, n: rng.lognormal(0, 1, n), 3.0),
        frozen("on-time share of a day", stats.beta(19, 1), lambda rng, n: rng.beta(19, 1, n), 0.98),
        by_tail("ordinary and peak days", _peak_days, 110.0, 140.0, _peak_tail),
        by_tail("reliability (Law)", _reliability, 2 * 2 / 4 - 2 / 9, 2.0, _reliability_tail),
        by_tail("M/M/1 0.9 from empty, delay of customer 25", _delay_25, _mean_delay(25), 5.0, _delay_tail),
        Model("M/M/1 0.9 from empty, mean delay of 25", _delay_of_25, d25()),
        _newsvendor(),
    )


def steady() -> tuple[SteadyModel, ...]:
    """Models that are run once for long."""
    return (
        SteadyModel("M/M/1 0.9, delays of one run from empty", lambda rng: Queue(rng, 0.9).delays, 0.9 * 0.9 / 0.1),
        SteadyModel("M/M/1 0.5, delays of one run from empty", lambda rng: Queue(rng, 0.5).delays, 0.5 * 0.5 / 0.5),
        SteadyModel("AR(1) 0.9", _autoregressive, 10.0),
    )


def _peak_days(rng: Generator, n: int) -> Floats:
    is_peak = rng.random(n) < 0.2
    return np.where(is_peak, rng.normal(150, 20, n), rng.normal(100, 10, n))


def _peak_tail(x: float) -> float:
    from scipy.special import ndtr

    return float(0.2 * ndtr((150 - x) / 20) + 0.8 * ndtr((100 - x) / 10))


def _reliability(rng: Generator, n: int) -> Floats:
    """Law, section 9.4.1: T = min(G1, max(G2, G3)), Weibull with shape 0.5 and scale 1."""
    g = rng.weibull(0.5, (3, n))
    lives: Floats = np.minimum(g[0], np.maximum(g[1], g[2]))
    return lives


def _reliability_tail(t: float) -> float:
    alive = math.exp(-math.sqrt(max(t, 0.0)))
    return alive * (1 - (1 - alive) ** 2)


def _delays(rng: Generator, n: int, n_customers: int) -> Floats:
    """Delays of the first customers in ``n`` M/M/1 queues from empty, mean gap 1, mean service 0.9."""
    delays = np.zeros((n_customers, n))
    for i in range(1, n_customers):
        delays[i] = np.maximum(delays[i - 1] + rng.exponential(0.9, n) - rng.exponential(1.0, n), 0.0)
    return delays


def _delay_25(rng: Generator, n: int) -> Floats:
    last: Floats = _delays(rng, n, 25)[-1]
    return last


def _delay_of_25(rng: Generator, n: int) -> Floats:
    means: Floats = _delays(rng, n, 25).mean(axis=0)
    return means


@lru_cache(maxsize=64)
def _found(customer: int) -> Floats:
    """Probabilities of the number in system that a customer finds, from the chain embedded at arrivals."""
    probs, leave = np.array([1.0]), (1 / 0.9) / (1 + 1 / 0.9)
    for n in range(1, customer):
        after = np.zeros(n + 1)
        for present, prob in enumerate(probs, start=1):
            left = np.arange(present + 1)
            chance = leave ** (present - left) * (1 - leave)
            chance[0] = leave**present
            after[left] += prob * chance
        probs = after
    return probs


def _mean_delay(customer: int) -> float:
    probs = _found(customer)
    return 0.9 * float(probs @ np.arange(probs.size))


def d25() -> float:
    """Expected mean delay of the first 25 customers; Law prints 2.12.

    Examples
    --------
    >>> round(d25(), 2)
    2.12
    """
    return math.fsum(_mean_delay(customer) for customer in range(1, 26)) / 25


def _delay_tail(x: float) -> float:
    """The delay is a sum of as many services as customers are found."""
    from scipy.special import gammaincc

    probs = _found(25)
    if x < 0:
        return 1.0
    return float(probs[1:] @ gammaincc(np.arange(1, probs.size), x / 0.9))


def _newsvendor() -> Model:
    """Daily cost of a base stock of 52 under Poisson demand of 50: overage 1, underage 4."""
    from scipy.stats import poisson

    demand = np.arange(0, 200)
    probs, costs = poisson.pmf(demand, 50), np.maximum(52 - demand, 0) + 4.0 * np.maximum(demand - 52, 0)

    def draw(rng: Generator, n: int) -> Floats:
        found = rng.poisson(50, n)
        return np.maximum(52 - found, 0) + 4.0 * np.maximum(found - 52, 0)

    return Model("newsvendor cost of a day", draw, float(probs @ costs), 20.0, float(probs[costs > 20].sum()))


class Queue:
    """Delays of one M/M/1 queue from empty, mean service equal to the load, mean gap 1."""

    def __init__(self, rng: Generator, load: float) -> None:
        self.rng, self.load, self._delay = rng, load, 0.0

    def delays(self, n: int) -> Floats:
        """Delays of the next customers: Lindley's recursion as running minimum."""
        steps = self.rng.exponential(self.load, n)
        steps -= self.rng.exponential(1.0, n)
        walk = np.cumsum(steps)
        walk += self._delay
        later = walk - np.minimum(np.minimum.accumulate(walk), 0.0)
        found = np.concatenate(([self._delay], later[:-1]))
        self._delay = float(later[-1])
        return found


def _autoregressive(rng: Generator) -> Callable[[int], Floats]:
    from scipy.signal import lfilter

    state = [0.0]

    def more(n: int) -> Floats:
        noise = rng.standard_normal(n)
        values, _ = lfilter([1.0], [1.0, -0.9], noise, zi=np.array([0.9 * state[0]]))
        state[0] = float(values[-1])
        return 10.0 + np.asarray(values, dtype=np.float64)

    return more
