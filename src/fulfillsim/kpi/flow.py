"""Formulas of what flows through the operation: throughput, backlog, queues, goods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.records import StockMove
from fulfillsim.kpi.facts import CANCELLED, DAY_S, Facts, overlap_s
from fulfillsim.kpi.journeys import Status
from fulfillsim.kpi.keeping import once
from fulfillsim.kpi.measure import Ints, ratio

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
HOUR_S = 3600.0
YEAR_S = 365.0 * DAY_S


def per_day(column: str | None) -> Callable[[Facts, Ints], float]:
    """Orders, or a count of theirs (``n_lines``, ``n_units``), per day of the window."""

    def formula(facts: Facts, rows: Ints) -> float:
        total = len(rows) if column is None else getattr(facts.journeys, column)[rows].sum()
        return float(total) / facts.n_days

    return formula


def shipped_share_of_workable(facts: Facts) -> float:
    """Orders that left, over orders that became workable in the window."""
    return ratio(len(facts.rows("shipped")), len(facts.rows("workable")))


def backlog_at(facts: Facts, time_s: float) -> int:
    """Orders that could be worked on and had neither left nor been closed."""
    there = facts.run.workable_s < time_s
    return int((there & ~(facts.run.out_s < time_s)).sum())


def backlog_change(facts: Facts) -> float:
    """Workable orders in the house at the window's end less those at its start."""
    return float(backlog_at(facts, facts.end_s) - backlog_at(facts, facts.start_s))


def waiting_backlog(facts: Facts) -> float:
    """Orders received but held or waiting for goods at the window's end: a backlog that nobody can work on."""
    there = facts.journeys.received_s < facts.end_s
    gone = (facts.run.out_s < facts.end_s) | (facts.run.workable_s < facts.end_s)
    return float((there & ~gone).sum())


def wip_mean(facts: Facts) -> float:
    """Orders from receipt until the truck leaves with them (or they are closed), on average over time."""
    received_s, out_s = facts.journeys.received_s, facts.run.out_s
    until_s = np.where(np.isfinite(out_s), out_s, np.inf)
    return float(facts.overlap_s(received_s, until_s).sum()) / facts.length_s


def oldest_age_h(facts: Facts) -> float:
    """Hours since receipt of the oldest order still in the house at the window's end; 0 if there is none."""
    received_s = facts.journeys.received_s
    there = (received_s < facts.end_s) & ~(facts.run.out_s < facts.end_s)
    return float(facts.end_s - received_s[there].min()) / HOUR_S if there.any() else 0.0


def n_cancelled(facts: Facts) -> dict[str, float]:
    """Orders cancelled in the window, by reason."""
    status = facts.journeys.status[facts.rows("closed")]
    return {code.name.lower(): float((status == code).sum()) for code in CANCELLED}


# --- stations ---------------------------------------------------------------------------------------------------


def station_waits(facts: Facts) -> dict[str, float]:
    """Mean seconds in the queue of those who were served, of visits that began to wait in the window."""
    queued_s, station = facts.column("visits", "queued_s"), facts.index("visits", "station")
    wait_s = facts.column("visits", "started_s") - queued_s
    counted = np.isfinite(wait_s) & facts.inside(queued_s)
    wait_s[~counted] = 0.0
    n = len(facts.trace.stations)
    totals = np.bincount(station, wait_s, minlength=n)
    counts = np.bincount(station, counted & ~facts.run.continued, minlength=n)
    return {s.name: ratio(totals[i], counts[i]) for i, s in enumerate(facts.trace.stations) if s.staffed}


def queue_lengths(facts: Facts) -> dict[str, float]:
    """Mean number waiting over the window, of visits that the trace has written down."""
    started_s, ended_s = facts.column("visits", "started_s"), facts.column("visits", "ended_s")
    until_s = np.where(np.isfinite(started_s), started_s, ended_s)
    waiting_s = facts.overlap_s(facts.column("visits", "queued_s"), until_s)
    totals = np.bincount(facts.index("visits", "station"), waiting_s, minlength=len(facts.trace.stations))
    return {s.name: float(totals[i]) / facts.length_s for i, s in enumerate(facts.trace.stations) if s.staffed}


# --- goods ------------------------------------------------------------------------------------------------------


def _moved(facts: Facts, kind: StockMove) -> Bools:
    return np.asarray(facts.column("stock", "kind") == kind)


def taken(world: World) -> StockMove:
    """Return the move by which goods leave the shelf: the pick, or the reservation where nobody picks."""
    picks = world.fulfillment is not None and world.fulfillment.pickings
    return StockMove.PICKED if picks else StockMove.RESERVED


