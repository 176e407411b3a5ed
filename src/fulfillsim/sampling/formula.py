"""What a distribution is, and the base of those written as one formula of a uniform.

The formula is written once and used twice: with scipy.special's ufuncs on arrays, and with its compiled
scalar twins on single floats. Both run the same code in the same order, so the bits agree; and neither
passes through numpy's exp, log and power, whose bits depend on the CPU. What is left is the C library's
log and exp inside scipy.special: another version of it, or a CPU without FMA, may differ in the last bit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import DistributionError

_LOG2_E: Final = 1.4426950408889634
_LARGEST: Final = 1e300


@runtime_checkable
class Distribution(Protocol):
    """A nonnegative random quantity, drawn by putting uniforms through `quantile`.

    Counts are such quantities too; their values are whole numbers in float64.
    """

    @property
    def mean(self) -> float:
        """In the unit of the quantity."""
        ...

    @property
    def scv(self) -> float:
        """Squared coefficient of variation: variance / mean²; 0 where the mean is 0."""
        ...

    @property
    def cv(self) -> float:
        """Coefficient of variation: standard deviation / mean."""
        ...

    def quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a fresh array of values, one for each uniform in (0, 1), of the same shape."""
        ...

    def quantile_one(self, u: float) -> float:
        """Return the value for one uniform: the same bits as `quantile`."""
        ...

    def scaled(self, factor: float) -> "Distribution":
        """Return the distribution of ``factor`` times the quantity; exact for powers of two."""
        ...


@dataclass(frozen=True, slots=True)
class Mathematics:
    """The functions that a formula may use, for arrays or for floats."""

    log1p: Callable[[Any], Any]
    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    expm1: Callable[[Any], Any]
    ndtri: Callable[[Any], Any]
    gammaincinv: Callable[[Any, Any], Any]
    sqrt: Callable[[Any], Any]
    ceil: Callable[[Any], Any]
    where: Callable[[Any, Any, Any], Any]


def _mathematics(special: Any, **rest: Callable[..., Any]) -> Mathematics:
    # Cephes' exp2 and xlogy stand in for exp and log, which scipy.special lacks.
    return Mathematics(
        log1p=special.log1p,
        exp=lambda x: special.exp2(_LOG2_E * x),
        log=lambda x: special.xlogy(1.0, x),
        expm1=special.expm1,
        ndtri=special.ndtri,
        gammaincinv=special.gammaincinv,
        **rest,
    )


@cache
def array_mathematics() -> Mathematics:
    """Functions on float64 arrays; the first call imports scipy.special."""
    from scipy import special

    return _mathematics(special, sqrt=np.sqrt, ceil=np.ceil, where=np.where)


@cache
def float_mathematics() -> Mathematics:
    """Return the same functions on floats, about 0.1 microseconds each."""
    from scipy.special import cython_special

    return _mathematics(
        cython_special,
        sqrt=math.sqrt,
        ceil=lambda x: float(math.ceil(x)),
        where=lambda condition, yes, no: yes if condition else no,
    )


class WithMoments:
    """Gives the coefficient of variation to a class that knows its square."""

    @property
    def scv(self) -> float:
        """Squared coefficient of variation."""
        raise NotImplementedError

    @property
    def cv(self) -> float:
        """Coefficient of variation: standard deviation / mean."""
        return math.sqrt(self.scv)


class Formula(WithMoments):
    """Base of distributions whose quantile is one formula; subclasses give `_at` and `scaled`."""

    def _at(self, u: Any, m: Mathematics) -> Any:
        raise NotImplementedError

    def quantile(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one value for each uniform."""
        values: NDArray[np.float64] = self._at(np.asarray(u, dtype=np.float64), array_mathematics())
        return values

    def quantile_one(self, u: float) -> float:
        """Return the value for one uniform."""
        value: float = self._at(u, float_mathematics())
        return value


@dataclass(frozen=True, slots=True)
class Refusal:
    """Checks parameters of one family and refuses bad ones by name."""

    family: str

    def __call__(self, parameter: str, value: object, rule: str, hint: str) -> DistributionError:
        """Make the error, for the caller to raise."""
        return DistributionError(self.family, parameter, value, rule, hint)

    def finite(self, parameter: str, value: float) -> Self:
        """Refuse NaN, infinity and what is no number."""
        is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not is_number or not abs(value) <= _LARGEST:
            raise self(parameter, value, "must be a number, at most 1e300 in size", "give a plain number")
        return self

    def nonnegative(self, parameter: str, value: float) -> Self:
        """Refuse what is not a number >= 0."""
        if self.finite(parameter, value) and value < 0:
            raise self(parameter, value, "must be >= 0", "turn the sign, or leave the parameter out")
        return self

    def positive(self, parameter: str, value: float) -> Self:
        """Refuse what is not a number > 0."""
        if self.finite(parameter, value) and value <= 0:
            hint = "for a fixed value use the family deterministic" if value == 0 else "turn the sign"
            raise self(parameter, value, "must be > 0", hint)
        return self

    def whole(self, parameter: str, value: float, least: int = 0) -> Self:
        """Refuse what is not a whole number >= ``least``."""
        if self.finite(parameter, value) and (value != int(value) or value < least):
            rule, hint = f"must be a whole number >= {least}", f"try {max(least, round(value))}"
            raise self(parameter, value, rule, hint)
        return self


def check_factor(factor: float) -> float:
    """Return the factor of `Distribution.scaled` if it is > 0, refuse it otherwise."""
    Refusal("scaled").positive("factor", factor)
    return float(factor)


def shares(family: str, parameter: str, weights: tuple[float, ...]) -> tuple[float, ...]:
    """Weights divided by their sum; refused unless all are >= 0 and one is > 0."""
    refuse = Refusal(family)
    for weight in weights:
        refuse.nonnegative(parameter, weight)
    total = math.fsum(weights)
    if not 0 < total < math.inf:
        raise refuse(parameter, weights, "must have a positive sum", "give at least one weight > 0")
    return tuple(weight / total for weight in weights)
