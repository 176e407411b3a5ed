"""The linear relaxation over known columns: covers every order at least cost, and prices orders by its duals."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.cuts import Triple, rows_cut, separate
from fulfillsim.optim.batching.search import Columns


class NoOptimumError(ArithmeticError):
    """The linear program has no optimum: what is fixed contradicts itself, or its numbers are bad."""


class Master:
    """Set covering (or partitioning) relaxation that grows by columns, solved by OR-Tools GLOP.

    Parameters
    ----------
    n_orders
        Rows.
    least_batches
        Number of batches that any plan has at least.
    is_cover
        Each order at least once, which is as good as exactly once where subsets are never longer, and keeps duals at
        or above zero; otherwise exactly once.
    excess_m
        Price of a batch above the most asked for.
    """

    def __init__(self, n_orders: int, least_batches: int, is_cover: bool, excess_m: float) -> None:
        from ortools.linear_solver import pywraplp

        self._lp = pywraplp.Solver.CreateSolver("GLOP")
        self._inf = self._lp.infinity()
        top = self._inf if is_cover else 1.0
        self._rows = [self._lp.Constraint(1.0, top) for _ in range(n_orders)]
        self._number = self._lp.Constraint(float(least_batches), self._inf)
        self._limits = (float(least_batches), self._inf)
        self._excess = self._lp.NumVar(
            0.0, self._inf, ""
        )  # batches above the most asked for, so that there is a solution
        self._number.SetCoefficient(self._excess, -1.0)
        self._lp.Objective().SetCoefficient(self._excess, excess_m)
        self._known: set[frozenset[int]] = set()
        self.columns: list[tuple[int, ...]] = []
        self.length_m: list[float] = []
        self.cuts: list[Triple] = []
        self._variables: list[Any] = []
        self._cut_rows: list[Any] = []
        self._cuts_of: list[list[int]] = [[] for _ in range(n_orders)]
        self._optimal = pywraplp.Solver.OPTIMAL

    def add(self, batches: Iterable[tuple[int, ...]], lengths_m: Iterable[float]) -> int:
        """Add columns not yet known; returns how many were new."""
        before = len(self.columns)
        for batch, length_m in zip(batches, lengths_m, strict=True):
            if (key := frozenset(batch)) in self._known:
                continue
            self._known.add(key)
            variable = self._lp.NumVar(0.0, self._inf, "")
            self._lp.Objective().SetCoefficient(variable, length_m)
            for order in batch:
                self._rows[order].SetCoefficient(variable, 1.0)
            self._number.SetCoefficient(variable, 1.0)
            for cut in rows_cut(batch, self._cuts_of):
                self._cut_rows[cut].SetCoefficient(variable, 1.0)
            self.columns.append(batch)
            self.length_m.append(length_m)
            self._variables.append(variable)
        return len(self.columns) - before

    def cut(self, most: int) -> int:
        """Add at most ``most`` cuts that the solution breaks; returns how many."""
        found = separate(self.columns, self.values(), len(self._rows), most)
        for triple in found:
            for order in triple:
                self._cuts_of[order].append(len(self.cuts))
            self.cuts.append(triple)
            self._cut_rows.append(self._lp.Constraint(-self._inf, 1.0))
        new = len(self.cuts) - len(found)
        for column, variable in zip(self.columns, self._variables, strict=True):
            for cut in rows_cut(column, self._cuts_of):
                if cut >= new:
                    self._cut_rows[cut].SetCoefficient(variable, 1.0)
        return len(found)

    def solve(self) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Metres of the relaxation; the dual of each order and, last, of the number of batches; those of cuts."""
        if self._lp.Solve() != self._optimal and self._solve_anew() != self._optimal:
            raise NoOptimumError("the relaxation over columns that cover all orders has an optimum")
        duals = np.array([row.dual_value() for row in (*self._rows, self._number)])
        return float(self._lp.Objective().Value()), duals, np.array([row.dual_value() for row in self._cut_rows])

    def _solve_anew(self) -> int:
        """Without the basis of the last time, which may be a bad one."""
        from ortools.linear_solver.pywraplp import MPSolverParameters as Parameters

        anew = Parameters()
        anew.SetIntegerParam(Parameters.INCREMENTALITY, Parameters.INCREMENTALITY_OFF)
        return int(self._lp.Solve(anew))

    def values(self) -> NDArray[np.float64]:
        """How much of each column the last solution uses."""
        return np.array([variable.solution_value() for variable in self._variables])

    def n_batches(self) -> float:
        """Number of batches in the last solution, which need not be whole."""
        return float(self._lp.ComputeConstraintActivities()[self._number.index()])

    def limit(self, number: tuple[float, float]) -> None:
        """Ask for at least and at most so many batches."""
        if number != self._limits:  # else the last solution stays readable
            self._limits = number
            self._number.SetBounds(*number)

    def keep(self, n_cuts: int) -> None:
        """Ask for the first cuts only."""
        for number, row in enumerate(self._cut_rows):
            row.SetUb(1.0 if number < n_cuts else self._inf)

    def fix(self, columns: list[int]) -> None:
        """Use these columns whole from now on."""
        for column in columns:
            self._variables[column].SetLb(1.0)

    def release(self, columns: list[int]) -> None:
        """Use these columns as far as it pays again."""
        for column in columns:
            self._variables[column].SetLb(0.0)

    def reduced_costs(self, dual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Reduced cost of each column for given duals."""
        orders = np.fromiter((order for batch in self.columns for order in batch), np.int64)
        owner = np.repeat(np.arange(len(self.columns)), [len(batch) for batch in self.columns])
        values = np.bincount(owner, dual[orders], len(self.columns)) + dual[-1]
        return np.asarray(np.array(self.length_m) - values, np.float64)


def as_tuples(columns: Columns) -> list[tuple[int, ...]]:
    """Orders of each column."""
    order, start = columns.order.tolist(), columns.start.tolist()
    return [tuple(order[a:b]) for a, b in pairwise(start)]
