"""What one tour has to collect, and the tour that a method answers with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.domain.layout import Layout, Point
from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import InputError

SHOWN = 5
"""Faulty picks named in a message."""


def whole_aisles(given: ArrayLike, called: str) -> NDArray[np.int32]:
    """Numbers of aisles or vertices, copied; ``InputError`` where one would have to be cut to be whole."""
    numbers = np.array(given, ndmin=1)
    if numbers.dtype.kind == "i" and numbers.dtype.itemsize <= np.dtype(np.int32).itemsize:
        return numbers.astype(np.int32, copy=False)
    with np.errstate(invalid="ignore", over="ignore"):
        whole = numbers.astype(np.float64).astype(np.int32)
    if strange := [number for number, kept in zip(numbers.tolist(), whole.tolist(), strict=True) if number != kept]:
        raise InputError(f"{called}: aisles or vertices must be whole numbers (got {strange[0]})")
    return whole


@dataclass(frozen=True, eq=False)
class PickList:
    """The picks of one tour.

    Parameters
    ----------
    layout
        The building, with the tour's start and end.
    aisle
        Aisle of each pick, shape (n_picks,), n_picks >= 1; in a `GraphLayout` the vertex.
    position_m
        Metres from the front cross-aisle of the building, shape (n_picks,); in a `GraphLayout` zeros.
    name
        For messages and rows of results.
    weight_kg, heavy_kg
        Weight of each pick, shape (n_picks,), None where it does not matter; picks of ``heavy_kg`` or more are heavy.

    Raises
    ------
    InputError
        If a pick lies outside the layout, or nowhere that a walk can reach, or weights do not fit; the message names
        it.
    """

    layout: Layout
    aisle: NDArray[np.int32]
    position_m: NDArray[np.float64]
    name: str = ""
    weight_kg: NDArray[np.float64] | None = None
    heavy_kg: float = float("inf")

    def __post_init__(self) -> None:
        object.__setattr__(self, "aisle", whole_aisles(self.aisle, self._called))
        object.__setattr__(self, "position_m", np.array(self.position_m, dtype=np.float64, ndmin=1))
        if self.aisle.shape != self.position_m.shape or self.aisle.ndim != 1 or not self.aisle.size:
            shapes = f"{self.aisle.shape} and {self.position_m.shape}"
            raise InputError(
                f"{self._called}: aisle and position_m must have one equal shape (n_picks >= 1,), got {shapes}"
            )
        if self.weight_kg is not None and np.shape(self.weight_kg) != self.aisle.shape:
            shapes = f"{self.aisle.shape} (got {np.shape(self.weight_kg)})"
            raise InputError(f"{self._called}: weight_kg must have one weight per pick, the shape {shapes}")
        if faulty := [f"pick {i} at {point}" for i, point in enumerate(self.points) if not self.layout.holds(point)]:
            more = f" and {len(faulty) - SHOWN} more" if len(faulty) > SHOWN else ""
            where = ", ".join(faulty[:SHOWN]) + more
            raise InputError(f"{self._called}: {where} (aisle or vertex, metres): no walk from the depot reaches it")

    @classmethod
    def of(cls, layout: Layout, points: ArrayLike, name: str = "") -> PickList:
        """Picks from pairs (aisle, metres) as in ``[(0, 4.5), (1, 5.5)]``."""
        pairs = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        return cls(layout, whole_aisles(pairs[:, 0], f"pick list {name!r}"), pairs[:, 1], name)

    @property
    def _called(self) -> str:
        return f"pick list {self.name!r}" if self.name else "pick list"

    @property
    def points(self) -> list[Point]:
        """Each pick as a point of the layout."""
        return list(zip(self.aisle.tolist(), self.position_m.tolist(), strict=True))

    @property
    def is_heavy(self) -> NDArray[np.bool_]:
        """Whether each pick is heavy, shape (n_picks,)."""
        if self.weight_kg is None:
            return np.zeros(len(self), np.bool_)
        return np.asarray(self.weight_kg) >= self.heavy_kg

    def __len__(self) -> int:
        return len(self.aisle)


@dataclass(frozen=True)
class Tour:
    """A picker's walk from the start of the layout through all picks to its end.

    Parameters
    ----------
    sequence
        Indices of the pick list in the order of collecting.
    path
        Points of the walk; each step follows one aisle or one cross-aisle (or one arc).
    length_m
        Metres of the path.
    """

    sequence: tuple[int, ...]
    path: tuple[Point, ...]
    length_m: float

    def summary(self) -> str:
        """Metres, picks and turns in a line."""
        return f"tour of {self.length_m:.10g} m: {len(self.sequence)} picks, {len(self.path)} points of the walk"

    def __repr__(self) -> str:
        return f"<Tour of {self.length_m:.10g} m: {len(self.sequence)} picks>"

    def _repr_html_(self) -> str:
        rows = ((number, pick) for number, pick in enumerate(self.sequence, 1))
        return html_table(("collected", "pick"), rows, [self.summary()])
