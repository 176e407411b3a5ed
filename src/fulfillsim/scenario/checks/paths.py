"""Paths, the conditions behind them, waves that name their departures, and put walls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.names import (
    OTHERS,
    among,
    chain,
    client_names,
    path_names,
    pick_zone_names,
    picking_stations,
    pickup_names,
    service_names,
    zone_names,
)
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.fulfillment import Condition, Counted, Release, Wall, Wave
from fulfillsim.scenario.schema.root import Settings

AT: Path = ("fulfillment", "paths")


def check_paths(settings: Settings) -> Iterator[Finding]:
    """Every path and step has orders that can come to it, and names of its own."""
    plan = settings.fulfillment
    if plan is None:
        return
    for path, condition in _conditions(settings):
        yield from _names(settings, path, condition)
        yield from _impossible(settings, path, condition)
    yield from _shadowed(settings)
    for name, step in plan.steps.items():
        at: Path = ("fulfillment", "steps", name)
        known = (*path_names(settings), OTHERS)
        yield from (unknown((*at, "paths", key), "path", key, known) for key in step.paths if key not in known)
        if among(step.paths, known) == ():
            yield Finding((*at, "paths"), "is a step that no path reaches", "let one of them be true")
        if step.wall is not None:
            yield from _wall(settings, name, step.wall)
    if OTHERS in plan.paths:
        yield Finding((*AT, OTHERS), "is the name of the orders that no path takes", "give the path another name")
    yield from _stations(settings)


def _conditions(settings: Settings) -> Iterator[tuple[Path, Condition]]:
    plan = settings.fulfillment
    assert plan is not None
    for name, path in plan.paths.items():
        yield (*AT, name, "when"), path.when
    for name, step in plan.steps.items():
        if step.only is not None:
            yield ("fulfillment", "steps", name, "only"), step.only


def _choices(settings: Settings, condition: Condition) -> Iterator[tuple[str, Mapping[str, bool], tuple[str, ...]]]:
    """Field, what is chosen, and what there is."""
    yield "channels", condition.channels, tuple(sorted(settings.demand.channels))
    yield "clients", condition.clients, client_names(settings)
    yield "services", condition.services, service_names(settings)
    yield "zones", condition.zones, zone_names(settings)
    yield "pick_zones", condition.pick_zones, pick_zone_names(settings)


def _names(settings: Settings, at: Path, condition: Condition) -> Iterator[Finding]:
    for field, chosen, known in _choices(settings, condition):
        kind = {"pick_zones": "picking zone"}.get(field, field.removesuffix("s"))
        yield from (unknown((*at, field, name), kind, name, known) for name in chosen if name not in known)


def _impossible(settings: Settings, at: Path, condition: Condition) -> Iterator[Finding]:
    """What no order can be."""
    for field, counted in (("lines", condition.lines), ("units", condition.units)):
        if counted is not None and counted.most is not None and counted.most < counted.least:
            yield Finding((*at, field), "no order meets it: least is above most", "exchange the two")
        elif counted is not None and settings.catalog is None and counted.least > 0:
            yield Finding(
                (*at, field), "no order meets it: without a catalog there are no lines", "catalog: {skus: 1000}"
            )
        elif counted is not None and settings.catalog is not None and counted.most == 0:
            yield Finding((*at, field), "no order meets it: every order has at least one", "most: 1")
    for field, chosen, known in _choices(settings, condition):
        if among(chosen, known) == ():
            yield Finding((*at, field), "no order meets it: all are ruled out", "let one of them be true")
    for option, wanted in condition.options.items():
        if wanted and not _has(settings, option):
            rule = f"no order meets it: nothing makes an order have the option {option}"
            yield Finding((*at, "options", option), rule, _MAKES[option], is_warning=True)


_MAKES = {
    "gift": "gift_prob: 5 % in a channel",
    "instruction": "instruction_prob: 1 % in a channel",
    "hazmat": "hazmat: 1 % in the catalog",
    "kit": "assembly: {kits: ...}, with one that is made to order",
}


def _has(settings: Settings, option: str) -> bool:
    """Whether an order can have an option."""
    catalog = settings.catalog
    if option == "hazmat":
        said = any(item.hazmat for item in catalog.items.values()) if catalog is not None else False
        return catalog is not None and (said or catalog.hazmat > 0 or catalog.table is not None)
    if option == "kit":
        plan = settings.assembly
        return plan is not None and any((kit.make or plan.make) == "to_order" for kit in plan.kits.values())
    return settings.demand.history is not None or any(
        getattr(channel, f"{option}_prob") > 0 for channel in settings.demand.channels.values()
    )


def _shadowed(settings: Settings) -> Iterator[Finding]:
    """A path all of whose orders an earlier one takes."""
    assert settings.fulfillment is not None
    paths, names = settings.fulfillment.paths, path_names(settings)
    for place, name in enumerate(names):
        for earlier in names[:place]:
            if _covers(settings, paths[earlier].when, paths[name].when):
                rule = f"no order meets it: {earlier}, which is asked before, takes all of them"
                yield Finding((*AT, name, "when"), rule, f"give it a smaller rank than {earlier}")
                break


def _covers(settings: Settings, wide: Condition, narrow: Condition) -> bool:
    bounds = ((wide.lines, narrow.lines), (wide.units, narrow.units))
    chosen = zip(_choices(settings, wide), _choices(settings, narrow), strict=True)
    return (
        all(_spans(outer, inner) for outer, inner in bounds)
        and wide.options.items() <= narrow.options.items()
        and all(_of(outer) >= _of(inner) for (_, *outer), (_, *inner) in chosen)
    )


def _of(choice: Iterable[object]) -> set[int]:
    chosen, known = choice
    indices = among(chosen, known)  # type: ignore[arg-type]
    return set(range(len(known))) if indices is None else set(indices)  # type: ignore[arg-type]


def _spans(outer: Counted | None, inner: Counted | None) -> bool:
    outer, inner = outer or Counted(), inner or Counted()
    return outer.least <= inner.least and (outer.most is None or (inner.most is not None and inner.most <= outer.most))


def _wall(settings: Settings, name: str, wall: Wall) -> Iterator[Finding]:
    """A position is emptied by a later step."""
    assert settings.fulfillment is not None
    steps = settings.fulfillment.steps
    path = ("fulfillment", "steps", name, "wall", "until")
    order = chain(steps)
    if wall.until is None:
        return
    if wall.until not in steps:
        yield unknown(path, "step", wall.until, steps)
    elif name in order and wall.until not in order[order.index(name) + 1 :]:
        yield Finding(path, f"{wall.until} does not come later", "name a step after this one, or leave it out")


def _stations(settings: Settings) -> Iterator[Finding]:
    """Stations of a path's own picking bear names that nothing else bears."""
    plan = settings.fulfillment
    assert plan is not None
    taken = {*plan.steps, *(pick_zone_names(settings) if plan.picking else ())}
    for name, path in plan.paths.items():
        at = (*AT, name, "picking")
        if path.picking is None:
            continue
        if plan.picking is None:
            yield Finding(at, "needs the picking of the others", "fulfillment: {picking: {time: 3 min}}")
        for zone in path.picking.zones:
            if zone not in pick_zone_names(settings):
                yield unknown((*at, "zones", zone), "picking zone", zone, pick_zone_names(settings))
        for station in picking_stations(settings, name):
            if station in taken:
                yield Finding(at, f"makes the station {station}, which is there already", "give the path another name")


