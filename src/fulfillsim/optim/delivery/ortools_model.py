"""A delivery instance as a model of OR-Tools routing; all travel goes in as registered matrices, never as callbacks.

Integers are made here, once: figures that are whole go over as they are, any others times 1000, rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Route, Routes
from fulfillsim.optim.delivery.tables import cost_of_one_more, must_serve_penalty

FAR = 2**40
N_RELOADS = 3
"""Trips of a van that may reload, beyond its first."""


@dataclass
class RoutingModel:
    """The model with what is needed to fill it and to read it.

    Nodes are the places of the instance, then the reloads: ``reloads[k]`` is (vehicle, depot) of node
    ``n_places + k``.
    """

    instance: DeliveryInstance
    manager: Any
    routing: Any
    reloads: list[tuple[int, int]]
    scale: float
    time: Any = None

    @property
    def n_places(self) -> int:
        """Nodes before the reloads."""
        return self.instance.n_depots + len(self.instance.stops)

    def place_of(self, node: int) -> int:
        """The place that a node stands for."""
        return node if node < self.n_places else self.reloads[node - self.n_places][1]

    def index(self, stop: int) -> int:
        """OR-Tools' index of a stop."""
        return int(self.manager.NodeToIndex(self.instance.n_depots + stop))

    def whole(self, value: float) -> int:
        """A figure as an integer."""
        return FAR if value == inf else min(FAR, round(value * self.scale))


def scale_of(instance: DeliveryInstance) -> float:
    """1 where all distances, times and costs are whole, else 1000."""
    travel, vans = instance.travel, instance.vehicles
    costs = np.array([(van.cost_per_m, van.cost_per_s, van.fixed_cost) for van in vans])
    times = np.array([t for s in instance.stops for w in s.windows_s for t in (*w, s.service_s, s.release_s)] or [0.0])
    arrays = [travel.distance_m, travel.time_s, costs, times]
    whole = all(np.array_equal(a[np.isfinite(a)], np.round(a[np.isfinite(a)])) for a in arrays)
    return 1.0 if whole else 1000.0


def build(instance: DeliveryInstance) -> RoutingModel:
    """Vehicles, costs, loads, times, optional stops, commitments."""
    from ortools.constraint_solver import pywrapcp

    vans = instance.vehicles
    reloads = [
        (v, van.reload_depot) for v, van in enumerate(vans) if van.reload_depot is not None for _ in range(N_RELOADS)
    ]
    n_nodes = instance.n_depots + len(instance.stops) + len(reloads)
    starts, ends = [van.start_depot for van in vans], [van.end_depot for van in vans]
    manager = pywrapcp.RoutingIndexManager(n_nodes, len(vans), starts, ends)
    model = RoutingModel(instance, manager, pywrapcp.RoutingModel(manager), reloads, scale_of(instance))
    _add_costs(model)
    _add_times(model)
    for dim in range(instance.n_dims):
        _add_load(model, dim)
    _add_choices(model)
    return model


def _matrix(model: RoutingModel, values: np.ndarray, factor: float = 1.0) -> list[list[int]]:
    """Of all nodes, whole."""
    places = [model.place_of(node) for node in range(model.n_places + len(model.reloads))]
    scaled = values[np.ix_(places, places)] * (model.scale * factor)
    whole: list[list[int]] = (
        np.where(np.isfinite(scaled), np.minimum(np.round(scaled), FAR), FAR).astype(np.int64).tolist()
    )
    return whole


def _add_costs(model: RoutingModel) -> None:
    instance, routing = model.instance, model.routing
    extra = cost_of_one_more(instance)
    evaluators: dict[float, int] = {}
    for v, van in enumerate(instance.vehicles):
        if van.cost_per_m not in evaluators:
            matrix = _matrix(model, instance.travel.distance_m, van.cost_per_m)
            evaluators[van.cost_per_m] = routing.RegisterTransitMatrix(matrix)
        routing.SetArcCostEvaluatorOfVehicle(evaluators[van.cost_per_m], v)
        routing.SetFixedCostOfVehicle(model.whole(van.fixed_cost + extra), v)
    if any(van.max_distance_m < inf for van in instance.vehicles):
        metres = routing.RegisterTransitMatrix(_matrix(model, instance.travel.distance_m))
        limits = [model.whole(van.max_distance_m) for van in instance.vehicles]
        routing.AddDimensionWithVehicleCapacity(metres, 0, limits, True, "distance")


