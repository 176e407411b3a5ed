"""Ruin and recreate from the greedy plan: orders leave, cheaper ones come in, walks are shortened.

References
----------
Schrimpf et al. (2000), Record breaking optimization results using the ruin and recreate principle, Journal of
Computational Physics 159(2); acceptance by a falling temperature as in Christiaens and Vanden Berghe (2020),
Transportation Science 54(2).
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from fulfillsim.optim.order_selection.arrays import choice_of, empty_state, plan_of
from fulfillsim.optim.order_selection.cheapest_order import NO_PLAN, built
from fulfillsim.optim.order_selection.instance import Selection, SelectionInstance
from fulfillsim.optim.solving import Solution, Stop

HOT, COLD = 0.01, 0.0002
"""Temperatures at the begin and the end, as shares of the greedy plan's length."""

SLICE = 10
"""Steps between two looks at the clock."""

STEPS = 2_000
"""Without a limit of any kind."""


def ruin_and_recreate(instance: SelectionInstance, stop: Stop) -> Solution[Selection]:
    """The shortest plan met; an iteration is one ruin and recreate."""
    from fulfillsim.optim.order_selection._kernels import copy, search

    began, deadline = perf_counter(), stop.deadline()
    random = np.array([np.random.default_rng(stop.seed).integers(1, 2**63)], np.uint64)
    choice = choice_of(instance)
    if (now := built(instance, choice)) is None:
        return Solution(None, "unknown", message=NO_PLAN)
    trial, best = (empty_state(instance, len(now.n_orders)) for _ in range(2))
    copy(now, best)
    scale = float(best.total[0])
    incumbents = [(perf_counter() - began, scale)]
    n_steps = stop.iterations if stop.iterations is not None or stop.seconds is not None else STEPS
    done = 0
    while perf_counter() < deadline and (n_steps is None or done < n_steps):
        spent = done / n_steps if n_steps else (perf_counter() - began) / max(deadline - began, 1e-9)
        heat = scale * HOT * (COLD / HOT) ** min(1.0, spent)
        n = SLICE if n_steps is None else min(SLICE, n_steps - done)
        search(choice, now, trial, best, n, heat, heat, random)
        done += n
        if best.total[0] < incumbents[-1][1]:
            incumbents.append((perf_counter() - began, float(best.total[0])))
    return Solution(plan_of(best), "feasible", incumbents=tuple(incumbents), message=f"{done} steps")
