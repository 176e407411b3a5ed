"""Which orders to pick, from which places, in which batches: the joint order selection and batching problem."""

from __future__ import annotations

from collections.abc import Callable

from fulfillsim.optim.order_selection.cheapest_order import greedy
from fulfillsim.optim.order_selection.evaluation import SelectionEvaluation, evaluate
from fulfillsim.optim.order_selection.instance import SelectedBatch, Selection, SelectionInstance
from fulfillsim.optim.order_selection.ruin_recreate import ruin_and_recreate
from fulfillsim.optim.solving import Solution, Stop

SOLVERS: dict[str, Callable[[SelectionInstance, Stop], Solution[Selection]]] = {
    "auto": ruin_and_recreate,
    "greedy": greedy,
    "ruin_and_recreate": ruin_and_recreate,
}
"""Name -> ``(instance, stop) -> Solution``."""

__all__ = ["SOLVERS", "SelectedBatch", "Selection", "SelectionEvaluation", "SelectionInstance", "evaluate"]
