"""Facts: what the KPI formulas are computed from, each worked out once and only when somebody asks.

A `Facts` object looks at a run through a window of time. `Facts.within` gives the same run through a narrower one,
so that a KPI of a day is the KPI with the day as its window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.kpi.journeys import BY_CUSTOMER, BY_SELLER, ENDINGS, Journeys, Status, departures, find_journeys
from fulfillsim.kpi.protocols import Trace
from fulfillsim.kpi.survival import Durations

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.kpi.why_late import WhyLate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
ON_TIME, LATE, UNDECIDED = 1, 0, -1
TOLERANCE_S = 1e-6
"""Sums of seconds may differ in their last bits; nobody is late by a microsecond."""
DAY_S = 86_400.0


def overlap_s(start_s: Floats, end_s: Floats, from_s: float, until_s: float) -> Floats:
    """Seconds of each span that lie in [from_s, until_s); 0 where the span's start is NaN."""
    inside = np.minimum(end_s, until_s)
    inside -= np.maximum(start_s, from_s)
    return np.asarray(np.fmax(inside, 0.0, out=inside))


@dataclass(frozen=True)
class Cohort:
    """The rows that a KPI is about.

    Parameters
    ----------
    of
        ``"order"`` or ``"parcel"``.
    rows
        Rows of `Journeys` or of the table ``parcels``.
    time_s
        What puts each row into the window, shape of ``rows``.
    """

    of: str
    rows: Ints
    time_s: Floats


class Run:
    """One replication, whatever the window: columns and journeys."""

    def __init__(self, world: World, trace: Trace) -> None:
        self.world, self.trace = world, trace
        self._columns: dict[tuple[str, str], Floats] = {}
        self._indices: dict[tuple[str, str], Ints] = {}
        self.kept: dict[Any, Any] = {}
        self.midnight_s = np.array(world.days.midnight_s)

    def column(self, table: str, name: str) -> Floats:
        """Return a column of the trace, contiguous."""
        key = (table, name)
        if key not in self._columns:
            self._columns[key] = np.ascontiguousarray(self.trace.columns(table)[name])
        return self._columns[key]

    def index(self, table: str, name: str) -> Ints:
        """Return a column of the trace as indices."""
        key = (table, name)
        if key not in self._indices:
            self._indices[key] = self.trace.columns(table)[name].astype(np.int64)
        return self._indices[key]

    @cached_property
    def journeys(self) -> Journeys:
        """One row per order."""
        return find_journeys(self.world, self.trace)

    def day_of(self, time_s: Floats) -> Ints:
        """Local day index of each second; NaN goes beyond the last day."""
        return np.searchsorted(self.midnight_s, time_s, side="right") - 1

    def day_end_s(self, time_s: Floats) -> Floats:
        """Next local midnight after each second, exclusive end of its date."""
        return self.midnight_s[np.minimum(self.day_of(time_s) + 1, len(self.midnight_s) - 1)]

    def verdict(self, done_s: Floats, until_s: Floats, known_s: Floats) -> NDArray[np.int8]:
        """Judge each order: on time, late, or undecided.

        Late is what was not done until ``until_s``; undecided is an open order whose ``known_s`` (when it would be
        late for certain) lies beyond the end of the run.
        """
        status = self.journeys.status
        settled = np.isin(status, (Status.LOST, *BY_SELLER)) | np.isfinite(done_s)
        verdict = np.where(done_s <= until_s + TOLERANCE_S, ON_TIME, LATE).astype(np.int8)
        verdict[~settled & ~(known_s <= self.trace.end_s)] = UNDECIDED
        return verdict

    @cached_property
    def departure_s(self) -> Floats:
        """Departure with which each row of ``parcels`` left."""
        return departures(self.trace)

    @cached_property
    def shipment(self) -> NDArray[np.int8]:
        """Verdict on the due departure."""
        due_s = self.journeys.due_departure_s
        return self.verdict(self.journeys.departure_s, due_s, due_s)

    @cached_property
    def delivery(self) -> NDArray[np.int8]:
        """Verdict on the date of the first promise."""
        return self._by_date(self.journeys.promise_s)

    @cached_property
    def delivery_last(self) -> NDArray[np.int8]:
        """Verdict on the date of the promise that held in the end."""
        return self._by_date(self.journeys.last_promise_s)

    @cached_property
    def delivery_stamp(self) -> NDArray[np.int8]:
        """Verdict on the second of the first promise."""
        promise_s = self.journeys.promise_s
        return self.verdict(self.journeys.delivered_s, promise_s, promise_s)

    @cached_property
    def why_late(self) -> WhyLate:
        """Late orders and the cause of each."""
        from fulfillsim.kpi.why_late import explain  # it looks at stations by the formulas of people, which look here

        return explain(self)

    def _by_date(self, promise_s: Floats) -> NDArray[np.int8]:
        """A date is kept until 23:59:59: by day index, so that midnight itself is the next day."""
        end_s = self.day_end_s(promise_s)
        day_s = np.where(np.isfinite(promise_s), end_s - 2 * TOLERANCE_S, np.nan)
        return self.verdict(self.journeys.delivered_s, day_s, end_s)

    @cached_property
    def workable_s(self) -> Floats:
        """When each order could be worked on: goods reserved, else promised, else cleared or received."""
        j = self.journeys
        if self.world.inventory is not None:
            return j.allocated_s
        if self.world.processing is None:
            return j.received_s
        return j.accepted_s if self.world.delivery is not None else j.cleared_s

    @cached_property
    def out_s(self) -> Floats:
        """When each order left the building or was closed."""
        return np.fmin(self.journeys.shipped_s, self.journeys.closed_s)

    @cached_property
    def continued(self) -> Bools:
        """Tell which rows of ``visits`` are later pieces of a visit that was interrupted.

        Such a piece is queued at the moment at which the piece before it ended, at the same station. (At a station
        that sends what fails back to itself every row is a visit of its own.)
        """
        station, item = self.index("visits", "station"), self.index("visits", "item")
        key = (item - item.min(initial=0)) * max(1, len(self.trace.stations)) + station
        continued = np.zeros(len(key), dtype=np.bool_)
        seen = np.zeros(key.max(initial=-1) + 1, dtype=np.bool_)
        seen[key] = True
        if seen.sum() == len(key):
            return continued
        queued_s, ended_s = self.column("visits", "queued_s"), self.column("visits", "ended_s")
        repeated = np.flatnonzero((np.bincount(key)[key] > 1) & ~self._sent_back[station])
        order = repeated[np.lexsort((queued_s[repeated], key[repeated]))]
        before, after = order[:-1], order[1:]
        continued[after] = (key[before] == key[after]) & (ended_s[before] == queued_s[after])
        return continued

    @property
    def _sent_back(self) -> Bools:
        plan = self.world.fulfillment
        names = {s.station.name for s in plan.steps if s.rework_to == s.station.name} if plan else set()
        return np.array([station.name in names for station in self.trace.stations], dtype=np.bool_)

    @cached_property
    def done_s(self) -> Floats:
        """When the journey was over for the customer: delivered, or left where nothing is delivered."""
        j = self.journeys
        return j.delivered_s if self.world.delivery is not None else j.shipped_s


