"""The linear relaxation over known columns: covers every order at least cost, and prices orders by its duals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.search import Columns

SURE = 0.9
"""A dive fixes all variables above, and at least the largest."""


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
    """

    def __init__(self, n_orders: int, least_batches: int, is_cover: bool) -> None:
        from ortools.linear_solver import pywraplp

        self._lp = pywraplp.Solver.CreateSolver("GLOP")
        self._inf = self._lp.infinity()
        top = self._inf if is_cover else 1.0
        self._rows = [self._lp.Constraint(1.0, top) for _ in range(n_orders)]
        self._number = self._lp.Constraint(float(least_batches), self._inf)
        self._known: set[frozenset[int]] = set()
        self.columns: list[tuple[int, ...]] = []
        self.length_m: list[float] = []
        self._variables: list[Any] = []
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
            self.columns.append(batch)
            self.length_m.append(length_m)
            self._variables.append(variable)
        return len(self.columns) - before

    def solve(self) -> tuple[float, NDArray[np.float64]]:
        """Value of the relaxation in metres; the dual of each order and, last, of the number of batches."""
        if self._lp.Solve() != self._optimal:
            raise AssertionError("the relaxation over columns that cover all orders has an optimum")
        duals = np.array([row.dual_value() for row in (*self._rows, self._number)])
        return float(self._lp.Objective().Value()), duals

    def dive(self, deadline: float, price: Callable[[], None]) -> list[tuple[int, ...]]:
        """Columns that cover all orders: the fullest variable of the relaxation is fixed and the rest solved anew.

        ``price`` is called after each fixing to add columns that suit what is left. Empty if time was up before.
        """
        fixed: set[int] = set()
        covered: set[int] = set()
        while len(covered) < len(self._rows) and perf_counter() < deadline:
            price()
            self._lp.Solve()
            values = np.array([variable.solution_value() for variable in self._variables])
            values[list(fixed)] = 0.0
            for column in {int(values.argmax()), *np.flatnonzero(values > SURE).tolist()}:
                self._variables[column].SetLb(1.0)
                fixed.add(column)
                covered.update(self.columns[column])
        for column in fixed:
            self._variables[column].SetLb(0.0)
        if len(covered) < len(self._rows):
            return []
        return [self.columns[column] for column in sorted(fixed)]

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
