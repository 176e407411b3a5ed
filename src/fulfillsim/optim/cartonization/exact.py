"""Whether items fit into a carton, decided by CP-SAT in millimeters: for the few that extreme points leave open.

Items are rounded up and the carton down, so that a yes holds; a no holds to the millimeter.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import ceil, floor
from typing import Any, Literal

from fulfillsim.optim.cartonization.parts import Carton, Item, Placement, Sides

MM = 1000.0
ROUNDING = 1e-6
Verdict = Literal["fits", "does not fit", "unknown"]


def decided(
    items: Sequence[Item], numbers: Sequence[int], carton: Carton, n_conflicts: int = 20_000, seed: int = 1
) -> tuple[Verdict, tuple[Placement, ...]]:
    """Verdict and, if they fit, where each lies.

    Parameters
    ----------
    items, numbers
        All items, and which of them.
    carton
        Its room.
    n_conflicts
        Budget of CP-SAT.
    seed
        Of its draws.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    room = tuple(floor(side * MM + ROUNDING) for side in carton.sides_m)
    boxes = [_box(model, items[number], number, room) for number in numbers]
    for one, other in combinations(boxes, 2):
        before = [_before(model, one, other, axis) for axis in range(3)]
        model.add_bool_or([*before, *(_before(model, other, one, axis) for axis in range(3))])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, seed
    solver.parameters.max_number_of_conflicts = n_conflicts
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return "does not fit", ()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return "unknown", ()
    return "fits", tuple(_placement(solver, number, box) for number, box in zip(numbers, boxes, strict=True))


def _box(model: Any, item: Item, number: int, room: tuple[int, ...]) -> tuple[list[Any], list[Any]]:
    """Corner and sides of an item as variables; one way of turning is chosen."""
    ways = [tuple(ceil(side * MM - ROUNDING) for side in sides) for sides in item.turned()]
    chosen = [model.new_bool_var(f"{number} way {way}") for way in range(len(ways))]
    model.add_exactly_one(chosen)
    corner = [model.new_int_var(0, room[axis], f"{number} at {axis}") for axis in range(3)]
    sides = [sum(pick * way[axis] for pick, way in zip(chosen, ways, strict=True)) for axis in range(3)]
    for axis in range(3):
        model.add(corner[axis] + sides[axis] <= room[axis])
    return corner, sides


def _before(model: Any, one: tuple[list[Any], list[Any]], other: tuple[list[Any], list[Any]], axis: int) -> Any:
    literal = model.new_bool_var("")
    model.add(one[0][axis] + one[1][axis] <= other[0][axis]).only_enforce_if(literal)
    return literal


def _placement(solver: Any, number: int, box: tuple[list[Any], list[Any]]) -> Placement:
    corner, sides = ([solver.value(part) / MM for part in parts] for parts in box)
    return Placement(number, _triple(corner), _triple(sides))


def _triple(figures: list[float]) -> Sides:
    return figures[0], figures[1], figures[2]
