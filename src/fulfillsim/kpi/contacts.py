"""Formulas of what customers are told and what they ask: who was surprised, who was warned, who called."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import ContactEnd, ContactReason, Notice
from fulfillsim.kpi.facts import LATE, ON_TIME, UNDECIDED, Facts, Run
from fulfillsim.kpi.keeping import once
from fulfillsim.kpi.measure import Ints, ratio

REASONS = (*(reason.name.lower() for reason in ContactReason), "withdrawn")
"""Members of the family ``n_contacts``."""


def n_contacts(facts: Facts) -> dict[str, float]:
    """Contacts in the window by reason, and those that ended because the parcel or the news came while they waited."""
    reason = facts.index("contacts", "reason")[facts.inside(facts.column("contacts", "time_s"))]
    counts = np.bincount(reason, minlength=len(ContactReason)).astype(float).tolist()
    withdrawn = facts.index("contact_ends", "kind") == ContactEnd.WITHDRAWN
    n_withdrawn = (withdrawn & facts.inside(facts.column("contact_ends", "time_s"))).sum()
    return dict(zip(REASONS, [*counts, float(n_withdrawn)], strict=True))


@once
def warned(run: Run) -> NDArray[np.bool_]:
    """Tell which orders' customers heard of a delay before the date of their first promise had passed."""
    order, kind = run.index("notices", "order"), run.index("notices", "kind")
    bad_news = (kind == Notice.DELAY) | (kind == Notice.ETA_CHANGE)
    in_time = run.column("notices", "time_s") < run.day_end_s(run.journeys.promise_s)[order]
    return np.bincount(order[bad_news & in_time], minlength=len(run.journeys)) > 0


def promises_kept(facts: Facts, rows: Ints) -> float:
    """Share of the decided orders that came by their first promise and never gave cause for worry."""
    verdicts = facts.run.delivery[rows]
    good = (verdicts == ON_TIME) & ~warned(facts.run)[rows]
    return ratio(good.sum(), (verdicts != UNDECIDED).sum())


def surprises(facts: Facts, rows: Ints) -> float:
    """Share of the decided orders that came late, or not at all, without a word before."""
    verdicts = facts.run.delivery[rows]
    bad = (verdicts == LATE) & ~warned(facts.run)[rows]
    return ratio(bad.sum(), (verdicts != UNDECIDED).sum())


def promise_accuracy(facts: Facts, rows: Ints) -> float:
    """Mean of the day of delivery less the promised day; what never came is left out."""
    day_of, j = facts.run.day_of, facts.journeys
    came = rows[np.isfinite(j.delivered_s[rows])]
    return float((day_of(j.delivered_s[came]) - day_of(j.promise_s[came])).mean()) if len(came) else float("nan")


def false_alarms(facts: Facts, rows: Ints) -> float:
    """Share of the orders whose customers heard of a delay that came by their first promise after all."""
    told = rows[warned(facts.run)[rows]]
    return ratio((facts.run.delivery[told] == ON_TIME).sum(), len(told))
