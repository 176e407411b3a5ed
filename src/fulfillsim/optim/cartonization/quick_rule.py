"""The fast path: a carton is enough if volume, weight and the longest sides say so.

Necessary for a fit, not enough: the filled share that is asked for makes up for what the rule cannot see.
"""

from __future__ import annotations

from collections.abc import Sequence

from fulfillsim.optim.cartonization.parts import SLACK_M, Carton, Item


def may_fit(items: Sequence[Item], carton: Carton, fill_share: float = 1.0) -> bool:
    """Whether volume (up to a share of the carton's), weight and every item's sorted sides allow a fit."""
    volume_l, weight_kg = sum(item.volume_l for item in items), sum(item.weight_kg for item in items)
    if volume_l > fill_share * carton.volume_l * (1 + 1e-9) or weight_kg > carton.max_kg + 1e-9:
        return False
    return all(fits_alone(item, carton) for item in items)


def fits_alone(item: Item, carton: Carton) -> bool:
    """Whether one way of putting the item in fits."""
    return any(
        all(side <= room + SLACK_M for side, room in zip(sides, carton.sides_m, strict=True)) for sides in item.turned()
    )
