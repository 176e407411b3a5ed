"""From one value per replication to what may be said of a KPI."""

from __future__ import annotations

import math
from collections.abc import Iterable

from fulfillsim.stats.intervals import Interval, mean_interval

LEVEL = 0.95


def estimate(values: Iterable[float]) -> Interval:
    """Mean of independent replications with its t interval.

    Parameters
    ----------
    values
        One per replication; those that are NaN (the KPI is not defined there) are left out and not counted.

    Returns
    -------
    Interval
        Half-width NaN where fewer than two values are known, estimate NaN where none is.

    Examples
    --------
    >>> print(estimate([10.0, 12.0, 11.0, float("nan")]))
    11.0 ± 2.5
    """
    known = [value for value in values if not math.isnan(value)]
    if len(known) >= 2 and all(map(math.isfinite, known)):
        return mean_interval(known, LEVEL)
    mean = math.fsum(known) / len(known) if known else math.nan
    return Interval(mean, math.nan, LEVEL, len(known))