def _needs_time(instance: DeliveryInstance) -> bool:
    vans = instance.vehicles
    limited = any(v.shift_s[1] < inf or v.cost_per_s or v.max_duration_s < inf or v.breaks for v in vans)
    windows = any(s.windows_s[-1][1] < inf or s.windows_s[0][0] > 0 or s.release_s for s in instance.stops)
    return limited or windows or any(depot.window_s[1] < inf for depot in instance.depots)


def _add_times(model: RoutingModel) -> None:
    instance, routing = model.instance, model.routing
    if not _needs_time(instance):
        return
    service = np.array([d.service_s for d in instance.depots] + [s.service_s for s in instance.stops])
    transit = routing.RegisterTransitMatrix(_matrix(model, instance.travel.time_s + service[:, None]))
    routing.AddDimension(transit, FAR, FAR, False, "time")
    model.time = routing.GetDimensionOrDie("time")
    for number, stop in enumerate(instance.stops):
        variable = model.time.CumulVar(model.index(number))
        variable.SetRange(model.whole(stop.windows_s[0][0]), model.whole(stop.windows_s[-1][1]))
        for (_, closed), (opens, _) in zip(stop.windows_s, stop.windows_s[1:], strict=False):
            variable.RemoveInterval(model.whole(closed) + 1, model.whole(opens) - 1)
    for v, van in enumerate(instance.vehicles):
        _add_shift(model, v, service)
        if van.max_duration_s < inf:
            model.time.SetSpanUpperBoundForVehicle(model.whole(van.max_duration_s), v)
        if van.cost_per_s:
            model.time.SetSpanCostCoefficientForVehicle(round(van.cost_per_s), v)
    _add_releases(model)


def _add_shift(model: RoutingModel, v: int, service: np.ndarray) -> None:
    instance, routing, van = model.instance, model.routing, model.instance.vehicles[v]
    leaves, returns = instance.depots[van.start_depot].window_s, instance.depots[van.end_depot].window_s
    start, end = routing.Start(v), routing.End(v)
    opens = model.whole(max(van.shift_s[0], leaves[0]))
    model.time.CumulVar(start).SetRange(opens, max(opens, model.whole(leaves[1])))
    model.time.CumulVar(end).SetRange(opens, max(opens, model.whole(min(van.shift_s[1], returns[1]))))
    routing.AddVariableMinimizedByFinalizer(model.time.CumulVar(end))
    routing.AddVariableMaximizedByFinalizer(model.time.CumulVar(start))
    if van.breaks:
        solver = routing.solver()
        rests = [
            solver.FixedDurationIntervalVar(
                model.whole(rest.earliest_s),
                model.whole(rest.latest_s),
                model.whole(rest.duration_s),
                False,
                f"rest {v}",
            )
            for rest in van.breaks
        ]
        at_node = [model.whole(service[model.place_of(node)]) for node in range(model.n_places + len(model.reloads))]
        visits = [at_node[model.manager.IndexToNode(i)] for i in range(routing.Size())]
        model.time.SetBreakIntervalsOfVehicle(rests, v, visits)


def _add_releases(model: RoutingModel) -> None:
    """A vehicle leaves after the last release of what it carries."""
    routing, solver = model.routing, model.routing.solver()
    for number, stop in enumerate(model.instance.stops):
        if stop.release_s > 0:
            chosen = routing.VehicleVar(model.index(number))
            for v in range(len(model.instance.vehicles)):
                start = model.time.CumulVar(routing.Start(v))
                solver.Add(start >= solver.IsEqualCstVar(chosen, v) * model.whole(stop.release_s))


