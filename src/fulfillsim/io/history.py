"""Order histories: a file and a few lines of mapping become orders that a run can replay.

Two steps, so that a planner can look in between: `load_history` reads the file into an `OrderTable` with the
file's own names and local times; `to_history` puts it on the clock of a run and on the names of a scenario.

Clock changes: a local time that occurs twice is taken as the first, one that is skipped is read with the offset
before the change (02:30 becomes 03:30), as PEP 495 has it; both are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import History
from fulfillsim.errors import DataError, Fault, nearest
from fulfillsim.io.local_time import seconds_of
from fulfillsim.io.mapping import HistoryMapping
from fulfillsim.io.orders import LABELS, OrderTable, columns_of, drop_rows, order_table
from fulfillsim.io.tables import N_SHOWN, Table, read_table


def load_history(
    file: str | Path, mapping: HistoryMapping, orders_file: str | Path | None = None, zone: str | None = None
) -> OrderTable:
    """Read an order history.

    Parameters
    ----------
    file
        CSV, gzipped CSV or Parquet.
    mapping
        Which column means what.
    orders_file
        Second file with one row per order, where exports keep orders and lines apart; joined by the column
        ``mapping.order``, which both have. Columns that ``file`` lacks are taken from it.
    zone
        IANA zone to which times with a UTC offset are taken; times without one are local already.

    Raises
    ------
    DataError
        All faults of the file at once, with line numbers (row numbers in Parquet).
    """
    table, orders = _read(file, mapping, orders_file)
    columns, counts = columns_of(table, orders, mapping)
    columns, counts = drop_rows(columns, mapping, counts)
    return order_table(columns, mapping, zone, counts)


def _read(file: str | Path, mapping: HistoryMapping, orders_file: str | Path | None) -> tuple[Table, Table | None]:
    needed = mapping.needed()
    if orders_file is None:
        return read_table(file, needed, mapping.delimiter, mapping.encoding), None
    lines = [c for c in (mapping.order, mapping.sku, mapping.quantity) if c is not None]
    others = [column for column in needed if column not in lines]
    orders = read_table(orders_file, [mapping.order, *others], mapping.delimiter, mapping.encoding)
    return read_table(file, lines, mapping.delimiter, mapping.encoding), orders


def whole_weeks_to(table: OrderTable, first: date) -> int:
    """Days by which to shift a history so that its first day falls into the week from ``first``, weekdays kept.

    Examples
    --------
    A history from Wednesday 2010-12-01 begins in the week from Monday 2026-03-02 on Wednesday 2026-03-04:

    >>> from datetime import timedelta
    >>> table = OrderTable("o.csv", ("1",), np.array(["2010-12-01T08:26"], "M8[us]"), *[np.zeros(0, int)] * 3, ())
    >>> str(date(2010, 12, 1) + timedelta(days=whole_weeks_to(table, date(2026, 3, 2))))
    '2026-03-04'
    """
    begin: date = table.arrival[0].astype("datetime64[D]").item()
    return 7 * -((begin - first).days // 7)


def catalog_of(table: OrderTable, *, weight_kg: float, volume_l: float, price: float) -> Catalog:
    """SKUs of a history as catalog rows: popularity is the number of order lines, what a history lacks is given.

    Parameters
    ----------
    table
        The history.
    weight_kg, volume_l, price
        Per unit, the same for all SKUs; slots and picking zones are zeros, for the scenario to set.
    """
    n = len(table.sku_names)
    same = np.ones(n)
    return Catalog(
        names=table.sku_names,
        popularity=np.bincount(table.sku, minlength=n).astype(np.float64),
        weight_kg=weight_kg * same,
        volume_l=volume_l * same,
        price=price * same,
        hazmat=np.zeros(n, np.bool_),
        aisle=np.zeros(n, np.int32),
        position_m=np.zeros(n),
        zone=np.zeros(n, np.int16),
    )


def to_history(
    table: OrderTable,
    days: Days,
    sku_names: Sequence[str],
    *,
    channels: Sequence[str] = ("all",),
    zones: Sequence[str] = ("all",),
    services: Sequence[str] = ("standard",),
    clients: Sequence[str] = ("all",),
    channel: str | None = None,
    n_priorities: int | None = None,
    shift_days: int = 0,
    hours: Sequence[Sequence[float]] | None = None,
) -> History:
    """Put a history on the clock and the names of a scenario.

    Orders outside the run, from clock zero to ``days.end_s``, are left out and counted.

    Parameters
    ----------
    table
        The history.
    days
        The run's days.
    sku_names, channels, zones, services, clients
        The scenario's names; what the history says must be among them.
    channel
        Channel of all orders, where the history has no column for it; the first if not given.
    n_priorities
        Number of priority classes; not checked if not given.
    shift_days
        Local days by which every order is moved, the time of day kept (see `whole_weeks_to`).
    hours
        Weight of each hour of the week, shape (7, 24), where the history knows days only: times of day are drawn.

    Raises
    ------
    DataError
        All names that the scenario does not have, with the nearest ones; a history with no order in the run.
    """
    labels = _channels(table, channel or channels[0])
    wanted = {"channel": channels, "client": clients, "zone": zones, "service": services}
    sku_of, faults = _indices(table.source, "SKU", table.sku_names, sku_names)
    indices: dict[str, NDArray[np.int16] | None] = {}
    for name in LABELS:
        texts = getattr(labels, name)
        distinct = tuple(dict.fromkeys(texts or ()))
        of, wrong = _indices(table.source, name, distinct, wanted[name])
        faults += wrong
        place = dict(zip(distinct, of.tolist(), strict=True))
        indices[name] = None if texts is None else np.array([place[text] for text in texts], np.int16)
    profile = None if hours is None else np.asarray(hours, np.float64)
    if faults := faults + _priorities(table, n_priorities) + _closed(table, profile, shift_days):
        raise DataError(faults)
    history = _on_the_clock(table, days, sku_of, indices, shift_days)
    drawn = {} if profile is None else {"times of day drawn": len(history.arrival_s)}
    return replace(history, hours=profile, counts=history.counts | drawn)


def _channels(table: OrderTable, channel: str) -> OrderTable:
    return table if table.channel is not None else replace(table, channel=(channel,) * len(table))


def _indices(
    source: str, what: str, names: Sequence[str], known: Sequence[str]
) -> tuple[NDArray[np.int64], list[Fault]]:
    """Index of each name among the known ones, and a fault for all that are not there."""
    place = {name: index for index, name in enumerate(known)}
    found = np.array([place.get(name, -1) for name in names], np.int64)
    unknown = [name for name, index in zip(names, found.tolist(), strict=True) if index < 0]
    if not unknown:
        return found, []
    near = nearest(unknown[0], known) if len(place) <= 10_000 else None
    listed = ", ".join(repr(name) for name in unknown[:N_SHOWN]) + (", ..." if len(unknown) > N_SHOWN else "")
    hint = f"did you mean {near}?" if near else "add them to the scenario, translate them, or drop their rows"
    return found, [Fault(source, None, None, what, f"{len(unknown)} must be known to the scenario", listed, hint)]


def _priorities(table: OrderTable, n_priorities: int | None) -> list[Fault]:
    if table.priority is None or n_priorities is None or table.priority.max() < n_priorities:
        return []
    rule = f"must be a class from 0 to {n_priorities - 1}"
    return [Fault(table.source, None, None, "priority", rule, str(table.priority.max()), "name more classes")]


def _closed(table: OrderTable, hours: NDArray[np.float64] | None, shift_days: int) -> list[Fault]:
    """Fault orders on weekdays for which the profile of hours has no weight."""
    if hours is None:
        return []
    dates = table.arrival.astype("datetime64[D]") + np.timedelta64(shift_days, "D")
    weekday = (dates.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    wrong = np.flatnonzero(hours.sum(axis=1)[weekday] <= 0)
    if not len(wrong):
        return []
    rule = f"must have a weight on every weekday with orders ({len(wrong)} orders lie on others)"
    return [
        Fault(table.source, None, None, "hours", rule, str(dates[wrong[0]]), "give the weekday hours, or drop them")
    ]


def _on_the_clock(
    table: OrderTable,
    days: Days,
    sku_of: NDArray[np.int64],
    indices: dict[str, NDArray[np.int16] | None],
    shift_days: int,
) -> History:
    arrival_s, changes = seconds_of(table.arrival + np.timedelta64(shift_days, "D"), days)
    early, late = arrival_s < 0, arrival_s >= days.end_s
    kept = np.flatnonzero(~(early | late))
    kept = kept[np.argsort(arrival_s[kept], kind="stable")]
    if not len(kept):
        raise _outside(table, days, shift_days)
    channel = indices["channel"]
    assert channel is not None
    outside = {"orders before the run, left out": int(early.sum()), "orders after the run, left out": int(late.sum())}
    everything = History(
        arrival_s=arrival_s,
        channel=channel,
        line_start=table.line_start,
        sku=sku_of[table.sku].astype(np.int32),
        quantity=table.quantity.astype(np.int32),
        order_id=table.order_id,
        zone=indices["zone"],
        service=indices["service"],
        priority=None if table.priority is None else table.priority.astype(np.int16),
        gift=table.gift,
        client=indices["client"],
    )
    history = everything.take(kept)
    replayed = {"orders replayed": len(kept), "lines replayed": len(history.sku)}
    return replace(history, counts=table.counts | _dated(table) | changes | outside | replayed)


def _dated(table: OrderTable) -> dict[str, int]:
    """Number of orders without a time of day, where none has one."""
    midnight = table.arrival == table.arrival.astype("datetime64[D]")
    return {"orders without a time of day": len(table)} if midnight.all() else {}


def _outside(table: OrderTable, days: Days, shift_days: int) -> DataError:
    dates = [str(stamp.astype("datetime64[D]")) for stamp in (table.arrival[0], table.arrival[-1])]
    run = f"{days.date(0)} to {days.date(days.n_run - 1)}"
    hint = f"shift_days is {shift_days}; {whole_weeks_to(table, days.date(0))} keeps weekdays, or move the start"
    rule = f"must have orders in the run, {run}"
    return DataError([Fault(table.source, None, None, "", rule, f"{dates[0]} to {dates[1]}", hint)])
