"""When each batch of a plan is finished, if pickers take the batches in the order of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapreplace

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.instance import Batches, BatchingInstance


def finished_s(instance: BatchingInstance, batches: Batches, lengths_m: Sequence[float]) -> NDArray[np.float64]:
    """End of each order's tour, shape (n_orders,); infinite for orders in no batch.

    A batch starts when the first picker is free and all its orders are released.
    """
    pickers, finished = instance.pickers, np.full(instance.n_orders, np.inf)
    release = np.zeros(instance.n_orders) if instance.release_s is None else instance.release_s
    n_lines = np.diff(instance.first)
    free = [0.0] * pickers.n_pickers
    for batch, length_m in zip(batches, lengths_m, strict=True):
        if not batch:
            continue
        orders = list(batch)
        walk_s = length_m / pickers.speed_m_per_s
        work_s = pickers.setup_s + walk_s + pickers.pick_s * float(n_lines[orders].sum())
        end = max(free[0], float(release[orders].max())) + work_s
        heapreplace(free, end)
        finished[orders] = end
    return finished


def tardiness_s(instance: BatchingInstance, batches: Batches, lengths_m: Sequence[float]) -> float:
    """Seconds by which orders are finished after their due date, summed; 0 without due dates."""
    if instance.due_s is None:
        return 0.0
    late = finished_s(instance, batches, lengths_m) - instance.due_s
    return float(np.maximum(late, 0.0)[np.isfinite(late)].sum())
