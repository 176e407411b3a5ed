"""Continuous families with one formula each: deterministic to Weibull, triangular, uniform.

Every class is written so that its quantile is a scale times a standard quantile: doubling the scale doubles
the draws exactly. Constructors named ``from_...`` take other parameters than the stored ones.

Cost per number, in arrays of 100,000 / one at a time, in ns: deterministic and uniform 1 / 130, exponential
8 / 220, triangular 13 / 330, lognormal 37 / 240, Weibull 36 / 470, gamma and Erlang 250-600 / 400-700.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Self

from fulfillsim.sampling.formula import Formula, Mathematics, Refusal, check_factor

_WEIBULL_SHAPES: Final = (0.1, 1000.0)


@dataclass(frozen=True)
class Deterministic(Formula):
    """Always the same value, >= 0."""

    value: float

    def __post_init__(self) -> None:
        Refusal("deterministic").nonnegative("value", self.value)

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    @property
    def scv(self) -> float:
        """Always 0."""
        return 0.0

    def _at(self, u: Any, m: Mathematics) -> Any:
        return self.value + 0.0 * u

    def scaled(self, factor: float) -> Self:
        """Multiply the value."""
        return replace(self, value=self.value * check_factor(factor))


@dataclass(frozen=True)
class Exponential(Formula):
    """Without memory; coefficient of variation 1."""

    mean: float

    def __post_init__(self) -> None:
        Refusal("exponential").positive("mean", self.mean)

    @property
    def scv(self) -> float:
        """Always 1."""
        return 1.0

    def _at(self, u: Any, m: Mathematics) -> Any:
        return -self.mean * m.log1p(-u)

    def scaled(self, factor: float) -> Self:
        """Multiply the mean."""
        return replace(self, mean=self.mean * check_factor(factor))


@dataclass(frozen=True)
class Gamma(Formula):
    """Gamma with mean and shape; the shape is 1 / cv²."""

    mean: float
    shape: float

    def __post_init__(self) -> None:
        refuse = Refusal("gamma").positive("mean", self.mean).positive("shape", self.shape)
        if not 1e-3 <= self.shape <= 1e9:
            rule = "must lie in 0.001 to 1e9 (cv from 0.00003 to 31)"
            raise refuse("shape", self.shape, rule, "check the cv")

    @classmethod
    def from_cv(cls, mean: float, cv: float) -> Self:
        """From mean and coefficient of variation."""
        Refusal("gamma").positive("cv", cv)
        return cls(mean, 1.0 / (cv * cv))

    @classmethod
    def from_scale(cls, shape: float, scale: float) -> Self:
        """From shape and scale; the mean is their product."""
        Refusal("gamma").positive("shape", shape).positive("scale", scale)
        return cls(shape * scale, shape)

    @property
    def scv(self) -> float:
        """1 / shape."""
        return 1.0 / self.shape

    def _at(self, u: Any, m: Mathematics) -> Any:
        return m.gammaincinv(self.shape, u) * (self.mean / self.shape)

    def scaled(self, factor: float) -> Self:
        """Multiply the mean."""
        return replace(self, mean=self.mean * check_factor(factor))


@dataclass(frozen=True)
class Erlang(Formula):
    """Sum of ``k`` independent exponential phases; coefficient of variation 1/sqrt(k)."""

    mean: float
    k: int

    def __post_init__(self) -> None:
        Refusal("erlang").positive("mean", self.mean).whole("k", self.k, least=1)

    @classmethod
    def from_cv(cls, mean: float, cv: float) -> Self:
        """From mean and coefficient of variation, which must be 1/sqrt(k) to three digits."""
        refuse = Refusal("erlang").positive("cv", cv)
        k = max(1, round(1.0 / (cv * cv)))
        if abs(cv * math.sqrt(k) - 1.0) > 1e-3:
            near = ", ".join(f"{1 / math.sqrt(n):.4f} (k={n})" for n in sorted({max(1, k - 1), k, k + 1}))
            raise refuse("cv", cv, "must be 1/sqrt(k) for a whole k", f"take {near}, or the family gamma")
        return cls(mean, k)

    @property
    def scv(self) -> float:
        """1 / k."""
        return 1.0 / self.k

    def _at(self, u: Any, m: Mathematics) -> Any:
        return m.gammaincinv(float(self.k), u) * (self.mean / self.k)

    def scaled(self, factor: float) -> Self:
        """Multiply the mean."""
        return replace(self, mean=self.mean * check_factor(factor))


@dataclass(frozen=True)
class Lognormal(Formula):
    """Exponential of a normal: ``median * exp(sigma * z)``."""

    median: float
    sigma: float

    def __post_init__(self) -> None:
        refuse = Refusal("lognormal").positive("median", self.median).positive("sigma", self.sigma)
        if self.sigma > 5:
            raise refuse("sigma", self.sigma, "must be <= 5 (cv below 270,000)", "check the unit of the cv")

    @classmethod
    def from_cv(cls, mean: float, cv: float) -> Self:
        """From mean and coefficient of variation."""
        Refusal("lognormal").positive("mean", mean).positive("cv", cv)
        return cls(mean / math.sqrt(1.0 + cv * cv), math.sqrt(math.log1p(cv * cv)))

    @property
    def mean(self) -> float:
        """The median times exp(sigma²/2)."""
        return self.median * math.exp(self.sigma * self.sigma / 2)

    @property
    def scv(self) -> float:
        """exp(sigma²) - 1."""
        return math.expm1(self.sigma * self.sigma)

    def _at(self, u: Any, m: Mathematics) -> Any:
        return self.median * m.exp(self.sigma * m.ndtri(u))

    def scaled(self, factor: float) -> Self:
        """Multiply the median."""
        return replace(self, median=self.median * check_factor(factor))


@dataclass(frozen=True)
class Weibull(Formula):
    """Weibull with scale and shape; shape < 1 has a long tail, > 1 wears out."""

    scale: float
    shape: float

    def __post_init__(self) -> None:
        refuse = Refusal("weibull").positive("scale", self.scale).positive("shape", self.shape)
        if not _WEIBULL_SHAPES[0] <= self.shape <= _WEIBULL_SHAPES[1]:
            rule = "must lie in 0.1 to 1000 (cv from 0.0013 to 429)"
            raise refuse("shape", self.shape, rule, "check the cv")

    @classmethod
    def from_shape(cls, mean: float, shape: float) -> Self:
        """From mean and shape."""
        Refusal("weibull").positive("mean", mean).positive("shape", shape)
        return cls(mean / math.gamma(1 + 1 / max(shape, 0.01)), shape)

    @classmethod
    def from_cv(cls, mean: float, cv: float) -> Self:
        """From mean and coefficient of variation; the shape is found by bisection to the last bit."""
        refuse = Refusal("weibull").positive("cv", cv)
        low, high = _WEIBULL_SHAPES
        if not _weibull_log_scv(high) <= math.log1p(cv * cv) <= _weibull_log_scv(low):
            raise refuse("cv", cv, "must lie in 0.0013 to 429", "check the cv, or use another family")
        while (middle := math.sqrt(low * high)) > low and middle < high:
            low, high = (middle, high) if _weibull_log_scv(middle) > math.log1p(cv * cv) else (low, middle)
        return cls.from_shape(mean, low)

    @cached_property
    def mean(self) -> float:
        """The scale times Gamma(1 + 1/shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    @cached_property
    def scv(self) -> float:
        """Gamma(1 + 2/shape) / Gamma(1 + 1/shape)² - 1."""
        return math.expm1(_weibull_log_scv(self.shape))

    def _at(self, u: Any, m: Mathematics) -> Any:
        return self.scale * m.exp(m.log(-m.log1p(-u)) / self.shape)

    def scaled(self, factor: float) -> Self:
        """Multiply the scale."""
        return replace(self, scale=self.scale * check_factor(factor))


def _weibull_log_scv(shape: float) -> float:
    """log(1 + scv), decreasing in the shape."""
    return math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)


