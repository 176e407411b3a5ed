"""What goes wrong at the shelf: wrong goods taken, and goods on record that are not there.

A mis-pick is a mark that a later check may find; a short pick is told at once, and the order waits for the goods to be
fetched, goes on without them, or lets them follow.
"""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np

from fulfillsim.domain.fulfillment import PickErrors
from fulfillsim.domain.records import Milestone, ShortPick
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.short_lines import Lines, ShortLines, whole_of


class Shelf:
    """One picking zone's errors.

    Parameters
    ----------
    zone
        Number of the picking zone.
    picked
        Where picked orders (or parts of them) go.
    again
        Takes in what has to be fetched a second time.
    """

    def __init__(self, model: Model, plan: PickErrors, zone: int, picked: Intake, again: Intake) -> None:
        self.model, self.plan, self.zone, self.picked, self.again = model, plan, zone, picked, again
        self.short = _short_lines(model, plan.short_prob)
        self.hashed = model.tape.streams.hashed_uniform
        ways = ShortLines(model, picked)
        self.in_parts = ways.in_parts
        self.cope = {"repick": self._fetch, "partial": ways.give_up, "backorder": ways.follow}[plan.when_short]

    def collected(self, order: Order, worker: Any, now: float) -> None:
        """An order (or a part of it) comes back from a tour."""
        if self.plan.mispick_prob:
            self._judge(order, worker, now)
        missing = self._missing(order, now)
        if missing:
            self.cope(order, missing, now)
        else:
            self.picked(order, now)

    def _judge(self, order: Order, worker: Any, now: float) -> None:
        """Mark an order of which this picker took a line wrongly."""
        prob = min(self.plan.mispick_prob * worker.errors, 1.0)
        n_lines = max(len(order.lines), 1)
        keys = order.row, order.n_attempts, order.n_parcel, self.zone
        if self.hashed("mispick", *keys) < 1.0 - (1.0 - prob) ** n_lines:
            whole = whole_of(order)
            whole.marks |= Mark.MISPICK
            self.model.note(whole, Milestone.MISPICKED, now)

    def _missing(self, order: Order, now: float) -> Lines:
        """Lines whose units are not there: each line of an order is missed at most once."""
        skus = self.short.get(order.row)
        if not skus:
            return []
        missing = [line for line in order.lines if line[0] in skus]
        skus.difference_update(sku for sku, _ in missing)
        for sku, units in missing:
            kind = ShortPick[self.plan.when_short.upper()]
            self.model.trace.tables["shorts"].add(order.row, sku, kind, units, nan, now)
        return missing

    def _fetch(self, order: Order, missing: Lines, now: float) -> None:
        """Somebody goes for what was found elsewhere; the order is picked when that has come."""
        self.again(self.in_parts(order, missing, now), now)


def _short_lines(model: Model, prob: float) -> dict[int, set[int]]:
    """Row -> SKUs that will not be at their slot when the order is picked."""
    tape = model.tape
    found: dict[int, set[int]] = {}
    if not prob or not len(tape.sku):
        return found
    row = np.repeat(np.arange(len(tape)), tape.n_lines)
    catalog = model.world.catalog
    keys = catalog.keys[tape.sku] if catalog is not None else tape.sku
    short = np.flatnonzero(tape.streams.hashed_uniforms("short_pick", row, keys) < prob)
    for order, sku in zip(row[short].tolist(), tape.sku[short].tolist(), strict=True):
        found.setdefault(order, set()).add(sku)
    return found
