"""Journeys: the trace seen from the orders, one row each.

The trace tells what happened in the order in which it was written down; here each order gets its milestones, its
promise, its parcels and how it ended. An order is shipped and delivered with its last parcel.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import Milestone, ShortPick
from fulfillsim.kpi.protocols import Trace

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Status(IntEnum):
    """How an order's journey ended, as far as the run tells."""

    OPEN = 0
    SHIPPED = 1
    """All units left the dock; the carrier has not said more."""
    DELIVERED = 2
    LEFT = 3
    """Done, in a scenario without delivery."""
    LOST = 4
    """All units left the dock and a parcel of it never arrived."""
    DUPLICATE = 5
    REFUSED = 6
    OUT_OF_STOCK = 7
    HUNG_UP = 8
    BLOCKED = 9


ENDINGS = {
    Status.DUPLICATE: Milestone.DUPLICATE,
    Status.REFUSED: Milestone.REFUSED,
    Status.OUT_OF_STOCK: Milestone.OUT_OF_STOCK,
    Status.HUNG_UP: Milestone.HUNG_UP,
    Status.BLOCKED: Milestone.BLOCKED,
}
"""Statuses that one milestone brings about, before anything is shipped."""
BY_SELLER = (Status.REFUSED, Status.OUT_OF_STOCK)
"""Cancelled by the seller: late where a promise was given."""
BY_CUSTOMER = (Status.DUPLICATE, Status.HUNG_UP, Status.BLOCKED)
"""Ended by the customer (a duplicate is the customer's slip)."""

PLACES = ("", "receipt", "checks", "hold", "promise", "backorder", "release", "picking", "packing", "dock")
"""Where an open order stands; the first for orders that are not open."""


