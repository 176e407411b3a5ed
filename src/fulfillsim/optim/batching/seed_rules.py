"""Seed rules: a first order opens a batch, and the order that congruity rules prefer is added while one fits.

References
----------
Gibson & Sharp (1992), Order batching procedures, European Journal of Operational Research 58(1);
De Koster, Van der Poort & Wolters (1999), International Journal of Production Research 37(7).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.instance import TOLERANCE, Batches, BatchingInstance
from fulfillsim.optim.batching.lengths import Lengths
from fulfillsim.optim.batching.plans import finish
from fulfillsim.optim.solving import Solution, Stop

Aisles = NDArray[np.bool_]
Seed = Callable[[BatchingInstance, Aisles, Lengths], NDArray[np.float64]]


def most_aisles(instance: BatchingInstance, visits: Aisles, length: Lengths) -> NDArray[np.float64]:
    """Prefer the order in the most aisles."""
    return np.asarray(visits.sum(axis=1), np.float64)


def farthest(instance: BatchingInstance, visits: Aisles, length: Lengths) -> NDArray[np.float64]:
    """Prefer the order with an aisle farthest from the depot's side."""
    return np.asarray(np.where(visits, np.arange(visits.shape[1]), 0).max(axis=1), np.float64)


def longest_tour(instance: BatchingInstance, visits: Aisles, length: Lengths) -> NDArray[np.float64]:
    """Prefer the order with the longest tour of its own."""
    return np.array([length([order]) for order in range(instance.n_orders)])


SEEDS: dict[str, Seed] = {"most_aisles": most_aisles, "farthest": farthest, "longest_tour": longest_tour}


def solve(instance: BatchingInstance, routing: str, stop: Stop) -> Solution[Batches]:
    """The best of the plans of all rules in `SEEDS`; the message names the rule.

    To a batch is added the order that brings the fewest aisles not yet visited, of equals the one that shares most
    aisles. In a graph each vertex counts as an aisle.
    """
    length, visits = Lengths(instance, routing), _visits(instance)
    plans = {name: _batches(instance, visits, rank(instance, visits, length)) for name, rank in SEEDS.items()}
    best = min(plans, key=lambda name: sum(map(length, plans[name])))
    return finish(instance, plans[best], message=f"seed: {best}")


def _visits(instance: BatchingInstance) -> Aisles:
    """Whether an order has a line in an aisle, shape (n_orders, n_aisles)."""
    visits = np.zeros((instance.n_orders, int(instance.aisle.max()) + 1), np.bool_)
    visits[np.repeat(np.arange(instance.n_orders), np.diff(instance.first)), instance.aisle] = True
    return visits


def _batches(instance: BatchingInstance, visits: Aisles, preference: NDArray[np.float64]) -> Batches:
    waiting = np.ones(instance.n_orders, np.bool_)
    batches = []
    for first in np.argsort(-preference, kind="stable").tolist():
        if waiting[first]:
            batches.append(_grow(instance, visits, waiting, first))
    return tuple(batches)


def _grow(instance: BatchingInstance, visits: Aisles, waiting: Aisles, first: int) -> tuple[int, ...]:
    """One batch around its seed; its orders no longer wait."""
    batch, seen, free = [first], visits[first].copy(), instance.capacity - instance.load[first] + TOLERANCE
    waiting[first] = False
    while True:
        fit = np.flatnonzero(waiting & (instance.load <= free).all(axis=1))
        if not fit.size:
            return tuple(batch)
        new, shared = (visits[fit] & ~seen).sum(axis=1), (visits[fit] & seen).sum(axis=1)
        order = int(fit[np.lexsort((-shared, new))[0]])
        batch.append(order)
        waiting[order] = False
        seen |= visits[order]
        free = free - instance.load[order]
