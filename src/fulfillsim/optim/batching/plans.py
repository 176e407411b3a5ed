"""Small steps that all batching methods share: labels to batches, loads, and the sequence of the batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.instance import TOLERANCE, Batches, BatchingInstance
from fulfillsim.optim.solving import Solution, Status


def batches_of(label: NDArray[np.int64]) -> Batches:
    """Batches from the label of each order, in the order of their first orders."""
    found: dict[int, list[int]] = {}
    for order, mark in enumerate(label.tolist()):
        found.setdefault(mark, []).append(order)
    return tuple(tuple(batch) for batch in found.values())


def labels_of(batches: Batches, n_orders: int) -> NDArray[np.int64]:
    """Number of the batch of each order."""
    label = np.zeros(n_orders, np.int64)
    for number, batch in enumerate(batches):
        label[list(batch)] = number
    return label


def least_batches(instance: BatchingInstance) -> int:
    """Carts that the loads of all orders fill at least."""
    share = instance.load.sum(axis=0) / np.maximum(instance.capacity, TOLERANCE)
    return max(1, int(np.ceil(share.max() - TOLERANCE)))


def is_within(instance: BatchingInstance, orders: Sequence[int]) -> bool:
    """Whether the orders fit together on one cart."""
    return bool((instance.load[list(orders)].sum(axis=0) <= instance.capacity + TOLERANCE).all())


def fill_in_turn(instance: BatchingInstance, sequence: Iterable[int]) -> Batches:
    """Fill one cart after the other with the orders of a sequence; a new cart where the next order does not fit."""
    batches: list[list[int]] = []
    free = np.zeros_like(instance.capacity)
    for order in sequence:
        if not batches or (instance.load[order] > free + TOLERANCE).any():
            batches.append([])
            free = instance.capacity.copy()
        batches[-1].append(int(order))
        free = free - instance.load[order]
    return tuple(tuple(batch) for batch in batches)


def in_sequence(instance: BatchingInstance, batches: Batches) -> Batches:
    """The batches in the sequence in which pickers take them: earliest due date, then earliest release.

    Without due and release dates the sequence stays.
    """
    if instance.due_s is None and instance.release_s is None:
        return batches
    due = np.full(instance.n_orders, np.inf) if instance.due_s is None else instance.due_s
    release = np.zeros(instance.n_orders) if instance.release_s is None else instance.release_s
    return tuple(sorted(batches, key=lambda b: (due[list(b)].min(), release[list(b)].max(), b)))


def finish(
    instance: BatchingInstance,
    batches: Batches,
    status: Status = "feasible",
    lower_bound: float | None = None,
    incumbents: Iterable[tuple[float, float]] = (),
    message: str = "",
) -> Solution[Batches]:
    """A solver's answer: its batches in the sequence in which they are picked."""
    return Solution(in_sequence(instance, batches), status, lower_bound, tuple(incumbents), message)
