"""Class-based storage: popular SKUs share the good places, by lot within their class.

Within-aisle storage keeps a class in aisles of its own, class A nearest to the depot's aisle; across-aisle storage
gives class A the places of every aisle that are nearest to the depot's cross-aisle.

References
----------
Petersen & Schmenner (1999), An evaluation of routing and volume-based storage policies in an order picking operation,
Decision Sciences 30(2). Shares of the classes: usual in practice, De Koster, Le-Duc & Roodbergen (2007), Design and
control of warehouse order picking, European Journal of Operational Research 182(2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.slotting.anywhere import PURPOSE
from fulfillsim.optim.slotting.instance import Slots, SlottingInstance
from fulfillsim.optim.solving import Solution, Stop
from fulfillsim.sampling.streams import Streams

SHARES = (0.2, 0.3, 0.5)
"""Of the SKUs in classes A, B and C."""


def within_aisle(instance: SlottingInstance, stop: Stop) -> Solution[Slots]:
    """Class A fills the aisles nearest to the depot, then B, then C; a class may end within an aisle."""
    away = np.abs(instance.aisle - instance.layout.start[0])
    return Solution(_filled(instance, np.lexsort((instance.aisle, away)), stop.seed), "feasible")


def across_aisle(instance: SlottingInstance, stop: Stop) -> Solution[Slots]:
    """Class A takes the places of all aisles that are nearest to the depot's cross-aisle, then B, then C."""
    deep_m = np.abs(instance.position_m - instance.layout.start[1])
    return Solution(_filled(instance, np.argsort(deep_m, kind="stable"), stop.seed), "feasible")


def class_of(instance: SlottingInstance) -> NDArray[np.int64]:
    """Class of each SKU by its rank: 0 is A."""
    bounds = np.round(np.cumsum(SHARES)[:-1] * instance.n_skus)
    return np.searchsorted(bounds, instance.rank, side="right")


def _filled(instance: SlottingInstance, places: NDArray[np.int64], seed: int) -> Slots:
    """Places in this order for class after class, by lot within each."""
    lot = Streams(seed, -1).uniforms(PURPOSE, 0, instance.n_skus)
    turn = np.argsort(np.lexsort((lot, class_of(instance))), kind="stable")
    return np.asarray(places[turn // instance.per_place], np.int64)