@once
def on_hand_mean(facts: Facts) -> Floats:
    """Units on the shelf over the window on average, by SKU, shape (n_skus,)."""
    put = _moved(facts, StockMove.PUT_AWAY)
    gone = _moved(facts, taken(facts.world)) | _moved(facts, StockMove.WRITTEN_OFF)
    put |= _moved(facts, StockMove.ADJUSTED)
    change = facts.column("stock", "units") * (put * 1.0 - gone * 1.0)
    time_s = facts.column("stock", "time_s")
    share = np.clip((facts.end_s - time_s) / facts.length_s, 0.0, 1.0)
    moved = np.bincount(facts.index("stock", "sku"), change * share, minlength=len(facts.trace.stock_start))
    return np.asarray(facts.trace.stock_start + moved, dtype=np.float64)


def stock_value(facts: Facts) -> float:
    """Mean value of the goods on the shelf, at the catalog's prices."""
    catalog = facts.world.catalog
    return float(on_hand_mean(facts) @ catalog.price) if catalog is not None else float("nan")


def storage_l(facts: Facts) -> dict[str, float]:
    """Mean liters of goods on the shelf, by client."""
    catalog, clients = facts.world.catalog, facts.world.demand.clients
    if catalog is None or not len(catalog.client):
        return {}
    stored_l = np.bincount(catalog.client, on_hand_mean(facts) * catalog.volume_l, minlength=len(clients))
    return dict(zip(clients, stored_l.tolist(), strict=True))


def stock_turns(facts: Facts) -> float:
    """Value picked in a year at the window's pace, over the mean value on the shelf."""
    catalog = facts.world.catalog
    if catalog is None:
        return float("nan")
    rows = np.flatnonzero(_moved(facts, taken(facts.world)) & facts.inside(facts.column("stock", "time_s")))
    price = catalog.price[facts.index("stock", "sku")[rows]]
    picked = float(facts.column("stock", "units")[rows] @ price)
    return ratio(picked * YEAR_S / facts.length_s, stock_value(facts))


def _short(facts: Facts, rows: Ints) -> tuple[Ints, Ints]:
    """Lines and units of each order that were not there when asked for in the window, those lost included."""
    j, inside = facts.journeys, facts.inside(facts.column("backorders", "time_s"))
    order, units = facts.index("backorders", "order")[inside], facts.column("backorders", "units")[inside]
    lost = j.status[rows] == Status.OUT_OF_STOCK
    n_lines = np.bincount(order, minlength=len(j))[rows] + lost * j.n_lines[rows]
    n_units = np.bincount(order, units, minlength=len(j))[rows] + lost * j.n_units[rows]
    return n_lines, n_units.astype(np.int64)


def fill_rate(facts: Facts, rows: Ints) -> float:
    """Share of the units asked for that were on the shelf and free: the rest was backordered or lost."""
    _, short = _short(facts, rows)
    return 1.0 - ratio(short.sum(), facts.journeys.n_units[rows].sum())


def line_fill(facts: Facts, rows: Ints) -> float:
    """Share of the lines asked for that could be reserved whole."""
    short, _ = _short(facts, rows)
    return 1.0 - ratio(short.sum(), facts.journeys.n_lines[rows].sum())


def cycle_service_level(facts: Facts) -> float:
    """Share of replenishment cycles (from one putaway of a SKU to its next) without a backorder of that SKU."""
    time_s, sku = facts.column("stock", "time_s"), facts.index("stock", "sku")
    span_s = float(facts.world.days.midnight_s[-1]) + 1.0
    key = sku * span_s + time_s
    put = np.sort(key[_moved(facts, StockMove.PUT_AWAY)])
    lacked = _moved(facts, StockMove.BACKORDERED) | _moved(facts, StockMove.LACKING)
    short = key[lacked & (facts.column("stock", "units") > 0)]
    bad = np.zeros(len(put) + 1, dtype=np.bool_)
    bad[np.searchsorted(put, short)] = True
    in_window = facts.inside(put % span_s)
    return 1.0 - ratio(bad[:-1][in_window].sum(), in_window.sum())


def mean_backorders(facts: Facts) -> float:
    """Orders waiting for goods, on average over time."""
    j = facts.journeys
    again = np.where(j.reallocated_s > j.backordered_s, j.reallocated_s, np.inf)
    until_s = np.fmin(again, j.closed_s)
    return float(overlap_s(j.backordered_s, until_s, facts.start_s, facts.end_s).sum()) / facts.length_s


def backorder_days(facts: Facts) -> float:
    """Days that orders spent waiting for goods in the window, summed over orders."""
    return mean_backorders(facts) * facts.length_s / DAY_S
