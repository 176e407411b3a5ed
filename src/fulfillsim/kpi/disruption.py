"""Formulas of disruptions: the run against the same customers without the events (common random numbers)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fulfillsim.kpi.cost import total_cost
from fulfillsim.kpi.facts import Facts

Floats = NDArray[np.float64]
HOUR_S = 3600.0
HOURS_NORMAL = 24
NORMAL, FEW = 1.05, 5.0
"""A backlog is normal at most five percent, or five orders, above that without the events: tours never mend exactly."""


def late_orders_caused(facts: Facts) -> float:
    """Late orders of the window, more than there would have been; NaN without the other run."""
    twin = facts.undisturbed
    return math.nan if twin is None else float(len(facts.rows("late")) - len(twin.rows("late")))


def cost_caused(facts: Facts) -> float:
    """Cost of the window, more than there would have been."""
    twin = facts.undisturbed
    return math.nan if twin is None else total_cost(facts) - total_cost(twin)


def hours_to_normal(facts: Facts) -> float:
    """Hours from the end of the last event until the backlog is what it would have been, and stays so for a day.

    Looked at every hour; infinite where that does not happen as long as the run goes.
    """
    twin = facts.undisturbed
    if twin is None or not facts.world.events:
        return math.nan
    end_s = max(event.end_s for event in facts.world.events)
    until_s = min(facts.trace.end_s, twin.trace.end_s)
    hours_s = np.arange(end_s, max(until_s, end_s) + 1.0, HOUR_S)
    usual = backlog(twin, hours_s)
    high = np.cumsum(backlog(facts, hours_s) > np.maximum(usual * NORMAL, usual + FEW))
    later = np.minimum(np.arange(len(hours_s)) + HOURS_NORMAL, len(hours_s) - 1)
    stays = np.flatnonzero(high[later] == np.concatenate([[0], high[:-1]]))
    return float(stays[0]) if len(stays) and until_s >= end_s else math.inf


def backlog(facts: Facts, times_s: Floats) -> Floats:
    """Orders at each moment that could be worked on and do not stand at the dock yet, shape of ``times_s``."""
    workable_s, j = facts.run.workable_s, facts.journeys
    done_s = np.fmin(j.staged_s if facts.world.delivery is not None else j.shipped_s, j.closed_s)
    there = np.isfinite(workable_s)
    came = np.searchsorted(np.sort(workable_s[there]), times_s, side="right")
    left = np.searchsorted(np.sort(done_s[there & np.isfinite(done_s)]), times_s, side="right")
    return np.asarray(came - left, dtype=np.float64)
