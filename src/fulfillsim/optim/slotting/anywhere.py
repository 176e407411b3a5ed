"""Random storage: SKUs lie anywhere, spread over all places."""

from __future__ import annotations

import numpy as np

from fulfillsim.optim.slotting.instance import Slots, SlottingInstance
from fulfillsim.optim.solving import Solution, Stop
from fulfillsim.sampling.streams import Streams

PURPOSE = "catalog/sku:slot"


def solve(instance: SlottingInstance, stop: Stop) -> Solution[Slots]:
    """Places by lot, by the seed of ``stop``."""
    n = instance.n_skus
    lot = np.argsort(np.argsort(Streams(stop.seed, -1).uniforms(PURPOSE, 0, n), kind="stable"), kind="stable")
    return Solution(lot * instance.n_places // max(n, 1), "feasible")
