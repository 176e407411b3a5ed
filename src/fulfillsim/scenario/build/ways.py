"""Ways of own vans from a table: every two places that a route may join, and what cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from math import isinf
from pathlib import Path

import numpy as np

from fulfillsim.domain.fleet import Point, Ways
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.names import zone_names
from fulfillsim.scenario.nodes import format_path, show
from fulfillsim.scenario.schema import fleet as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.ways import Matrix, listed_ways

MOST_TOLD = 20
NEITHER = "neither the depot nor a zone, nor where a van starts or ends"


class Listed:
    """Places by name; a point is the index of its place."""

    def __init__(self, plan: says.Fleet, settings: Settings) -> None:
        self.depot = plan.depot.place or says.DEPOT
        self.zones = {name: zone.place or name for name, zone in plan.zones.items()}
        vans = plan.vans.values()
        self.starts = sorted({van.starts.place or "" for van in vans if van.starts is not None})
        self.ends = sorted({van.ends.place or "" for van in vans if van.ends is not None})
        known = (self.depot, *self.zones.values(), *self.starts, *self.ends, *zone_names(settings))
        self.names = tuple(dict.fromkeys(known))

    def __call__(self, place: says.Site, name: str = "") -> Point:
        """The point of a place, which may be called as what stands there."""
        return float(self.names.index(place.place or name)), 0.0


def read_ways(plan: says.Fleet, source: says.WaysTable, places: Listed, folder: Path) -> Ways:
    """Ways of a fleet.

    Raises
    ------
    ScenarioError
        With every fault of the table, or else every two places without a way, and every van that reaches nobody.
    """
    table = read_table(source.table, folder)
    distance_m, time_s = listed_ways(table, places.names, NEITHER, plan.speed)
    for number, name in enumerate(places.names):
        if name not in places.zones.values():
            distance_m[number, number] = time_s[number, number] = 0.0
    lacking = list(_lacking(table, places, distance_m))
    if faults := (*lacking[:MOST_TOLD], *([] if lacking else _too_far(plan, places, distance_m, time_s))):
        raise ScenarioError(faults)
    return Ways(distance_m, time_s)


def _lacking(table: Table, places: Listed, distance_m: Matrix) -> Iterator[Fault]:
    """Ways that a route may need, and nobody knows: within a zone too."""
    doors = list(dict.fromkeys(places.zones.values()))
    stands = [places.depot, *(name for name in doors if name != places.depot)]
    pairs = [*combinations_with_replacement(stands, 2), *product(places.starts, [places.depot])]
    for one, other in dict.fromkeys((*pairs, *product(stands, places.ends))):
        if isinf(distance_m[places.names.index(one), places.names.index(other)]):
            inside = " (between customers there)" if one == other else ", nor the way back"
            rule = f"has no way from {one} to {other}{inside}"
            yield Fault(table.name, table.head, None, "ways", rule, None, "add a row, or leave the place out")


def _too_far(plan: says.Fleet, places: Listed, distance_m: Matrix, time_s: Matrix) -> Iterator[Fault]:
    """Vans that come to no customer and back, or to the depot too late for any work."""
    index = places.names.index
    depot, doors = index(places.depot), [index(name) for name in places.zones.values()]
    nearest_m = float(np.min(distance_m[depot, doors] + distance_m[doors, depot]))
    for name, van in plan.vans.items():
        at = ("delivery", "fleet", "vans", name)
        if van.max_distance is not None and van.max_distance < nearest_m:
            rule = f"must reach a zone and come back: the nearest is {nearest_m / 1000:.1f} km there and back"
            shown = show(f"{van.max_distance / 1000:g} km")
            yield Fault(SCENARIO, None, None, format_path((*at, "max_distance")), rule, shown, "a longer way")
        if van.starts is not None:
            way_s = time_s[index(van.starts.place or ""), depot]
            if van.shift.from_s + way_s >= van.shift.until_s:
                rule = f"must leave time to work: to the depot it takes {way_s / 3600:.1f} h of the shift"
                shown = show(van.starts.place)
                yield Fault(SCENARIO, None, None, format_path((*at, "starts")), rule, shown, "a longer shift")
