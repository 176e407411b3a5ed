"""Which SKU lies in which slot; one file per method.

A method is a function ``(instance, stop) -> Solution[Slots]``; `evaluate` walks the orders of the instance through its
plan. To add one: a file here and its place in `SLOTTING`; a scenario may name it at once.
"""

from __future__ import annotations

from collections.abc import Callable

from fulfillsim.domain.layout import Layout, RectangularLayout
from fulfillsim.optim.slotting import anywhere, by_popularity, classes, together
from fulfillsim.optim.slotting.evaluation import Evaluation, evaluate
from fulfillsim.optim.slotting.instance import Slots, SlottingInstance
from fulfillsim.optim.solving import Solution, Stop

SlottingMethod = Callable[[SlottingInstance, Stop], Solution[Slots]]

SLOTTING: dict[str, SlottingMethod] = {
    "random": anywhere.solve,
    "popularity": by_popularity.solve,
    "abc_within_aisle": classes.within_aisle,
    "abc_across_aisle": classes.across_aisle,
    "cooccurrence": together.solve,
}
"""Methods by the names that scenarios use in ``catalog.slots``."""

BY_AISLE = frozenset({"abc_within_aisle", "abc_across_aisle"})
"""Methods that give classes aisles, or parts of each aisle."""


def why_not(name: str, layout: Layout) -> str:
    """Why a method cannot place SKUs in a layout; empty if it can."""
    if name not in BY_AISLE or isinstance(layout, RectangularLayout):
        return ""
    return "needs aisles, this layout is a graph: use popularity"


__all__ = ["BY_AISLE", "SLOTTING", "Evaluation", "Slots", "SlottingInstance", "SlottingMethod", "evaluate", "why_not"]
