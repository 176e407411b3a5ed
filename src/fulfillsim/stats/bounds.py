"""Intervals that reach further on one side than on the other."""

import math
from dataclasses import dataclass

from fulfillsim.stats.intervals import digits


@dataclass(frozen=True, slots=True)
class Bounds:
    """An estimate between a lower and an upper end.

    Attributes
    ----------
    estimate, low, high
        In the unit of the values; an end is infinite where too few values are known.
    level
        Coverage, in (0, 1).
    n
        Number of independent values behind it.

    Examples
    --------
    >>> print(Bounds(0.94, 0.9156389, 0.9576457, 0.95, 500))
    0.940 (0.916 to 0.958)
    """

    estimate: float
    low: float
    high: float
    level: float
    n: int

    @property
    def half_width(self) -> float:
        """Half the distance between the ends."""
        return (self.high - self.low) / 2

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        width = self.half_width
        if not math.isfinite(width) or width == 0:
            return f"{self.estimate:g} ({self.low:g} to {self.high:g})"
        estimate, low, high = (digits(number, width) for number in (self.estimate, self.low, self.high))
        return f"{estimate} ({low} to {high})"
