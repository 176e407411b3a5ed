"""OR-Tools routing as it comes: cheapest arc, then guided local search; the baseline, and what models the most."""

from __future__ import annotations

from math import ceil
from time import perf_counter

from fulfillsim.optim.delivery.answers import answer, refusal
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.solving import Solution, Stop

USUAL_SOLUTIONS = 200


def supports(instance: DeliveryInstance) -> str:
    """What this model of OR-Tools routing does not have; empty if nothing."""
    if instance.travel.profile is not None:
        return "speeds that change over the day"
    reloads = any(van.reload_depot is not None for van in instance.vehicles)
    if reloads and any(stop.release_s for stop in instance.stops):
        return "release times together with reloads"
    if reloads and any(stop.pickup for stop in instance.stops):
        return "pickups together with reloads"
    return ""


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Best plan found; a budget of iterations counts the plans that the search visits."""
    if refused := refusal(instance, supports(instance)):
        return refused
    if not instance.stops:
        return answer(instance, ())
    from ortools.constraint_solver import pywrapcp
    from ortools.constraint_solver import routing_enums_pb2 as names

    from fulfillsim.optim.delivery.ortools_model import build, routes_from

    begun = perf_counter()
    model = build(instance)
    rules = pywrapcp.DefaultRoutingSearchParameters()
    rules.first_solution_strategy = names.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    rules.local_search_metaheuristic = names.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    if stop.seconds is not None:
        left = max(0.001, stop.seconds - (perf_counter() - begun))
        rules.time_limit.seconds, rules.time_limit.nanos = int(left), int(left % 1 * 1e9)
    if stop.iterations is not None or stop.seconds is None:
        rules.solution_limit = stop.iterations or USUAL_SOLUTIONS
    routing, incumbents = model.routing, []
    best = [float("inf")]

    def note() -> None:
        if (cost := routing.CostVar().Value()) < best[0]:
            best[0] = cost
            incumbents.append((perf_counter() - begun, cost / model.scale))

    routing.AddAtSolutionCallback(note)
    routing.CloseModelWithParameters(rules)
    committed = [[model.index(s) for s in van.committed] for van in instance.vehicles]
    if any(committed):
        routing.ApplyLocksToAllVehicles(committed, False)
    assignment = routing.SolveWithParameters(rules)
    routes = routes_from(model, assignment) if assignment is not None else ()
    return answer(instance, routes, f"OR-Tools routing, {ceil(len(incumbents))} improvements", tuple(incumbents))
