"""What a delivery solver gives back: which vehicle serves which stops in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """The trips of one vehicle on one day.

    Parameters
    ----------
    vehicle
        Index into the instance's vehicles.
    trips
        Stop indices of each trip; between two trips the vehicle loads again.
    """

    vehicle: int
    trips: tuple[tuple[int, ...], ...]

    @property
    def stops(self) -> tuple[int, ...]:
        """Stop indices of all trips in the order of service."""
        return tuple(stop for trip in self.trips for stop in trip)


Routes = tuple[Route, ...]


def without(route: Route, *stops: int) -> Route:
    """The route without some stops; trips that were for them alone are left out."""
    kept = (tuple(stop for stop in trip if stop not in stops) for trip in route.trips)
    return Route(route.vehicle, tuple(trip for trip in kept if trip))


def one_trip_each(routes: Iterable[tuple[int, Iterable[int]]]) -> Routes:
    """Routes of (vehicle, stops), the empty ones left out, in the order of vehicles."""
    made = (Route(vehicle, (tuple(stops),)) for vehicle, stops in routes)
    return tuple(sorted((route for route in made if route.trips[0]), key=lambda route: route.vehicle))
