"""Two benchmarks side by side: what became worse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from fulfillsim.bench.harness.rows import FAILED, JOURNAL
from fulfillsim.bench.harness.suite import COUNTS_FIRST
from fulfillsim.errors import DataError, Fault, InputError
from fulfillsim.report.tables import Row, as_csv, as_markdown, as_table

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Tolerance:
    """What is not yet a regression.

    Parameters
    ----------
    mean_percent
        Values of a solver may be worse by this on average,
    row_percent
        ... and by this on one run.
    cpu_factor
        Mean CPU seconds may grow by this factor; None: time is shown but does not count.
    """

    mean_percent: float = 0.1
    row_percent: float = 1.0
    cpu_factor: float | None = None


@dataclass(frozen=True)
class Change:
    """One solver on one objective, then and now; percents above 0 are worse."""

    solver: str
    objective: str
    n: int
    mean_percent: float | None
    worst_percent: float | None
    n_worse: int
    n_better: int
    n_new_failures: int
    n_lost_proofs: int
    old_cpu_s: float | None
    new_cpu_s: float | None
    regressions: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """All changes, and how many runs stood on one side only."""

    changes: tuple[Change, ...]
    n_only_old: int
    n_only_new: int

    @property
    def regressions(self) -> list[str]:
        """One line per regression."""
        return [
            f"{change.solver}, {change.objective}: {what}" for change in self.changes for what in change.regressions
        ]

    def as_json(self) -> dict[str, Any]:
        """What ``--format json`` prints."""
        rows = [asdict(change) for change in self.changes]
        counts = {"n_only_old": self.n_only_old, "n_only_new": self.n_only_new}
        return {"schema_version": SCHEMA_VERSION, "rows": rows, **counts, "regressions": self.regressions}


Record = dict[str, Any]
Run = tuple[str, str, str, int]


def read_results(path: Path) -> dict[Run, Record]:
    """Rows of a folder of a benchmark, its journal, or a saved ``--format json``.

    Raises
    ------
    DataError
        If there are none.
    """
    file = path / JOURNAL if path.is_dir() else path
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, f"cannot be read: {error}") from error
    records = _document(text) or _journal(text)
    if not records:
        raise _unusable(file, "must hold rows of a benchmark and holds none")
    return {_run(record): record for record in records}


def _document(text: str) -> list[Record]:
    try:
        read = json.loads(text)
    except ValueError:
        return []
    rows = read.get("rows", []) if isinstance(read, dict) else []
    return [row for row in rows if _is_row(row)]


def _journal(text: str) -> list[Record]:
    found = []
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue  # cut short by a stop
        if _is_row(record):
            found.append(record)
    return found


def _is_row(record: Any) -> bool:
    return isinstance(record, dict) and {"instance", "solver", "status", "seed"} <= set(record)


def _run(record: Record) -> Run:
    """What makes two runs comparable: the end of the instance's path, which another machine has too."""
    objective = record.get("objective") or record.get("routing") or record.get("convention") or ""
    end = "/".join(str(record["instance"]).replace("\\", "/").split("/")[-2:])
    return end, str(record["solver"]), str(objective), int(record["seed"])


def _unusable(file: Path, rule: str) -> DataError:
    hint = "give a folder written with -o, or the output of --format json"
    return DataError([Fault(str(file), None, None, "", rule, None, hint)])


def compare_studies(old: Path, new: Path, tolerance: Tolerance) -> Comparison:
    """Pair the runs of two benchmarks by instance, solver, objective and seed.

    Raises
    ------
    DataError
        If a side cannot be read.
    InputError
        If they have no run in common.
    """
    before, after = read_results(old), read_results(new)
    both = [run for run in before if run in after]
    if not both:
        raise InputError(f"{old} and {new} have no run in common - compare runs of equal instances, solvers and seeds")
    methods = list(dict.fromkeys((run[1], run[2]) for run in both))
    changes = [
        _change(*method, [(run, before[run], after[run]) for run in both if run[1:3] == method], tolerance)
        for method in methods
    ]
    return Comparison(tuple(changes), len(before) - len(both), len(after) - len(both))


