"""Full-turnover storage: the most popular SKU lies nearest to the depot.

References
----------
Hausman, Schwarz & Graves (1976), Optimal storage assignment in automatic warehousing systems, Management Science 22(6).
"""

from __future__ import annotations

import numpy as np

from fulfillsim.optim.slotting.instance import Slots, SlottingInstance
from fulfillsim.optim.solving import Solution, Stop


def solve(instance: SlottingInstance, stop: Stop) -> Solution[Slots]:
    """Places by distance from the depot, of equals the first; optimal where every order has one line."""
    near_first = np.argsort(instance.distance_m, kind="stable")
    return Solution(near_first[instance.rank // instance.per_place], "feasible")
