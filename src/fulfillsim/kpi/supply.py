"""Formulas of what suppliers deliver: on time, in full, for what.

A row of ``arrivals`` is a delivery that a supplier has quoted; it belongs to the window in which it was due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.measure import Ints, ratio

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Bools = NDArray[np.bool_]


def unreliable(world: World) -> bool:
    """Suppliers may be late or short, or are chosen order by order."""
    plan = world.inventory
    if plan is None:
        return False
    return plan.sourcing is not None or any(s.late or s.short or s.delays or len(s.parts) > 1 for s in plan.suppliers)


def _due(facts: Facts) -> Ints:
    """Deliveries that were due in the window, and decided when the run ended: there, or past their day."""
    due_s, arrived_s = facts.column("arrivals", "due_s"), facts.column("arrivals", "arrived_s")
    past = facts.run.day_end_s(due_s) <= facts.trace.end_s
    return np.flatnonzero(facts.inside(due_s) & (past | np.isfinite(arrived_s)))


def _in_time(facts: Facts, rows: Ints) -> Bools:
    """Whether they came by the end of the day for which they were quoted."""
    until_s = facts.run.day_end_s(facts.column("arrivals", "due_s")[rows])
    return np.asarray(facts.column("arrivals", "arrived_s")[rows] < until_s)


def _shares(facts: Facts, rows: Ints, good: Bools) -> dict[str, float]:
    """Share of good deliveries by supplier."""
    plan = facts.world.inventory
    suppliers = plan.suppliers if plan is not None else ()
    of = facts.column("arrivals", "supplier")[rows].astype(np.int64)
    n, n_good = np.bincount(of, minlength=len(suppliers)), np.bincount(of, good, minlength=len(suppliers))
    return {supplier.name: ratio(n_good[i], n[i]) for i, supplier in enumerate(suppliers)}


def on_time(facts: Facts) -> dict[str, float]:
    """Share of deliveries that came by the day for which they were quoted."""
    rows = _due(facts)
    return _shares(facts, rows, _in_time(facts, rows))


def in_full(facts: Facts) -> dict[str, float]:
    """Share of the deliveries that came which brought all units that were quoted."""
    rows = _due(facts)
    rows = rows[np.isfinite(facts.column("arrivals", "arrived_s")[rows])]
    return _shares(facts, rows, facts.column("arrivals", "units")[rows] >= facts.column("arrivals", "quoted")[rows])


def units_short(facts: Facts) -> float:
    """Units quoted for the window that did not come by their day: late, following later, or cancelled."""
    rows = _due(facts)
    came = np.where(_in_time(facts, rows), facts.column("arrivals", "units")[rows], 0.0)
    return float((facts.column("arrivals", "quoted")[rows] - came).sum())


def purchase_cost(facts: Facts) -> float:
    """What the goods cost that suppliers delivered in the window."""
    rows = np.flatnonzero(facts.inside(facts.column("arrivals", "arrived_s")))
    return float(facts.column("arrivals", "units")[rows] @ facts.column("arrivals", "price")[rows])
