"""Distributions made from others: mixture, shifted, scaled."""

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sampling.formula import Distribution, Refusal, WithMoments, check_factor, shares
from fulfillsim.sampling.streams import UNIFORM_MAX, UNIFORM_MIN

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture(WithMoments):
    """One of several distributions, by weight.

    One uniform does both: it picks the component, and where it lies within the component's share is the
    component's own uniform. So `quantile` is a road from uniforms to values, not increasing over all u.
    Cost: that of the components plus 20 ns a number in arrays, 0.5 microseconds for one.
    """

    weights: tuple[float, ...]
    components: tuple[Distribution, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.components) or not self.components:
            rule = f"must be as many as components ({len(self.components)}), at least one"
            raise Refusal("mixture")("weights", self.weights, rule, "give one weight for each component")
        weights = shares("mixture", "weights", self.weights)
        kept = [i for i, weight in enumerate(weights) if weight > 0]
        object.__setattr__(self, "weights", tuple(weights[i] for i in kept))
        object.__setattr__(self, "components", tuple(self.components[i] for i in kept))

    @cached_property
    def mean(self) -> float:
        """Weighted mean of the components' means."""
        return math.fsum(w * part.mean for w, part in zip(self.weights, self.components, strict=True))

    @cached_property
    def scv(self) -> float:
        """Spread within the components and between them, / mean²."""
        parts = zip(self.weights, self.components, strict=True)
        variance = math.fsum(w * (p.scv * p.mean**2 + (p.mean - self.mean) ** 2) for w, p in parts)
        return variance / self.mean**2 if self.mean else 0.0

    @cached_property
    def _starts(self) -> list[float]:
        """Where the share of each component begins."""
        return [math.fsum(self.weights[:i]) for i in range(len(self.weights))]

    def quantile(self, u: Floats) -> Floats:
        """Return one value for each uniform."""
        u = np.asarray(u, dtype=np.float64)
        chosen = np.searchsorted(self._starts, u, side="right") - 1
        values = np.empty_like(u)
        for i, part in enumerate(self.components):
            here = chosen == i
            rest = (u[here] - self._starts[i]) / self.weights[i]
            values[here] = part.quantile(np.clip(rest, UNIFORM_MIN, UNIFORM_MAX))
        return values

    def quantile_one(self, u: float) -> float:
        """Return the value for one uniform."""
        i = bisect_right(self._starts, u) - 1
        rest = (u - self._starts[i]) / self.weights[i]
        return self.components[i].quantile_one(min(max(rest, UNIFORM_MIN), UNIFORM_MAX))

    def scaled(self, factor: float) -> Self:
        """Scale every component."""
        return replace(self, components=tuple(part.scaled(factor) for part in self.components))


@dataclass(frozen=True)
class Shifted(WithMoments):
    """A fixed part before the random one: ``shift + base``."""

    base: Distribution
    shift: float

    def __post_init__(self) -> None:
        Refusal("shifted").nonnegative("shift", self.shift)

    @property
    def mean(self) -> float:
        """The shift plus the base's mean."""
        return self.shift + self.base.mean

    @property
    def scv(self) -> float:
        """The base's variance / mean²."""
        return self.base.scv * (self.base.mean / self.mean) ** 2 if self.mean else 0.0

    def quantile(self, u: Floats) -> Floats:
        """Return one value for each uniform."""
        return self.shift + self.base.quantile(u)

    def quantile_one(self, u: float) -> float:
        """Return the value for one uniform."""
        return self.shift + self.base.quantile_one(u)

    def scaled(self, factor: float) -> Self:
        """Scale both parts."""
        return replace(self, base=self.base.scaled(factor), shift=self.shift * factor)


@dataclass(frozen=True)
class Scaled(WithMoments):
    """``factor`` times a base that has no scale of its own, such as a count."""

    base: Distribution
    factor: float

    def __post_init__(self) -> None:
        check_factor(self.factor)

    @property
    def mean(self) -> float:
        """Factor times the base's mean."""
        return self.factor * self.base.mean

    @property
    def scv(self) -> float:
        """As the base's."""
        return self.base.scv

    def quantile(self, u: Floats) -> Floats:
        """Return one value for each uniform."""
        return self.factor * self.base.quantile(u)

    def quantile_one(self, u: float) -> float:
        """Return the value for one uniform."""
        return self.factor * self.base.quantile_one(u)

    def scaled(self, factor: float) -> Self:
        """Multiply the factor."""
        return replace(self, factor=self.factor * check_factor(factor))
