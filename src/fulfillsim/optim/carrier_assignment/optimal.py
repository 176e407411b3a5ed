"""The cheapest assignment of all: a flow where parcels travel alone, CP-SAT where orders stay together.

Parcels flow to services' carriers and on to the sink; a commitment is an arc of its own whose flow earns what a
shortfall costs, so that it fills first (minimum-cost flow; Ahuja, Magnanti, Orlin 1993, Network Flows, chapter 9).
Money is counted in thousandths.
"""

from __future__ import annotations

from typing import Any

from fulfillsim.optim.carrier_assignment.by_rule import services_of
from fulfillsim.optim.carrier_assignment.evaluation import evaluate
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop

UNITS = 1000
USUAL_CONFLICTS = 100_000


def solve(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    """Optimal, or the best within the budget: iterations count conflicts of CP-SAT; a flow is always finished."""
    if not instance.n_parcels:
        return Solution((), "optimal", 0.0)
    together = any(len(group) > 1 for group in instance.groups)
    return _by_cp_sat(instance, stop) if together else _by_flow(instance)


def _units(money: float) -> int:
    return round(money * UNITS)


def _by_flow(instance: AssignmentInstance) -> Solution[Services]:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow, n = SimpleMinCostFlow(), instance.n_parcels
    sink, arcs = n + len(instance.carriers), {}
    for parcel in range(n):
        flow.set_node_supply(parcel, 1)
        flow.add_arc_with_capacity_and_unit_cost(parcel, sink, 1, _units(float(instance.wait_cost[parcel])))
        for service in services_of(instance, (parcel,)):
            cost = _units(float(instance.cost[parcel, service]))
            arc = flow.add_arc_with_capacity_and_unit_cost(parcel, n + instance.carrier[service], 1, cost)
            arcs[arc] = parcel, service
    for carrier, terms in enumerate(instance.carriers):
        most = instance.most[carrier]
        promised = min(terms.committed, most)
        flow.add_arc_with_capacity_and_unit_cost(n + carrier, sink, promised, -_units(terms.shortfall_cost))
        flow.add_arc_with_capacity_and_unit_cost(n + carrier, sink, most - promised, 0)
    flow.set_node_supply(sink, -n)
    flow.solve()
    plan = [-1] * n
    for arc, (parcel, service) in arcs.items():
        if flow.flow(arc):
            plan[parcel] = service
    return _answer(instance, tuple(plan), True, None)


def _by_cp_sat(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    carried: list[list[Any]] = [[] for _ in instance.carriers]
    costs, choices = [], {}
    for number, group in enumerate(instance.groups):
        waits = model.new_bool_var(f"wait {number}")
        taken = {service: model.new_bool_var(f"{number} {service}") for service in services_of(instance, group)}
        model.add_exactly_one([waits, *taken.values()])
        costs.append(waits * _units(float(instance.wait_cost[list(group)].sum())))
        for service, variable in taken.items():
            costs.append(variable * _units(float(instance.cost[list(group), service].sum())))
            carried[instance.carrier[service]].append(variable * len(group))
        choices[group] = taken
    for carrier, terms in enumerate(instance.carriers):
        got = sum(carried[carrier])
        model.add(got <= instance.most[carrier])
        missing = model.new_int_var(0, terms.committed, f"missing {carrier}")
        model.add(missing >= terms.committed - got)
        costs.append(missing * _units(terms.shortfall_cost))
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, stop.seed
    if stop.seconds is not None:
        solver.parameters.max_time_in_seconds = stop.seconds
    else:
        solver.parameters.max_number_of_conflicts = stop.iterations or USUAL_CONFLICTS
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solution(tuple([-1] * instance.n_parcels), "feasible", message="no better plan than waiting in time")
    plan = [-1] * instance.n_parcels
    for group, taken in choices.items():
        for service in (s for s, variable in taken.items() if solver.value(variable)):
            for parcel in group:
                plan[parcel] = service
    return _answer(instance, tuple(plan), status == cp_model.OPTIMAL, solver.best_objective_bound / UNITS)


def _answer(instance: AssignmentInstance, plan: Services, proven: bool, bound: float | None) -> Solution[Services]:
    cost = evaluate(instance, plan).cost
    rounded = instance.n_parcels / UNITS
    lower = cost if proven else max(0.0, (bound or 0.0) - rounded)
    return Solution(plan, "optimal" if proven else "feasible", lower)
