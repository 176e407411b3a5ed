"""From rows of a file to orders with lines, counting on the way what was dropped and what was merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import DataError, Fault
from fulfillsim.io.mapping import ANY, ORDER_FIELDS, HistoryMapping
from fulfillsim.io.parsing import Times, filled, flags, times, whole_numbers
from fulfillsim.io.tables import N_SHOWN, Column, Table

Ints = NDArray[np.int64]
LABELS = ("channel", "client", "zone", "service")


@dataclass(frozen=True)
class OrderTable:
    """Orders of a history in order of arrival, with the file's own names and local times.

    Parameters
    ----------
    source
        The file, for messages.
    order_id
        Shape (n,).
    arrival
        Local time at which each was placed, ``datetime64[us]``, shape (n,), rising; ties as in the file.
    line_start, sku, quantity
        Lines in compressed rows: those of order i are ``line_start[i]:line_start[i + 1]``; ``sku`` points into
        ``sku_names``.
    channel, client, zone, service
        Names per order, empty where the file says nothing; ``None`` where no column was mapped.
    priority, gift
        Class (0 is most urgent) and wish for gift wrap per order; ``None`` where no column was mapped.
    counts
        Rows read, dropped and merged by rule, orders, lines and units kept.
    """

    source: str
    order_id: tuple[str, ...]
    arrival: Times
    line_start: Ints
    sku: Ints
    quantity: Ints
    sku_names: tuple[str, ...]
    channel: tuple[str, ...] | None = None
    zone: tuple[str, ...] | None = None
    service: tuple[str, ...] | None = None
    priority: Ints | None = None
    gift: NDArray[np.bool_] | None = None
    client: tuple[str, ...] | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.order_id)


def columns_of(table: Table, orders: Table | None, mapping: HistoryMapping) -> tuple[dict[str, Column], dict[str, int]]:
    """Columns by header, one entry per row of ``table``; what only ``orders`` has is looked up by order id."""
    columns = {name: table.column(name) for name in mapping.needed() if name in table.frame}
    counts = {"rows read": len(table)}
    if orders is not None:
        key, own = orders.column(mapping.order), columns[mapping.order]
        row_of = _rows_by_name(key)
        rows = np.array([*(row_of.get(text, -1) for text in own.texts), -1], np.int64)[own.codes]
        unknown = own.fault((rows < 0) & (own.codes >= 0), f"must be an order of {orders.name}")
        if unknown:
            raise DataError(unknown)
        for name in (n for n in mapping.needed() if n not in columns):
            columns[name] = orders.column(name).take(np.maximum(rows, 0))
        counts["orders without lines, left out"] = len(row_of) - len(np.unique(rows[rows >= 0]))
    return columns, counts


def _rows_by_name(key: Column) -> dict[str, int]:
    repeated = _repeated(key)
    if faults := [*filled(key, "order"), *key.fault(repeated, "must stand in one row only: an order id is repeated")]:
        raise DataError(faults)
    return {key.texts[code]: row for row, code in enumerate(key.codes.tolist())}


def _repeated(key: Column) -> NDArray[np.bool_]:
    first = np.zeros(len(key.codes), np.bool_)
    first[np.unique(key.codes, return_index=True)[1]] = True
    return ~first & (key.codes >= 0)


def drop_rows(
    columns: dict[str, Column], mapping: HistoryMapping, counts: dict[str, int]
) -> tuple[dict[str, Column], dict[str, int]]:
    """Apply the drop rules in order; rows that are blank throughout are dropped too. The counts grow by rule."""
    n = counts["rows read"]
    kept = np.zeros(n, np.bool_)
    for column in columns.values():
        kept |= column.codes >= 0
    counts = counts | ({"rows dropped: blank": n - int(kept.sum())} if not kept.all() else {})
    for rule in mapping.drop:
        column = columns[rule.column]
        hits = np.array([*rule.hits(column.texts), rule.test == "missing"])[column.codes] & kept
        counts[f"rows dropped: {rule.name}"] = int(hits.sum())
        kept &= ~hits
    return {name: column.take(kept) for name, column in columns.items()}, counts


def order_table(
    columns: dict[str, Column], mapping: HistoryMapping, zone: str | None, counts: dict[str, int]
) -> OrderTable:
    """Group rows into orders.

    Raises
    ------
    DataError
        All cells that cannot be read and all orders that contradict themselves.
    """
    names = mapping.columns()
    order = columns[names["order"]]
    _refuse_empty(order, counts)
    placed, faults = times(columns[names["placed"]], mapping.time_format, zone)
    faults = filled(order, "order id") + faults
    quantity = np.ones(len(order.codes), np.int64)
    if "quantity" in names:
        quantity, wrong = whole_numbers(columns[names["quantity"]], 1)
        faults += wrong
    if "sku" in names:
        faults += filled(columns[names["sku"]], "SKU")
    if mapping.one_row_per == "order":
        faults += order.fault(_repeated(order), "must stand in one row only: an order id is repeated")
    fields, wrong = _fields(columns, mapping)
    if faults + wrong:
        raise DataError(faults + wrong)
    sku = columns[names["sku"]] if "sku" in names else None
    return _grouped(order, placed, sku, quantity, fields, mapping, dict(counts))


def _refuse_empty(order: Column, counts: dict[str, int]) -> None:
    if len(order.codes):
        return
    said = ", ".join(f"{what.removeprefix('rows dropped: ')} {n}" for what, n in counts.items() if "dropped" in what)
    rule, hint = "must hold at least one order", f"the rules dropped all of {counts['rows read']} rows: {said}"
    raise DataError([Fault(order.table.name, None, None, "", rule, hint=hint if said else "it has a header only")])


def _fields(columns: dict[str, Column], mapping: HistoryMapping) -> tuple[dict[str, Column | Ints], list[Fault]]:
    """Optional order-level fields per row: labels as columns with translated texts, others as numbers."""
    found: dict[str, Column | Ints] = {}
    faults: list[Fault] = []
    for name in ORDER_FIELDS[1:]:
        if (header := getattr(mapping, name)) is None:
            continue
        column = _translated(columns[header], dict(mapping.translate.get(name, {})))
        if name in LABELS:
            found[name] = column
        else:
            numbers, wrong = whole_numbers(column, 0) if name == "priority" else flags(column)
            found[name] = np.asarray(numbers, np.int64)
            faults += wrong
    return found, faults


def _translated(column: Column, words: dict[str, str]) -> Column:
    if not words:
        return column
    said = [words.get(text, words.get(ANY, text)) for text in column.texts]
    distinct = {text: code for code, text in enumerate(dict.fromkeys(said))}
    place = np.array([*(distinct[text] for text in said), -1], np.int64)
    return Column(column.table, column.name, column.rows, place[column.codes], tuple(distinct), tuple(distinct))


def _grouped(
    order: Column,
    placed: Times,
    sku: Column | None,
    quantity: Ints,
    fields: dict[str, Column | Ints],
    mapping: HistoryMapping,
    counts: dict[str, int],
) -> OrderTable:
    by_order = np.argsort(order.codes, kind="stable")
    begins = np.flatnonzero(np.diff(order.codes[by_order], prepend=-2))
    grouped = _Groups(order, by_order, begins)
    first, last = grouped.extremes(placed.astype(np.int64))
    faults = [] if mapping.times != "fault" else grouped.disagreements(first, last, "placed", mapping.placed)
    per_order: dict[str, Ints] = {}
    for name, values in fields.items():
        codes = values.codes if isinstance(values, Column) else values
        low, high = grouped.extremes(codes)
        faults += grouped.disagreements(low, high, name, getattr(mapping, name))
        per_order[name] = low
    if mapping.times != "fault":
        counts["orders with several times, merged"] = int((first != last).sum())
    arrival = (last if mapping.times == "last" else first).astype("datetime64[us]")
    rank, sorted_ids = grouped.arrival_order(arrival)
    lines = _lines(rank[order.codes], sku, quantity, mapping, counts, faults)
    if faults:
        raise DataError(faults)
    labels = {name: _labels(fields[name], per_order[name][sorted_ids.entries]) for name in per_order if name in LABELS}
    priority = per_order["priority"][sorted_ids.entries] if "priority" in per_order else None
    gift = per_order["gift"][sorted_ids.entries] > 0 if "gift" in per_order else None
    line_start, line_sku, units, sku_names = lines
    counts |= {"orders kept": len(begins), "lines kept": len(units), "units kept": int(units.sum())}
    return OrderTable(
        order.table.name,
        sorted_ids.names,
        arrival[sorted_ids.entries],
        line_start,
        line_sku,
        units,
        sku_names,
        **labels,
        priority=priority,
        gift=gift,
        counts=counts,
    )


@dataclass(frozen=True)
class _Sorted:
    """Groups in order of arrival, and their names."""

    entries: Ints
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Groups:
    """Rows gathered by order: ``by_order`` sorts them, ``begins`` says where each order starts in that sorting."""

    order: Column
    by_order: Ints
    begins: Ints

    def extremes(self, values: Ints) -> tuple[Ints, Ints]:
        """Least and largest value of each order."""
        values = values[self.by_order]
        return np.minimum.reduceat(values, self.begins), np.maximum.reduceat(values, self.begins)

    def disagreements(self, low: Ints, high: Ints, name: str, header: str) -> list[Fault]:
        """Fault the orders whose rows say different things about a field of the order."""
        groups = np.flatnonzero(low != high)
        if not len(groups):
            return []
        entries = self.by_order[self.begins[groups]]
        lines = self.order.table.lines(self.order.rows[entries[:N_SHOWN]])
        ids = [self.order.texts[code] for code in self.order.codes[entries[:N_SHOWN]].tolist()]
        listed = ", ".join(ids) + (", ..." if len(groups) > N_SHOWN else "")
        hint = "say times: first or last" if name == "placed" else "an id that two orders share is a duplicate"
        rule = f"must be the same in all rows of an order ({len(groups)} orders differ: {listed})"
        return [Fault(self.order.table.name, lines[0], None, header, rule, hint=hint)]

    def arrival_order(self, arrival: Times) -> tuple[Ints, _Sorted]:
        """Rank of each order code by arrival (ties as in the file), and the groups in that order."""
        codes = self.order.codes[self.by_order[self.begins]]
        entries = np.lexsort((self.by_order[self.begins], arrival))
        rank = np.full(len(self.order.texts), -1, np.int64)
        rank[codes[entries]] = np.arange(len(entries))
        return rank, _Sorted(entries, tuple(self.order.texts[code] for code in codes[entries].tolist()))


def _lines(
    rank: Ints, sku: Column | None, quantity: Ints, mapping: HistoryMapping, counts: dict[str, int], faults: list[Fault]
) -> tuple[Ints, Ints, Ints, tuple[str, ...]]:
    """Lines in compressed rows, in the file's order within an order; the same SKU twice is one line."""
    n_orders = int(rank.max()) + 1
    if sku is None:
        return np.zeros(n_orders + 1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), ()
    key = rank * len(sku.texts) + sku.codes
    _, first, line = np.unique(key, return_index=True, return_inverse=True)
    units = np.bincount(line, quantity).astype(np.int64)
    if mapping.one_row_per == "line":
        twice = np.ones(len(key), np.bool_)
        twice[first] = False
        counts["lines merged: same SKU twice in an order"] = int(twice.sum())
        if mapping.same_sku == "fault":
            faults += sku.fault(twice, "must stand in one line of an order only", "say same_sku: sum to add them up")
    in_file = np.lexsort((first, rank[first]))
    rows = first[in_file]
    line_start = np.concatenate([[0], np.cumsum(np.bincount(rank[rows], minlength=n_orders))]).astype(np.int64)
    used, sku_index = np.unique(sku.codes[rows], return_inverse=True)
    return line_start, sku_index.astype(np.int64), units[in_file], tuple(sku.texts[c] for c in used.tolist())


def _labels(column: Column | Ints, codes: Ints) -> tuple[str, ...]:
    texts: Sequence[str] = (*column.texts, "") if isinstance(column, Column) else ("",)
    return tuple(texts[code] for code in codes.tolist())
