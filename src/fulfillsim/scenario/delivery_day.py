"""Reading one day's routes: the file, its table of ways, and the delivery instance made of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from pathlib import Path as FilePath

import numpy as np
from pydantic import ValidationError

from fulfillsim.errors import ScenarioError
from fulfillsim.optim.delivery.feasibility import unservable
from fulfillsim.optim.delivery.instance import (
    ANY_TIME,
    Break,
    Convention,
    DeliveryInstance,
    DeliveryStop,
    Depot,
    InstanceError,
    Objective,
    Vehicle,
    Window,
)
from fulfillsim.optim.delivery.travel import SpeedProfile, Travel, euclidean, haversine
from fulfillsim.scenario.checks.finding import Finding, one_currency, told, unknown
from fulfillsim.scenario.dates import Span
from fulfillsim.scenario.faults import faults_of
from fulfillsim.scenario.nodes import Path, fault_at, find, place_of, plain
from fulfillsim.scenario.schema.delivery_day import DayStop, DayVan, DeliveryDay, Ways
from fulfillsim.scenario.schema.fleet import Place
from fulfillsim.scenario.tables import read_table
from fulfillsim.scenario.text import ENDINGS, read_file
from fulfillsim.scenario.units import DAY_S, Money
from fulfillsim.scenario.ways import listed_ways

TURNED = "closes before it opens on the same day", "write the earlier time first"
HOUR_S, KM_M = 3600.0, 1000.0
MARK = "kind: delivery_day"


def is_delivery_day(file: FilePath) -> bool:
    """Whether a file says that it holds one day's routes."""
    if file.suffix.lower() not in ENDINGS or not file.is_file():
        return False
    return any(line.split("#")[0].strip() == MARK for line in file.read_text("utf-8", "replace").splitlines())


def read_delivery_day(file: FilePath) -> DeliveryInstance:
    """Read a file of one day's routes; seconds count from midnight.

    Raises
    ------
    ScenarioError
        With all faults of the file at once, each with line and column.
    """
    tree = read_file(file)
    try:
        day = DeliveryDay.model_validate(plain(tree))
    except ValidationError as error:
        raise ScenarioError(faults_of(error, tree, DeliveryDay)) from None
    if findings := list(_findings(day)):
        raise ScenarioError([told(tree, finding) for finding in findings])
    travel = _travel(day, file.parent)
    try:
        instance = _instance(day, travel)
    except InstanceError as error:
        flaws = ((_path(day, flaw.kind, flaw.number), flaw.rule, flaw.value, flaw.hint) for flaw in error.flaws)
        raise ScenarioError([fault_at(place_of(tree, flaw[0]), *flaw) for flaw in flaws]) from None
    if reasons := unservable(instance):
        reached = ((_path(day, "stop", reason.stop), *reason[1:]) for reason in reasons)
        raise ScenarioError([fault_at(place_of(tree, one[0]), *one) for one in reached])
    return instance


def tables_of(file: FilePath) -> list[FilePath]:
    """Tables that a file names, beside it."""
    named = find(read_file(file), ("travel", "matrix"))
    return [] if named is None else [file.parent / str(named.value).partition("#")[0]]


def _path(day: DeliveryDay, kind: str, number: int) -> Path:
    """Where a part of the instance is written."""
    if kind == "vehicle":
        return "vans", [name for name, van in day.vans.items() for _ in range(van.count)][number]
    if kind == "travel":
        return ("travel",)
    names = {"depot": list(day.depots), "stop": list(day.stops)}.get(kind)
    return () if names is None else (f"{kind}s", names[number])


# --- checks -------------------------------------------------------------------------------------------------------


def _findings(day: DeliveryDay) -> Iterator[Finding]:
    for name, van in day.vans.items():
        for word in ("start", "end", "reload"):
            if (depot := getattr(van, word)) is not None and depot not in day.depots:
                yield unknown(("vans", name, word), "depot", depot, day.depots)
        for row, door in enumerate(van.only or ()):
            if door not in day.stops:
                yield unknown(("vans", name, "only", row), "stop", door, day.stops)
        for word, rest in van.breaks.items():
            if rest.between.until_s > DAY_S:
                yield Finding(("vans", name, "breaks", word), *TURNED)
    for name, stop in day.stops.items():
        if any(window.until_s > DAY_S for window in stop.windows or ()):
            yield Finding(("stops", name, "windows"), *TURNED)
    yield from _places(day)
    yield from one_currency(_money(day))


def _places(day: DeliveryDay) -> Iterator[Finding]:
    """All places lie on one map, except where a table tells the ways."""
    said: dict[Path, Place] = {("depots", name): depot for name, depot in day.depots.items()}
    said |= {("stops", name): stop for name, stop in day.stops.items()}
    first = next(iter(said.values()))
    wanted, other = (
        (("lat", "lon"), ("east", "north")) if first.lat is not None else (("east", "north"), ("lat", "lon"))
    )
    if day.travel.matrix is not None and all(
        getattr(place, word) is None for place in said.values() for word in wanted
    ):
        return
    for path, place in said.items():
        for word in wanted:
            if getattr(place, word) is None:
                yield Finding((*path, word), "must be said: all places lie on one map", "or travel: {matrix: ways.csv}")
        for word in other:
            if getattr(place, word) is not None:
                yield Finding((*path, word), f"must be left out: other places have {wanted[0]} and {wanted[1]}")


