"""Kernels loaded or compiled before a clock runs, once per process."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from fulfillsim.optim.delivery.descent import improved
from fulfillsim.optim.delivery.instance import DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.regret_insertion import inserted
from fulfillsim.optim.delivery.search import begin
from fulfillsim.optim.delivery.travel import euclidean


@lru_cache(maxsize=1)
def warm_up() -> None:
    """Run every kernel of ours once on four stops; on later calls nothing happens."""
    points = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, 1.0]])
    stops = tuple(DeliveryStop(str(n), (1.0,), windows_s=((0.0, 50.0),)) for n in range(4))
    instance = DeliveryInstance("warm-up", (Depot(),), stops, (Vehicle((2.0,)),) * 3, euclidean(points))
    inserted(instance, 2)
    search = begin(instance, 1, pool_size=16)
    search.run(0.1, 0.01, 3)
    search.restart(search.routes())
    improved(search)
