"""Picking: waiting orders become tours when a picker is free; one tour is one piece of work."""

from __future__ import annotations

from collections.abc import Callable

from fulfillsim.domain.fulfillment import Batch, Picking
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.policies.batching import FROM_HEAD, Load
from fulfillsim.sim.batch_plan import Planner
from fulfillsim.sim.congestion import Crowd
from fulfillsim.sim.consolidation import Meeting
from fulfillsim.sim.model import Intake, Model, telling
from fulfillsim.sim.order import Order, Part
from fulfillsim.sim.pick_errors import Shelf
from fulfillsim.sim.pick_pool import Counter, PickPool, PlannedPool, Tour
from fulfillsim.sim.shelves import at_slots, slots_of
from fulfillsim.sim.short_lines import unless_empty, whole_of
from fulfillsim.sim.slots import Collected
from fulfillsim.sim.walking import TourTime, tour_time, usual_length

Done = Callable[[Tour, float], None]
"""Called when a tour has ended."""


def build_picking(model: Model, plan: Picking, onward: Intake) -> Intake:
    """Wire the zones; with several, an order goes on when its last part is picked."""
    model.tour_counter = counter = model.tour_counter or Counter()
    first = sum(info.items == "tour" for info in model.infos)  # zones of other paths' picking
    if model.progress is not None:
        onward = telling(model.progress.picked, onward)
    if model.backlog is not None:
        onward = telling(model.backlog.leaves("picking"), onward)
    slots = slots_of(model)
    picked = _picked(model, plan, onward if plan.errors is None and slots is None else unless_empty(model, onward))
    pools = [_zone(model, plan, first, place, counter, picked) for place in range(len(plan.zones))]
    intake = _whole(pools[0]) if len(pools) == 1 else _split(model, plan, pools)
    return intake if slots is None else slots.announced(intake)


def _whole(pool: Intake) -> Intake:
    """Send all of an order to the only zone."""

    def intake(order: Order, now: float) -> None:
        order.n_parts = 1
        pool(order, now)

    return intake


def _split(model: Model, plan: Picking, pools: list[Intake]) -> Intake:
    """Send each zone its part."""
    zone_of = model.world.catalog.zone.tolist() if model.world.catalog is not None else []
    everywhere, work_of = plan.split == "all", model.book.work_of

    def intake(order: Order, now: float) -> None:
        wanted: dict[int, list[tuple[int, int]]] = {z: [] for z in range(len(pools))} if everywhere else {}
        for line in order.lines:
            wanted.setdefault(zone_of[line[0]] if zone_of else 0, []).append(line)
        wanted = wanted or {0: []}  # an order without lines is picked in the first zone
        order.n_parts = len(wanted)
        for zone, lines in wanted.items():
            pools[zone](Part.of(order, lines, work_of(order, lines)), now)

    return intake


def _picked(model: Model, plan: Picking, onward: Intake) -> Intake:
    """Goods leave the shelf; the last part completes the order."""
    (record, pack), kind, book = model.milestones.hot, int(Milestone.PICKED), _booking(model)

    def picked(part: Order, now: float) -> None:
        book(part, now)
        order = part.whole if isinstance(part, Part) else part
        order.n_parts -= 1
        if order.n_parts == 0:
            record(pack(order.row, kind, now))
            onward(order, now)

    if plan.consolidation is None:
        return picked
    meeting = Meeting(model, plan.consolidation, plan.zones[0].station.discipline, model.noting(kind, onward))

    def joined(part: Order, now: float) -> None:
        book(part, now)
        order = whole_of(part)
        order.n_parts -= 1
        meeting.part_picked(order, now)

    return joined


def _booking(model: Model) -> Intake:
    """Book what was picked out of stock."""
    (record, pack), taken = model.trace.tables["stock"].hot, int(StockMove.PICKED)

    def book(part: Order, now: float) -> None:
        if not part.n_attempts:  # what is picked anew replaces what goes back
            for sku, units in part.lines:
                record(pack(sku, taken, units, now))

    return book if model.world.inventory is not None else lambda part, now: None


def _zone(model: Model, plan: Picking, first: int, place: int, counter: Counter, picked: Intake) -> Intake:
    """Station and pool of waiting orders of the zone at a place of the building; ``first`` is the number of place 0."""
    zone, index = plan.zones[place], first + place

    def done(tour: Tour, now: float) -> None:
        for order in tour.orders:
            picked(order, now)

    def again(order: Order, now: float) -> None:
        intake(order, now)

    def told(tour: Tour, now: float) -> None:
        for order in tour.orders:
            collected(order, tour.worker, now)

    def found(order: Order, worker: object, now: float) -> None:
        picked(order, now)

    timed, usual, loads = tour_time(model, plan, zone), usual_length(model, plan), _loads(model, plan.batch)
    collected: Collected = found
    slots = slots_of(model)
    if plan.errors is not None:
        fetched = again if slots is None else slots.fetched(again)
        collected = Shelf(model, plan.errors, index, picked, fetched).collected
    if slots is not None:
        timed, collected = slots.timed(timed), at_slots(model, slots, picked, collected, again).collected
    then: Done = done if collected is found else told
    if plan.tour is not None and plan.tour.congestion > 0:
        timed, then = _crowded(model, place, plan.tour.congestion, timed, then)
    station = model.station(zone.station, then, "tour")
    given = (model, station, plan.batch, timed, usual, index, counter, loads)
    if plan.batch.policy in FROM_HEAD:
        intake = PickPool(*given).intake()
    else:
        intake = PlannedPool(Planner(model, plan, index, loads), *given).intake()
    return intake


def _crowded(model: Model, place: int, factor: float, timed: TourTime, done: Done) -> tuple[TourTime, Done]:
    """Let pickers of a zone, whatever the path of their orders, hinder each other."""
    assert model.world.catalog is not None, "checked: a walked tour has a layout"
    crowd = model.crowds.setdefault(place, Crowd(model.world.catalog))

    def come_back(tour: Tour, now: float) -> None:
        crowd.come_back(tour.orders)
        done(tour, now)

    return crowd.slowed(timed, factor), come_back


def _loads(model: Model, batch: Batch) -> Callable[[Order], Load] | None:
    """What orders weigh on a cart; None where only their number is limited."""
    if (batch.max_lines, batch.max_units, batch.max_weight_kg, batch.max_volume_l) == (None,) * 4:
        return None
    catalog = model.world.catalog
    weight = catalog.weight_kg.tolist() if catalog else []
    volume = catalog.volume_l.tolist() if catalog else []

    def load(order: Order) -> Load:
        n_units, weight_kg, volume_l = 0, 0.0, 0.0
        for sku, units in order.lines:
            n_units += units
            weight_kg += units * weight[sku]
            volume_l += units * volume[sku]
        return Load(len(order.lines), n_units, weight_kg, volume_l)

    return load
