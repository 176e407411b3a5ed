"""A smooth distribution between bounds."""

import math
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sampling.durations import Erlang, Exponential, Gamma, Lognormal, Triangular, Uniform, Weibull
from fulfillsim.sampling.formula import Distribution, Refusal, WithMoments
from fulfillsim.sampling.hyperexponential import Hyperexponential
from fulfillsim.sampling.streams import UNIFORM_MAX, UNIFORM_MIN

Floats = NDArray[np.float64]

_SMOOTH: Final = (
    Exponential,
    Gamma,
    Erlang,
    Lognormal,
    Weibull,
    Uniform,
    Triangular,
    Hyperexponential,
)


@dataclass(frozen=True)
class Truncated(WithMoments):
    """A smooth base given that it lies between ``low`` and ``high`` (drawn anew otherwise, not clipped).

    The mean is that of what comes out. The bounds are turned into uniforms once, by bisection.
    """

    base: Distribution
    low: float = 0.0
    high: float = math.inf

    def __post_init__(self) -> None:
        refuse = Refusal("truncated").nonnegative("low", self.low)
        if not isinstance(self.base, _SMOOTH):
            rule = "must be a smooth family: " + ", ".join(family.__name__.lower() for family in _SMOOTH)
            hint = "truncate the components or the data instead"
            raise refuse("base", type(self.base).__name__, rule, hint)
        if not self.high > self.low:
            raise refuse("high", self.high, f"must be > low = {self.low:g}", "swap the bounds")
        if not self._range[1] - self._range[0] > 1e-9:
            bounds = f"{self.low:g} to {self.high:g}"
            raise refuse("high", bounds, "must leave more than 1e-9 of the probability", "widen the bounds")

    @cached_property
    def _range(self) -> tuple[float, float]:
        return _prob_below(self.base, self.low), _prob_below(self.base, self.high)

    @cached_property
    def _moments(self) -> tuple[float, float]:
        nodes, weights = _tanh_sinh()
        values = self.quantile(nodes)
        mean = math.fsum((values * weights).tolist())
        return mean, math.fsum(((values - mean) ** 2 * weights).tolist())

    @property
    def mean(self) -> float:
        """Mean of what comes out, by quadrature of the quantile (six digits or more)."""
        return self._moments[0]

    @property
    def scv(self) -> float:
        """Squared coefficient of variation of what comes out, by the same quadrature."""
        return self._moments[1] / self.mean**2

    def quantile(self, u: Floats) -> Floats:
        """Return one value for each uniform."""
        low, high = self._range
        inner = np.clip(low + (high - low) * np.asarray(u), UNIFORM_MIN, UNIFORM_MAX)
        return np.clip(self.base.quantile(inner), self.low, self.high)

    def quantile_one(self, u: float) -> float:
        """Return the value for one uniform."""
        low, high = self._range
        inner = min(max(low + (high - low) * u, UNIFORM_MIN), UNIFORM_MAX)
        return min(max(self.base.quantile_one(inner), self.low), self.high)

    def scaled(self, factor: float) -> Self:
        """Scale base and bounds."""
        base = self.base.scaled(factor)
        return replace(self, base=base, low=self.low * factor, high=self.high * factor)


def _prob_below(base: Distribution, value: float) -> float:
    """Probability that a smooth, increasing quantile lies below ``value``, to the last bit."""
    if base.quantile_one(UNIFORM_MIN) >= value:
        return 0.0
    if base.quantile_one(UNIFORM_MAX) <= value:
        return 1.0
    low, high = UNIFORM_MIN, UNIFORM_MAX
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if base.quantile_one(middle) < value else (low, middle)
    return high


@cache
def _tanh_sinh() -> tuple[Floats, Floats]:
    """Nodes and weights on (0, 1) that bear the infinite slopes of quantiles at both ends.

    References
    ----------
    Takahasi, Mori (1974), Double exponential formulas for numerical integration.
    """
    step = 1 / 64
    points = [k * step for k in range(-220, 221)]
    nodes, weights = [], []
    for t in points:
        bend = math.pi / 2 * math.sinh(t)
        nodes.append(1 / (1 + math.exp(-2 * bend)))
        weights.append(math.pi / 4 * step * math.cosh(t) / math.cosh(bend) ** 2)
    inside = [UNIFORM_MIN <= node <= UNIFORM_MAX for node in nodes]
    return np.array(nodes)[inside], np.array(weights)[inside]
