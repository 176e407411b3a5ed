"""Items and the cartons that they are packed in. Lengths in meters, weights in kilograms, volumes in liters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import inf, prod

from fulfillsim.domain.tariff import measured_l
from fulfillsim.errors import InputError

LITERS_PER_M3 = 1000.0
SLACK_M = 1e-9
Sides = tuple[float, float, float]


def _check(what: str, name: str, sides_m: Sides, figures: tuple[float, ...]) -> None:
    if not all(0 < side < inf for side in sides_m) or not all(figure >= 0 for figure in figures):
        raise InputError(
            f"{what} {name}: sides must be > 0 and other figures >= 0 (got {sides_m}, {figures}) - correct it"
        )


@dataclass(frozen=True)
class Item:
    """A thing to be packed.

    Parameters
    ----------
    sides_m
        Length, width, height.
    upright
        Whether its height must stay vertical.

    Raises
    ------
    InputError
        If a figure makes no sense.
    """

    name: str
    sides_m: Sides
    weight_kg: float = 0.0
    upright: bool = False

    def __post_init__(self) -> None:
        """Refuse what has no size."""
        _check("item", self.name, self.sides_m, (self.weight_kg,))

    @property
    def volume_l(self) -> float:
        """Of its box."""
        return prod(self.sides_m) * LITERS_PER_M3

    def turned(self) -> tuple[Sides, ...]:
        """Sides in every way it may be put in, each once, in a fixed order."""
        a, b, c = self.sides_m
        ways = ((a, b, c), (b, a, c)) if self.upright else permutations(self.sides_m)
        return tuple(dict.fromkeys((x, y, z) for x, y, z in ways))


@dataclass(frozen=True)
class Carton:
    """A kind of carton, of which there are as many as needed.

    Parameters
    ----------
    sides_m
        Inside.
    max_kg
        Of its content.
    cost
        Of using one.
    tare_kg
        Of itself.
    wall_m
        Thickness: outside, each side is longer by twice as much.
    """

    name: str
    sides_m: Sides
    max_kg: float = inf
    cost: float = 0.0
    tare_kg: float = 0.0
    wall_m: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what has no room."""
        _check("carton", self.name, self.sides_m, (self.max_kg, self.cost, self.tare_kg, self.wall_m))

    @property
    def volume_l(self) -> float:
        """Inside."""
        return prod(self.sides_m) * LITERS_PER_M3

    @property
    def outer_l(self) -> float:
        """Outside: what a carrier measures."""
        return prod(side + 2 * self.wall_m for side in self.sides_m) * LITERS_PER_M3

    @property
    def measured_l(self) -> float:
        """What a carrier bills: outer sides rounded up to whole centimetres."""
        return measured_l([side + 2 * self.wall_m for side in self.sides_m])