class Facts:
    """A run seen through a window [start_s, end_s) of time.

    Parameters
    ----------
    world, trace
        What was simulated, and what happened.
    undisturbed
        The same customers without the world's events, through the same window; None where nobody ran that.
    """

    def __init__(self, world: World, trace: Trace, undisturbed: Facts | None = None) -> None:
        self.run = Run(world, trace)
        self.undisturbed = undisturbed
        self._look(world.days.window_start_s, world.days.window_end_s)

    def _look(self, start_s: float, end_s: float) -> None:
        self.start_s, self.end_s = start_s, end_s
        self._cohorts: dict[str, Cohort] = {}
        self.kept: dict[Any, Any] = {}
        self.durations: dict[tuple[str, str, int], tuple[Ints, Durations]] = {}

    def within(self, start_s: float, end_s: float) -> Facts:
        """Return the same run through another window."""
        facts = Facts.__new__(Facts)
        facts.run = self.run
        facts.undisturbed = self.undisturbed and self.undisturbed.within(start_s, end_s)
        facts._look(start_s, end_s)
        return facts

    @property
    def world(self) -> World:
        """What was simulated."""
        return self.run.world

    @property
    def trace(self) -> Trace:
        """What happened."""
        return self.run.trace

    @property
    def journeys(self) -> Journeys:
        """One row per order."""
        return self.run.journeys

    @property
    def length_s(self) -> float:
        """Length of the window."""
        return self.end_s - self.start_s

    @property
    def n_days(self) -> int:
        """Local days that the window touches."""
        first, last = self.run.day_of(np.array([self.start_s, np.nextafter(self.end_s, -np.inf)])).tolist()
        return int(last - first + 1)

    def inside(self, time_s: Floats) -> Bools:
        """Tell which times lie in the window."""
        return (time_s >= self.start_s) & (time_s < self.end_s)

    def overlap_s(self, start_s: Floats, end_s: Floats) -> Floats:
        """Seconds of each span in the window."""
        return overlap_s(start_s, end_s, self.start_s, self.end_s)

    def cohort(self, name: str) -> Cohort:
        """Return the rows of a cohort by its name in `COHORTS`."""
        if name not in self._cohorts:
            of, time_s = COHORTS[name](self)
            rows = np.flatnonzero(self.inside(time_s))
            self._cohorts[name] = Cohort(of, rows, time_s[rows])
        return self._cohorts[name]

    def rows(self, name: str) -> Ints:
        """Return the rows of a cohort."""
        return self.cohort(name).rows

    def column(self, table: str, name: str) -> Floats:
        """Return a column of the trace."""
        return self.run.column(table, name)

    def index(self, table: str, name: str) -> Ints:
        """Return a column of the trace as indices."""
        return self.run.index(table, name)

    @cached_property
    def visit_s(self) -> Floats:
        """Seconds of work of each visit in the window."""
        return self.overlap_s(self.column("visits", "started_s"), self.column("visits", "ended_s"))

    @cached_property
    def busy_s(self) -> Floats:
        """Seconds worked in the window by worker and station, shape (n_workers, n_stations)."""
        n_workers, n_stations = len(self.trace.workers), len(self.trace.stations)
        cell = (self.index("visits", "worker") + 1) * n_stations  # nobody (-1) comes first, and is left out
        cell += self.index("visits", "station")
        total = np.bincount(cell, self.visit_s, minlength=(n_workers + 1) * n_stations)
        return np.asarray(total.reshape(n_workers + 1, n_stations)[1:], dtype=np.float64)

    @cached_property
    def worker_role(self) -> Ints:
        """Role index of each worker."""
        return np.array([worker.role for worker in self.trace.workers], dtype=np.int64)

    @cached_property
    def direct_s(self) -> Floats:
        """Seconds worked for orders in the window by worker and station: without the indirect share.

        Visits last 1 / (1 - indirect share) as long as their work, so the share is taken out again.
        """
        indirect = np.array([role.indirect_share for role in self.world.staff])
        return self.busy_s * (1.0 - indirect[self.worker_role])[:, None] if len(indirect) else self.busy_s


