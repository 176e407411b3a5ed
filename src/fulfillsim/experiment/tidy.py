"""One row per alternative, replication, KPI and cut: as a pandas frame, or streamed to Parquet for larger studies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from fulfillsim.experiment.records import Label, RecordList

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 200_000
"""Rows of a row group, about; memory does not grow with the study."""


def tidy_frame(records: RecordList) -> pd.DataFrame:
    """Columns ``replication``, ``kpi``, one for each cut, ``value``, ``unit``."""
    import pandas as pd

    return pd.DataFrame(_columns(records, _cuts([records])))


def write_tidy(stream: BinaryIO, alternatives: Mapping[str, RecordList]) -> None:
    """Write all values of all alternatives as Parquet, a row group for some thousand replications.

    Columns ``alternative``, ``replication``, ``kpi``, one for each cut, ``value``, ``unit``; a cut is a whole number
    where all its values are, else text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    cuts = _cuts(list(alternatives.values()))
    text = pa.dictionary(pa.int32(), pa.string())
    cut_types = [(name, pa.int64() if is_whole else text) for name, is_whole in cuts.items()]
    keys = [("alternative", text), ("replication", pa.int64()), ("kpi", text)]
    schema = pa.schema([*keys, *cut_types, ("value", pa.float64()), ("unit", text)])
    with pq.ParquetWriter(stream, schema) as writer:
        for name, records in alternatives.items():
            step = max(1, ROWS_AT_ONCE // max((len(row.labels) for row in records.rows[:1]), default=1))
            for start in range(0, len(records), step):
                columns = _columns(records[start : start + step], cuts)
                columns["alternative"] = [name] * len(columns["kpi"])
                writer.write_table(pa.table({key: columns[key] for key in schema.names}, schema=schema))


def _columns(records: RecordList, cuts: Mapping[str, bool]) -> dict[str, Any]:
    """Columns of the table; labels are spelled out once for all records that share them."""
    spelled: dict[int, dict[str, list[Any]]] = {}
    made: dict[str, Any] = {name: [] for name in ("kpi", *cuts, "unit")}
    for row in records.rows:
        if id(row.labels) not in spelled:
            spelled[id(row.labels)] = _spell(row.labels, cuts)
        for name, values in spelled[id(row.labels)].items():
            made[name] += values
    numbers = [np.asarray(row.numbers) for row in records.rows]
    value = np.concatenate(numbers) if numbers else np.empty(0)
    replication = np.repeat(np.array(records.replications, dtype=np.int64), [len(found) for found in numbers])
    return {"replication": replication, **{k: made[k] for k in ("kpi", *cuts)}, "value": value, "unit": made["unit"]}


def _spell(labels: tuple[Label, ...], cuts: Mapping[str, bool]) -> dict[str, list[Any]]:
    parts = [dict(cut) for _, _, cut in labels]
    columns = {name: [_as(part.get(name), is_whole) for part in parts] for name, is_whole in cuts.items()}
    return {"kpi": [kpi for kpi, _, _ in labels], **columns, "unit": [unit for _, unit, _ in labels]}


def _as(part: str | int | None, is_whole: bool) -> str | int | None:
    return part if part is None or is_whole else str(part)


def _cuts(several: list[RecordList]) -> dict[str, bool]:
    """Names of the cuts, and whether all values of a name are whole numbers."""
    found: dict[str, bool] = {}
    seen: set[int] = set()
    for row in (row for records in several for row in records.rows):
        if id(row.labels) not in seen:
            seen.add(id(row.labels))
            found.update({name: found.get(name, True) for name in row.by})
            for name, value in (part for _, _, cut in row.labels for part in cut):
                found[name] = found.get(name, True) and isinstance(value, int)
    return found
