"""Confidence intervals for means of independent replications, and how many digits they support."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from fulfillsim.errors import TooFewReplicationsError


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its half-width: ``estimate ± half_width``.

    Attributes
    ----------
    estimate, half_width
        In the unit of the values.
    level
        Coverage, in (0, 1).
    n
        Number of independent values behind it.
    """

    estimate: float
    half_width: float
    level: float
    n: int

    @property
    def low(self) -> float:
        """Lower end."""
        return self.estimate - self.half_width

    @property
    def high(self) -> float:
        """Upper end."""
        return self.estimate + self.half_width

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return format_estimate(self.estimate, self.half_width)


def mean_interval(values: Iterable[float], level: float = 0.95) -> Interval:
    """Student's t interval for the mean of independent values.

    Sums are exact (`math.fsum`), so the result does not depend on the order of the values.

    Parameters
    ----------
    values
        Replication means, n >= 2, finite, any unit; the result has the same unit.
    level
        Coverage, in (0, 1).

    Raises
    ------
    TooFewReplicationsError
        If n < 2.
    ValueError
        If a value is not finite or the level not in (0, 1).

    References
    ----------
    Law (2015), Simulation Modeling and Analysis, 5th ed., section 4.5.

    Examples
    --------
    >>> print(mean_interval([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09], level=0.90))
    1.34 ± 0.24
    """
    numbers = _checked(values)
    n = len(numbers)
    if n < 2:
        raise TooFewReplicationsError("a half-width", 2, n)
    mean = math.fsum(numbers) / n
    variance = math.fsum((number - mean) ** 2 for number in numbers) / (n - 1)
    return Interval(mean, t_quantile(n - 1, level) * math.sqrt(variance / n), level, n)


def half_width(values: Iterable[float], level: float = 0.95) -> float:
    """Half-width of `mean_interval`."""
    return mean_interval(values, level).half_width


def t_quantile(n_degrees: float, level: float) -> float:
    """Factor of the standard error: the two-sided quantile of Student's t.

    Parameters
    ----------
    n_degrees
        Degrees of freedom, > 0.
    level
        Coverage, in (0, 1).
    """
    from scipy.special import stdtrit

    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1) (got {level}) - for 95 % say 0.95")
    # from the lower tail, where a level near 1 keeps its digits
    return -float(stdtrit(n_degrees, (1 - level) / 2))


def format_estimate(estimate: float, half_width: float) -> str:
    """Estimate and half-width with the digits that the half-width supports: two of its own.

    Parameters
    ----------
    estimate, half_width
        Same unit. Without a finite half-width the estimate has three digits and a question mark; with one
        of 0 it is known exactly and has up to six.

    Examples
    --------
    >>> format_estimate(1234.5678, 3.21987)
    '1234.6 ± 3.2'
    >>> format_estimate(1234567.0, 4321.0)
    '1234600 ± 4300'
    >>> format_estimate(0.98123, 0.00045)
    '0.98123 ± 0.00045'
    >>> format_estimate(12.0, 0.0), format_estimate(12.3456, float("nan"))
    ('12 ± 0', '12.3 ± ?')
    """
    if math.isnan(estimate):
        return "-"
    if not math.isfinite(half_width) or not math.isfinite(estimate):
        return f"{_plain(estimate, 3)} ± ?"
    if half_width == 0:
        return f"{_plain(estimate, 6)} ± 0"
    return " ± ".join(digits(number, half_width) for number in (estimate, abs(half_width)))


def digits(number: float, half_width: float) -> str:
    """A number with the decimals that a half-width other than 0 supports: two digits of its own.

    Examples
    --------
    >>> digits(1.23456, 0.0234), digits(123456.0, 4321.0), digits(-0.001, 1.0)
    ('1.235', '123500', '0.0')
    """
    # the exponent after rounding to two digits: 0.0996 counts as 0.10
    n_decimals = 1 - int(f"{abs(half_width):.1e}".partition("e")[2])
    return f"{round(number, n_decimals) + 0.0:.{max(n_decimals, 0)}f}"


def _plain(number: float, n_digits: int) -> str:
    text = f"{number:.{n_digits}g}"
    return f"{float(text):.0f}" if "e+" in text else text


def _checked(values: Iterable[float]) -> list[float]:
    numbers = [float(value) for value in values]
    for i, number in enumerate(numbers):
        if not math.isfinite(number):
            raise ValueError(f"value {i} must be finite (got {number}) - leave undefined replications out")
    return numbers
