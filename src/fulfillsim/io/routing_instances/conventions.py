"""Named ways to round a published instance; a figure means something only inside one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.delivery.instance import Convention

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rounding:
    """Times and distances times ``scale``, then ``round``."""

    scale: float
    round: Callable[[Array], Array]

    def __call__(self, values: Array) -> Array:
        """Rounded values; an infinite one stays."""
        return self.round(np.asarray(values, np.float64) * self.scale)


def _nint(values: Array) -> Array:
    return np.floor(values + 0.5)


def _as_is(values: Array) -> Array:
    return values


ROUNDINGS: dict[str, Rounding] = {
    "dimacs": Rounding(10.0, np.trunc),
    "vehicles_first": Rounding(1.0, _as_is),
    "nint": Rounding(1.0, _nint),
    "trunc": Rounding(1.0, np.trunc),
    "exact": Rounding(1000.0, _nint),
    "none": Rounding(1.0, _as_is),
}
"""By the name of the convention; ``exact`` and ``dimacs`` are names that PyVRP gives its roundings too."""

_WORDS = {
    "dimacs": "distance and time x10, truncated",
    "vehicles_first": "double precision",
    "nint": "distance to the nearest integer",
    "trunc": "distance truncated to an integer",
    "exact": "distance and time x1000, to the nearest integer",
    "none": "double precision",
}


def convention(name: str, divisor: float = 1.0, n_decimals: int | None = None, fleet_rule: str = "") -> Convention:
    """The convention of a name.

    Raises
    ------
    UnknownNameError
        If no rounding bears the name.
    """
    if name not in ROUNDINGS:
        raise UnknownNameError("convention", name, ROUNDINGS)
    decimals = n_decimals if n_decimals is not None else 2 if _WORDS[name] == "double precision" else 0
    return Convention(
        name=name,
        rounding=_WORDS[name],
        objective="vehicles_then_cost" if name == "vehicles_first" else "cost",
        fleet_rule=fleet_rule or "at most the vehicles given",
        divisor=divisor,
        n_decimals=decimals,
        scale=ROUNDINGS[name].scale,
        is_metric=False,
    )
