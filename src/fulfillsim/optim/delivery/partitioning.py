"""Set partitioning: the cheapest choice of known routes that serves every stop once, by OR-Tools.

Routes whose reduced cost in the linear relaxation exceeds the gap to the incumbent cannot improve it and are left out,
which makes the rest small enough for an exact answer (Foster, Ryan 1976, An integer programming approach to the
vehicle scheduling problem, Oper. Res. Q. 27).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fulfillsim.optim.delivery.plan import Routes, one_trip_each
from fulfillsim.optim.delivery.ruin.scratch import Pool
from fulfillsim.optim.delivery.tables import COST, KIND, LENGTH, PENALTY, State, Tables

MOST_COLUMNS = 12_000
MOST_KEPT = 4_000
MOST_NODES = 200
"""Of branch and bound, where a budget counts steps and no clock may be read."""


@dataclass(frozen=True)
class Columns:
    """Routes as columns: kind, cost, and places in order."""

    kind: np.ndarray
    cost: np.ndarray
    places: list[list[int]]


def columns_of(tables: Tables, pool: Pool, best: State, most: int = MOST_COLUMNS) -> Columns:
    """The incumbent's routes and those of the pool, the cheapest per stop first where there are too many."""
    used = np.flatnonzero(pool.key >= 0)
    if len(used) > most:
        worth = _worth(tables, pool, used)
        used = used[np.argsort(worth, kind="stable")[:most]]
    slots = np.flatnonzero(best.tally[:, LENGTH])
    own = [best.seq[r, 1 : 1 + best.tally[r, LENGTH]].tolist() for r in slots]
    kind = np.concatenate([tables.slot[slots, KIND], pool.kind[used]])
    cost = np.concatenate([best.route[slots, COST], pool.cost[used]])
    return Columns(kind, cost, own + [pool.seq[u, : pool.length[u]].tolist() for u in used])


def _worth(tables: Tables, pool: Pool, used: np.ndarray) -> np.ndarray:
    """Cost of each route against the sum over its stops of the least share of cost known for each stop."""
    share = pool.cost[used] / pool.length[used]
    least = np.full(len(tables.place), np.inf)
    for u, each in zip(used, share, strict=True):
        np.minimum.at(least, pool.seq[u, : pool.length[u]], each)
    return np.array([pool.cost[u] - least[pool.seq[u, : pool.length[u]]].sum() for u in used])


def choose(tables: Tables, columns: Columns, incumbent: float, seconds: float | None) -> Routes | None:
    """Better routes than the incumbent's cost from known ones; None if there are none (or none found in time)."""
    reduced, bound = _relaxed(tables, columns)
    if reduced is None or bound >= incumbent * (1 - 1e-9):
        return None
    keep = np.flatnonzero(reduced <= incumbent - bound + 1e-6)
    keep = keep[np.argsort(reduced[keep], kind="stable")[:MOST_KEPT]]
    chosen = _integral(tables, columns, keep, incumbent, seconds)
    return None if chosen is None else _assigned(tables, columns, chosen)


def _model(tables: Tables, columns: Columns, keep: np.ndarray, solver: object) -> tuple[list[object], object]:
    """Columns, each stop once or left out at its penalty, and no more vehicles of a kind than there are."""
    milp: object = solver
    rows = [milp.Constraint(1.0, 1.0) for _ in tables.near]  # type: ignore[attr-defined]
    numbers = np.bincount(tables.slot[:, KIND], minlength=len(tables.kind))
    fleets = [milp.Constraint(0.0, float(n)) for n in numbers]  # type: ignore[attr-defined]
    objective = milp.Objective()  # type: ignore[attr-defined]
    variables = []
    for number in keep:
        variable = milp.IntVar(0.0, 1.0, "")  # type: ignore[attr-defined]
        objective.SetCoefficient(variable, float(columns.cost[number]))
        for place in columns.places[number]:
            rows[place - tables.n_depots].SetCoefficient(variable, 1.0)
        fleets[columns.kind[number]].SetCoefficient(variable, 1.0)
        variables.append(variable)
    for stop, row in enumerate(rows):
        left_out = milp.IntVar(0.0, 1.0, "")  # type: ignore[attr-defined]
        objective.SetCoefficient(left_out, float(tables.place[stop + tables.n_depots, PENALTY]))
        row.SetCoefficient(left_out, 1.0)
    return variables, objective


def _relaxed(tables: Tables, columns: Columns) -> tuple[np.ndarray | None, float]:
    """Reduced costs of all columns in the linear relaxation, and its value."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    variables, objective = _model(tables, columns, np.arange(len(columns.cost)), solver)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None, 0.0
    return np.array([variable.reduced_cost() for variable in variables]), float(objective.Value())  # type: ignore[attr-defined]


def _integral(
    tables: Tables, columns: Columns, keep: np.ndarray, incumbent: float, seconds: float | None
) -> np.ndarray | None:
    """Columns of the best choice below the incumbent's cost."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetNumThreads(1)
    variables, objective = _model(tables, columns, keep, solver)
    if seconds is None:
        solver.SetSolverSpecificParametersAsString(f"limits/nodes = {MOST_NODES}")
    else:
        solver.SetTimeLimit(max(1, int(seconds * 1000)))
    if solver.Solve() not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return None
    if objective.Value() >= incumbent * (1 - 1e-9):  # type: ignore[attr-defined]
        return None
    return keep[[variable.solution_value() > 0.5 for variable in variables]]  # type: ignore[attr-defined]


def _assigned(tables: Tables, columns: Columns, chosen: np.ndarray) -> Routes:
    free: dict[int, list[int]] = {}
    for slot, kind in enumerate(tables.slot[:, KIND].tolist()):
        free.setdefault(kind, []).append(slot)
    pairs = [(free[int(columns.kind[c])].pop(0), columns.places[c]) for c in chosen]
    return one_trip_each((slot, [place - tables.n_depots for place in places]) for slot, places in pairs)
