"""Which cartons each order travels in: decided by its goods, so that everything after packing knows the parcels.

The quick rule is computed for all orders at once. What fits no carton travels as it is, each unit by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.carton import LITERS_PER_M3, SLACK_M, Carton, Item
from fulfillsim.domain.fulfillment import Fulfillment
from fulfillsim.domain.tariff import measured_l
from fulfillsim.domain.world import World
from fulfillsim.sim.order import Order
from fulfillsim.tape import Tape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Lines = Sequence[tuple[int, int]]
BARE = -1
"""In place of a carton's index: goods as they are."""
SEVERAL = -2


class Box(NamedTuple):
    """A parcel: carton (or `BARE`), units, kilograms with the carton, litres as carriers measure, litres of goods."""

    carton: int
    units: int
    weight_kg: float
    volume_l: float
    content_l: float


@dataclass(frozen=True)
class Boxes:
    """Parcels of some orders, shape (n_parcels,), those of an order behind each other.

    Parameters
    ----------
    order
        Index into the orders that were asked about.
    number
        Of the parcel within its order, from 0.
    """

    order: Ints
    number: Ints
    carton: Ints
    units: Floats
    weight_kg: Floats
    volume_l: Floats
    content_l: Floats

    def of(self, which: NDArray[np.bool_]) -> Boxes:
        """Parcels of those orders that ``which`` says, shape (n_orders,), counted anew."""
        kept = which[self.order]
        place = np.cumsum(which) - 1
        columns = {each.name: getattr(self, each.name)[kept] for each in fields(Boxes)}
        return Boxes(**{**columns, "order": place[columns["order"]]})

    def followed_by(self, others: Boxes, n_orders: int) -> Boxes:
        """Parcels of these ``n_orders`` orders and of others behind them."""
        pairs = [(getattr(self, each.name), getattr(others, each.name)) for each in fields(Boxes)]
        pairs[0] = (self.order, others.order + n_orders)
        return Boxes(*map(np.concatenate, pairs))


class Packing(Protocol):
    """What knows the parcels of orders."""

    def boxes(self, orders: Sequence[Order]) -> Boxes:
        """Parcels of orders (or of pieces of them)."""
        ...

    def all_boxes(self) -> Boxes:
        """Parcels of all orders of the tape, whole."""
        ...

    def count(self, order: Order) -> int:
        """Parcels of an order."""
        ...

    def total(self, orders: Sequence[Order]) -> int:
        """Parcels of some orders together."""
        ...


def packing_of(world: World, tape: Tape) -> Packing:
    """Parcels as the world packs them."""
    plan = world.fulfillment
    has_cartons = plan is not None and plan.cartons and world.catalog is not None
    return Cartons(world, tape) if has_cartons else Bare(world, tape)


class Bare:
    """An order, or a piece of it, is one parcel of the weight and volume of its goods."""

    def __init__(self, world: World, tape: Tape) -> None:
        self.catalog, self.tape = world.catalog, tape
        catalog, n = world.catalog, len(tape)
        self.units = tape.n_units.astype(np.float64)
        self.weight_kg = tape.per_order(tape.quantity * catalog.weight_kg[tape.sku]) if catalog else np.zeros(n)
        self.volume_l = tape.per_order(tape.quantity * catalog.volume_l[tape.sku]) if catalog else np.zeros(n)

    def count(self, order: Order) -> int:
        """One."""
        del order
        return 1

    def total(self, orders: Sequence[Order]) -> int:
        """As many as orders."""
        return len(orders)

    def boxes(self, orders: Sequence[Order]) -> Boxes:
        """One parcel for each."""
        n = len(orders)
        rows = np.fromiter((order.row for order in orders), np.int64, n)
        units, weight_kg, volume_l = self.units[rows], self.weight_kg[rows], self.volume_l[rows]
        for place in self._pieces(orders, rows):
            units[place], weight_kg[place], volume_l[place] = self._sums(orders[place].lines)
        zeros = np.zeros(n, np.int64)
        return Boxes(np.arange(n), zeros, zeros + BARE, units, weight_kg, volume_l, volume_l)

    def all_boxes(self) -> Boxes:
        """Parcels of all orders of the tape, whole."""
        n = len(self.tape)
        zeros = np.zeros(n, np.int64)
        return Boxes(np.arange(n), zeros, zeros + BARE, self.units, self.weight_kg, self.volume_l, self.volume_l)

    def _pieces(self, orders: Sequence[Order], rows: Ints) -> list[int]:
        """Places of orders that are not whole."""
        n_lines = self.tape.n_lines[rows].tolist()
        return [place for place, order in enumerate(orders) if len(order.lines) != n_lines[place]]

    def _sums(self, lines: Lines) -> tuple[float, float, float]:
        catalog = self.catalog
        units = float(sum(n for _, n in lines))
        if catalog is None:
            return units, 0.0, 0.0
        weight_kg = sum(n * float(catalog.weight_kg[sku]) for sku, n in lines)
        return units, weight_kg, sum(n * float(catalog.volume_l[sku]) for sku, n in lines)


