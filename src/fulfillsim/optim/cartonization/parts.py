"""What packing gives back. Lengths in meters, weights in kilograms, volumes in liters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from fulfillsim.domain.carton import LITERS_PER_M3, SLACK_M, Carton, Item, Sides

__all__ = ["LITERS_PER_M3", "SLACK_M", "Carton", "Item", "Packed", "Placement", "Sides"]


class Placement(NamedTuple):
    """An item in a carton: its number, the corner nearest the origin, and its sides as it lies."""

    item: int
    corner_m: Sides
    sides_m: Sides


@dataclass(frozen=True)
class Packed:
    """A carton with its content.

    Parameters
    ----------
    carton
        Its kind.
    items
        Numbers of the items inside.
    placements
        Where each lies; empty where only the quick rule was asked.
    """

    carton: Carton
    items: tuple[int, ...]
    placements: tuple[Placement, ...] = ()

    def weight_kg(self, items: tuple[Item, ...]) -> float:
        """With the carton."""
        return self.carton.tare_kg + sum(items[number].weight_kg for number in self.items)