@dataclass(frozen=True)
class Uniform(Formula):
    """Evenly spread between ``low`` and ``high``."""

    low: float
    high: float

    def __post_init__(self) -> None:
        refuse = Refusal("uniform").nonnegative("low", self.low).nonnegative("high", self.high)
        if self.low >= self.high:
            raise refuse("high", self.high, f"must be > low = {self.low:g}", "swap them or use deterministic")

    @classmethod
    def from_cv(cls, mean: float, cv: float) -> Self:
        """From mean and coefficient of variation, at most 1/sqrt(3) since values are >= 0."""
        refuse = Refusal("uniform").positive("mean", mean).positive("cv", cv)
        half_range = cv * math.sqrt(3.0)
        if half_range > 1 + 1e-3:
            raise refuse("cv", cv, "must be <= 0.577 (or values fall below 0)", "use gamma or lognormal")
        return cls(mean * max(0.0, 1 - half_range), mean * (1 + half_range))

    @property
    def mean(self) -> float:
        """Middle of the range."""
        return (self.low + self.high) / 2

    @property
    def scv(self) -> float:
        """Range² / 12 / mean²."""
        return ((self.high - self.low) / self.mean) ** 2 / 12

    def _at(self, u: Any, m: Mathematics) -> Any:
        return self.low + (self.high - self.low) * u

    def scaled(self, factor: float) -> Self:
        """Multiply both ends."""
        return replace(self, low=self.low * check_factor(factor), high=self.high * factor)


@dataclass(frozen=True)
class Triangular(Formula):
    """Triangle from ``low`` over its peak ``mode`` to ``high``: what people can estimate."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        refuse = Refusal("triangular").nonnegative("low", self.low).finite("mode", self.mode)
        refuse.finite("high", self.high)
        if not self.low <= self.mode <= self.high:
            rule = f"must lie between low = {self.low:g} and high = {self.high:g}"
            raise refuse("mode", self.mode, rule, "put the three numbers in order")
        if self.low == self.high:
            raise refuse("high", self.high, f"must be > low = {self.low:g}", "use deterministic")

    @classmethod
    def from_cv(cls, mean: float, cv: float) -> Self:
        """Symmetric triangle of this mean and coefficient of variation, at most 1/sqrt(6)."""
        refuse = Refusal("triangular").positive("mean", mean).positive("cv", cv)
        half_range = cv * math.sqrt(6.0)
        if half_range > 1 + 1e-3:
            hint = "give low, mode and high, or use gamma"
            raise refuse("cv", cv, "must be <= 0.408 (or values fall below 0)", hint)
        return cls(mean * max(0.0, 1 - half_range), mean, mean * (1 + half_range))

    @property
    def mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low + self.mode + self.high) / 3

    @property
    def scv(self) -> float:
        """Squares of the three distances / 36 / mean²: no difference of large numbers."""
        sides = (self.high - self.low, self.mode - self.low, self.high - self.mode)
        return sum(side * side for side in sides) / 36 / self.mean**2

    def _at(self, u: Any, m: Mathematics) -> Any:
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + m.sqrt(u * (width * left))
        falling = self.high - m.sqrt((1.0 - u) * (width * right))
        return m.where(u * width < left, rising, falling)

    def scaled(self, factor: float) -> Self:
        """Multiply all three."""
        f = check_factor(factor)
        return replace(self, low=self.low * f, mode=self.mode * f, high=self.high * f)
