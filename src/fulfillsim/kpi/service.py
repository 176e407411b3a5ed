"""Formulas of what customers get: on time, in full, how long it takes, what they are told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fulfillsim.kpi.facts import DAY_S, LATE, ON_TIME, UNDECIDED, Facts
from fulfillsim.kpi.journeys import Status
from fulfillsim.kpi.measure import Ints, ratio
from fulfillsim.kpi.survival import Durations

Floats = NDArray[np.float64]
RowFormula = Callable[[Facts, Ints], float]
HOUR_S = 3600.0


def count(facts: Facts, rows: Ints) -> float:
    """How many."""
    del facts
    return float(len(rows))


def share_on_time(verdict: str) -> RowFormula:
    """Share of the decided orders that are on time by a verdict of the run."""

    def formula(facts: Facts, rows: Ints) -> float:
        verdicts = getattr(facts.run, verdict)[rows]
        return ratio((verdicts == ON_TIME).sum(), (verdicts != UNDECIDED).sum())

    return formula


def n_judged(verdict: str, judgment: int) -> RowFormula:
    """Count the orders that a verdict judges so (`LATE`, `UNDECIDED`)."""
    return lambda facts, rows: float((getattr(facts.run, verdict)[rows] == judgment).sum())


def otif(facts: Facts, rows: Ints) -> float:
    """Share of orders with every unit delivered by the promise, right and undamaged."""
    j, verdicts = facts.journeys, facts.run.delivery[rows]
    good = (verdicts == ON_TIME) & ~j.wrong[rows] & (j.units_shipped[rows] >= j.n_units[rows])
    return ratio(good.sum(), (verdicts != UNDECIDED).sum())


def perfect_order(facts: Facts, rows: Ints) -> float:
    """OTIF, and no error in the order's papers came to light on the way (a wrong address)."""
    j, verdicts = facts.journeys, facts.run.delivery[rows]
    wrong_papers = facts.trace.tape.capture_error[rows] & j.failed_attempt[rows]
    good = (verdicts == ON_TIME) & ~j.wrong[rows] & (j.units_shipped[rows] >= j.n_units[rows]) & ~wrong_papers
    return ratio(good.sum(), (verdicts != UNDECIDED).sum())


def carrier_on_time(facts: Facts, rows: Ints) -> float:
    """Share of parcels first attempted within the quoted working days from their actual pickup; lost ones are late."""
    return float(in_quoted_time(facts, rows).mean()) if len(rows) else float("nan")


def in_quoted_time(facts: Facts, rows: Ints) -> NDArray[np.bool_]:
    """Which parcels were first attempted within the quoted working days from their actual pickup, shape (n,)."""
    delivery = facts.world.delivery
    if delivery is None or not len(rows):
        return np.zeros(len(rows), np.bool_)
    carrier = np.array([s.carrier for s in delivery.services])[facts.index("parcels", "carrier_service")[rows]]
    quoted = facts.index("parcels", "quoted_days")[rows]
    last_day = np.array(
        [
            [[c.calendar.add(day, n) for n in range(quoted.max() + 1)] for day in range(len(facts.world.days))]
            for c in delivery.carriers
        ]
    )
    pickup_day = facts.run.day_of(facts.column("parcels", "departed_s")[rows])
    until_day = last_day[carrier, pickup_day, quoted]
    attempted_s = facts.column("parcels", "attempted_s")[rows]
    in_time = np.isfinite(attempted_s) & (facts.run.day_of(attempted_s) <= until_day)
    return np.asarray(in_time & ~(facts.column("parcels", "lost")[rows] > 0))


def promised_days(share: float | None) -> RowFormula:
    """Days from placing to the first promise: a quantile, or the mean (None)."""

    def formula(facts: Facts, rows: Ints) -> float:
        days = (facts.journeys.promise_s[rows] - facts.journeys.placed_s[rows]) / DAY_S
        days = days[np.isfinite(days)]
        if not len(days):
            return float("nan")
        return float(days.mean()) if share is None else Durations.complete(days).quantile(share)

    return formula


