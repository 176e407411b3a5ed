"""Formulas of returns: how many come, how long they take, who brings them; and that nothing comes from nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import SimulationError
from fulfillsim.kpi.facts import TOLERANCE_S, Facts
from fulfillsim.kpi.measure import ratio

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

HOUR_S = 3600.0
Ints = NDArray[np.int64]


def takes_back(world: World) -> bool:
    """Customers send goods back."""
    return world.returns is not None


def collects(world: World) -> bool:
    """Own vans fetch some of them."""
    return world.returns is not None and world.returns.collected_prob > 0


def restocks(world: World) -> bool:
    """They may go back to a shelf that can be empty."""
    return world.returns is not None and world.inventory is not None


def _rows(facts: Facts, moment: str) -> Ints:
    """Returns that came to a moment in the window."""
    return np.flatnonzero(facts.inside(facts.column("returns", moment)))


def n_returns(facts: Facts) -> float:
    """Returns that came to the desk in the window."""
    return float(len(_rows(facts, "arrived_s")))


def cycle_h(facts: Facts) -> float:
    """Mean hours from the customer's wish until the goods have been looked at, of those done in the window."""
    rows = _rows(facts, "done_s")
    took_s = facts.column("returns", "done_s") - facts.column("returns", "asked_s")
    return ratio(took_s[rows].sum(), len(rows)) / HOUR_S


def collected(facts: Facts) -> float:
    """Share of the returns of the window that a van brought."""
    rows = _rows(facts, "arrived_s")
    return ratio(facts.column("returns", "collected")[rows].sum(), len(rows))


def restocked(facts: Facts) -> float:
    """Share of the units looked at in the window that went back to the shelf."""
    rows = _rows(facts, "done_s")
    return ratio(facts.column("returns", "restocked")[rows].sum(), facts.column("returns", "units")[rows].sum())


def check_returns(facts: Facts) -> None:
    """Pass if each return was delivered before it was sent off, comes once, and holds no more than was shipped.

    Raises
    ------
    SimulationError
        Naming the first return at fault.
    """
    if facts.world.returns is None:
        return
    order, j = facts.index("returns", "order"), facts.journeys
    asked_s, units = facts.column("returns", "asked_s"), facts.column("returns", "units")
    delivered_s = np.full(len(j), np.inf)
    np.fmin.at(delivered_s, facts.index("parcels", "order"), facts.column("parcels", "delivered_s"))
    _refuse(asked_s < delivered_s[order] - TOLERANCE_S, "sent off before its order was delivered")
    arrived_s, done_s = facts.column("returns", "arrived_s"), facts.column("returns", "done_s")
    _refuse((arrived_s < asked_s - TOLERANCE_S) | (done_s < arrived_s - TOLERANCE_S), "looked at before it came")
    sums = np.bincount(order, units, minlength=len(j))
    _refuse((sums > j.units_shipped)[order], "of an order more of which came back than was shipped")
    _refuse(facts.column("returns", "restocked") > units, "more of which went to the shelf than came back")


def _refuse(bad: NDArray[np.bool_], rule: str) -> None:
    if bad.any():
        raise SimulationError(rule, None, f"return {int(np.argmax(bad))}")