def check_waves(settings: Settings) -> Iterator[Finding]:
    """Waves that name departures name some, and together all."""
    plan = settings.fulfillment
    for at, release in _releases(settings):
        named = {key: wave.departures for key, wave in release.waves.items() if wave.departures is not None}
        known = pickup_names(settings)
        if named and (plan is None or settings.delivery is None or settings.processing is None):
            yield Finding((*at, "waves"), "that name departures need processing and delivery", "leave departures out")
            continue
        for key, departures in named.items():
            path = (*at, "waves", key, "departures")
            yield from (unknown((*path, name), "pickup", name, known) for name in departures if name not in known)
            if not departures or among(departures, known) == ():
                hint = f"departures: {{{next(iter(known), 'parcelco/evening')}: true}}, or leave it out for all"
                yield Finding(path, "is a wave that names no departure", hint)
        if named and len(named) == len(release.waves):
            yield from _forgotten(at, release.waves, tuple(known))


def _forgotten(at: Path, waves: Mapping[str, Wave], known: tuple[str, ...]) -> Iterator[Finding]:
    served = {index for wave in waves.values() for index in among(wave.departures or {}, known) or ()}
    for index, name in enumerate(known):
        if index not in served:
            rule = f"leave out the pickup {name}: orders due at it are released when they have missed it"
            yield Finding((*at, "waves"), rule, f"name {name} in a wave", is_warning=True)


def _releases(settings: Settings) -> Iterator[tuple[Path, Release]]:
    plan = settings.fulfillment
    if plan is None:
        return
    yield ("fulfillment", "release"), plan.release
    for name, path in plan.paths.items():
        if path.release is not None:
            yield (*AT, name, "release"), path.release
