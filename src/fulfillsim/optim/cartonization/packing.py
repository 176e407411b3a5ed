"""An order into cartons: the cheapest one that holds all, else split, each part into its own cheapest carton."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from fulfillsim.errors import InputError
from fulfillsim.optim.cartonization.exact import decided
from fulfillsim.optim.cartonization.extreme_points import Filling, placed
from fulfillsim.optim.cartonization.parts import Carton, Item, Packed, Placement
from fulfillsim.optim.cartonization.quick_rule import fits_alone, may_fit

Effort = Literal["quick", "fit", "exact"]
QUICK_FILL_SHARE = 0.75
"""Share of a carton's volume that the quick rule fills at most."""

MOST_FOR_EXACT = 12
"""Items up to which CP-SAT is asked where extreme points fail."""

MOST_ANEW = 12
"""Items up to which a carton is packed anew for each further one; in larger orders that are split, what lies, lies."""

MOST_PLACED = 40
"""Items up to which an order is placed at all, which takes a quarter of a second then; above, the quick rule holds."""

Price = Callable[[Carton, float], float]
"""``(carton, weight in kg) -> price``: the carton's and, by a tariff, the carriage."""


def cost_of_carton(carton: Carton, weight_kg: float) -> float:
    """The carton alone."""
    return carton.cost


def fits_some(item: Item, cartons: Sequence[Carton]) -> bool:
    """Whether one of the cartons holds the item alone, by sides and weight."""
    return any(may_fit((item,), carton) for carton in cartons)


def cartonize(
    items: Sequence[Item], cartons: Sequence[Carton], effort: Effort = "fit", price: Price = cost_of_carton
) -> tuple[Packed, ...]:
    """Cartons for an order.

    Parameters
    ----------
    items
        Of one order.
    cartons
        Kinds to choose from.
    effort
        ``quick``: volume and longest sides only; ``fit``: placed by extreme points; ``exact``: CP-SAT where these fail.
        Orders of more than `MOST_PLACED` items are packed by the quick rule.
    price
        Of a carton at a weight, carton included; equal prices: the smaller carton.

    Returns
    -------
    One carton if one holds all. Otherwise items, the largest first, go where the first open carton holds them, opened
    as the roomiest; each is exchanged at the end for the cheapest that holds its content.

    Raises
    ------
    InputError
        If an item fits into no carton; all are named.
    """
    every = tuple(range(len(items)))
    lost = [items[n].name for n in every if not any(_content(items, (n,), carton, "fit") for carton in cartons)]
    if lost:
        raise InputError(f"items {', '.join(lost)}: must fit into a carton alone (got none) - add a larger carton")
    if not every:
        return ()
    effort = "quick" if len(items) > MOST_PLACED else effort
    together = _cheapest(items, every, cartons, effort, price)
    return (together,) if together else _split(items, cartons, effort, price)


def _cheapest(
    items: Sequence[Item], numbers: tuple[int, ...], cartons: Sequence[Carton], effort: Effort, price: Price
) -> Packed | None:
    """The cheapest carton that holds some items."""
    weight_kg = sum(items[number].weight_kg for number in numbers)
    for carton in sorted(cartons, key=lambda c: (price(c, weight_kg + c.tare_kg), c.volume_l)):
        if found := _content(items, numbers, carton, effort):
            return found
    return None


def _content(items: Sequence[Item], numbers: tuple[int, ...], carton: Carton, effort: Effort) -> Packed | None:
    chosen = [items[number] for number in numbers]
    share = QUICK_FILL_SHARE if effort == "quick" and len(numbers) > 1 else 1.0
    if not may_fit(chosen, carton, share):
        return None
    if effort == "quick":
        return Packed(carton, numbers)
    places: tuple[Placement, ...] | None = placed(items, numbers, carton)
    if places is None and effort == "exact" and len(numbers) <= MOST_FOR_EXACT:
        places = decided(items, numbers, carton)[1]
    return Packed(carton, numbers, places) if places else None


def _split(items: Sequence[Item], cartons: Sequence[Carton], effort: Effort, price: Price) -> tuple[Packed, ...]:
    if effort != "quick" and len(items) > MOST_ANEW:
        open_cartons = _filled(items, cartons)
    else:
        open_cartons = _packed_anew(items, cartons, effort)
    final = (_cheapest(items, packed.items, cartons, effort, price) or packed for packed in open_cartons)
    return tuple(final)


def _packed_anew(items: Sequence[Item], cartons: Sequence[Carton], effort: Effort) -> list[Packed]:
    """Each item into the first open carton that can be packed with it."""
    open_cartons: list[Packed] = []
    for number in sorted(range(len(items)), key=lambda n: (-items[n].volume_l, n)):
        for place, packed in enumerate(open_cartons):
            if more := _content(items, (*packed.items, number), packed.carton, effort):
                open_cartons[place] = more
                break
        else:
            roomiest = sorted(cartons, key=lambda c: -c.volume_l)
            fitting = (_content(items, (number,), c, effort) for c in roomiest if fits_alone(items[number], c))
            open_cartons.append(next(found for found in fitting if found))
    return open_cartons


def _filled(items: Sequence[Item], cartons: Sequence[Carton]) -> list[Packed]:
    """Each item into the first open carton where what lies there leaves it room."""
    fillings: list[Filling] = []
    roomiest = sorted(cartons, key=lambda c: -c.volume_l)
    for number in sorted(range(len(items)), key=lambda n: (-items[n].volume_l, n)):
        if not any(_takes(filling, items, number) for filling in fillings):
            opened = (Filling(carton) for carton in roomiest)
            fillings.append(next(filling for filling in opened if _takes(filling, items, number)))
    places = [tuple(filling.done) for filling in fillings]
    return [Packed(f.carton, tuple(p.item for p in at), at) for f, at in zip(fillings, places, strict=True)]


def _takes(filling: Filling, items: Sequence[Item], number: int) -> bool:
    there = [*(items[place.item] for place in filling.done), items[number]]
    return may_fit(there, filling.carton) and filling.add(items[number], number)