class Cartons(Bare):
    """Orders in cartons: one that holds all if there is one, else several.

    Attributes
    ----------
    first
        Carton of each order of the tape that needs one only; `SEVERAL` for the others, shape (n,).
    several
        Row -> parcels of the others.
    """

    def __init__(self, world: World, tape: Tape) -> None:
        super().__init__(world, tape)
        assert world.fulfillment is not None and world.catalog is not None
        assert world.catalog.sides_m is not None, "checked: cartons need sizes of goods"
        self.plan: Fulfillment = world.fulfillment
        self.sides_m: Floats = world.catalog.sides_m
        self.weights: Floats = world.catalog.weight_kg
        self.cartons = self.plan.cartons
        self.measured_l = np.array([carton.measured_l for carton in self.cartons])
        self.tare_kg = np.array([carton.tare_kg for carton in self.cartons])
        self._known: dict[tuple[tuple[int, int], ...], tuple[Box, ...]] = {}
        self.first = self._by_volume_and_sides()
        self.several: dict[int, tuple[Box, ...]] = {}
        for row in np.flatnonzero(self.first == SEVERAL).tolist():
            self.several[row] = self.packed(self._lines(row))
            if len(self.several[row]) == 1 and self.several[row][0].carton != BARE:
                self.first[row] = self.several.pop(row)[0].carton

    def count(self, order: Order) -> int:
        """Parcels of an order, or of a piece of it."""
        if len(order.lines) == self.tape.line_start[order.row + 1] - self.tape.line_start[order.row]:
            found = self.several.get(order.row)
            return len(found) if found else 1
        return len(self.packed(order.lines))

    def total(self, orders: Sequence[Order]) -> int:
        """Parcels of some orders, or pieces of them, together."""
        return sum(map(self.count, orders))

    def boxes(self, orders: Sequence[Order]) -> Boxes:
        """All parcels of the orders."""
        rows = np.fromiter((order.row for order in orders), np.int64, len(orders))
        pieces = {place: self.packed(orders[place].lines) for place in self._pieces(orders, rows)}
        several = np.flatnonzero(self.first[rows] == SEVERAL).tolist()
        pieces |= {place: self.several[int(rows[place])] for place in several if place not in pieces}
        return self._merged(rows, pieces)

    def all_boxes(self) -> Boxes:
        """Parcels of all orders of the tape, whole."""
        return self._merged(np.arange(len(self.tape)), self.several)

    def packed(self, lines: Lines) -> tuple[Box, ...]:
        """Parcels of some goods."""
        key = tuple(sorted(lines))
        if key not in self._known:
            self._known[key] = tuple(self._packed(key))
        return self._known[key]

    def _merged(self, rows: Ints, others: dict[int, tuple[Box, ...]]) -> Boxes:
        """One parcel for each row whose carton is known, those given for the others."""
        simple = np.ones(len(rows), np.bool_)
        simple[list(others)] = False
        place, row = np.flatnonzero(simple), rows[simple]
        carton = self.first[row]
        more = [(at, number, *box) for at, boxes in others.items() for number, box in enumerate(boxes)]
        extra = np.array(more, dtype=np.float64).reshape(len(more), 7)
        columns = [
            place,
            np.zeros(len(place)),
            carton,
            self.units[row],
            self.weight_kg[row] + self.tare_kg[carton],
            self.measured_l[carton],
            self.volume_l[row],
        ]
        merged = [np.concatenate([one, other]) for one, other in zip(columns, extra.T, strict=True)]
        sequence = np.lexsort((merged[1], merged[0]))
        order, number, chosen = (merged[column][sequence].astype(np.int64) for column in range(3))
        units, weight_kg, volume_l, content_l = (merged[column][sequence] for column in range(3, 7))
        return Boxes(order, number, chosen, units, weight_kg, volume_l, content_l)

    def _lines(self, row: int) -> Lines:
        part = slice(int(self.tape.line_start[row]), int(self.tape.line_start[row + 1]))
        return list(zip(self.tape.sku[part].tolist(), self.tape.quantity[part].tolist(), strict=True))

    def _by_volume_and_sides(self) -> Ints:
        """The quick rule for all orders at once; where items are placed one by one it holds for single units only."""
        from fulfillsim.optim.cartonization.packing import QUICK_FILL_SHARE

        tape, n = self.tape, len(self.tape)
        sides = np.sort(self.sides_m, axis=1)
        longest = np.zeros((n, 3))
        filled = np.flatnonzero(tape.n_lines > 0)
        if len(filled):
            longest[filled] = np.maximum.reduceat(sides[tape.sku], tape.line_start[filled], axis=0)
        volume_l = tape.per_order(tape.quantity * sides.prod(axis=1)[tape.sku] * LITERS_PER_M3)
        share = np.where(tape.n_units > 1, QUICK_FILL_SHARE, 1.0)
        chosen = np.full(n, SEVERAL)
        for index in reversed(self._cheapest_first()):
            carton = self.cartons[index]
            fits = (volume_l <= share * carton.volume_l * (1 + 1e-9)) & (self.weight_kg <= carton.max_kg + 1e-9)
            fits &= (longest <= np.sort(carton.sides_m) + SLACK_M).all(axis=1)
            chosen[fits] = index
        if self.plan.cartonization != "quick":
            chosen[tape.n_units > 1] = SEVERAL
        return chosen

    def _cheapest_first(self) -> list[int]:
        cartons = self.cartons
        return sorted(range(len(cartons)), key=lambda index: (cartons[index].cost, cartons[index].volume_l))

    def _packed(self, lines: Lines) -> list[Box]:
        from fulfillsim.optim.cartonization.packing import cartonize, fits_some

        items = [self._item(sku) for sku, units in lines for _ in range(units)]
        inside = [item for item in items if fits_some(item, self.cartons)]
        bare = [item for item in items if not fits_some(item, self.cartons)]
        index = {carton.name: number for number, carton in enumerate(self.cartons)}
        boxes = [
            self._box(index[packed.carton.name], packed.carton, [inside[n] for n in packed.items])
            for packed in cartonize(inside, self.cartons, self.plan.cartonization)
        ]
        return boxes + [Box(BARE, 1, item.weight_kg, measured_l(item.sides_m), item.volume_l) for item in bare]

    def _item(self, sku: int) -> Item:
        a, b, c = self.sides_m[sku].tolist()
        return Item(str(sku), (a, b, c), float(self.weights[sku]))

    def _box(self, index: int, carton: Carton, items: list[Item]) -> Box:
        weight_kg = carton.tare_kg + sum(item.weight_kg for item in items)
        return Box(index, len(items), weight_kg, carton.measured_l, sum(item.volume_l for item in items))
