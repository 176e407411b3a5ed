"""Ways of own vans: how far by road, how long on a usual day, and when one arrives."""

from __future__ import annotations

from math import cos, degrees, hypot, radians

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.fleet import Fleet, Point, Ways
from fulfillsim.optim.delivery.travel import EARTH_RADIUS_M, SpeedProfile, Travel, euclidean, great_circle_m, haversine

HALVINGS = 60


def roads_of(fleet: Fleet) -> Roads:
    """Roads as the fleet knows them: from a map, or from a list."""
    return Roads(fleet) if fleet.ways is None else ListedRoads(fleet, fleet.ways)


class Roads:
    """Distances and times of a fleet: the plan and the execution ask the same.

    Points are meters east and north; on the globe they are unrolled around its latitude, where a meter is a meter.
    """

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.latitude = fleet, fleet.latitude_deg
        self.profile = SpeedProfile(*zip(*fleet.speeds, strict=True)) if fleet.speeds else None

    def metres(self, one: Point, other: Point) -> float:
        """By road."""
        if self.latitude is None:
            return self.fleet.circuity * hypot(one[0] - other[0], one[1] - other[1])
        return self.fleet.circuity * great_circle_m(self._degrees(one), self._degrees(other))

    def usual_s(self, one: Point, other: Point) -> float:
        """Seconds of a leg at the usual speed."""
        return self.metres(one, other) / self.fleet.speed_m_per_s

    def arrives_s(self, here: Point, there: Point, leaves_s: float, factor: float = 1.0) -> float:
        """End of a leg that takes so many times as long as usual."""
        usual_s = self.usual_s(here, there) * factor
        return leaves_s + usual_s if self.profile is None else self.profile.arrival_s(leaves_s, usual_s)

    def leaves_s(self, here: Point, there: Point, arrives_s: float) -> float:
        """Latest departure for a usual arrival."""
        usual_s = self.usual_s(here, there)
        if self.profile is None:
            return arrives_s - usual_s
        early, late = arrives_s - usual_s / min(self.profile.factor), arrives_s
        for _ in range(HALVINGS):
            middle = (early + late) / 2
            early, late = (middle, late) if self.arrives_s(here, there, middle) <= arrives_s else (early, middle)
        return early

    def travel(self, points: NDArray[np.float64], now: float) -> Travel:
        """Between points, on a clock that begins now."""
        if self.latitude is None:
            metres = self.fleet.circuity * euclidean(points).distance_m
        else:
            turned = [self._degrees((east, north)) for east, north in points.tolist()]
            metres = haversine(turned, self.fleet.speed_m_per_s, self.fleet.circuity).distance_m
        return Travel(metres, metres / self.fleet.speed_m_per_s, None if self.profile is None else self._from(now))

    def _from(self, now: float) -> SpeedProfile:
        """Speeds from a moment on."""
        assert self.profile is not None
        coming = [(begin_s - now, factor) for begin_s, factor in self.fleet.speeds if begin_s > now]
        present = [factor for begin_s, factor in self.fleet.speeds if begin_s <= now][-1]
        return SpeedProfile(*zip((0.0, present), *coming, strict=True))

    def _degrees(self, point: Point) -> tuple[float, float]:
        """Latitude and longitude of a point, the latter from where the map begins."""
        assert self.latitude is not None
        east, north = point
        around = EARTH_RADIUS_M * cos(radians(self.latitude))
        return self.latitude + degrees(north / EARTH_RADIUS_M), degrees(east / around)


class ListedRoads(Roads):
    """Ways from a list; a point is the index of its place."""

    def __init__(self, fleet: Fleet, ways: Ways) -> None:
        super().__init__(fleet)
        self.ways = ways

    def metres(self, one: Point, other: Point) -> float:
        """As listed."""
        return float(self.ways.distance_m[int(one[0]), int(other[0])])

    def usual_s(self, one: Point, other: Point) -> float:
        """As listed."""
        return float(self.ways.time_s[int(one[0]), int(other[0])])

    def travel(self, points: NDArray[np.float64], now: float) -> Travel:
        """As listed; who stays at a point goes nowhere."""
        place = points[:, 0].astype(np.int64)
        metres, seconds = (matrix[np.ix_(place, place)] for matrix in (self.ways.distance_m, self.ways.time_s))
        for matrix in (metres, seconds):
            np.fill_diagonal(matrix, 0.0)
        return Travel(metres, seconds, None if self.profile is None else self._from(now))
