"""Kits: bills of material that end somewhere, benches, and the stages that kits need."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.names import bench_names, pickings, sku_names
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.assembly import Assembly
from fulfillsim.scenario.schema.root import Settings

AT: Path = ("assembly", "kits")


def check_kits(settings: Settings) -> Iterator[Finding]:
    """Every kit has components, a time and a bench, and holds itself at no level."""
    plan = settings.assembly
    if plan is None:
        return
    if not plan.kits:
        yield Finding(("assembly",), "has no kits", "kits: {gift box: {components: {bottle: 1, glass: 2}}}")
    yield from _circles(plan)
    benches = bench_names(settings)
    for name, kit in plan.kits.items():
        if not kit.components:
            yield Finding((*AT, name), "is a kit without components", "components: {bottle: 1, glass: 2}")
        if kit.time is None and plan.time is None:
            yield Finding((*AT, name, "time"), "is missing", "time: 3 min, here or for all kits under `assembly`")
        if kit.bench is not None and kit.bench not in benches:
            yield unknown((*AT, name, "bench"), "bench", kit.bench, benches)
        elif kit.bench is None and len(benches) > 1:
            yield Finding((*AT, name, "bench"), "is missing: there are several", f"bench: {benches[0]}")
    yield from _goods(settings, plan)
    yield from _stages(settings, plan)


def _circles(plan: Assembly) -> Iterator[Finding]:
    """Kits that hold themselves, each circle once, spelled out from its first name."""
    done: set[str] = set()
    told: set[frozenset[str]] = set()

    def follow(name: str, above: list[str]) -> Iterator[Finding]:
        if name in above:
            circle = [*above[above.index(name) :], name]
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                rule = f"makes a circle: {' -> '.join(circle)}"
                yield Finding((*AT, above[-1], "components", name), rule, "take it out of one of these kits")
        elif name in plan.kits and name not in done:
            for component in sorted(plan.kits[name].components):
                yield from follow(component, [*above, name])
            done.add(name)

    for name in sorted(plan.kits):
        yield from follow(name, [])


def _goods(settings: Settings, plan: Assembly) -> Iterator[Finding]:
    """Kits and components are SKUs (a catalog from a table is asked when it is read)."""
    if settings.catalog is None:
        yield Finding(("assembly",), "needs a catalog", "catalog: {items: {gift box: {}, bottle: {popularity: 0}}}")
    known = sku_names(settings)
    if known is None:
        return
    names = set(known)
    for name, kit in plan.kits.items():
        if name not in names:
            yield unknown((*AT, name), "SKU", name, known)
        for component in kit.components:
            if component not in names:
                yield unknown((*AT, name, "components", component), "SKU", component, known)


def _stages(settings: Settings, plan: Assembly) -> Iterator[Finding]:
    """What is made to order passes fulfillment, what is made to stock needs stock and a rule."""
    makes = {name: kit.make or plan.make for name, kit in plan.kits.items()}
    stock, fulfillment = settings.inventory, settings.fulfillment
    for name in stock.levels if stock is not None else ():
        if makes.get(name) == "to_order":
            rule = "is a kit made to order, which has no stock of its own"
            yield Finding(("inventory", "levels", name), rule, "take it out, or make: to_stock")
    for name, make in makes.items():
        if make == "to_stock" and (stock is None or stock.rule == "none"):
            rule = "is made to stock, and nothing is replenished"
            yield Finding((*AT, name), rule, "inventory: {rule: sS, suppliers: ...}, or make: to_order")
        if make == "to_stock" and stock is not None and stock.records is not None:
            rule = "is made to stock, where work orders take what the records say"
            yield Finding((*AT, name), rule, "leave inventory.records out, or make: to_order")
        if make == "to_order" and fulfillment is None:
            yield Finding((*AT, name), "is made to order, which is part of fulfillment", "fulfillment: {steps: ...}")
    if "to_order" in makes.values() and fulfillment is not None:
        yield from _never_incomplete(settings)


def _never_incomplete(settings: Settings) -> Iterator[Finding]:
    """An order goes on only with all components of its kits."""
    told = "and a kit is not made without a component"
    for at, picking in pickings(settings).items():
        if picking.errors is not None and picking.errors.when_short != "repick":
            rule = f"is {picking.errors.when_short}, {told}"
            yield Finding((*at, "errors", "when_short"), rule, "when_short: repick")
    stock = settings.inventory
    if stock is not None and stock.forward is not None and stock.forward.when_empty not in ("wait", "reserve"):
        at = ("inventory", "forward", "when_empty")
        yield Finding(at, f"is {stock.forward.when_empty}, {told}", "when_empty: wait, or reserve")
    if stock is not None and stock.records is not None and stock.records.when_short != "wait":
        at = ("inventory", "records", "when_short")
        yield Finding(at, f"is {stock.records.when_short}, {told}", "when_short: wait")
