"""Records of very many replications in little memory: names once, numbers as plain arrays.

A replication has a hundred KPIs; as objects they take fifteen kilobytes, here one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from fulfillsim.experiment.record import Cut, Record, Value, part_name, whole_name

Floats = NDArray[np.float64]
Label = tuple[str, str, Cut]
"""KPI, unit and cut of a value."""


class Packed(NamedTuple):
    """A record whose labels are shared with all records that have the same."""

    replication: int
    labels: tuple[Label, ...]
    numbers: array[float]
    n_orders: int
    n_events: int
    by: tuple[str, ...]
    target_labels: tuple[Label, ...]
    target_numbers: array[float]

    def record(self) -> Record:
        """The record as it was."""
        values = _unpack(self.labels, self.numbers)
        targets = _unpack(self.target_labels, self.target_numbers)
        return Record(self.replication, values, self.n_orders, self.n_events, self.by, targets)


def _unpack(labels: tuple[Label, ...], numbers: array[float]) -> tuple[Value, ...]:
    return tuple(Value(kpi, x, unit, cut) for (kpi, unit, cut), x in zip(labels, numbers, strict=True))


class Records(Mapping[int, Record]):
    """Records by index of their replication, packed."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._rows: dict[int, Packed] = {}
        self._labels: dict[tuple[Label, ...], tuple[Label, ...]] = {}
        self.add(records)

    def add(self, records: Iterable[Record]) -> None:
        """Take records in; one of the same replication is replaced."""
        for record in records:
            values, targets = self._pack(record.values), self._pack(record.targets)
            size = record.n_orders, record.n_events
            self._rows[record.replication] = Packed(record.replication, *values, *size, record.by, *targets)

    def _pack(self, values: tuple[Value, ...]) -> tuple[tuple[Label, ...], array[float]]:
        labels = tuple((value.kpi, value.unit, value.cut) for value in values)
        return self._labels.setdefault(labels, labels), array("d", [value.value for value in values])

    def between(self, start: int, stop: int) -> RecordList:
        """Those of replications start to stop, in the order of their index."""
        if stop - start > len(self._rows):
            return RecordList(self._rows[index] for index in sorted(self._rows) if start <= index < stop)
        return RecordList(self._rows[index] for index in range(start, stop) if index in self._rows)

    def __getitem__(self, replication: int) -> Record:
        return self._rows[replication].record()

    def __contains__(self, replication: object) -> bool:
        return replication in self._rows

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class RecordList(Sequence[Record]):
    """Records in the order of their index, made when they are looked at; whole columns of numbers at once."""

    def __init__(self, rows: Iterable[Packed]) -> None:
        self.rows = tuple(rows)

    @classmethod
    def of(cls, records: Iterable[Record]) -> RecordList:
        """Pack records."""
        if isinstance(records, RecordList):
            return records
        packed = Records(records)
        return packed.between(0, max(packed, default=0) + 1)

    @property
    def replications(self) -> list[int]:
        """Their indices."""
        return [row.replication for row in self.rows]

    def column(self, kpi: str) -> Floats:
        """Values of a KPI, or of a part by its `part_name`, one per record; NaN where it has none."""
        found, whole = np.full(len(self.rows), np.nan), whole_name(kpi)
        for labels, places in self._alike():
            mine = ((i, cut) for i, (name, _, cut) in enumerate(labels) if name == whole)
            column = next((i for i, cut in mine if part_name(whole, cut) == kpi), None)
            if column is not None:
                found[places] = [self.rows[place].numbers[column] for place in places]
        return found

    def columns(self, is_cut: bool = False) -> dict[Label, Floats]:
        """Values by label, uncut ones or cut ones, in the order of the records that have them."""
        parts: dict[Label, list[tuple[list[int], Floats]]] = {}
        for labels, places in self._alike():
            table = np.array([self.rows[place].numbers for place in places])
            for i, label in enumerate(labels):
                if bool(label[2]) == is_cut:
                    parts.setdefault(label, []).append((places, table[:, i]))
        return {label: _in_order(found) for label, found in parts.items()}

    def spans(self, target: str) -> list[dict[tuple[str, str], float]]:
        """What a target is judged by, one dictionary per record; see `Record.spans`."""
        bare = (Record(r.replication, (), targets=_unpack(r.target_labels, r.target_numbers)) for r in self.rows)
        return [record.spans(target) for record in bare]

    def _alike(self) -> list[tuple[tuple[Label, ...], list[int]]]:
        """Places of records with the same labels."""
        groups: dict[int, tuple[tuple[Label, ...], list[int]]] = {}
        for place, row in enumerate(self.rows):
            groups.setdefault(id(row.labels), (row.labels, []))[1].append(place)
        return list(groups.values())

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> RecordList: ...
    def __getitem__(self, place: int | slice) -> Record | RecordList:
        return RecordList(self.rows[place]) if isinstance(place, slice) else self.rows[place].record()

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<RecordList of {len(self.rows)} replications>"


def _in_order(parts: list[tuple[list[int], Floats]]) -> Floats:
    """Join parts by the places that their values had."""
    if len(parts) == 1:
        return parts[0][1]
    places = np.concatenate([found for found, _ in parts])
    return np.concatenate([values for _, values in parts])[np.argsort(places, kind="stable")]