def _durations(facts: Facts, rows: Ints, since: str, until: str) -> Durations:
    """Hours from one moment to another, worked out once for all quantiles of a cohort."""
    key = (since, until, id(rows))
    if key not in facts.durations:
        facts.durations[key] = (rows, _worked_out(facts, rows, since, until))  # with the rows, so that the id stays
    return facts.durations[key][1]


def _worked_out(facts: Facts, rows: Ints, since: str, until: str) -> Durations:
    """Durations without cancelled orders and those not begun.

    Open ones have lasted until the end of the run; a lost order lasts for ever.
    """
    j = facts.journeys
    kept = rows[np.isnan(j.closed_s[rows]) & np.isfinite(getattr(j, since)[rows])]
    start_s = getattr(j, since)[kept]
    end_s = facts.run.done_s[kept] if until == "done_s" else getattr(j, until)[kept]
    ended = np.isfinite(end_s)
    never = (j.status[kept] == Status.LOST) & ~ended
    open_s = np.where(never, np.inf, np.maximum(facts.trace.end_s, start_s))
    hours = (np.where(ended, end_s, open_s) - start_s) / HOUR_S
    return Durations(hours, ended)


def hours_within(since: str, until: str, share: float) -> RowFormula:
    """Hours within which a share of the orders get from one moment to another (Kaplan-Meier)."""

    def formula(facts: Facts, rows: Ints) -> float:
        return _durations(facts, rows, since, until).quantile(share)

    return formula


def mean_hours(since: str, until: str) -> RowFormula:
    """Mean hours from one moment to another; NaN if any order is still open or lost."""
    return lambda facts, rows: _durations(facts, rows, since, until).mean()


def restricted_mean_hours(since: str, until: str) -> RowFormula:
    """Mean hours from one moment to another, as far as the run can tell."""
    return lambda facts, rows: _durations(facts, rows, since, until).curve.restricted_mean()


def n_censored(facts: Facts, rows: Ints) -> float:
    """How many orders of the cohort had not come to their end when the run stopped."""
    return float((~_durations(facts, rows, "received_s", "done_s").ended).sum())


def filled_at_acceptance(facts: Facts, rows: Ints) -> float:
    """Share of orders whose goods were all there when they were asked for."""
    j = facts.journeys
    short = j.backordered[rows] | (j.status[rows] == Status.OUT_OF_STOCK)
    return ratio((~short).sum(), len(rows))


def filled_by_departure(facts: Facts, rows: Ints) -> float:
    """Share of orders all of whose units had left by the due departure."""
    j = facts.journeys
    return ratio((_units_by_departure(facts)[rows] >= j.n_units[rows]).sum(), len(rows))


def units_filled_by_departure(facts: Facts, rows: Ints) -> float:
    """Share of units that had left by the due departure of their order."""
    j = facts.journeys
    return ratio(np.minimum(_units_by_departure(facts), j.n_units)[rows].sum(), j.n_units[rows].sum())


def _units_by_departure(facts: Facts) -> Floats:
    order = facts.index("parcels", "order")
    in_time = facts.run.departure_s <= facts.journeys.due_departure_s[order]
    units = facts.column("parcels", "units") * in_time
    return np.asarray(np.bincount(order, units, minlength=len(facts.journeys)), dtype=np.float64)


def late_because(facts: Facts) -> dict[str, float]:
    """Late orders of the window by their cause."""
    found = facts.run.why_late
    counts = np.bincount(found.code[facts.rows("late")], minlength=len(found.causes))
    return dict(zip(found.causes, counts.astype(float).tolist(), strict=True))


def per_order(table: str, factor: float = 1.0) -> RowFormula:
    """Rows of a table (notices, contacts) about the orders, per order, times a factor."""

    def formula(facts: Facts, rows: Ints) -> float:
        n_about = np.bincount(facts.index(table, "order"), minlength=len(facts.journeys))
        return factor * ratio(n_about[rows].sum(), len(rows))

    return formula


def n_with_status(*statuses: Status) -> RowFormula:
    """Count the orders of the cohort that ended so."""
    return lambda facts, rows: float(np.isin(facts.journeys.status[rows], statuses).sum())


n_late_delivery = n_judged("delivery", LATE)
