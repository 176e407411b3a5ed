"""Which SKU lies in which slot; one file per method.

A method is a function ``(instance, stop) -> Solution[Slots]``; `evaluate` walks the orders of the instance through its
plan. To add one: a file here and its place in `SLOTTING`; a scenario may name it at once.
"""

from __future__ import annotations

from collections.abc import Callable

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

__all__ = ["SLOTTING", "Evaluation", "Slots", "SlottingInstance", "SlottingMethod", "evaluate"]
