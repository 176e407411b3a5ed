"""The relaxation over listed batches that all nodes of a tree share: it knows few, and takes in others as they pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.branching.decisions import WHOLE, Batches, Bools, Count, Decision, Floats, Trait
from fulfillsim.optim.batching.cuts import Triple
from fulfillsim.optim.batching.master import NoOptimumError

AT_ONCE = 100
"""Batches taken in at once."""
NOTHING = 1e-9
"""Values up to here are noise."""
DEAR = 2.0
"""Plans that are worth nothing which one unit of a broken row costs."""
IMPRECISE = "change_status_to_imprecise: false "
"""An optimum may be imprecise: bounds do not rest on it."""
DUAL = IMPRECISE + "use_dual_simplex: true max_number_of_iterations: 2000"
"""For what has got other limits; it may go round in circles, so it gives up early."""
PRIMAL = IMPRECISE + "use_dual_simplex: false max_number_of_iterations: 100000"
"""For what has got other batches."""

Which = NDArray[np.int32]
"""Numbers of batches."""


class Solved(NamedTuple):
    """The relaxation at a node.

    Attributes
    ----------
    bound_m
        Metres below which the node has no plan, computed from the duals, so that it does not rest on the tolerances of
        the linear program.
    which, value
        Batches used, and how much of each.
    open, cost_m
        Batches that the decisions allow, and by how much a plan with each is longer than the bound at least.
    dual
        Of each order.
    """

    bound_m: float
    which: Which
    value: Floats
    open: Which
    cost_m: Floats
    dual: Floats

    def within(self, gap_m: float) -> Which:
        """Batches that may be in a plan no longer than the bound by ``gap_m``."""
        return self.open[self.cost_m <= gap_m]


class Program:
    """Partitions of all orders into some of the batches, in fractions.

    Parameters
    ----------
    columns, lengths_m
        Batches and their metres.
    n_orders
        Orders 0 to n_orders - 1.
    number
        Least and most batches.
    worth_m
        Metres that no plan need reach: more is the price of what cannot be.
    """

    def __init__(
        self,
        columns: Sequence[tuple[int, ...]],
        lengths_m: Floats,
        n_orders: int,
        number: tuple[float, float],
        worth_m: float,
    ) -> None:
        from ortools.linear_solver import pywraplp
        from scipy.sparse import csr_array

        self._lp = pywraplp.Solver.CreateSolver("GLOP")
        self._optimal, self._inf = pywraplp.Solver.OPTIMAL, self._lp.infinity()
        self._price_m = DEAR * worth_m
        self.columns = columns
        self.batches = _batches(columns, lengths_m, n_orders)
        self._orders = csr_array(self.batches.holds, dtype=np.float64)
        self._variables: dict[int, Any] = {}
        self._is_open = np.ones(len(columns), np.bool_)
        self._open = np.arange(len(columns), dtype=np.int32)
        self._rows, self._limits = list[Any](), list[tuple[float, float]]()
        self._entries = list[Bools]()
        self._cuts = dict[Triple, int]()
        for order in range(n_orders):
            self._add_row(self.batches.holds[:, order], (1.0, 1.0), (1.0,))
        whole = Trait("orders", 1.0)
        self._always, self._counts = Count(whole, *number), dict[Trait, int]()
        self._count(whole)

    def cut(self, triples: Sequence[Triple]) -> int:
        """Add subset-row cuts not yet known; returns how many were new."""
        new = [triple for triple in triples if triple not in self._cuts]
        for triple in new:
            self._cuts[triple] = len(self._rows)
            self._add_row(self.batches.holds[:, list(triple)].sum(axis=1) >= 2, (-np.inf, 1.0), ())
        return len(new)

    def ask(self, decisions: Sequence[Decision], allowed: Which) -> None:
        """Keep these decisions from now on, and use none but these batches."""
        counts = [self._always, *(decision for decision in decisions if isinstance(decision, Count))]
        limits = dict.fromkeys(self._counts, (-np.inf, np.inf))
        for trait, least, most in counts:
            known = limits.get(trait, (-np.inf, np.inf))
            limits[trait] = max(known[0], least), min(known[1], most)
        for trait, limit in limits.items():
            self._limit(self._count(trait), limit)
        for decision in decisions[::-1]:  # parents' decisions have been kept before
            if not isinstance(decision, Count):
                allowed = allowed[self.batches.of(allowed).keep(decision)]
        self._allow(allowed)

    def estimate(self) -> float:
        """Metres of the relaxation without batches not taken in yet; 0 if its numbers are bad."""
        return float(self._lp.Objective().Value()) if self._is_solved(DUAL) else 0.0

    def solve(self) -> Solved:
        """The relaxation with all batches.

        Raises
        ------
        NoOptimumError
            If its numbers are bad.
        """
        is_solved = self._is_solved(DUAL) or self._is_solved(PRIMAL) or self._is_solved_anew()
        while is_solved:
            dual, bound_m = self._priced()
            cost = self._cost(dual)
            if not self._take(cost):
                break
            is_solved = self._is_solved(PRIMAL) or self._is_solved_anew()
        else:
            raise NoOptimumError("a relaxation in which all rows may be broken has an optimum")
        n_orders = self.batches.holds.shape[1]
        bound_m += n_orders * min(0.0, float(cost.min(initial=0.0)))  # no plan has more batches than orders
        value = {k: variable.solution_value() for k, variable in self._variables.items()}
        which = np.array([k for k, v in value.items() if v > NOTHING], np.int32)
        return Solved(bound_m, which, np.array([value[k] for k in which.tolist()]), self._open, cost, dual[:n_orders])

    def _is_solved(self, by: str) -> bool:
        """Solve for the batches taken in so far."""
        self._lp.SetSolverSpecificParametersAsString(by)
        return bool(self._lp.Solve() == self._optimal)

    def _is_solved_anew(self) -> bool:
        """Solve without the basis of the last time, which may be a bad one."""
        from ortools.linear_solver.pywraplp import MPSolverParameters as Parameters

        anew = Parameters()
        anew.SetIntegerParam(Parameters.INCREMENTALITY, Parameters.INCREMENTALITY_OFF)
        return bool(self._lp.Solve(anew) == self._optimal)

    def _priced(self) -> tuple[Floats, float]:
        """Duals of all rows, with the signs that they must have, and what they add up to."""
        dual = np.array([row.dual_value() for row in self._rows])
        least, most = np.array(self._limits).T
        limit = np.where(dual > 0.0, least, most)
        dual[np.isinf(limit)] = 0.0
        return dual, float(dual[dual != 0.0] @ limit[dual != 0.0])

    def _cost(self, dual: Floats) -> Floats:
        """Reduced cost of each batch that is allowed."""
        n_orders = self.batches.holds.shape[1]
        cost = self.batches.length_m - self._orders @ dual[:n_orders]
        for row in range(n_orders, len(dual)):
            if dual[row] != 0.0:
                cost[self._entries[row]] -= dual[row]
        return np.asarray(cost[self._open], np.float64)

    def _take(self, cost: Floats) -> int:
        """Take in the best of the batches that shorten the relaxation; returns how many those were."""
        wanted = np.flatnonzero(cost < -WHOLE)
        ranked = self._open[wanted[np.argsort(cost[wanted], kind="stable")]].tolist()
        new = [k for k in ranked if k not in self._variables][:AT_ONCE]
        for k in new:
            self._variables[k] = variable = self._variable(float(self.batches.length_m[k]))
            for row, entries in zip(self._rows, self._entries, strict=True):
                if entries[k]:
                    row.SetCoefficient(variable, 1.0)
        return len(new)

    def _allow(self, allowed: Which) -> None:
        """Use none but these batches."""
        is_open = np.zeros(len(self.columns), np.bool_)
        is_open[allowed] = True
        known = np.fromiter(self._variables, np.int64, len(self._variables))
        for k in known[is_open[known] != self._is_open[known]].tolist():
            self._variables[k].SetUb(self._inf if is_open[k] else 0.0)
        self._is_open, self._open = is_open, allowed

    def _count(self, trait: Trait) -> int:
        """Row of the number of batches with a trait."""
        if trait not in self._counts:
            self._counts[trait] = len(self._rows)
            self._add_row(self.batches.have(trait), (-np.inf, np.inf), (1.0, -1.0))
        return self._counts[trait]

    def _limit(self, row: int, limit: tuple[float, float]) -> None:
        if self._limits[row] != limit:
            self._limits[row] = limit
            self._rows[row].SetBounds(max(limit[0], -self._inf), min(limit[1], self._inf))

    def _add_row(self, entries: Bools, limit: tuple[float, float], ways: tuple[float, ...]) -> None:
        """Add a row, which may be broken in the given ways, so that there is always a solution."""
        row = self._lp.Constraint(max(limit[0], -self._inf), min(limit[1], self._inf))
        for way in ways:
            row.SetCoefficient(self._variable(self._price_m), way)
        for k, variable in self._variables.items():
            if entries[k]:
                row.SetCoefficient(variable, 1.0)
        self._rows.append(row)
        self._limits.append(limit)
        self._entries.append(entries)

    def _variable(self, cost_m: float) -> Any:
        variable = self._lp.NumVar(0.0, self._inf, "")
        self._lp.Objective().SetCoefficient(variable, cost_m)
        return variable


def _batches(columns: Sequence[tuple[int, ...]], lengths_m: Floats, n_orders: int) -> Batches:
    holds = np.zeros((len(columns), n_orders), np.bool_)
    size = np.fromiter(map(len, columns), np.int64, len(columns))
    orders = np.fromiter((order for column in columns for order in column), np.int64, int(size.sum()))
    holds[np.repeat(np.arange(len(columns)), size), orders] = True
    return Batches(holds, size.astype(np.float64), lengths_m)
