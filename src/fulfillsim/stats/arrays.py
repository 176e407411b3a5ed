"""Checks that every procedure makes of the arrays it is given."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.errors import TooFewReplicationsError

Floats = NDArray[np.float64]


def one_sample(values: ArrayLike, n_least: int, what: str) -> Floats:
    """Finite values of one dimension as floats, at least ``n_least`` of them.

    Parameters
    ----------
    what
        The estimate they are for, as the message names it: ``"a half-width"``.

    Raises
    ------
    TooFewReplicationsError
        If there are fewer.
    ValueError
        If there are more dimensions than one, or a value is not finite.
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1:
        raise ValueError(f"values must have one dimension (got shape {sample.shape}) - give one KPI of one run")
    if sample.size < n_least:
        raise TooFewReplicationsError(what, n_least, sample.size)
    return all_finite(sample)


def all_finite(values: Floats) -> Floats:
    """Refuse values that are not finite."""
    if not np.isfinite(values).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
        where = place[0] if len(place) == 1 else place
        raise ValueError(f"value {where} must be finite (got {values[place]}) - leave undefined replications out")
    return values


def check_prob(name: str, value: float) -> float:
    """Refuse what does not lie in (0, 1).

    Examples
    --------
    >>> check_prob("level", 95)
    Traceback (most recent call last):
    ...
    ValueError: level must lie in (0, 1) (got 95) - for 95 % say 0.95
    """
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie in (0, 1) (got {value}) - for 95 % say 0.95")
    return value
