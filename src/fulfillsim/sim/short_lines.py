"""What becomes of lines that a picker did not find: the ways in which an order copes with them."""

from __future__ import annotations

from collections.abc import Sequence

from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Order, Part

Lines = list[tuple[int, int]]


def whole_of(order: Order) -> Order:
    """The order that a zone's part belongs to."""
    return order.whole if isinstance(order, Part) else order


def without(lines: Sequence[tuple[int, int]], missing: Lines) -> Lines:
    """The lines that are left, in their order."""
    left = list(lines)
    for line in missing:
        left.remove(line)
    return left


class ShortLines:
    """Ways to go on for an order (or a zone's part of it) of which some lines were not found.

    Parameters
    ----------
    picked
        Where picked orders (or parts of them) go.
    """

    def __init__(self, model: Model, picked: Intake) -> None:
        self.model, self.picked = model, picked

    def part(self, order: Order, lines: Lines) -> Part:
        """Some lines of an order, with the work that they ask for."""
        return Part.of(whole_of(order), lines, self.model.book.work_of(order, lines))

    def in_parts(self, order: Order, missing: Lines, now: float) -> Part:
        """Let the order wait for what is missing, which is returned; what was found is picked."""
        fetched = self.part(order, missing)
        if found := without(order.lines, missing):
            whole_of(order).n_parts += 1
            self.picked(self.part(order, found), now)
        return fetched

    def rest(self, order: Order, missing: Lines, now: float) -> Order:
        """Let what is missing follow in a parcel of its own, which is returned; the order goes on without it."""
        whole = whole_of(order)
        rest = whole.rest(missing, self.model.book.work_of(whole, missing))
        self.model.in_two(whole)
        self.go_on(order, missing, now)
        return rest

    def follow(self, order: Order, missing: Lines, now: float) -> None:
        """Go on without, and reserve other goods for a parcel of their own, as soon as there are some."""
        self.model.note(whole_of(order), Milestone.BACKORDERED, now)
        self.write_off(missing, now)
        rest = self.rest(order, missing, now)
        rest.n_missing = len(missing)
        for sku, units in missing:
            self.model.stock.ask_again(rest, sku, units, now)

    def give_up(self, order: Order, missing: Lines, now: float) -> None:
        """Go on without, and take the goods that nobody finds out of the books."""
        self.write_off(missing, now)
        self.go_on(order, missing, now)

    def write_off(self, missing: Lines, now: float) -> None:
        """Take what was reserved and is not there out of the books."""
        if self.model.stock is not None:
            for sku, units in missing:
                self.model.trace.tables["stock"].add(sku, StockMove.WRITTEN_OFF, units, now)

    def go_on(self, order: Order, missing: Lines, now: float) -> None:
        """Pick what was found, and want no more than that."""
        whole = whole_of(order)
        found = self.part(order, without(order.lines, missing))
        kept = without(whole.lines, missing)
        whole.work, whole.lines = self.model.book.work_of(whole, kept), kept
        self.picked(found, now)


def unless_empty(model: Model, onward: Intake) -> Intake:
    """End the way of an order of which nothing was found."""

    def intake(order: Order, now: float) -> None:
        if order.lines or not model.book.n_units[order.row]:
            onward(order, now)
        else:
            model.nothing_left(order, now)

    return intake