def _orders_at(column: str) -> Callable[[Facts], tuple[str, Floats]]:
    return lambda facts: ("order", getattr(facts.journeys, column))


def _due_at(column: str) -> Callable[[Facts], tuple[str, Floats]]:
    """Orders due at a time, without those that the customer ended before it."""

    def times(facts: Facts) -> tuple[str, Floats]:
        j = facts.journeys
        due_s: Floats = getattr(j, column)
        gone = np.isin(j.status, BY_CUSTOMER) & (j.closed_s < due_s)
        return "order", np.where(gone, np.nan, due_s)

    return times


def _withdrawn(facts: Facts) -> tuple[str, Floats]:
    """Orders due at a departure that the customer ended before it."""
    j = facts.journeys
    gone = np.isin(j.status, BY_CUSTOMER) & (j.closed_s < j.due_departure_s)
    return "order", np.where(gone, j.due_departure_s, np.nan)


def _asked(facts: Facts) -> tuple[str, Floats]:
    """Orders for which goods were looked for: reserved, backordered, or cancelled for lack of stock."""
    j = facts.journeys
    lost_s = np.where(j.status == Status.OUT_OF_STOCK, j.closed_s, np.nan)
    return "order", np.fmin(np.fmin(j.allocated_s, j.backordered_s), lost_s)


COHORTS: dict[str, Callable[[Facts], tuple[str, Floats]]] = {
    "placed": _orders_at("placed_s"),
    "received": _orders_at("received_s"),
    "accepted": _orders_at("accepted_s"),
    "asked": _asked,
    "shipped": _orders_at("shipped_s"),
    "delivered": _orders_at("delivered_s"),
    "closed": _orders_at("closed_s"),
    "due": _due_at("due_departure_s"),
    "promised": _due_at("promise_s"),
    "withdrawn": _withdrawn,
    "late": lambda facts: ("order", facts.run.why_late.due_s),
    "workable": lambda facts: ("order", facts.run.workable_s),
    "parcels": lambda facts: ("parcel", facts.column("parcels", "departed_s")),
}
"""Name -> what the rows are, and the time that puts each row into the window."""

CANCELLED = tuple(status for status in ENDINGS if status not in (Status.HUNG_UP, Status.BLOCKED))
"""Statuses of orders that were taken in and then cancelled."""
