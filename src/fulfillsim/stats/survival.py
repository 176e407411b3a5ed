"""Durations of which some had not ended when we looked: Kaplan-Meier quantiles and restricted mean.

Leaving open orders out would make a late operation look fast: the slowest orders are the ones still open.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Survival:
    """Estimated probability that a duration exceeds t, a falling step function.

    Attributes
    ----------
    times
        Shape (n_times,): distinct durations at which something ended, increasing.
    survival_probs
        Shape (n_times,): probability to last longer than each of ``times``; 1 before the first.
    longest
        Longest duration seen, ended or not; 0 if there is none.
    n, n_censored
        Number of durations, and of those among them that had not ended.
    """

    times: Floats
    survival_probs: Floats
    longest: float
    n: int
    n_censored: int

    def at(self, durations: ArrayLike) -> Floats:
        """Probability to last longer than each duration; NaN beyond the longest if that had not ended."""
        asked = np.asarray(durations, dtype=np.float64)
        steps = np.concatenate(([1.0], self.survival_probs))
        values = steps[np.searchsorted(self.times, asked, side="right")]
        unknown = (asked > self.longest) & (steps[-1] > 0)
        return np.where(unknown, np.nan, values)

    def quantile(self, prob: float) -> float:
        """Smallest duration by which a share ``prob`` has ended; NaN if that is not reached.

        Parameters
        ----------
        prob
            In (0, 1): 0.5 for p50. Without censoring the value of rank ceil(n prob).
        """
        if not 0 < prob < 1:
            raise ValueError(f"prob must lie in (0, 1) (got {prob}) - for p95 say 0.95")
        # a product of many ratios carries rounding: 1 - 0.95 and 0.05 are the same wish
        at = int(np.searchsorted(-self.survival_probs, -(1.0 - prob) * (1 + 1e-9)))
        return float(self.times[at]) if at < self.times.size else math.nan

    def format_quantile(self, prob: float, digits: int = 3) -> str:
        """Quantile as text; ``"> x"`` with the longest duration seen where it is not reached."""
        if not self.n:
            return "-"
        value = self.quantile(prob)
        return f"> {self.longest:.{digits}g}" if math.isnan(value) else f"{value:.{digits}g}"

    def restricted_mean(self, limit: float | None = None) -> float:
        """Mean of min(duration, limit): the area under the curve up to the limit.

        Parameters
        ----------
        limit
            In (0, longest]; default the longest duration seen. If nothing is censored the default gives
            the plain mean. NaN if there are no durations.
        """
        if not self.n:
            return math.nan
        stop = self.longest if limit is None else limit
        if not 0 <= stop <= self.longest:
            rule = f"limit must lie between 0 and the longest duration seen, {self.longest:g}"
            raise ValueError(f"{rule} (got {limit}) - beyond it nothing is known")
        inside = self.times < stop
        corners = np.concatenate(([0.0], self.times[inside], [stop]))
        heights = np.concatenate(([1.0], self.survival_probs[inside]))
        return float(np.diff(corners) @ heights)


def kaplan_meier(durations: ArrayLike, ended: ArrayLike | None = None) -> Survival:
    """Kaplan-Meier estimate; at equal durations ends come before censorings.

    Parameters
    ----------
    durations
        Shape (n,), finite and >= 0: from beginning to end, or to the moment we looked.
    ended
        Shape (n,), bool; False where the duration had not ended (censored). Default: all ended.

    Raises
    ------
    ValueError
        If shapes differ or a duration is negative or not finite.

    References
    ----------
    Kaplan, Meier (1958), Nonparametric estimation from incomplete observations, JASA 53.

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 2, 3, 5], ended=[True, True, False, True, False])
    >>> curve.quantile(0.5), curve.format_quantile(0.9), round(curve.restricted_mean(), 2)
    (3.0, '> 5', 3.0)
    """
    times = np.asarray(durations, dtype=np.float64)
    done = np.ones(times.shape, dtype=bool) if ended is None else np.asarray(ended, dtype=bool)
    if times.ndim != 1 or times.shape != done.shape:
        raise ValueError(f"durations and ended must be of one length (got {times.shape} and {done.shape})")
    if times.size and not 0 <= times.min() <= times.max() < math.inf:
        worst = times[~(np.isfinite(times) & (times >= 0))][0]
        raise ValueError(f"durations must be finite and >= 0 (got {worst}) - check begin and end stamps")
    ends = np.sort(times[done])
    first = np.flatnonzero(np.diff(ends, prepend=-1.0))
    distinct, n_ended = ends[first], np.diff(first, append=ends.size)
    n_at_risk = times.size - first - _n_before(times[~done], distinct)
    survival_probs = np.cumprod(1.0 - n_ended / n_at_risk, dtype=np.float64)
    longest = float(times.max()) if times.size else 0.0
    return Survival(distinct, survival_probs, longest, times.size, int(times.size - done.sum()))


def _n_before(times: Floats, rising: Floats) -> NDArray[np.int64]:
    """How many of the times lie before each of the distinct rising ones, shape of ``rising``."""
    after = np.searchsorted(rising, times, side="right")
    return np.cumsum(np.bincount(after, minlength=rising.size + 1))[: rising.size]


def percentiles(survival: Survival, probs: Iterable[float] = (0.5, 0.9, 0.95)) -> dict[str, float]:
    """Quantiles by name: ``{"p50": ..., "p90": ..., "p95": ...}``; NaN where not reached."""
    return {f"p{100 * prob:g}": survival.quantile(prob) for prob in probs}
