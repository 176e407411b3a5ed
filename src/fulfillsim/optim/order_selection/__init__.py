"""Which orders to pick, from which places, in which batches: the joint order selection and batching problem."""

from __future__ import annotations

from collections.abc import Callable

from fulfillsim.optim.order_selection.evaluate import SelectionEvaluation, evaluate
from fulfillsim.optim.order_selection.instance import SelectedBatch, Selection, SelectionInstance
from fulfillsim.optim.solving import Solution, Stop

SOLVERS: dict[str, Callable[[SelectionInstance, Stop], Solution[Selection]]] = {}
"""Name -> ``(instance, stop) -> Solution``."""

__all__ = ["SOLVERS", "SelectedBatch", "Selection", "SelectionEvaluation", "SelectionInstance", "evaluate"]
