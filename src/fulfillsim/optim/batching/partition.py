"""Chooses batches from a list so that every order is in exactly one: set partitioning by OR-Tools CP-SAT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.optim.batching.instance import Batches

UNITS = (1.0, 0.4, 0.2, 0.1, 0.01, 0.001)


@dataclass(frozen=True)
class Choice:
    """The best partition found.

    Parameters
    ----------
    batches
        The chosen ones; None if none was found.
    is_optimal
        Whether no partition from the same list is shorter.
    """

    batches: Batches | None
    is_optimal: bool


def unit_of(lengths_m: NDArray[np.float64]) -> float | None:
    """Largest of `UNITS` of which all lengths are multiples; None if there is none."""
    for unit in UNITS:
        if np.abs(lengths_m / unit - np.round(lengths_m / unit)).max() < 1e-6:
            return unit
    return None


def choose(
    columns: Sequence[tuple[int, ...]],
    lengths_m: ArrayLike,
    n_orders: int,
    least_batches: int,
    known: Batches,
    is_cover: bool,
    seconds: float | None,
    seed: int,
    effort: float = 20.0,
) -> Choice:
    """Shortest partition of the orders into some of the columns.

    Parameters
    ----------
    columns, lengths_m
        Feasible batches and their metres; those of ``known`` must be among them.
    n_orders
        Orders 0 to n_orders - 1.
    least_batches
        Number of batches that any plan has at least: it tightens the relaxation.
    known
        A partition to begin with.
    is_cover
        Choose batches that hold every order at least once, and leave out what is held twice: as good where subsets are
        never longer, and many more choices work.
    seconds
        Limit in wall time; None: ``effort`` in CP-SAT's deterministic time instead, which is no clock.
    seed
        Of CP-SAT.
    effort
        See ``seconds``.

    Notes
    -----
    CP-SAT wants integers: lengths are multiples of `unit_of`, or else rounded to millimetres.
    """
    from ortools.sat.python import cp_model

    lengths = np.asarray(lengths_m, np.float64)
    costs = np.round(lengths / (unit_of(lengths) or UNITS[-1])).astype(np.int64).tolist()
    model = cp_model.CpModel()
    use = [model.new_bool_var("") for _ in columns]
    having: list[list[cp_model.IntVar]] = [[] for _ in range(n_orders)]
    for column, chosen in zip(columns, use, strict=True):
        for order in column:
            having[order].append(chosen)
    for choices in having:
        if is_cover:
            model.add_bool_or(choices)
        else:
            model.add_exactly_one(choices)
    model.minimize(cp_model.LinearExpr.weighted_sum(use, costs))
    model.add(cp_model.LinearExpr.sum(use) >= least_batches)
    begin = {frozenset(batch) for batch in known}
    for column, chosen in zip(columns, use, strict=True):
        model.add_hint(chosen, frozenset(column) in begin)
    solver = _solver(seconds, seed, effort)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Choice(None, False)
    batches = [column for column, chosen in zip(columns, use, strict=True) if solver.boolean_value(chosen)]
    return Choice(once_each(batches), status == cp_model.OPTIMAL)


def once_each(batches: list[tuple[int, ...]]) -> Batches:
    """The batches, each order in the first one that holds it only."""
    seen: set[int] = set()
    kept = []
    for batch in batches:
        kept.append(tuple(order for order in batch if order not in seen))
        seen.update(batch)
    return tuple(batch for batch in kept if batch)


def _solver(seconds: float | None, seed: int, effort: float):  # type: ignore[no-untyped-def]
    """A single-threaded CP-SAT that leans on the linear relaxation, which is tight here."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    if seconds is None:
        solver.parameters.max_deterministic_time = effort
    else:
        solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    return solver
