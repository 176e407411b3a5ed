"""Paths: which orders meet which condition, known for all of them when the run begins.

An order's path follows from what it is, so it is a number per row that nothing changes; a scenario without paths asks
for none of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.work import Condition, Range
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order

Bools = NDArray[np.bool_]
MARKS = {"gift": Mark.GIFT, "instruction": Mark.INSTRUCTION, "hazmat": Mark.HAZMAT, "kit": Mark.KIT}


class Paths:
    """The path of each order, and who meets a condition."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def number(self) -> NDArray[np.int64]:
        """Index of each order's path, shape (n,): the first whose condition it meets, else the number of paths."""
        plan = self.model.world.fulfillment
        paths = plan.paths if plan is not None else ()
        number = np.full(len(self.model.tape), len(paths))
        for index in reversed(range(len(paths))):
            number[self.meets(paths[index].when)] = index
        return number

    def meets(self, condition: Condition) -> Bools:
        """Tell which orders meet a condition, shape (n,)."""
        tape, book = self.model.tape, self.model.book
        met = np.ones(len(tape), np.bool_)
        for bounds, counted in ((condition.lines, tape.n_lines), (condition.units, book.n_units)):
            met &= _within(counted, bounds)
        for option, wanted in condition.options:
            met &= (book.marks & MARKS[option] > 0) == wanted
        chosen = (
            *((condition.channels, tape.channel), (condition.clients, tape.client)),
            *((condition.services, tape.service), (condition.zones, tape.zone)),
        )
        for indices, column in chosen:
            if indices is not None:
                met &= np.isin(column, indices)
        if condition.pick_zones is not None:
            met &= self._lies_in(condition.pick_zones)
        if condition.paths is not None:
            met &= np.isin(self.number, condition.paths)
        return met

    def _lies_in(self, zones: Sequence[int]) -> Bools:
        """Tell whose lines all lie in these picking zones."""
        tape, catalog, assembly = self.model.tape, self.model.world.catalog, self.model.world.assembly
        if catalog is None:
            return np.full(len(tape), 0 in zones)
        outside = ~np.isin(catalog.zone, zones)
        if assembly is not None:
            for sku in assembly.to_order:  # its components are picked
                outside[sku] = any(outside[part] for part, _ in assembly.needs[sku])
        return np.asarray(tape.per_order(outside[tape.sku]) == 0)

    def switch(self, ways: Sequence[Intake]) -> Intake:
        """Send each order the way of its path; ``ways`` by path, the last for orders that no path takes."""
        if all(way is ways[0] for way in ways):
            return ways[0]
        way_of = [ways[index] for index in self.number.tolist()]

        def intake(order: Order, now: float) -> None:
            way_of[order.row](order, now)

        return intake

    def only(self, condition: Condition, inside: Intake, past: Intake) -> Intake:
        """Let those who meet a condition in, and the others past."""
        enters = self.meets(condition).tolist()

        def intake(order: Order, now: float) -> None:
            (inside if enters[order.row] else past)(order, now)

        return intake


def _within(counted: NDArray[np.int64], bounds: Range | None) -> Bools:
    if bounds is None:
        return np.ones(len(counted), np.bool_)
    return (counted >= bounds[0]) & (counted <= bounds[1])