@dataclass(frozen=True)
class Journeys:
    """One row per order of the tape; arrays of shape (n,), seconds since clock zero, NaN for what did not happen.

    Parameters
    ----------
    placed_s, received_s, cleared_s, accepted_s, held_s, backordered_s
        First time of each.
    allocated_s, released_s
        First time: goods reserved, workable.
    picked_s, staged_s
        Last time: of the last part, of the last parcel.
    promise_s, due_departure_s
        FIRST promise and the departure that goes with it; re-promising never moves them.
    last_promise_s
        Promise that held in the end.
    shipped_s
        When the last parcel left; NaN while any unit is open (a line given up at the shelf is
        not). Without delivery: when the order left.
    departure_s
        The departure with which the last parcel left: the truck's, or that of the wave its van drove in (vans leave
        from then on, as their routes ask). Like `shipped_s` NaN while any unit is open.
    delivered_s
        When the last parcel was handed over; NaN if lost or open.
    closed_s
        When it was cancelled, given up or refused.
    reallocated_s
        Last time that goods were reserved (after a backorder).
    n_lines, n_units, units_shipped, n_parcels
        Counts.
    carrier
        Of the last parcel, -1 without one.
    path
        Index of its path, -1 for orders that go the usual way.
    status
        See `Status`.
    place
        Index into `PLACES`.
    wrong
        A parcel held a wrong or damaged item.
    failed_attempt
        A parcel found nobody at its first attempt.
    """

    placed_s: Floats
    received_s: Floats
    cleared_s: Floats
    accepted_s: Floats
    promise_s: Floats
    last_promise_s: Floats
    due_departure_s: Floats
    held_s: Floats
    backordered_s: Floats
    allocated_s: Floats
    reallocated_s: Floats
    released_s: Floats
    picked_s: Floats
    staged_s: Floats
    shipped_s: Floats
    departure_s: Floats
    delivered_s: Floats
    closed_s: Floats
    channel: NDArray[np.int16]
    client: NDArray[np.int16]
    zone: NDArray[np.int16]
    service: NDArray[np.int16]
    priority: NDArray[np.int16]
    path: NDArray[np.int16]
    n_lines: Ints
    n_units: Ints
    units_shipped: Ints
    n_parcels: Ints
    carrier: Ints
    status: NDArray[np.int8]
    place: NDArray[np.int8]
    wrong: Bools
    failed_attempt: Bools

    def __len__(self) -> int:
        return len(self.placed_s)

    @property
    def held(self) -> Bools:
        """Orders that a hold struck."""
        return np.isfinite(self.held_s)

    @property
    def backordered(self) -> Bools:
        """Orders that had to wait for goods."""
        return np.isfinite(self.backordered_s)

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """All columns by name, for a frame of one row per order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def find_journeys(world: World, trace: Trace) -> Journeys:
    """Return the journey of every order of the tape.

    Parameters
    ----------
    world
        Tells the carrier of a carrier service, and whether there is delivery at all.
    trace
        The finished run.
    """
    tape = trace.tape
    n = len(tape.placed_s)
    first, last = _milestones(trace, n)
    n_units = _per_order(np.concatenate([[0], np.cumsum(tape.quantity, dtype=np.int64)]), tape.line_start)
    parcels = _parcels(world, trace, n)
    whole = (parcels.n_parcels > 0) & (parcels.n_units + _given_up(trace, n) >= n_units)
    shipped_s = np.where(whole, parcels.departed_s, last[Milestone.LEFT])
    delivered_s = np.where(whole & ~parcels.lost, parcels.delivered_s, np.nan)
    status = _status(first, shipped_s, delivered_s, whole & parcels.lost)
    promise_s, due_departure_s, last_promise_s = _promises(trace, n)
    return Journeys(
        placed_s=tape.placed_s,
        received_s=first[Milestone.RECEIVED],
        cleared_s=first[Milestone.CLEARED],
        accepted_s=first[Milestone.ACCEPTED],
        held_s=first[Milestone.HELD],
        backordered_s=first[Milestone.BACKORDERED],
        allocated_s=first[Milestone.ALLOCATED],
        reallocated_s=last[Milestone.ALLOCATED],
        released_s=first[Milestone.RELEASED],
        picked_s=last[Milestone.PICKED],
        staged_s=last[Milestone.STAGED],
        shipped_s=shipped_s,
        departure_s=np.where(whole, parcels.departure_s, shipped_s),
        delivered_s=delivered_s,
        closed_s=np.fmin.reduce([first[kind] for kind in ENDINGS.values()]),
        channel=tape.channel,
        client=tape.client,
        zone=tape.zone,
        service=tape.service,
        priority=tape.priority,
        path=_path(trace, n),
        n_lines=np.diff(tape.line_start),
        n_units=n_units,
        status=status,
        place=_place(first, _waits(world, trace, first, last, parcels.n_parcels > 0), status),
        promise_s=promise_s,
        due_departure_s=due_departure_s,
        last_promise_s=last_promise_s,
        n_parcels=parcels.n_parcels,
        units_shipped=parcels.n_units,
        carrier=parcels.carrier,
        wrong=parcels.wrong,
        failed_attempt=parcels.failed_attempt,
    )


def _path(trace: Trace, n: int) -> NDArray[np.int16]:
    path, table = np.full(n, -1, dtype=np.int16), trace.columns("paths")
    path[table["order"].astype(np.int64)] = table["path"]
    return path


def _given_up(trace: Trace, n: int) -> Ints:
    """Units per order of lines that were not at their slot and will not follow, shape (n,)."""
    table = trace.columns("shorts")
    rows = table["kind"] == ShortPick.PARTIAL
    order = table["order"][rows].astype(np.int64)
    return np.bincount(order, table["units"][rows], minlength=n).astype(np.int64)


def _per_order(running: Ints, line_start: Ints) -> Ints:
    """Sum per order of what is given as a running sum over lines."""
    return running[line_start[1:]] - running[line_start[:-1]]


def _milestones(trace: Trace, n: int) -> tuple[list[Floats], list[Floats]]:
    """First and last time of each milestone by kind, shape (n,) each; they differ only where one is repeated."""
    table = trace.columns("milestones")
    time_s, kind = np.ascontiguousarray(table["time_s"]), table["kind"].astype(np.int64)
    met = np.bincount(kind, minlength=len(Milestone)) > 0
    place = np.cumsum(met) - 1
    cell = place[kind] * n + table["order"].astype(np.int64)
    first = np.full(int(met.sum()) * n, np.inf)
    np.minimum.at(first, cell, time_s)
    first[np.isinf(first)] = np.nan
    again = np.flatnonzero(time_s > first[cell])
    last = first.copy() if len(again) else first
    np.maximum.at(last, cell[again], time_s[again])
    never = np.full(n, np.nan)

    def by_kind(times: Floats) -> list[Floats]:
        return [times[i * n : (i + 1) * n] if is_met else never for i, is_met in zip(place, met, strict=True)]

    return by_kind(first), by_kind(last)


def _promises(trace: Trace, n: int) -> tuple[Floats, Floats, Floats]:
    """First promise, the departure that goes with it, and last promise."""
    table = trace.columns("promises")
    by_time = np.argsort(table["made_s"], kind="stable")
    order = table["order"].astype(np.int64)

    def scatter(rows: Ints, values: Floats) -> Floats:
        out = np.full(n, np.nan)
        out[order[rows]] = values[rows]  # of several rows the last one stays
        out[np.isinf(out)] = np.nan
        return out

    backwards = by_time[::-1]
    return (
        scatter(backwards, table["promise_s"]),
        scatter(backwards, table["due_departure_s"]),
        scatter(by_time, table["promise_s"]),
    )


@dataclass(frozen=True)
class _Parcels:
    """Parcels summed up per order; times of the last one, NaN where one of them never came."""

    departed_s: Floats
    departure_s: Floats
    delivered_s: Floats
    n_parcels: Ints
    n_units: Ints
    carrier: Ints
    lost: Bools
    wrong: Bools
    failed_attempt: Bools


def _parcels(world: World, trace: Trace, n: int) -> _Parcels:
    table = trace.columns("parcels")
    order = table["order"].astype(np.int64)
    service = table["carrier_service"].astype(np.int64)
    by_time = np.argsort(table["departed_s"], kind="stable")
    carrier = np.full(n, -1, dtype=np.int64)
    if world.delivery is not None:
        carriers = np.array([s.carrier for s in world.delivery.services], dtype=np.int64)
        carrier[order[by_time]] = carriers[service[by_time]]

    def latest(values: Floats) -> Floats:
        out = np.full(n, -np.inf)
        np.maximum.at(out, order, np.where(np.isnan(values), np.inf, values))  # one that never comes is the last
        out[np.isinf(out)] = np.nan
        return out

    def any_of(flags: Bools) -> Bools:
        return np.bincount(order[flags], minlength=n) > 0

    return _Parcels(
        departed_s=latest(table["departed_s"]),
        departure_s=latest(departures(trace)),
        delivered_s=latest(table["delivered_s"]),
        n_parcels=np.bincount(order, minlength=n),
        n_units=np.bincount(order, weights=table["units"], minlength=n).astype(np.int64),
        carrier=carrier,
        lost=any_of(table["lost"] > 0),
        wrong=any_of(table["wrong"] > 0),
        failed_attempt=any_of(table["delivered_s"] > table["attempted_s"]),
    )


def departures(trace: Trace) -> Floats:
    """Departure with which each row of ``parcels`` left: its truck's, or that of its van's wave."""
    table, loads, routes = trace.columns("parcels"), trace.columns("loads"), trace.columns("routes")
    departure_s = np.array(table["departed_s"], dtype=np.float64)
    wave_s = dict(zip(routes["route"].tolist(), routes["wave_s"].tolist(), strict=True))
    keys = zip(loads["order"].tolist(), loads["departed_s"].tolist(), strict=True)
    waves = {key: wave_s[route] for key, route in zip(keys, loads["route"].tolist(), strict=True) if route in wave_s}
    for row in np.flatnonzero(np.isin(table["order"], loads["order"])).tolist():
        key = (int(table["order"][row]), float(departure_s[row]))
        departure_s[row] = waves.get(key, departure_s[row])
    return departure_s


def _status(first: list[Floats], shipped_s: Floats, delivered_s: Floats, lost: Bools) -> NDArray[np.int8]:
    status = np.zeros(len(shipped_s), dtype=np.int8)
    for code, kind in ENDINGS.items():
        status[np.isfinite(first[kind])] = code
    status[np.isfinite(shipped_s)] = Status.SHIPPED
    status[np.isfinite(first[Milestone.LEFT])] = Status.LEFT
    status[np.isfinite(delivered_s)] = Status.DELIVERED
    status[lost] = Status.LOST
    return status


def _waits(world: World, trace: Trace, first: list[Floats], last: list[Floats], has_parcels: Bools) -> Bools:
    """Whether goods of an order are still to come: nothing has been reserved since they were missing.

    What was there of an order in parts was reserved in that very second; so were goods that a supplier brings at once.
    """
    missing_s, reserved_s = first[Milestone.BACKORDERED], last[Milestone.ALLOCATED]
    waits = np.asarray(np.isfinite(missing_s) & ~(reserved_s > missing_s), np.bool_)
    if (tied := reserved_s == missing_s).any():
        marks = trace.columns("milestones")
        rows = marks["order"][marks["kind"] == Milestone.ALLOCATED].astype(np.int64)
        only_a_part = np.bincount(rows, minlength=len(waits)) == 1
        waits &= ~tied | (only_a_part & (has_parcels | _is_in_parts(world, trace)))
    return waits


def _is_in_parts(world: World, trace: Trace) -> Bools:
    """Whether some lines of an order went ahead, as others were missing, shape (n,)."""
    n_lines = np.diff(trace.tape.line_start)
    if world.inventory is None or world.inventory.shortage != "split":
        return np.zeros(len(n_lines), np.bool_)
    n_missing = np.bincount(trace.columns("backorders")["order"].astype(np.int64), minlength=len(n_lines))
    return np.asarray((n_missing > 0) & (n_missing < n_lines), np.bool_)


def _place(first: list[Floats], waits: Bools, status: NDArray[np.int8]) -> NDArray[np.int8]:
    """Where each open order stands: the furthest milestone it has reached names the place after it."""
    place = np.full(len(status), PLACES.index("receipt"), dtype=np.int8)
    reached = {
        "checks": np.isfinite(first[Milestone.RECEIVED]),
        "hold": np.isfinite(first[Milestone.HELD]) & np.isnan(first[Milestone.CLEARED]),
        "promise": np.isfinite(first[Milestone.CLEARED]),
        "release": np.isfinite(first[Milestone.ACCEPTED]),
        "picking": np.isfinite(first[Milestone.RELEASED]),
        "packing": np.isfinite(first[Milestone.PICKED]),
        "dock": np.isfinite(first[Milestone.STAGED]),
        "backorder": waits,
    }
    for name, there in reached.items():
        place[there] = PLACES.index(name)
    place[status != Status.OPEN] = 0
    return place
