"""Whole numbers: lines of an order, units of a line, arrivals in an hour.

Two roads. A count distribution with fixed parameters keeps a table of its cumulative probabilities and looks
uniforms up in it (10-40 ns a number in arrays, 0.3 microseconds for one). Arrival counts have another mean in
every piece of the day; `poisson_quantile` and `negative_binomial_quantile` search instead.
All values are whole numbers in float64.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.sampling.composed import Scaled
from fulfillsim.sampling.formula import Distribution, Formula, Mathematics, Refusal, WithMoments
from fulfillsim.sampling.streams import UNIFORM_MAX

Floats = NDArray[np.float64]
_LARGEST_MEAN: Final = 1e5


@dataclass(frozen=True)
class GeometricCount(Formula):
    """Trials up to and including the first success: 1, 2, 3 ..."""

    mean: float

    def __post_init__(self) -> None:
        refuse = Refusal("geometric").finite("mean", self.mean)
        if not 1 < self.mean <= 1e9:
            raise refuse("mean", self.mean, "must be > 1 and <= 1e9", "for always 1 use deterministic")

    @property
    def scv(self) -> float:
        """1 - 1/mean."""
        return 1.0 - 1.0 / self.mean

    def _at(self, u: Any, m: Mathematics) -> Any:
        return m.where(u * self.mean <= 1.0, 1.0, m.ceil(m.log1p(-u) / math.log1p(-1.0 / self.mean)))

    def scaled(self, factor: float) -> Scaled:
        """Multiply the outcome; it is no count then."""
        return Scaled(self, factor)


class TableCount(WithMoments):
    """Base of counts looked up in a table; subclasses give mean, scv, `_least` and `_cdf`."""

    @property
    def _least(self) -> int:
        raise NotImplementedError

    def _cdf(self, k: Floats) -> Floats:
        """Probability of at most ``k``, for whole ``k >= least``."""
        raise NotImplementedError

    @cached_property
    def _table(self) -> tuple[Floats, list[float]]:
        """Cumulative probabilities from the least value until the largest uniform is passed."""
        size = 64
        while (upto := self._cdf(self._least + np.arange(size, dtype=float)))[-1] < UNIFORM_MAX:
            size *= 2
            if size > 2**24:  # rounding may keep a sum just below 1: nothing that can be drawn lies beyond
                break
        upto = np.maximum.accumulate(upto)
        upto[-1] = 1.0
        upto = upto[: int(np.searchsorted(upto, UNIFORM_MAX)) + 1]
        return upto, upto.tolist()

    def quantile(self, u: Floats) -> Floats:
        """Return one value for each uniform."""
        return np.searchsorted(self._table[0], np.asarray(u)).astype(np.float64) + self._least

    def quantile_one(self, u: float) -> float:
        """Return the value for one uniform."""
        return float(bisect_left(self._table[1], u) + self._least)

    def scaled(self, factor: float) -> Scaled:
        """Multiply the outcome; it is no count then."""
        return Scaled(cast(Distribution, self), factor)


@dataclass(frozen=True)
class PoissonCount(TableCount):
    """``shift`` plus Poisson; ``mean`` is that of the sum."""

    mean: float
    shift: int = 0

    def __post_init__(self) -> None:
        refuse = Refusal("poisson").whole("shift", self.shift).positive("mean", self.mean)
        if not self.shift < self.mean <= self.shift + _LARGEST_MEAN:
            rule = f"must be > shift = {self.shift} and at most {_LARGEST_MEAN:g} above it"
            raise refuse("mean", self.mean, rule, "for a fixed count use deterministic")

    @property
    def scv(self) -> float:
        """(mean - shift) / mean²."""
        return (self.mean - self.shift) / self.mean**2

    @property
    def _least(self) -> int:
        return int(self.shift)

    def _cdf(self, k: Floats) -> Floats:
        return _poisson_cdf(k - self.shift, np.float64(self.mean - self.shift))


@dataclass(frozen=True)
class PositiveNegativeBinomial(TableCount):
    """Negative binomial given that it is at least 1: long-tailed line counts and quantities.

    Before the zeros are left out: failures before the ``size``-th success (real > 0) of probability ``prob``.
    """

    size: float
    prob: float

    def __post_init__(self) -> None:
        refuse = Refusal("negative_binomial").positive("size", self.size).positive("prob", self.prob)
        if not 1e-4 <= self.prob < 1:
            raise refuse("prob", self.prob, "must lie in 0.0001 to 1", "check mean and cv")
        if self._all_mean > _LARGEST_MEAN:
            raise refuse("size", self.size, f"must keep the mean below {_LARGEST_MEAN:g}", "check the unit")

    @classmethod
    def from_cv(cls, mean: float, cv: float) -> Self:
        """From mean (> 1) and coefficient of variation of the positive counts.

        With R = E[X²]/E[X], which leaving out the zeros does not change, size = (R prob - 1) / (1 - prob);
        the mean rises with prob from that of the logarithmic (size 0) to that of the positive Poisson
        distribution (prob 1), and bisection finds it. Outside of these no member has this mean and cv.
        """
        refuse = Refusal("negative_binomial").positive("mean", mean).positive("cv", cv)
        if mean <= 1:
            raise refuse("mean", mean, "must be > 1", "for always 1 use deterministic")
        ratio = mean * (1 + cv * cv)
        low, high = (1 / ratio) * (1 + 1e-9), 1 - 1e-9
        if not _positive_mean(ratio, low) <= mean <= _positive_mean(ratio, high):
            least, most = _cv_range(mean)
            rule = f"must lie between {least:.3f} and {most:.3f} for mean = {mean:g}"
            raise refuse("cv", cv, rule, "use geometric, poisson or empirical")
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if _positive_mean(ratio, middle) < mean else (low, middle)
        return cls((ratio * low - 1) / (1 - low), low)

    @property
    def _all_mean(self) -> float:
        return self.size * (1 - self.prob) / self.prob

    @cached_property
    def mean(self) -> float:
        """Mean with the zeros left out."""
        return self._all_mean / -math.expm1(self.size * math.log(self.prob))

    @cached_property
    def scv(self) -> float:
        """Squared coefficient of variation with the zeros left out."""
        return (1 / self.prob + self._all_mean) / self.mean - 1

    @property
    def _least(self) -> int:
        return 1

    def _cdf(self, k: Floats) -> Floats:
        from scipy.special import betainc

        # from above: with few nonzeros, the difference of two numbers near 1 would lose digits
        above: Floats = betainc(k + 1.0, self.size, 1 - self.prob)
        return 1.0 - above / -math.expm1(self.size * math.log(self.prob))


def _positive_mean(ratio: float, prob: float) -> float:
    """Mean of the positive negative binomial with this E[X²]/E[X] and success probability."""
    size = (ratio * prob - 1) / (1 - prob)
    return (ratio - 1 / prob) / -math.expm1(size * math.log(prob))


def _cv_range(mean: float) -> tuple[float, float]:
    """Least and largest cv of positive negative binomials with this mean, by bisection."""

    def cv_where(mean_of: Callable[[float], float]) -> float:
        low, high = 1.0 + 1e-9, 1e12
        while low < (middle := math.sqrt(low * high)) < high:
            low, high = (middle, high) if mean_of(middle) < mean else (low, middle)
        return math.sqrt(max(0.0, low / mean - 1))

    least = cv_where(lambda ratio: _positive_mean(ratio, 1 - 1e-9))
    return least, cv_where(lambda ratio: _positive_mean(ratio, (1 / ratio) * (1 + 1e-9)))


def poisson_quantile(u: ArrayLike, mean: ArrayLike) -> Floats:
    """Smallest k whose Poisson probability of at most k reaches u.

    Parameters
    ----------
    u
        Uniforms in (0, 1).
    mean
        Means >= 0, broadcast against ``u``; any size, 10^6 takes no longer than 10.

    Returns
    -------
    NDArray
        Whole numbers, increasing in ``u`` and in ``mean``.
    """
    u_, mean_ = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(mean, dtype=float))
    return _search(_poisson_cdf, u_, mean_, np.ones_like(mean_))


def negative_binomial_quantile(u: ArrayLike, mean: ArrayLike, vmr: float) -> Floats:
    """Smallest k whose negative binomial probability of at most k reaches u.

    The count of a Poisson process whose rate is gamma distributed, with size mean / (vmr - 1) and success
    probability 1 / vmr: at a fixed ``vmr`` a larger mean is a longer stretch of the same process, so the
    result increases in ``u`` and in ``mean``.

    Parameters
    ----------
    u, mean
        As in `poisson_quantile`.
    vmr
        Variance / mean, > 1.
    """
    u_, mean_ = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(mean, dtype=float))

    def cdf(k: Floats, mean: Floats) -> Floats:
        from scipy.special import betainc

        upto = betainc(mean / (vmr - 1.0), np.maximum(k, 0.0) + 1.0, 1.0 / vmr)
        return np.where(k < 0, 0.0, upto).astype(np.float64, copy=False)

    return _search(cdf, u_, mean_, np.full_like(mean_, vmr))


def _poisson_cdf(k: Floats, mean: Floats | np.float64) -> Floats:
    from scipy.special import gammaincc

    upto = gammaincc(np.maximum(k, 0.0) + 1.0, mean)
    return np.where(k < 0, 0.0, upto).astype(np.float64, copy=False)


def _search(cdf: Callable[[Floats, Floats], Floats], u: Floats, mean: Floats, vmr: Floats) -> Floats:
    """Smallest whole k >= 0 with cdf(k) >= u: bracket around the normal guess, then halve.

    The guess only decides how many steps it takes, never the result.
    """
    counts = np.zeros(u.shape)
    at = mean > 0
    u, mean, vmr = u[at], mean[at], vmr[at]
    low, high = _bracket(cdf, u, mean, vmr)
    while (wide := high - low > 1).any():
        middle = np.floor((low + high) / 2)
        reached = cdf(middle, mean) >= u
        high = np.where(wide & reached, middle, high)
        low = np.where(wide & ~reached, middle, low)
    counts[at] = high
    return counts


def _bracket(cdf: Callable[[Floats, Floats], Floats], u: Floats, mean: Floats, vmr: Floats) -> tuple[Floats, Floats]:
    """Whole numbers low < high with cdf(low) < u <= cdf(high); low may be -1."""
    from scipy.special import ndtri

    z = ndtri(u)
    # Cornish-Fisher to the second term; the skewness of both families is (2 vmr - 1) / sqrt(mean vmr)
    guess = mean + np.sqrt(mean * vmr) * z + (2 * vmr - 1) * (z * z - 1) / 6
    high = np.maximum(np.floor(guess) + 1, 0.0)
    width = np.ones_like(high)
    while (short := cdf(high, mean) < u).any():
        high = np.where(short, high + width, high)
        width *= 2
    low = np.maximum(high - 2, -1.0)
    width = np.full_like(high, 4.0)
    while (above := (low >= 0) & (cdf(low, mean) >= u)).any():
        low = np.where(above, np.maximum(low - width, -1.0), low)
        width *= 2
    return low, high
