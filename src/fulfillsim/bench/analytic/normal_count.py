"""A rounded normal number, for textbook models that ask for one; warehouses have better laws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sampling.composed import Scaled
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
