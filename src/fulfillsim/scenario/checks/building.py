"""The layout in itself, and whether the goods fit into it and pickers find a way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.schema.fulfillment import Tour
from fulfillsim.scenario.schema.goods import Layout
from fulfillsim.scenario.schema.root import Settings

AT = ("layout",)


def check_layout(settings: Settings) -> Iterator[Finding]:
    """Cross-aisles, depot and room for the catalog."""
    layout, catalog = settings.layout, settings.catalog
    if layout is None:
        return
    faults = [*_cross_aisles(layout), *_mouths(layout)]
    yield from faults
    if catalog is not None and catalog.skus is not None and layout.slots is None:
        n_slots = layout.sides * layout.aisles * layout.n_blocks * layout.cells * layout.levels
        if catalog.skus > n_slots:
            rule = f"holds {n_slots:,} SKUs, the catalog has {catalog.skus:,}"
            yield Finding(AT, rule, "add aisles, cells, levels or blocks")
    if not faults:
        yield from _routing(settings, layout)


def _cross_aisles(layout: Layout) -> Iterator[Finding]:
    lie = sorted((metres, name) for name, metres in layout.cross_aisles.items())
    at = (*AT, "cross_aisles")
    if not lie:
        return
    if len(lie) != layout.n_blocks + 1:
        rule = f"has {len(lie)} entries, {layout.n_blocks} blocks have {layout.n_blocks + 1} cross-aisles"
        yield Finding(at, rule, "name front and back too, or leave `blocks` out")
    if lie[0][0] != 0:
        yield Finding((*at, lie[0][1]), "must be 0 m: all positions are counted from the front", "front: 0 m")
    needed_m = 2 * layout.end + (layout.cells - 1) * layout.cell
    for (start_m, _), (end_m, name) in pairwise(lie):
        if end_m - start_m < needed_m - 1e-9:
            rule = f"ends a block of {end_m - start_m:g} m, whose {layout.cells} cells need {needed_m:g} m"
            yield Finding((*at, name), rule, "move it, or have fewer or shorter cells")


def _mouths(layout: Layout) -> Iterator[Finding]:
    for which in ("depot", "end"):
        for name, number, what in (
            ("aisle", layout.aisles, "aisles"),
            ("cross_aisle", layout.n_blocks + 1, "cross-aisles"),
        ):
            index = getattr(layout, f"{which}_{name}")
            if index is not None and index >= number:
                yield Finding((*AT, f"{which}_{name}"), f"must be below {number}", f"{what} count from 0")


def _routing(settings: Settings, layout: Layout) -> Iterator[Finding]:
    """Whether the routing knows such a building; the default knows any of one block with the depot in front."""
    tour = settings.fulfillment.picking.tour if settings.fulfillment and settings.fulfillment.picking else None
    is_plain = layout.n_blocks == 1 and not layout.depot_cross_aisle and not layout.end_cross_aisle
    if tour is None or (is_plain and tour.routing == Tour.model_fields["routing"].default):
        return
    from fulfillsim.optim.pick_routing import ROUTING
    from fulfillsim.scenario.build.building import build_layout

    if tour.routing not in ROUTING:
        return
    if why := ROUTING[tour.routing].supports(build_layout(layout)):
        rule, _, hint = why.partition(": ")
        path = ("fulfillment", "picking", "tour", "routing")
        yield Finding(path, f"{tour.routing} {rule}", hint or "take another routing")
