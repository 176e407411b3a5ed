"""Walks the orders of an instance through a plan; no method judges itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fulfillsim.optim.slotting.instance import Slots, SlottingInstance


@dataclass(frozen=True)
class Evaluation:
    """What a plan is worth.

    Parameters
    ----------
    per_order_m
        Mean metres of a tour for one order of the sample alone; NaN without orders.
    per_line_m
        Mean metres there and back for one line, by popularity.
    feasible, violations
        Whether nothing is violated, and what is.
    """

    per_order_m: float
    per_line_m: float
    feasible: bool
    violations: tuple[str, ...]


def evaluate(instance: SlottingInstance, slots: Slots, routing: str = "s_shape") -> Evaluation:
    """Measure a plan from the orders alone.

    Parameters
    ----------
    routing
        How orders are walked.
    """
    from fulfillsim.optim.pick_routing import ROUTING, router  # every check of a scenario with a layout passes here

    violations = tuple(_violations(instance, slots))
    if violations:
        return Evaluation(float("nan"), float("nan"), False, violations)
    length = router(instance.layout, ROUTING[routing])
    aisle, position_m = instance.aisle[slots], instance.position_m[slots]
    rows = [instance.sku[instance.first[i] : instance.first[i + 1]] for i in range(instance.n_orders)]
    tours = [length(aisle[row], position_m[row]) for row in rows if len(row)]
    there_m = 2.0 * instance.distance_m[slots]
    total = float(instance.popularity.sum()) or 1.0
    per_line_m = float((instance.popularity * there_m).sum()) / total
    return Evaluation(float(np.mean(tours)) if tours else float("nan"), per_line_m, True, ())


def _violations(instance: SlottingInstance, slots: Slots) -> list[str]:
    if slots.shape != (instance.n_skus,):
        return [f"a plan has a place for each of {instance.n_skus} SKUs (got the shape {slots.shape})"]
    if strange := [int(place) for place in slots if not 0 <= place < instance.n_places]:
        return [f"place {strange[0]}: there is none, places are 0 to {instance.n_places - 1}"]
    held = np.bincount(slots, minlength=instance.n_places)
    return [
        f"place {place}: {held[place]} SKUs above {instance.depth}" for place in np.flatnonzero(held > instance.depth)
    ]