def _change(solver: str, objective: str, pairs: Sequence[tuple[Run, Record, Record]], tolerance: Tolerance) -> Change:
    percents = {run: _percent(a, b) for run, a, b in pairs if not _failed(a) and not _failed(b)}
    failures = [
        f"{_name(run)}: {b['status']}, was {a['status']}" for run, a, b in pairs if _failed(b) and not _failed(a)
    ]
    proofs = [
        f"{_name(run)}: no longer proven optimal"
        for run, a, b in pairs
        if a["status"] == "optimal" and b["status"] != "optimal" and not _failed(b)
    ]
    worse = [
        f"{_name(run)}: {percent:+.3g} % worse" for run, percent in percents.items() if percent > tolerance.row_percent
    ]
    mean = fmean(percents.values()) if percents else None
    old_cpu_s, new_cpu_s = _mean_cpu([a for _, a, _ in pairs]), _mean_cpu([b for _, _, b in pairs])
    told = [f"{mean:+.3g} % worse on average"] if mean is not None and mean > tolerance.mean_percent else []
    if tolerance.cpu_factor and old_cpu_s and new_cpu_s and new_cpu_s > old_cpu_s * tolerance.cpu_factor:
        told.append(f"{new_cpu_s:.3g} CPU seconds, were {old_cpu_s:.3g}")
    return Change(
        solver,
        objective,
        len(pairs),
        mean,
        max(percents.values(), default=None),
        sum(percent > _EQUAL for percent in percents.values()),
        sum(percent < -_EQUAL for percent in percents.values()),
        len(failures),
        len(proofs),
        old_cpu_s,
        new_cpu_s,
        (*told, *failures, *proofs, *worse),
    )


_EQUAL = 1e-7


def _failed(record: Record) -> bool:
    return record["status"] in FAILED or record.get("value") is None


def _percent(old: Record, new: Record) -> float:
    """Percent by which a run became worse: of what counts first where that differs, else of the value."""
    a, b = (float((each.get("measures") or {}).get(COUNTS_FIRST, 0.0)) for each in (old, new))
    if a == b:
        a, b = float(old["value"]), float(new["value"])
    return 100.0 * (b - a) / abs(a) if a else 100.0 * (b != 0)


def _mean_cpu(records: Sequence[Record]) -> float | None:
    found = [float(record["cpu_s"]) for record in records if record.get("cpu_s") is not None]
    return fmean(found) if found else None


def _name(run: Run) -> str:
    return f"{run[0]}, seed {run[3]}"


def as_rows(comparison: Comparison) -> list[Row]:
    """Rows for a table."""

    def digits(value: float | None) -> str:
        return "-" if value is None else f"{value:+.3f}"

    return [
        {
            "solver": change.solver,
            "objective": change.objective,
            "runs": change.n,
            "mean %": digits(change.mean_percent),
            "worst %": digits(change.worst_percent),
            "worse": change.n_worse,
            "better": change.n_better,
            "new failures": change.n_new_failures,
            "lost proofs": change.n_lost_proofs,
            "CPU s then": "-" if change.old_cpu_s is None else f"{change.old_cpu_s:.3g}",
            "CPU s now": "-" if change.new_cpu_s is None else f"{change.new_cpu_s:.3g}",
        }
        for change in comparison.changes
    ]


def shown(comparison: Comparison, form: str) -> str:
    """Text in the format ``table``, ``json``, ``csv`` or ``md``."""
    if form == "json":
        return json.dumps(comparison.as_json(), indent=1, ensure_ascii=False)
    rows = as_rows(comparison)
    if form == "csv":
        return as_csv(rows)
    missing = f"{comparison.n_only_old} runs only in the old one, {comparison.n_only_new} only in the new one"
    return f"{as_markdown(rows) if form == 'md' else as_table(rows)}\n\n{missing}; above 0 % is worse"
