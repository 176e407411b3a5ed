"""What textbook models say is asked for in a period: a rounded normal number, or a Poisson one in a single order.

A period whose Poisson demand is above 0 places one order for all of it: as many stock movements as unit orders would
make, for a tenth of the orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sampling.composed import Scaled
from fulfillsim.sampling.counts import TableCount
from fulfillsim.sampling.formula import Distribution, WithMoments


@dataclass(frozen=True)
class NormalCount(WithMoments):
    """Normal, rounded to whole numbers; below 0 it is 0, which must be rare."""

    mean: float
    sd: float

    @property
    def scv(self) -> float:
        """Of the normal law before rounding."""
        return (self.sd / self.mean) ** 2

    def quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one whole number for each uniform."""
        from scipy.special import ndtri

        return np.maximum(np.rint(self.mean + self.sd * ndtri(u)), 0.0)

    def quantile_one(self, u: float) -> float:
        """Return the number for one uniform."""
        return float(self.quantile(np.array([u]))[0])

    def scaled(self, factor: float) -> Distribution:
        """Return a multiple."""
        return Scaled(self, factor)


@dataclass(frozen=True)
class IsAsked(TableCount):
    """1 if a Poisson demand of mean ``demand`` is above 0, else 0."""

    demand: float

    @property
    def mean(self) -> float:
        """Chance that anything is asked for."""
        return -expm1(-self.demand)

    @property
    def scv(self) -> float:
        """Of a chance."""
        return exp(-self.demand) / self.mean

    @property
    def _least(self) -> int:
        return 0

    def _cdf(self, k: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(k < 1.0, exp(-self.demand), 1.0)


@dataclass(frozen=True)
class HowMany(TableCount):
    """A Poisson demand of mean ``demand``, given that it is above 0."""

    demand: float

    @property
    def mean(self) -> float:
        """With the zeros left out."""
        return self.demand / -expm1(-self.demand)

    @property
    def scv(self) -> float:
        """With the zeros left out."""
        return (1.0 + self.demand) / self.mean - 1.0

    @property
    def _least(self) -> int:
        return 1

    def _cdf(self, k: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy.special import pdtr

        none = exp(-self.demand)
        return (np.asarray(pdtr(k, self.demand), dtype=np.float64) - none) / (1.0 - none)
