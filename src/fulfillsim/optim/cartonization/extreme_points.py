"""Packing one carton by extreme points: each item goes to the lowest, deepest corner that others leave.

Crainic, Perboli, Tadei (2008), Extreme point-based heuristics for three-dimensional bin packing, INFORMS J. Comput.
20(3). Items are taken by falling volume, then by falling longest side, then by falling base; the first order that
places all counts. A failure proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from fulfillsim.optim.cartonization.parts import SLACK_M, Carton, Item, Placement, Sides

_ORDERS: tuple[Callable[[Item], tuple[float, ...]], ...] = (
    lambda item: (-item.volume_l, -max(item.sides_m)),
    lambda item: (-max(item.sides_m), -item.volume_l),
    lambda item: (-item.sides_m[0] * item.sides_m[1], -item.sides_m[2]),
)


def placed(items: Sequence[Item], numbers: Sequence[int], carton: Carton) -> tuple[Placement, ...] | None:
    """Places of the numbered items in a carton; None where no order finds any."""
    for order in _ORDERS:
        found = _in_order(items, sorted(numbers, key=lambda number: (order(items[number]), number)), carton)
        if found is not None:
            return found
    return None


class Filling:
    """A carton that is being packed, item by item; ``done`` holds what lies in it."""

    def __init__(self, carton: Carton) -> None:
        self.carton = carton
        self.done: list[Placement] = []
        self._points: list[Sides] = [(0.0, 0.0, 0.0)]

    def add(self, item: Item, number: int) -> bool:
        """Place an item where the others leave room; False if they leave none."""
        best = min(_choices(item, number, self._points, self.done, self.carton), default=None, key=_depth)
        if best is None:
            return False
        self.done.append(best)
        self._points = _next_points(self._points, self.done, best)
        return True


def _in_order(items: Sequence[Item], numbers: Iterable[int], carton: Carton) -> tuple[Placement, ...] | None:
    filling = Filling(carton)
    return tuple(filling.done) if all(filling.add(items[number], number) for number in numbers) else None


def _choices(
    item: Item, number: int, points: list[Sides], done: list[Placement], carton: Carton
) -> Iterable[Placement]:
    for corner in points:
        for sides in item.turned():
            here = Placement(number, corner, sides)
            inside = all(c + s <= room + SLACK_M for c, s, room in zip(corner, sides, carton.sides_m, strict=True))
            if inside and not any(overlap(here, other) for other in done):
                yield here


def _depth(place: Placement) -> tuple[float, ...]:
    (x, y, z), (a, b, c) = place.corner_m, place.sides_m
    return (z + c, x + a + y + b, x, y)


def overlap(one: Placement, other: Placement) -> bool:
    """Whether two items share room."""
    return all(
        a + SLACK_M < b + t and b + SLACK_M < a + s
        for a, s, b, t in zip(one.corner_m, one.sides_m, other.corner_m, other.sides_m, strict=True)
    )


def _next_points(points: list[Sides], done: list[Placement], new: Placement) -> list[Sides]:
    """Corners behind the new item, each pushed back along the two other axes until something stops it."""
    found = [point for point in points if not _covers(new, point)]
    for axis in range(3):
        corner = list(new.corner_m)
        corner[axis] += new.sides_m[axis]
        for back in range(3):
            if back != axis:
                pushed = list(corner)
                pushed[back] = _stop(pushed, back, done)
                found.append((pushed[0], pushed[1], pushed[2]))
    return list(dict.fromkeys(found))


def _covers(place: Placement, point: Sides) -> bool:
    return all(c - SLACK_M <= p < c + s - SLACK_M for p, c, s in zip(point, place.corner_m, place.sides_m, strict=True))


def _stop(corner: list[float], axis: int, done: list[Placement]) -> float:
    """Farthest face before a corner along an axis, 0 at the wall."""
    others = [a for a in range(3) if a != axis]
    faces = [
        place.corner_m[axis] + place.sides_m[axis]
        for place in done
        if all(place.corner_m[a] <= corner[a] < place.corner_m[a] + place.sides_m[a] for a in others)
    ]
    return max([face for face in faces if face <= corner[axis] + SLACK_M], default=0.0)