def _money(day: DeliveryDay) -> Iterator[tuple[Path, Money]]:
    for name, stop in day.stops.items():
        if stop.prize is not None:
            yield ("stops", name, "prize"), stop.prize
    for name, van in day.vans.items():
        for word in ("cost_per_km", "cost_per_h", "cost_per_day"):
            yield ("vans", name, word), getattr(van, word)


# --- building -----------------------------------------------------------------------------------------------------


def _instance(day: DeliveryDay, travel: Travel) -> DeliveryInstance:
    is_free = not any(money.amount for path, money in _money(day) if path[0] == "vans")
    number, stop_number = ({name: n for n, name in enumerate(names)} for names in (day.depots, day.stops))
    objective: Objective = "vehicles_then_cost" if day.objective == "fewest_vans" else "cost"
    return DeliveryInstance(
        name=day.name,
        depots=tuple(Depot(name, _window(depot.open), depot.loading) for name, depot in day.depots.items()),
        stops=tuple(_stop(name, stop) for name, stop in day.stops.items()),
        vehicles=tuple(
            van
            for name, plan in day.vans.items()
            for van in [_vehicle(name, plan, number, stop_number, is_free)] * plan.count
        ),
        travel=travel,
        convention=Convention("as written", objective=objective),
        points=_points(day),
    )


def _window(span: Span | None) -> Window:
    return (0.0, inf) if span is None else (span.from_s, span.until_s)


def _stop(name: str, stop: DayStop) -> DeliveryStop:
    windows = ANY_TIME if stop.windows is None else tuple(_window(span) for span in stop.windows)
    prize = None if stop.prize is None else stop.prize.amount
    return DeliveryStop(
        name, tuple(stop.demand), tuple(stop.pickup or ()), stop.service, windows, stop.release or 0.0, prize
    )


def _vehicle(name: str, plan: DayVan, number: dict[str, int], stop_number: dict[str, int], is_free: bool) -> Vehicle:
    start = number[plan.start] if plan.start is not None else 0
    rests = (Break(rest.time, rest.between.from_s, rest.between.until_s) for rest in plan.breaks.values())
    return Vehicle(
        capacity=tuple(plan.capacity),
        name=name,
        start_depot=start,
        end_depot=number[plan.end] if plan.end is not None else start,
        shift_s=_window(plan.shift),
        fixed_cost=plan.cost_per_day.amount,
        cost_per_m=1.0 if is_free else plan.cost_per_km.amount / KM_M,
        cost_per_s=plan.cost_per_h.amount / HOUR_S,
        max_distance_m=inf if plan.max_distance is None else plan.max_distance,
        max_duration_s=inf if plan.max_duration is None else plan.max_duration,
        reload_depot=None if plan.reload is None else number[plan.reload],
        breaks=tuple(rests),
        allowed=None if plan.only is None else frozenset(stop_number[stop] for stop in plan.only),
    )


def _points(day: DeliveryDay) -> np.ndarray | None:
    """Kilometers east and north, or longitude and latitude, shape (n_places, 2)."""
    places = [*day.depots.values(), *day.stops.values()]
    if all(place.east is not None and place.north is not None for place in places):
        return np.array([(place.east, place.north) for place in places], np.float64) / KM_M
    if all(place.lat is not None and place.lon is not None for place in places):
        return np.array([(place.lon, place.lat) for place in places], np.float64)
    return None


def _travel(day: DeliveryDay, folder: FilePath) -> Travel:
    ways, points, profile = day.travel, _points(day), _profile(day.travel)
    if ways.matrix is not None:
        return _from_table(ways.matrix, folder, [*day.depots, *day.stops], profile)
    assert points is not None
    if next(iter(day.depots.values())).lat is not None:
        found = haversine(points[:, ::-1], ways.speed, ways.circuity)
    else:
        metres = ways.circuity * KM_M * euclidean(points).distance_m
        found = Travel(metres, metres / ways.speed)
    return Travel(found.distance_m, found.time_s, profile)


def _profile(ways: Ways) -> SpeedProfile | None:
    """Speeds of a day; after midnight the last hour's holds on."""
    changes = [(hour * HOUR_S, now) for hour, now in enumerate(ways.speeds) if not hour or now != ways.speeds[hour - 1]]
    return None if all(factor == 1.0 for _, factor in changes) else SpeedProfile(*zip(*changes, strict=True))


def _from_table(source: str, folder: FilePath, names: list[str], profile: SpeedProfile | None) -> Travel:
    """Ways by name; where there is none, nor one back, nobody goes."""
    ways = listed_ways(read_table(source, folder), names, "neither a depot nor a stop")
    for matrix in ways:
        np.fill_diagonal(matrix, 0.0)
    return Travel(*ways, profile)
