"""Own vans: hours that can be kept, waves that somebody drives, zones that have orders, vans that can hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.names import zone_names
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.places import usual_way_m
from fulfillsim.scenario.schema.fleet import FLEET, Fleet, Site, serving
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.units import DAY_S

AT = ("delivery", "fleet")
DERIVED = ("delivery", "carriers", FLEET)


def check_fleet(settings: Settings) -> Iterator[Finding]:
    """All that concerns own vans alone; as one more carrier they pass the carriers' checks too."""
    plan = settings.delivery.fleet if settings.delivery else None
    if plan is None:
        return
    places = tuple(_places(plan))
    yield from places
    for name in plan.zones:
        if name not in zone_names(settings):
            yield unknown((*AT, "zones", name), "zone", name, zone_names(settings))
    yield from _slots(plan)
    yield from _vans(settings, plan)
    yield from _breaks(plan)
    yield from _solver(plan, settings.fetches_returns)
    if not places and plan.ways is None:
        yield from _ways(plan)


def _slots(plan: Fleet) -> Iterator[Finding]:
    weekdays = sorted(plan.calendar.working_days)
    served = frozenset().union(*(slots for day in weekdays for slots in serving(plan, day).values()))
    for number, (name, slot) in enumerate(sorted(plan.slots.items())):
        path = (*AT, "slots", name)
        if slot.hours.until_s > DAY_S:
            yield Finding(path, "closes before it opens on the same day", "write the earlier time first")
        elif number not in served:
            yield Finding(path, "closes before any wave leaves", "add an earlier wave, or move the slot")


def _vans(settings: Settings, plan: Fleet) -> Iterator[Finding]:
    vans = [van for van in plan.vans.values() if van.count and van.parcels]
    if not vans:
        yield Finding((*AT, "vans"), "holds no van that can carry an order", "count: 1, parcels: 60")
        return
    for name, van in plan.vans.items():
        for room in ("parcels", "weight", "volume") if van.count else ():
            if getattr(van, room) <= 0:
                yield Finding(
                    (*AT, "vans", name, room), "must be > 0: such a van carries nothing", "count: 0 leaves it out"
                )
    last_s = max(van.shift.until_s for van in vans)
    for name, wave in plan.waves.items():
        if wave.time >= last_s:
            path = (*AT, "waves", name)
            yield Finding(path, "leaves after the last van's shift has ended", "move it, or lengthen a shift")
    catalog = settings.catalog
    for field, measure in (("weight", "kg"), ("volume", "l")):
        law = getattr(catalog, field, None) if catalog is not None else None
        usual = getattr(law, "mean", None)
        most = max(getattr(van, field) for van in vans)
        if isinstance(usual, float) and usual > most:
            rule = f"no van can carry an order: a usual unit has {usual:g} {measure}, the largest van holds {most:g}"
            yield Finding((*AT, "vans"), rule, "give a van more room")


def _places(plan: Fleet) -> Iterator[Finding]:
    """Each place has both its figures, and all lie on one map."""
    said: dict[Path, Site | None] = {("depot",): plan.depot}
    said |= {("zones", name): zone for name, zone in plan.zones.items()}
    said |= {("vans", name, end): getattr(van, end) for name, van in plan.vans.items() for end in ("starts", "ends")}
    places = {path: place for path, place in said.items() if place is not None}
    if plan.ways is not None:
        yield from _named(places)
        return
    for path, place in places.items():
        if place.place is not None:
            rule = "names a place of `ways`, and there are none"
            yield Finding((*AT, *path, "place"), rule, "ways: {table: ways.csv}")
    on_globe = plan.depot.lat is not None or plan.depot.lon is not None
    wanted, other = (("lat", "lon"), ("east", "north")) if on_globe else (("east", "north"), ("lat", "lon"))
    for path, place in places.items():
        for word in wanted:
            if getattr(place, word) is None:
                rule = f"must be said: a place has {wanted[0]} and {wanted[1]} where the depot has"
                yield Finding((*AT, *path, word), rule, "lat: 52.52, lon: 13.40" if on_globe else "east: 20 km")
        for word in other:
            if getattr(place, word) is not None:
                rule = f"must be left out: the depot lies at {wanted[0]} and {wanted[1]}, and all places on one map"
                yield Finding((*AT, *path, word), rule, "write all places alike")


def _named(places: Mapping[Path, Site]) -> Iterator[Finding]:
    """Where ways are listed, places have names and nothing else."""
    for path, place in places.items():
        for word in ("east", "north", "lat", "lon"):
            if getattr(place, word) is not None:
                rule = "must be left out: the table of ways tells how far places are"
                yield Finding((*AT, *path, word), rule, "place: NAME, or no ways")
        if path[0] == "vans" and place.place is None:
            yield Finding((*AT, *path, "place"), "must be said: what the table of ways calls it", "place: home")


def _ways(plan: Fleet) -> Iterator[Finding]:
    """Vans can go to a zone and back, and be at the depot before their shift ends."""
    for name, van in plan.vans.items():
        path = (*AT, "vans", name)
        if van.max_distance is not None:
            nearest = min(usual_way_m(plan, zone) for zone in plan.zones.values())
            if van.max_distance < 2 * nearest:
                rule = f"must reach a zone and come back: the middle of the nearest is {nearest / 1000:.1f} km away"
                yield Finding((*path, "max_distance"), rule, "a longer way, or a zone nearby")
        if van.starts is not None:
            way_s = usual_way_m(plan, van.starts) / plan.speed
            if van.shift.from_s + way_s >= van.shift.until_s:
                rule = f"must leave time to work: to the depot it takes {way_s / 3600:.1f} h of the shift"
                yield Finding((*path, "starts"), rule, "a place nearby, or a longer shift")


def _breaks(plan: Fleet) -> Iterator[Finding]:
    """Breaks of drivers lie in their shifts."""
    for name, van in plan.vans.items():
        for word, rest in van.breaks.items():
            path = (*AT, "vans", name, "breaks", word)
            if not van.shift.from_s <= rest.between.from_s <= rest.between.until_s <= van.shift.until_s - rest.time:
                rule = "must be able to begin at any time between, and end, within the van's shift"
                yield Finding(path, rule, "between: 11:00-14:00, time: 30 min")


def _solver(plan: Fleet, fetches: bool) -> Iterator[Finding]:
    """What plans the routes is named, installed and able."""
    if plan.solver == Fleet.model_fields["solver"].default:
        return  # models everything, and nothing need be imported to say so
    from fulfillsim.optim.delivery.with_pyvrp import installed
    from fulfillsim.scenario.fleet_solver import lacking

    path = (*AT, "solver")
    if plan.solver == "pyvrp" and not installed():
        yield Finding(path, "needs PyVRP, which is not installed", "pip install 'fulfillsim[pyvrp]'")
    if what := lacking(plan, fetches):
        yield Finding(path, f"{plan.solver} cannot plan {what}", "solver: ortools, or auto")


def as_written(finding: Finding) -> Finding:
    """A finding about the fleet as a carrier, at the place where its file says it."""
    if finding.path[:3] != DERIVED:
        return finding
    below = finding.path[3:]
    if "transit" in below:
        return finding._replace(path=(*AT, "zones", below[-1]))
    words: dict[object, str] = {"pickups": "waves", "services": "slots", "calendar": "calendar"}
    path: Path = (*AT, words[below[0]], *below[1:2]) if below and below[0] in words else AT
    return finding._replace(path=path)
