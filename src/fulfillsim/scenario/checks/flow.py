"""Picking, the chain of steps, release, promises and pickups."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.checks.staffing import presence
from fulfillsim.scenario.dates import WEEKDAYS
from fulfillsim.scenario.names import carrier_services, chain, pickings, usable
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.delivery import Carrier, CarrierService, Pickup
from fulfillsim.scenario.schema.fulfillment import Batch, Picking, Release, Step
from fulfillsim.scenario.schema.processing import Service
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.terms import every_terms


def check_chain(settings: Settings) -> Iterator[Finding]:
    """The steps form one chain, and rework goes back in it."""
    plan = settings.fulfillment
    if plan is None or not plan.steps:
        return
    steps, at = plan.steps, ("fulfillment", "steps")
    start = {"picking"} if plan.picking else set()
    followers: dict[str, str] = {}
    for name, step in steps.items():
        before = step.after or "picking"
        if step.after is not None and step.after not in start | steps.keys():
            yield unknown((*at, name, "after"), "step", step.after, start | steps.keys())
        elif before in followers:
            rule = f"comes after {step.after or 'release'}, as {followers[before]} does"
            yield Finding((*at, name), rule, f"after: {followers[before]}")
        followers.setdefault(before, name)
    order = chain(steps)
    known = [name for name in steps if steps[name].after in (None, *start, *steps)]
    if lost := [name for name in known if name not in order and _leads_to(steps, name) != "hole"]:
        yield Finding((*at, lost[0], "after"), f"goes in a circle: {', '.join(lost)}", "let one come after picking")
    yield from _rework(steps, order, start)


def _leads_to(steps: dict[str, Step], name: str) -> str:
    """``circle`` if following `after` comes back, ``start`` or ``hole`` where it ends."""
    seen: set[str] = set()
    here: str | None = name
    while here is not None and here in steps:
        if here in seen:
            return "circle"
        seen.add(here)
        here = steps[here].after
    return "hole"


def _rework(steps: dict[str, Step], order: list[str], start: set[str]) -> Iterator[Finding]:
    for name, step in steps.items():
        if step.rework is None:
            continue
        path = ("fulfillment", "steps", name, "rework", "to")
        before = start | set(order[: order.index(name) + 1] if name in order else steps)
        if not step.rework.prob and not step.rework.mispicks:
            yield Finding(path[:-1], "never fails: it has neither prob nor mispicks", "prob: 2 %, or mispicks: 95 %")
        if step.rework.to not in start | steps.keys():
            yield unknown(path, "step", step.rework.to, start | steps.keys())
        elif step.rework.to not in before:
            yield Finding(path, f"{step.rework.to} comes later", "send failed work to a step before, or to itself")


def check_picking(settings: Settings) -> Iterator[Finding]:
    """A walked tour or an all-in time, and what each needs."""
    plan = settings.fulfillment
    if plan is None:
        return
    for at, picking in pickings(settings).items():
        yield from _picking(settings, at, picking)
    if not any(picking.errors and picking.errors.mispick for picking in pickings(settings).values()):
        for name, step in plan.steps.items():
            if step.rework is not None and step.rework.mispicks:
                path = ("fulfillment", "steps", name, "rework", "mispicks")
                hint = "picking: {errors: {mispick: 0.3 %}}"
                yield Finding(path, "looks for wrong goods, and none are picked", hint, is_warning=True)


def _picking(settings: Settings, at: Path, picking: Picking) -> Iterator[Finding]:
    if picking.errors is not None and picking.errors.when_short == "backorder" and settings.inventory is None:
        yield Finding((*at, "errors", "when_short"), "backorder needs an inventory", "when_short: repick")
    shared = settings.fulfillment.picking if settings.fulfillment is not None else None
    if picking.consolidation is not None and not (picking.zones or (shared and shared.zones)):
        hint = "zones: {mezzanine: {share: 40 %}, hall: {share: 60 %}}"
        yield Finding((*at, "consolidation"), "joins the parts of several zones, and there is one", hint)
    all_in = [(*at, "time")] if picking.time is not None else []
    all_in += [(*at, "zones", name, "time") for name, zone in picking.zones.items() if zone.time is not None]
    if picking.tour is not None:
        for path in all_in:
            yield Finding(path, "is an all-in rate beside a walked tour: walking counts twice", "keep one of the two")
        if settings.layout is None:
            yield Finding((*at, "tour"), "needs a layout", "layout: {aisles: 20, cells: 50}")
        if settings.catalog is None:
            yield Finding((*at, "tour"), "needs a catalog", "catalog: {skus: 1000}")
    elif picking.time is None and not (picking.zones and all(zone.time for zone in picking.zones.values())):
        yield Finding(at, "must have a tour or a time", "tour: {routing: s_shape}, or time: 3 min")
    if picking.batch.max_orders is not None and picking.batch.min_orders > picking.batch.max_orders:
        yield Finding((*at, "batch", "min_orders"), "must be at most max_orders", "lower it")
    yield from _planned(picking, (*at, "batch", "policy"))


def _planned(picking: Picking, at: Path) -> Iterator[Finding]:
    """What a policy needs that plans batches by where their lines lie."""
    policy = picking.batch.policy
    if policy == Batch.model_fields["policy"].default:
        return
    from fulfillsim.policies.batching import PLANNING

    if policy not in PLANNING:
        return
    if picking.tour is None:
        yield Finding(at, "plans by where orders lie, and nobody walks here", "tour: {routing: s_shape}")
    if picking.split == "all":
        yield Finding(at, "plans by where orders lie, and with `split: all` parts have no lines", "split: lines")


def check_release(settings: Settings) -> Iterator[Finding]:
    """Waves have times; what is driven by cutoffs has departures."""
    plan = settings.fulfillment
    if plan is None:
        return
    yield from _release(settings, ("fulfillment", "release"), plan.release)
    for name, path in plan.paths.items():
        if path.release is not None:
            yield from _release(settings, ("fulfillment", "paths", name, "release"), path.release)


def _release(settings: Settings, at: Path, release: Release) -> Iterator[Finding]:
    if release.rule == "waves" and not release.waves and release.every is None:
        yield Finding((*at, "waves"), "is missing", "waves: {morning: 07:00, noon: 12:00}")
    if release.rule != "waves" and (release.waves or release.every is not None):
        yield Finding((*at, "rule"), f"is {release.rule}, which has no waves", "rule: waves, or take them out")
    if release.rule == "cutoff_driven" and (settings.delivery is None or settings.processing is None):
        yield Finding((*at, "rule"), "cutoff_driven needs processing and delivery", "rule: on_arrival")
    if release.rule != "cutoff_driven" and release.lead_from == "observed":
        hint = "rule: cutoff_driven, or leave it out"
        yield Finding((*at, "lead_from"), f"means nothing to the rule {release.rule}", hint, is_warning=True)


def check_promises(settings: Settings) -> Iterator[Finding]:
    """Every service can be promised, and every zone reached by it."""
    for at, service in every_terms(settings):
        if service.promise == "fixed_days" and service.days is None:
            yield Finding((*at, "days"), "is missing for fixed_days", "days: 3")
        if service.promise != "fixed_days" and service.days is not None:
            rule = "has a meaning with fixed_days only"
            yield Finding((*at, "days"), rule, "promise: fixed_days", is_warning=True)
        if all(cutoff is None for cutoff in service.cutoff):
            yield Finding((*at, "cutoff"), "is missing on every day", 'cutoff: "14:00"')
        yield from _reach(settings, at, service)


def _reach(settings: Settings, at: Path, service: Service) -> Iterator[Finding]:
    if settings.delivery is None:
        return
    products = carrier_services(settings)
    chosen = [products[key] for key in usable(service.carriers, products)]
    if not chosen:
        yield Finding((*at, "carriers"), "leaves no carrier service", "let one of them be true")
        return
    yield from _keepable(service, at, chosen)
    for zone in settings.zones:
        if not any(isinstance(p.transit, int) or zone in p.transit for p in chosen):
            yield Finding(at, f"no carrier takes it to the zone {zone}", "add the zone to a transit")


def _keepable(service: Service, at: Path, chosen: list[CarrierService]) -> Iterator[Finding]:
    """A promise cannot be kept more often than parcels arrive."""
    most = 1.0 - max(product.loss for product in chosen)
    if service.promise == "quantile" and service.kept > most:
        rule = f"is more than can be kept: a carrier service loses {1.0 - most:.3g} of its parcels"
        yield Finding((*at, "kept"), rule, f"kept: {100 * most:.4g} %, or less")


def check_pickups(settings: Settings) -> Iterator[Finding]:
    """Trucks leave while somebody is there to load them."""
    for name, carrier in (settings.delivery.carriers if settings.delivery else {}).items():
        at = ("delivery", "carriers", name)
        for key, pickup in carrier.pickups.items():
            if (pickup.time is None) == (pickup.every is None):
                yield Finding((*at, "pickups", key), "must have either a time or `every`", "time: 18:00")
            elif settings.staff:
                yield from _manned(settings, carrier, pickup, (*at, "pickups", key))


def _manned(settings: Settings, carrier: Carrier, pickup: Pickup, at: Path) -> Iterator[Finding]:
    if pickup.time is None:
        return
    for day in sorted(carrier.calendar.working_days if pickup.days is None else pickup.days):
        ends = [until_s for from_s, until_s in presence(settings, day) if from_s < pickup.time]
        if day in settings.calendar.working_days and max(ends, default=0.0) < pickup.time:
            last = f"which ends at {_clock(max(ends))}" if ends else "and no shift has begun by then"
            rule = f"leaves at {_clock(pickup.time)} after the last shift of {WEEKDAYS[day]}, {last}"
            yield Finding(at, rule, "move it, leave the day out with `days`, or lengthen a shift")
            return


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}"
