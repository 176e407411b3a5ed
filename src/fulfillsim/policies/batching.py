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
    max_lines, max_units = limits.max_lines or inf, limits.max_units or inf
    max_weight_kg, max_volume_l = limits.max_weight_kg or inf, limits.max_volume_l or inf
    lines = units = 0
    weight_kg = volume_l = 0.0
    for taken, load in enumerate(waiting):
        lines += load.n_lines
        units += load.n_units
        weight_kg += load.weight_kg
        volume_l += load.volume_l
        full = lines > max_lines or units > max_units or weight_kg > max_weight_kg or volume_l > max_volume_l
        if taken and full:
            return taken
    return len(waiting)


BATCHING: dict[str, Batching] = {"first_come": first_come}
