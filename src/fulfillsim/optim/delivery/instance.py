"""One delivery problem: depots, stops, vehicles and the ways between them.

Everything is frozen and checked once; solvers and the evaluator trust it. Place ``d`` is depot ``d``, place
``n_depots + i`` is stop ``i``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fulfillsim.optim.delivery.flaws import Flaw, InstanceError, Parts, flaws_of
from fulfillsim.optim.delivery.parts import (
    ANY_TIME,
    EXACT,
    Break,
    Convention,
    DeliveryStop,
    Depot,
    Objective,
    Vehicle,
    Window,
)
from fulfillsim.optim.delivery.travel import Travel

__all__ = [
    "ANY_TIME",
    "Break",
    "Convention",
    "DeliveryInstance",
    "DeliveryStop",
    "Depot",
    "Flaw",
    "InstanceError",
    "Objective",
    "Vehicle",
    "Window",
]


@dataclass(frozen=True, eq=False)
class DeliveryInstance:
    """Stops to be served by vehicles at least cost.

    Parameters
    ----------
    name
        For tables and messages.
    depots, stops, vehicles
        In the order of their indices.
    travel
        Between places: depots first, then stops.
    convention
        How values are compared and printed.
    points
        Coordinates of the places for maps, shape (n_places, 2); None where there are none.

    Raises
    ------
    InstanceError
        With all flaws at once.
    """

    name: str
    depots: tuple[Depot, ...]
    stops: tuple[DeliveryStop, ...]
    vehicles: tuple[Vehicle, ...]
    travel: Travel
    convention: Convention = EXACT
    points: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be an instance."""
        if flaws := tuple(flaws_of(Parts(self.depots, self.stops, self.vehicles, self.travel))):
            raise InstanceError(flaws)

    @property
    def n_depots(self) -> int:
        """Places before the first stop."""
        return len(self.depots)

    @property
    def n_dims(self) -> int:
        """Dimensions of demand and capacity."""
        return len(self.vehicles[0].capacity)

    @cached_property
    def distance_rows(self) -> list[Sequence[float]]:
        """Distances as rows of floats, which Python reads faster than arrays."""
        return _rows(self.travel.distance_m)

    @cached_property
    def time_rows(self) -> list[Sequence[float]]:
        """Usual travel times likewise."""
        return _rows(self.travel.time_s)

    def __getstate__(self) -> dict[str, Any]:
        """What travels to other processes: all but the rows, which are views of memory here."""
        return {name: value for name, value in self.__dict__.items() if name not in ("distance_rows", "time_rows")}

    def printed(self, cost: float) -> float:
        """A cost as the convention prints it."""
        return round(cost / self.convention.divisor, self.convention.n_decimals)


def _rows(matrix: np.ndarray) -> list[Sequence[float]]:
    """Rows of a matrix without making a float of each entry, of which an evaluation reads few."""
    return [memoryview(row) for row in np.asarray(matrix, np.float64)]
