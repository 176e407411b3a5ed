"""What a run directory holds besides records: estimates and frames, for people and other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from fulfillsim.experiment.result import Result, as_row
from fulfillsim.experiment.run_directory import RunDirectory

SCHEMA_VERSION = 1
LAST_FRAME = "orders"
"""Written after all others: once it is there, they are."""


def as_document(result: Result, by: Sequence[str] = ()) -> dict[str, object]:
    """Estimates of a result as plain data for JSON."""
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": result.name,
        "seed": result.seed,
        "replications": result.n_replications,
        "failed": [{"replication": f.replication, "reason": f.reason} for f in result.failures],
        "by": list(by),
        "history": result.imported(),
        "kpis": [as_row(line) for line in result.lines(by)],
    }


def write_estimates(directory: RunDirectory, result: Result, by: Sequence[str] = ()) -> None:
    """Write ``kpis.json`` and ``kpis.csv``, and the cut ones beside them as ``kpis_by_<what>``."""
    for cut in [(), tuple(by)] if by else [()]:
        name = "_".join(["kpis", "by", *cut]) if cut else "kpis"
        directory.write(f"{name}.json", json.dumps(as_document(result, cut), indent=2, ensure_ascii=False) + "\n")
        directory.write(f"{name}.csv", _as_csv([as_row(line) for line in result.lines(cut)]))


def write_frames(directory: RunDirectory, result: Result) -> None:
    """Write the tables of replication 0 if they are not there yet."""
    if not any(record.replication == 0 for record in result.records):
        return
    if not directory.has_frame(LAST_FRAME):
        tables = result.frames()
        for name in [*(name for name in tables if name != LAST_FRAME), LAST_FRAME]:
            directory.write_frame(name, tables[name])


def _as_csv(rows: Sequence[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["kpi"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
