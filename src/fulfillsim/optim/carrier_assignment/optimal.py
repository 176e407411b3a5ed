"""The cheapest assignment of all: a flow where parcels travel alone, CP-SAT where some orders are several parcels.

Orders of equal costs are one kind and flow together to services' carriers and on to the sink, so that thousands of
parcels are a small problem; a commitment is an arc of its own whose flow earns what a shortfall costs, so that it
fills first (minimum-cost flow; Ahuja, Magnanti, Orlin 1993, Network Flows, chapter 9). Money is counted in thousandths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.carrier_assignment.evaluation import evaluate
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop

UNITS = 1000
USUAL_CONFLICTS = 100_000
NEVER = -1
"""In place of a cost: the service may not be taken."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Kinds:
    """Orders that cost the same with every service.

    Parameters
    ----------
    of
        Kind of each group.
    n, size, wait
        Groups of each kind, parcels of one of them, cost of leaving one.
    cost
        Shape (n_kinds, n_services), `NEVER` where not allowed.
    """

    of: Ints
    n: Ints
    size: Ints
    wait: Ints
    cost: Ints


def solve(instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
    """Optimal, or the best within the budget: iterations count conflicts of CP-SAT; a flow is always finished."""
    if not instance.n_parcels:
        return Solution((), "optimal", 0.0)
    kinds = _kinds(instance)
    if (kinds.size == 1).all():
        return _answer(instance, kinds, _by_flow(instance, kinds), True, None)
    return _by_cp_sat(instance, kinds, stop)


def _kinds(instance: AssignmentInstance) -> _Kinds:
    cost = instance.group_sum(np.where(instance.allowed, instance.cost, 0.0))
    units = np.where(instance.group_allowed, np.rint(cost * UNITS), NEVER)
    wait = np.rint(instance.group_sum(instance.wait_cost) * UNITS)
    rows = np.column_stack([instance.group_size, wait, units]).astype(np.int64)
    found, of, n = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    return _Kinds(of.ravel(), n, found[:, 0], found[:, 1], found[:, 2:])


def _by_flow(instance: AssignmentInstance, kinds: _Kinds) -> Ints:
    """Groups of each kind by service, shape (n_kinds, n_services)."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow, n = SimpleMinCostFlow(), len(kinds.n)
    sink, every = n + len(instance.carriers), np.arange(n)
    flow.set_nodes_supplies(every, kinds.n)
    flow.set_node_supply(sink, -int(kinds.n.sum()))
    flow.add_arcs_with_capacity_and_unit_cost(every, np.full(n, sink), kinds.n, kinds.wait)
    kind, service = np.nonzero(kinds.cost != NEVER)
    heads = n + np.array(instance.carrier)[service]
    arcs = flow.add_arcs_with_capacity_and_unit_cost(kind, heads, kinds.n[kind], kinds.cost[kind, service])
    for carrier, terms in enumerate(instance.carriers):
        most = instance.most[carrier]
        promised = min(terms.committed, most)
        earned = -round(terms.shortfall_cost * UNITS)
        flow.add_arc_with_capacity_and_unit_cost(n + carrier, sink, promised, earned)
        flow.add_arc_with_capacity_and_unit_cost(n + carrier, sink, most - promised, 0)
    flow.solve()
    taken = np.zeros(kinds.cost.shape, np.int64)
    taken[kind, service] = flow.flows(arcs)
    return taken


def _by_cp_sat(instance: AssignmentInstance, kinds: _Kinds, stop: Stop) -> Solution[Services]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    carried: list[list[Any]] = [[] for _ in instance.carriers]
    costs, taken = [], {}
    for kind, n in enumerate(kinds.n.tolist()):
        waits = model.new_int_var(0, n, f"wait {kind}")
        costs.append(waits * int(kinds.wait[kind]))
        going = []
        for service in np.flatnonzero(kinds.cost[kind] != NEVER).tolist():
            taken[kind, service] = model.new_int_var(0, n, f"{kind} {service}")
            going.append(taken[kind, service])
            costs.append(taken[kind, service] * int(kinds.cost[kind, service]))
            carried[instance.carrier[service]].append(taken[kind, service] * int(kinds.size[kind]))
        model.add(sum(going) + waits == n)
    for carrier, terms in enumerate(instance.carriers):
        got = sum(carried[carrier])
        model.add(got <= instance.most[carrier])
        missing = model.new_int_var(0, terms.committed, f"missing {carrier}")
        model.add(missing >= terms.committed - got)
        costs.append(missing * round(terms.shortfall_cost * UNITS))
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, stop.seed
    if stop.seconds is not None:
        solver.parameters.max_time_in_seconds = stop.seconds
    else:
        solver.parameters.max_number_of_conflicts = stop.iterations or USUAL_CONFLICTS
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solution(tuple([-1] * instance.n_parcels), "unknown", message="no better plan than waiting in time")
    plan = np.zeros(kinds.cost.shape, np.int64)
    for place, variable in taken.items():
        plan[place] = solver.value(variable)
    bound = solver.best_objective_bound / UNITS
    return _answer(instance, kinds, plan, status == cp_model.OPTIMAL, bound)


def _answer(
    instance: AssignmentInstance, kinds: _Kinds, taken: Ints, proven: bool, bound: float | None
) -> Solution[Services]:
    """Orders of a kind get its services in their sequence; the last of them wait."""
    n_services = kinds.cost.shape[1]
    groups = np.full(len(kinds.of), -1, np.int64)
    sequence = np.argsort(kinds.of, kind="stable")
    start = np.concatenate([[0], np.cumsum(kinds.n)])
    for kind in range(len(kinds.n)):
        going = np.repeat(np.arange(n_services), taken[kind])
        groups[sequence[start[kind] : start[kind] + len(going)]] = going
    plan = instance.spread(groups)
    cost = evaluate(instance, plan).cost
    rounded = instance.n_parcels / UNITS
    lower = cost if proven else max(0.0, (bound or 0.0) - rounded)
    return Solution(plan, "optimal" if proven else "feasible", lower)
