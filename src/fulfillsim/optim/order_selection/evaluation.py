"""Measures a plan anew, from the pieces in its picklists alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from fulfillsim.optim.order_selection.instance import Selection, SelectionInstance

CONVEYOR = (0, 0)


@dataclass(frozen=True)
class SelectionEvaluation:
    """Length of all walks, and every rule that is broken."""

    value: float
    violations: tuple[str, ...]

    @property
    def feasible(self) -> bool:
        """Whether nothing is violated."""
        return not self.violations


def distance(instance: SelectionInstance, a: tuple[int, int], b: tuple[int, int]) -> int:
    """Distance between two places (row, aisle).

    One changes the aisle in the cross-aisle at row 0 or at the edge; so does, by the authors' rule, who goes to another
    place in the same aisle.
    """
    (row_a, aisle_a), (row_b, aisle_b) = a, b
    by_center = abs(row_a) + abs(row_b)
    across = abs(aisle_a - aisle_b)
    return across + (by_center if row_a * row_b < 0 else min(by_center, 2 * instance.edge_row - by_center))


def evaluate(instance: SelectionInstance, plan: Selection) -> SelectionEvaluation:
    """Recompute a plan; it need not be feasible, but its orders and pieces must exist."""
    value = sum(walk_length(instance, pieces) for batch in plan for pieces in batch.picklists)
    return SelectionEvaluation(float(value), tuple(_violations(instance, plan)))


def walk_length(instance: SelectionInstance, pieces: tuple[int, ...]) -> int:
    """Length of the walk from the conveyor through pieces in this order and back."""
    places = [(int(instance.row[piece]), int(instance.aisle[piece])) for piece in pieces]
    return sum(distance(instance, a, b) for a, b in pairwise([CONVEYOR, *places, CONVEYOR]))


def _violations(instance: SelectionInstance, plan: Selection) -> Iterator[str]:
    orders = Counter(order for batch in plan for order in batch.orders)
    pieces = Counter(piece for batch in plan for pieces in batch.picklists for piece in pieces)
    yield from (f"order {order}: chosen {n} times" for order, n in orders.items() if n > 1)
    yield from (f"piece {piece}: picked {n} times" for piece, n in pieces.items() if n > 1)
    chosen = sum(len(instance.articles(order)) for order in orders)
    if chosen < instance.min_positions:
        yield f"{chosen} positions chosen, must be at least {instance.min_positions}"
    for number, batch in enumerate(plan):
        if len(batch.orders) > instance.max_orders:
            yield f"batch {number}: {len(batch.orders)} orders, at most {instance.max_orders}"
        wanted = Counter(article for order in batch.orders for article in instance.articles(order))
        picked = Counter(int(instance.piece_article[piece]) for pieces in batch.picklists for piece in pieces)
        for article in (wanted - picked) | (picked - wanted):
            yield f"batch {number}: article {article} wanted {wanted[article]} times, picked {picked[article]} times"
        for place, listed in enumerate(batch.picklists):
            zones = {int(instance.zone[piece]) for piece in listed}
            volume = sum(int(instance.volume[instance.piece_article[piece]]) for piece in listed)
            if len(zones) > 1:
                yield f"batch {number}, picklist {place}: zones {sorted(zones)}, must be one"
            if volume > instance.max_volume:
                yield f"batch {number}, picklist {place}: volume {volume} above {instance.max_volume}"
