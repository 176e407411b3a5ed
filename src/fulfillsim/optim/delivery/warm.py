"""Kernels loaded or compiled before a clock runs, once per process."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from fulfillsim.optim.delivery.descent import improved
from fulfillsim.optim.delivery.instance import DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.penalized import begin_penalized
from fulfillsim.optim.delivery.search import Search, begin
from fulfillsim.optim.delivery.travel import euclidean


@lru_cache(maxsize=1)
def warm_up() -> None:
    """Run the kernels of the hybrid once on four stops; on later calls nothing happens."""
    small()


@lru_cache(maxsize=1)
def warm_up_moves() -> None:
    """The same with those of the local search."""
    improved(small())


def small_instance() -> DeliveryInstance:
    """Four stops with windows."""
    points = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, 1.0]])
    stops = tuple(DeliveryStop(str(n), (1.0,), windows_s=((0.0, 50.0),)) for n in range(4))
    return DeliveryInstance("warm-up", (Depot(),), stops, (Vehicle((2.0,)),) * 3, euclidean(points))


def small() -> Search:
    """A short search on four stops."""
    search = begin(small_instance(), 1, pool_size=16)
    search.run(0.1, 0.01, 3)
    search.restart(search.routes())
    return search


@lru_cache(maxsize=1)
def warm_up_penalized() -> None:
    """The same with those of the search through plans with faults."""
    own = begin_penalized(small_instance(), small())
    own.run(0.1, 0.1, 3)
