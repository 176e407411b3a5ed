"""Which waiting orders a picker takes on one tour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from fulfillsim.domain.fulfillment import Batch


class Load(NamedTuple):
    """What an order adds to a tour."""

    n_lines: int
    n_units: int
    weight_kg: float
    volume_l: float


Batching = Callable[[Sequence[Load], Batch], int]


def first_come(waiting: Sequence[Load], limits: Batch) -> int:
    """How many from the head of the queue fit on one cart; at least one, however large it is.

    ``waiting`` is the head of the queue, at most ``limits.max_orders`` long.
    """
    room = (
        limits.max_lines or inf,
        limits.max_units or inf,
        limits.max_weight_kg or inf,
        limits.max_volume_l or inf,
    )
    total = (0.0, 0.0, 0.0, 0.0)
    for taken, load in enumerate(waiting):
        total = tuple(a + b for a, b in zip(total, load, strict=True))  # type: ignore[assignment]
        if taken and any(a > b for a, b in zip(total, room, strict=True)):
            return taken
    return len(waiting)


BATCHING: dict[str, Batching] = {"first_come": first_come}
