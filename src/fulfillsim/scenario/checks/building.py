"""The layout in itself, and whether the goods fit into it and pickers find a way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.names import pickings
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.fulfillment import Tour
from fulfillsim.scenario.schema.goods import Catalog, Hall, Layout
from fulfillsim.scenario.schema.root import Settings

AT = ("layout",)
SHOWN = 5
"""Vertices named in a warning."""


def check_layout(settings: Settings) -> Iterator[Finding]:
    """Cross-aisles, depot, room for the catalog, and whether pickers find a way."""
    layout = settings.layout
    if isinstance(layout, Hall):
        yield from _hall(settings, layout)
    elif layout is not None:
        n_slots = layout.sides * layout.aisles * layout.n_blocks * layout.cells * layout.levels
        faults = [*_cross_aisles(layout), *_mouths(layout)]
        yield from faults
        yield from _room(settings.catalog, layout, n_slots, "add aisles, cells, levels or blocks")
        for at, tour in () if faults else _tours(settings):
            yield from _routing(layout, at, tour)


def _hall(settings: Settings, hall: Hall) -> Iterator[Finding]:
    """What is special in a graph: vertices that no tour reaches, and policies that need aisles."""
    from fulfillsim.optim.slotting import why_not
    from fulfillsim.scenario.build.building import free_vertices

    graph, free = hall.graph, free_vertices(hall.graph)
    yield from _room(settings.catalog, hall, len(free) * hall.levels, "add vertices or levels")
    if lost := [vertex for vertex in range(graph.n_vertices) if not graph.holds((vertex, 0.0))]:
        some = ", ".join(map(str, lost[:SHOWN])) + (" ..." if len(lost) > SHOWN else "")
        rule = f"has {len(lost)} vertices to which no walk leads from the start and on to the end: {some}"
        yield Finding((*AT, "graph"), rule, "nothing lies there; arcs are one-way unless two_way is true", True)
    if settings.catalog is not None and (why := why_not(settings.catalog.slots, graph)):
        rule, _, hint = why.partition(": ")
        yield Finding(("catalog", "slots"), rule, hint)
    for at, tour in _tours(settings):
        yield from _routing(hall, at, tour)
        if tour.congestion > 0:
            yield Finding((*at, "congestion"), "counts pickers by aisle, this layout is a graph", "congestion: 0")


def _room(catalog: Catalog | None, layout: Layout | Hall, n_slots: int, hint: str) -> Iterator[Finding]:
    """Whether all SKUs find a place, where no table says the places."""
    if catalog is not None and catalog.skus is not None and layout.slots is None and catalog.skus > n_slots:
        yield Finding(AT, f"holds {n_slots:,} SKUs, the catalog has {catalog.skus:,}", hint)


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


def _tours(settings: Settings) -> Iterator[tuple[Path, Tour]]:
    for at, picking in pickings(settings).items():
        if picking.tour is not None:
            yield (*at, "tour"), picking.tour


def _routing(layout: Layout | Hall, at: Path, tour: Tour) -> Iterator[Finding]:
    """Whether the routing knows such a building; the default knows any of one block with the depot in front."""
    is_plain = isinstance(layout, Layout) and not (
        layout.n_blocks > 1 or layout.depot_cross_aisle or layout.end_cross_aisle
    )
    if is_plain and tour.routing == Tour.model_fields["routing"].default:
        return
    from fulfillsim.optim.pick_routing import ROUTING
    from fulfillsim.scenario.build.building import build_layout

    if tour.routing not in ROUTING:
        return
    if why := ROUTING[tour.routing].supports(build_layout(layout)):
        rule, _, hint = why.partition(": ")
        yield Finding((*at, "routing"), f"{tour.routing} {rule}", hint or "take another routing")
