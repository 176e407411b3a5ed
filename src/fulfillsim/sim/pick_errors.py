"""What goes wrong at the shelf: wrong goods taken, and goods on record that are not there.

A mis-pick is a mark that a later check may find; a short pick is told at once, and the order waits for the goods to be
fetched, goes on without them, or lets them follow.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fulfillsim.domain.fulfillment import PickErrors
from fulfillsim.domain.records import Milestone, ShortPick, StockMove
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order, Part

Lines = list[tuple[int, int]]


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
        self.cope = {"repick": self._fetch, "partial": self._give_up, "backorder": self._let_follow}[plan.when_short]

    def done(self, tour: Any, now: float) -> None:
        """A tour has ended."""
        for order in tour.orders:
            if self.plan.mispick_prob:
                self._judge(order, tour.worker, now)
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
            whole = _whole(order)
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
            self.model.trace.tables["shorts"].add(order.row, sku, kind, units, now)
        return missing

    def _part(self, order: Order, lines: Lines) -> Part:
        return Part.of(_whole(order), lines, self.model.book.work_of(order, lines))

    def _fetch(self, order: Order, missing: Lines, now: float) -> None:
        """Somebody goes for what was found elsewhere; the order is picked when that has come."""
        fetched = self._part(order, missing)
        if found := [line for line in order.lines if line not in missing]:
            _whole(order).n_parts += 1
            self.picked(self._part(order, found), now)
        self.again(fetched, now)

    def _give_up(self, order: Order, missing: Lines, now: float) -> None:
        """Go on without."""
        if self.model.stock is not None:
            for sku, units in missing:
                self.model.trace.tables["stock"].add(sku, StockMove.WRITTEN_OFF, units, now)
        whole = _whole(order)
        found = self._part(order, [line for line in order.lines if line not in missing])
        kept = [line for line in whole.lines if line not in missing]
        whole.work, whole.lines = self.model.book.work_of(whole, kept), kept
        self.picked(found, now)

    def _let_follow(self, order: Order, missing: Lines, now: float) -> None:
        """Go on without, and reserve the goods anew for a parcel of their own, as soon as there are some."""
        model, whole = self.model, _whole(order)
        rest = whole.rest(missing, model.book.work_of(whole, missing))
        rest.n_missing = len(missing)
        model.in_two(whole)
        model.note(whole, Milestone.BACKORDERED, now)
        self._give_up(order, missing, now)
        for sku, units in missing:
            model.stock.ask_again(rest, sku, units, now)


def _whole(order: Order) -> Order:
    return order.whole if isinstance(order, Part) else order


def unless_empty(model: Model, onward: Intake) -> Intake:
    """End the way of an order of which nothing was found."""

    def intake(order: Order, now: float) -> None:
        if order.lines or not model.book.n_units[order.row]:
            onward(order, now)
        else:
            model.nothing_left(order, now)

    return intake


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
