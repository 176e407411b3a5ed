"""What a run directory holds besides records: estimates and frames, for people and other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from fulfillsim.experiment.folder import Folder
from fulfillsim.experiment.kpi_lines import as_row
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.run_directory import RunDirectory
from fulfillsim.experiment.stress_des import CHECKLIST, Design, checklist
from fulfillsim.experiment.study_directory import StudyDirectory
from fulfillsim.experiment.tidy import write_tidy
from fulfillsim.experiment.verdicts import as_target_row

if TYPE_CHECKING:
    from fulfillsim.scenario import Scenario

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
        "targets": [as_target_row(verdict) for verdict in result.verdicts()],
    }


def write_estimates(directory: RunDirectory, result: Result, by: Sequence[str] = ()) -> None:
    """Write ``kpis.json`` and ``.csv``, cut ones as ``kpis_by_<what>``, and all values as ``kpis.parquet``."""
    for cut in [(), tuple(by)] if by else [()]:
        name = "_".join(["kpis", "by", *cut]) if cut else "kpis"
        directory.write(f"{name}.json", json.dumps(as_document(result, cut), indent=2, ensure_ascii=False) + "\n")
        directory.write(f"{name}.csv", as_csv([as_row(line) for line in result.lines(cut)]))
    directory.write_by("kpis.parquet", lambda stream: write_tidy(stream, {result.name: result.packed}))


def write_study_values(home: StudyDirectory, results: Mapping[str, Result]) -> None:
    """Write ``kpis.csv``, the means of every alternative, and ``kpis.parquet``, every value of every replication."""
    rows = [{"alternative": name} | as_row(line) for name, result in results.items() for line in result.lines()]
    home.write("kpis.csv", as_csv(rows))
    tables = {name: result.packed for name, result in results.items()}
    home.write_by("kpis.parquet", lambda stream: write_tidy(stream, tables))


def write_checklist(
    home: Folder, results: Mapping[str, Result], aims: Sequence[str], estimation: Sequence[str], common: bool = True
) -> None:
    """Write the STRESS-DES checklist of a run or a study; the scenario it tells of is that of the first result."""
    if not results:
        return
    first = next(iter(results.values()))
    kpis = {kpi: unit for kpi, unit, _ in first.packed.columns()}
    scenario = cast("Scenario", first.scenario)  # a run directory refuses what only builds a world
    home.write(CHECKLIST, checklist(scenario.resolved(), Design(aims, estimation, kpis, first.seed, common)))


def write_frames(directory: RunDirectory, result: Result) -> None:
    """Write the tables of replication 0 if they are not there yet."""
    if not any(record.replication == 0 for record in result.records):
        return
    if not directory.has_frame(LAST_FRAME):
        tables = result.frames()
        for name in [*(name for name in tables if name != LAST_FRAME), LAST_FRAME]:
            directory.write_frame(name, tables[name])


def as_csv(rows: Sequence[dict[str, object]]) -> str:
    """Rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["kpi"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
