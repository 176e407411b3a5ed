"""Distances and travel times between places: from coordinates, from a matrix, or by speeds that change over the day.

Nothing is fetched from anywhere. A place is a depot or a stop; depots come first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from math import asin, cos, inf, radians, sin, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.errors import InputError

Matrix = NDArray[np.float64]
Rounding = Callable[[Matrix], Matrix]

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth."""


@dataclass(frozen=True)
class SpeedProfile:
    """Speeds over the day as multiples of the speed behind the travel times.

    Parameters
    ----------
    from_s
        When each speed begins to hold; rising, the first 0. The last holds for ever.
    factor
        Speed in each period, > 0; 0.5 in the rush hour doubles a time that lies wholly in it.

    References
    ----------
    Ichoua, Gendreau, Potvin (2003), Vehicle dispatching with time-dependent travel times, Eur. J. Oper. Res. 144:
    the speed, not the travel time, is a step function, hence who leaves later never arrives earlier.
    """

    from_s: tuple[float, ...]
    factor: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check shape, order and sign."""
        rising = all(a < b for a, b in zip(self.from_s, self.from_s[1:], strict=False))
        if not self.from_s or self.from_s[0] != 0 or not rising or len(self.factor) != len(self.from_s):
            raise InputError(
                f"speed profile: periods must begin at 0 and rise, with one factor each (got from_s={self.from_s}, "
                f"factor={self.factor}) - give as many factors as periods"
            )
        if not all(0 < factor < inf for factor in self.factor):
            raise InputError(f"speed profile: factors must be > 0 (got {self.factor}) - 1 is the usual speed")

    def arrival_s(self, depart_s: float, usual_s: float) -> float:
        """When a trip that usually takes ``usual_s`` ends if it begins at ``depart_s``."""
        period, now, left = max(0, bisect_right(self.from_s, depart_s) - 1), depart_s, usual_s
        while period + 1 < len(self.from_s):
            reach = (self.from_s[period + 1] - now) * self.factor[period]
            if reach >= left:
                break
            left, now, period = left - reach, self.from_s[period + 1], period + 1
        return now + left / self.factor[period]


@dataclass(frozen=True)
class Travel:
    """Distances and usual travel times between all places.

    Parameters
    ----------
    distance_m, time_s
        Shape (n_places, n_places), row = from; may be asymmetric; infinite where there is no way. Not copied.
    profile
        Speeds over the day; None where they do not change.
    """

    distance_m: Matrix
    time_s: Matrix
    profile: SpeedProfile | None = None


def euclidean(xy: ArrayLike, rounding: Rounding | None = None, speed_m_per_s: float = 1.0) -> Travel:
    """Straight lines between points of a plane, shape (n, 2); the rounding is applied to distances, before speed."""
    points = np.asarray(xy, np.float64)
    distance_m = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    distance_m = rounding(distance_m) if rounding else distance_m
    return Travel(distance_m, distance_m if speed_m_per_s == 1.0 else distance_m / speed_m_per_s)


def great_circle_m(one_deg: tuple[float, float], other_deg: tuple[float, float]) -> float:
    """Meters between two places of latitude and longitude in degrees, along the Earth."""
    (lat, lon), (to_lat, to_lon) = (map(radians, place) for place in (one_deg, other_deg))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(half, 1.0)))


def haversine(lat_lon_deg: ArrayLike, speed_m_per_s: float, circuity: float = 1.3) -> Travel:
    """Great circles times a circuity factor (road over straight line), latitude and longitude in degrees.

    References
    ----------
    Boscoe, Henry, Zdeb (2012), A nationwide comparison of driving distance versus straight-line distance to
    hospitals, Prof. Geogr. 64(2): a factor of 1.4 at 3-digit-zip scale, 1.2 to 1.4 elsewhere.
    """
    lat, lon = np.radians(np.asarray(lat_lon_deg, np.float64)).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat) * (
        np.sin((lon[:, None] - lon) / 2) ** 2
    )
    distance_m = circuity * 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return Travel(distance_m, distance_m / speed_m_per_s)
