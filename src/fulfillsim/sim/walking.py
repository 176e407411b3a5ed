"""How long a tour takes and how far it leads: walked through the layout, or an all-in time."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

from fulfillsim.domain.fulfillment import Picking, PickZone, WalkedTour
from fulfillsim.domain.layout import Layout
from fulfillsim.domain.work import WorkTime
from fulfillsim.optim.pick_routing import ROUTING, router
from fulfillsim.optim.pick_routing.lengths import Length
from fulfillsim.sampling.distributions import make
from fulfillsim.sim.model import Model
from fulfillsim.sim.order import Order
from fulfillsim.sim.trace import Computing

TourTime = Callable[[list[Order]], tuple[float, float, float, float]]
"""Orders of a tour -> metres, set-up, walking and searching seconds."""

USUAL = ("s_shape", "aisle_by_aisle", "nearest_2opt")
"""How pickers walk where nobody plans: the first that knows the layout."""


def tour_time(model: Model, plan: Picking, zone: PickZone) -> TourTime:
    """What a tour of given orders takes."""
    if plan.tour is not None:
        return _walked(model, plan.tour)
    assert zone.station.time is not None
    column = model.book.column(zone.station.name, zone.station.time)
    if plan.per == "tour":
        return lambda orders: (0.0, 0.0, 0.0, orders[0].work[column])
    return lambda orders: (0.0, 0.0, 0.0, sum(order.work[column] for order in orders))


def usual_routing(layout: Layout) -> str:
    """Name of the routing by which what planning saves is measured."""
    return next(name for name in USUAL if not ROUTING[name].supports(layout))


def usual_length(model: Model, plan: Picking) -> Callable[[list[Order]], float] | None:
    """Metres of a tour as usual; None where tours are walked like that anyway, or not walked at all."""
    tour = plan.tour
    if tour is None or (plan.batch.policy == "first_come" and tour.routing == usual_routing(tour.layout)):
        return None
    catalog = model.world.catalog
    assert catalog is not None
    aisle, position = catalog.aisle.tolist(), catalog.position_m.tolist()
    length = router(tour.layout, ROUTING[usual_routing(tour.layout)])

    def metres(orders: list[Order]) -> float:
        skus = [sku for order in orders for sku, _ in order.lines]
        return length([aisle[sku] for sku in skus], [position[sku] for sku in skus]) if skus else 0.0

    return metres


def _walked(model: Model, tour: WalkedTour) -> TourTime:
    """Set-up, the walk by the routing policy, search and grab."""
    catalog = model.world.catalog
    assert catalog is not None
    aisle, position = catalog.aisle.tolist(), catalog.position_m.tolist()
    length, speed = router(tour.layout, ROUTING[tour.routing]), tour.speed_m_per_s
    if tour.routing != usual_routing(tour.layout):
        length = _clocked(length, model.trace.computing)
    setup_s, search_s, unit_s = tour.setup_s, tour.search_s, tour.unit_s
    shape = make("gamma", mean=1.0, cv=tour.cv) if tour.cv > 0 else make("deterministic", mean=1.0)
    column = model.book.column("picking.search", WorkTime(1.0, shape))

    def timed(orders: list[Order]) -> tuple[float, float, float, float]:
        aisles: list[int] = []
        positions: list[float] = []
        grab_s = 0.0
        for order in orders:
            seconds = 0.0
            for sku, units in order.lines:
                aisles.append(aisle[sku])
                positions.append(position[sku])
                seconds += search_s + unit_s * (units - 1)
            grab_s += seconds * order.work[column]
        metres = length(aisles, positions) if aisles else 0.0
        return metres, setup_s, metres / speed, grab_s

    return timed


def _clocked(length: Length, computing: Computing) -> Length:
    """The same, counting what it costs."""

    def clocked(aisles: object, positions: object) -> float:
        began = process_time()
        metres = length(aisles, positions)
        computing.route_s += process_time() - began
        computing.n_routed += 1
        return metres

    return clocked
