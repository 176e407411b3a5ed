"""Chooses batches from a list so that every order is in exactly one: set partitioning by SCIP, through OR-Tools.

Its cuts and branching on the linear relaxation, which is tight here, prove in seconds what CP-SAT leaves open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.optim.batching.cuts import Triple, rows_cut
from fulfillsim.optim.batching.instance import Batches

FINEST_M = 0.001
MOST_NODES = 2_000


@dataclass(frozen=True)
class Choice:
    """The best partition found.

    Parameters
    ----------
    batches
        The chosen ones; None if none was found.
    is_optimal
        Whether no partition from the same list is shorter.
    bound_m
        Metres below which no partition from the same list is; infinite if there is none.
    """

    batches: Batches | None
    is_optimal: bool
    bound_m: float


def unit_of(lengths_m: NDArray[np.float64]) -> float | None:
    """Largest length of which all are multiples, in thousandths of a metre; None if there is none.

    Examples
    --------
    >>> round(unit_of(np.array([8.4, 3.6])), 3), unit_of(np.array([1.0, np.pi]))
    (1.2, None)
    """
    steps = lengths_m / FINEST_M
    if np.abs(steps - np.round(steps)).max() > 1e-6 / FINEST_M:
        return None
    return float(np.gcd.reduce(np.round(steps).astype(np.int64))) * FINEST_M or None


def choose(
    columns: Sequence[tuple[int, ...]],
    lengths_m: ArrayLike,
    n_orders: int,
    number: tuple[float, float],
    known: Batches,
    cuts: Sequence[Triple],
    is_cover: bool,
    deadline: float,
    seed: int,
) -> Choice:
    """Shortest partition of the orders into some of the columns.

    Parameters
    ----------
    columns, lengths_m
        Feasible batches and their metres; those of ``known`` must be among them.
    n_orders
        Orders 0 to n_orders - 1.
    number
        Least and most batches: what any plan has at least tightens the relaxation.
    known
        A partition to begin with.
    cuts
        Subset-row cuts that tighten the relaxation.
    is_cover
        Choose batches that hold every order at least once, and leave out what is held twice: as good where subsets are
        never longer, and many more choices work.
    deadline
        Reading of ``time.perf_counter`` at which to end; infinite: after `MOST_NODES` nodes instead, which is no clock.
    seed
        Of SCIP.
    """
    from ortools.linear_solver import pywraplp

    mip = pywraplp.Solver.CreateSolver("SCIP")
    use = [mip.BoolVar("") for _ in columns]
    rows = [mip.Constraint(1.0, mip.infinity() if is_cover else 1.0) for _ in range(n_orders)]
    batches_row = mip.Constraint(number[0], min(number[1], mip.infinity()))
    for column, length, chosen in zip(columns, np.asarray(lengths_m, np.float64).tolist(), use, strict=True):
        mip.Objective().SetCoefficient(chosen, length)
        batches_row.SetCoefficient(chosen, 1.0)
        for order in column:
            rows[order].SetCoefficient(chosen, 1.0)
    cuts_of = [[k for k, cut in enumerate(cuts) if order in cut] for order in range(n_orders)]
    cut_rows = [mip.Constraint(-mip.infinity(), 1.0) for _ in cuts]
    for column, chosen in zip(columns, use, strict=True):
        for cut in rows_cut(column, cuts_of):
            cut_rows[cut].SetCoefficient(chosen, 1.0)
    begin = {frozenset(batch) for batch in known}
    mip.SetHint(use, [float(frozenset(column) in begin) for column in columns])
    _limit(mip, deadline, seed)
    status = mip.Solve()
    if status not in (mip.OPTIMAL, mip.FEASIBLE):
        return Choice(None, False, np.inf if status == mip.INFEASIBLE else 0.0)
    batches = [column for column, chosen in zip(columns, use, strict=True) if chosen.solution_value() > 0.5]
    return Choice(once_each(batches), status == mip.OPTIMAL, mip.Objective().BestBound())


def once_each(batches: list[tuple[int, ...]]) -> Batches:
    """The batches, each order in the first one that holds it only."""
    seen: set[int] = set()
    kept = []
    for batch in batches:
        kept.append(tuple(order for order in batch if order not in seen))
        seen.update(batch)
    return tuple(batch for batch in kept if batch)


def _limit(mip: Any, deadline: float, seed: int) -> None:
    """Say when SCIP is to end: not within the 0.01 % of its bound that OR-Tools asks for."""
    lines = ["limits/gap = 0", f"randomization/randomseedshift = {seed % 2**31}"]
    if np.isinf(deadline):
        lines.append(f"limits/nodes = {MOST_NODES}")
    else:
        mip.SetTimeLimit(int(1000 * max(deadline - perf_counter(), 0.01)))
    mip.SetSolverSpecificParametersAsString("\n".join(lines) + "\n")