def _add_load(model: RoutingModel, dim: int) -> None:
    """Demand rises along the route, which bounds a trip's total; reloads take it back to zero."""
    instance, routing = model.instance, model.routing
    factor = 1.0 if _whole_loads(instance) else 1000.0
    capacity = [
        FAR if van.capacity[dim] == inf else int(van.capacity[dim] * factor + 1e-6) for van in instance.vehicles
    ]
    zeros = [0] * instance.n_depots
    demand = zeros + [round(stop.demand[dim] * factor) for stop in instance.stops]
    demand += [-capacity[v] for v, _ in model.reloads]
    unary = routing.RegisterUnaryTransitVector(demand)
    slack = max(capacity) if model.reloads else 0
    routing.AddDimensionWithVehicleCapacity(unary, slack, capacity, True, f"load {dim}")
    load = routing.GetDimensionOrDie(f"load {dim}")
    if model.reloads:
        for node in range(instance.n_depots, model.n_places):
            load.SlackVar(model.manager.NodeToIndex(node)).SetValue(0)
    if any(stop.pickup for stop in instance.stops):
        _add_pickups(model, dim, factor, capacity, load)


def _add_pickups(model: RoutingModel, dim: int, factor: float, capacity: list[int], load: Any) -> None:
    """On board behind a stop: what is still to be delivered, the trip's total less what rose so far, and pickups."""
    instance, routing = model.instance, model.routing
    picked = [0] * instance.n_depots + [round(s.pickup[dim] * factor) if s.pickup else 0 for s in instance.stops]
    unary = routing.RegisterUnaryTransitVector(picked)
    routing.AddDimensionWithVehicleCapacity(unary, 0, capacity, True, f"pickup {dim}")
    up, solver = routing.GetDimensionOrDie(f"pickup {dim}"), routing.solver()
    ends = [load.CumulVar(routing.End(v)) for v in range(len(capacity))]
    for number, stop in enumerate(instance.stops):
        index = model.index(number)
        vehicle = routing.VehicleVar(index)
        for v, end in enumerate(ends):
            on_board = (
                end
                - load.CumulVar(index)
                - round(stop.demand[dim] * factor)
                + up.CumulVar(index)
                + picked[instance.n_depots + number]
            )
            solver.Add(on_board <= capacity[v] + FAR * (1 - solver.IsEqualCstVar(vehicle, v)))


def _whole_loads(instance: DeliveryInstance) -> bool:
    figures = [f for s in instance.stops for f in (*s.demand, *s.pickup)]
    return all(float(figure).is_integer() for figure in figures)


def _add_choices(model: RoutingModel) -> None:
    """Stops may be left out at their prize or a high penalty; who may serve what; what is committed."""
    instance, routing = model.instance, model.routing
    high = model.whole(must_serve_penalty(instance))
    for number, stop in enumerate(instance.stops):
        routing.AddDisjunction([model.index(number)], high if stop.prize is None else model.whole(stop.prize))
        allowed = [v for v, van in enumerate(instance.vehicles) if van.allowed is None or number in van.allowed]
        if len(allowed) < len(instance.vehicles):
            routing.VehicleVar(model.index(number)).SetValues([-1, *allowed])
    for k, (vehicle, _) in enumerate(model.reloads):
        index = model.manager.NodeToIndex(model.n_places + k)
        routing.AddDisjunction([index], 0)
        routing.VehicleVar(index).SetValues([-1, vehicle])
    used = {van.start_depot for van in instance.vehicles} | {van.end_depot for van in instance.vehicles}
    for depot in set(range(instance.n_depots)) - used:
        index = model.manager.NodeToIndex(depot)
        routing.AddDisjunction([index], 0)
        routing.ActiveVar(index).SetValue(0)


def routes_from(model: RoutingModel, assignment: Any) -> Routes:
    """The plan of an assignment; trips without a stop vanish."""
    routes = []
    for vehicle in range(len(model.instance.vehicles)):
        trips: list[list[int]] = [[]]
        index = assignment.Value(model.routing.NextVar(model.routing.Start(vehicle)))
        while not model.routing.IsEnd(index):
            node = model.manager.IndexToNode(index)
            if node >= model.n_places:
                trips.append([])
            else:
                trips[-1].append(node - model.instance.n_depots)
            index = assignment.Value(model.routing.NextVar(index))
        full = tuple(tuple(trip) for trip in trips if trip)
        routes += [Route(vehicle, full)] if full else []
    return tuple(routes)
