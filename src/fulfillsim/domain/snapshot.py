"""What is open at one moment: orders with the place they stand at, goods on the way. A run may begin with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.assembly import shelf_lines
from fulfillsim.domain.demand import History
from fulfillsim.domain.records import Milestone

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
TRANSIT = "transit"
"""Place of an order that has left and has not arrived: it waits for nobody here, but its customer does."""
REACHED = {
    Milestone.RECEIVED: "receipt",
    Milestone.CLEARED: "hold",
    Milestone.ACCEPTED: "promise",
    Milestone.ALLOCATED: "backorder",
    Milestone.RELEASED: "release",
    Milestone.PICKED: "picking",
}
"""Milestone -> the last place at which an order stands before it."""


@dataclass(frozen=True)
class Snapshot:
    """Open orders and supplier deliveries at ``at_s``; the stock itself is `Inventory.on_hand`.

    Parameters
    ----------
    orders
        Open orders in order of arrival, placed before ``at_s``.
    stage
        Name of the place of each, one of `stages_of`.
    since_s
        When it came there, shape (n,).
    reserved
        Per line: whether its units are set aside.
    promise_s, due_departure_s
        What its customer was told, and the departure that goes with it; NaN where unknown.
    lane
        Carrier service of the promise, or of the parcel that is on its way; -1 where unknown.
    moments
        When each reached its earlier milestones, shape (n,) each; NaN where unknown.
    inbound_sku, inbound_units, inbound_due_s
        Deliveries that suppliers still owe, shape (m,).
    """

    at_s: float
    orders: History
    stage: tuple[str, ...]
    since_s: Floats
    reserved: NDArray[np.bool_]
    promise_s: Floats
    due_departure_s: Floats
    lane: Counts
    moments: dict[Milestone, Floats]
    inbound_sku: Counts
    inbound_units: Counts
    inbound_due_s: Floats

    def not_set_aside(self, row: int) -> list[tuple[int, int]]:
        """(sku, units) of the lines of an order that still wait for goods."""
        lines = slice(self.orders.line_start[row], self.orders.line_start[row + 1])
        missing = ~self.reserved[lines]
        columns = (self.orders.sku[lines][missing], self.orders.quantity[lines][missing])
        return list(zip(*(column.tolist() for column in columns), strict=True))


def set_aside(world: World, snapshot: Snapshot, n_skus: int) -> Counts:
    """Units by SKU in their slots that are reserved for open orders; components where kits are made for them."""
    units, from_shelf = np.zeros(n_skus, np.int64), shelf_lines(world.assembly)
    starts = snapshot.orders.line_start
    for row, stage in enumerate(snapshot.stage):
        if is_on_the_shelf(world, stage):
            lines = np.flatnonzero(snapshot.reserved[starts[row] : starts[row + 1]]) + starts[row]
            columns = (snapshot.orders.sku[lines].tolist(), snapshot.orders.quantity[lines].tolist())
            for sku, n in from_shelf(list(zip(*columns, strict=True))):
                units[sku] += n
    return units


def stages_of(world: World) -> tuple[str, ...]:
    """Places at which an open order may stand, in the order of its journey."""
    processing, plan = world.processing, world.fulfillment
    stages = ["receipt"]
    if processing is not None:
        manual = processing.verification.manual
        stages += ["checks", *([manual.name] if manual else []), *(["hold"] if processing.holds else [])]
    if world.inventory is not None or (processing is not None and world.delivery is not None):
        stages.append("promise")
    if world.inventory is not None:
        stages.append("backorder")
    if plan is not None:
        stages += ["release", *(["picking"] if plan.pickings else []), *(step.station.name for step in plan.steps)]
    if world.delivery is not None:
        stages += ["dock", TRANSIT]
    return tuple(stages)


def milestones_of(world: World) -> tuple[Milestone, ...]:
    """Milestones that orders of an operation reach on their way to the dock, in their order."""
    processing, plan = world.processing, world.fulfillment
    there = {
        Milestone.RECEIVED: True,
        Milestone.CLEARED: processing is not None,
        Milestone.ACCEPTED: processing is not None and world.delivery is not None,
        Milestone.ALLOCATED: world.inventory is not None,
        Milestone.RELEASED: plan is not None,
        Milestone.PICKED: plan is not None and bool(plan.pickings),
    }
    return tuple(kind for kind, is_there in there.items() if is_there)


def passed(world: World, stage: str) -> tuple[Milestone, ...]:
    """Milestones that lie behind an order at a stage."""
    places = [*dict.fromkeys(["receipt", "checks", "hold", "promise", "backorder", "release", "picking"])]
    manual = world.processing.verification.manual if world.processing else None
    here = "hold" if manual is not None and stage == manual.name else stage
    index = places.index(here) if here in places else len(places)
    return tuple(kind for kind in milestones_of(world) if places.index(REACHED[kind]) < index)


def is_on_the_shelf(world: World, stage: str) -> bool:
    """Whether goods reserved for an order at this stage still lie in their slots."""
    picks = world.fulfillment is not None and bool(world.fulfillment.pickings)
    return stage == "backorder" or (picks and stage in ("release", "picking"))
