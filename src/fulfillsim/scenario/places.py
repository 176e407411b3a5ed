"""Places of own vans as files say them, in meters east and north of one point."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians

from fulfillsim.scenario.schema.fleet import Fleet, Place

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth."""


@dataclass(frozen=True)
class Map:
    """Places as written on a plane, or on the globe, unrolled around the depot."""

    depot: Place

    def __call__(self, place: Place, name: str = "") -> tuple[float, float]:
        """Meters of a place that is written as the depot is, whatever its name."""
        if self.depot.lat is None or self.depot.lon is None:
            return place.east or 0.0, place.north or 0.0
        lat, lon = place.lat or 0.0, place.lon or 0.0
        turned = (lon - self.depot.lon + 180.0) % 360.0 - 180.0
        around_m = EARTH_RADIUS_M * cos(radians(self.depot.lat))
        return around_m * radians(turned), EARTH_RADIUS_M * radians(lat - self.depot.lat)


def usual_way_m(plan: Fleet, place: Place) -> float:
    """Meters by road between the depot and a place, as checks reckon."""
    on_map = Map(plan.depot)
    (east, north), (to_east, to_north) = on_map(plan.depot), on_map(place)
    return plan.circuity * hypot(east - to_east, north - to_north)
