"""The report of a benchmark: which solver comes how near to the best known values, how often, how fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from fulfillsim.report.html.page import Block, Bullets, Code, Page, Picture, Section, Table
from fulfillsim.report.html.pictures import picture_of
from fulfillsim.report.reading import BenchRead

COLUMNS = {
    "n": "runs",
    "n_failed": "failed",
    "mean_gap_percent": "mean gap %",
    "worst_gap_percent": "worst gap %",
    "share_best": "best known reached",
    "share_proven": "proven",
    "median_target_s": "to target s",
    "mean_time_s": "mean s",
}
"""Field of a line of the summary -> title."""

MOST_ROWS = 200
AXES = {"batching": "routing", "picking": "routing", "delivery": "convention"}
"""Suite -> the option that names its objectives."""


def bench_page(bench: BenchRead) -> Page:
    """Everything that the directory of a benchmark tells."""
    document, summary = bench.document, bench.document.get("summary", {})
    rows = [row for row in document.get("rows", bench.rows) if isinstance(row, Mapping)]
    suite = str(document.get("suite") or (rows[0].get("suite") if rows else "") or "solvers")
    solvers = list(dict.fromkeys(str(row.get("solver")) for row in rows))
    lines = [line for line in summary.get("by_solver", ()) if isinstance(line, dict)]
    sections = [Section("Solvers", [_lines(lines, "")])] if lines else []
    if len(groups := [line for line in summary.get("by_class", ()) if isinstance(line, dict)]) > len(lines):
        sections.append(Section("By class of instances", [_lines(groups, "group")]))
    if pictures := _pictures(summary):
        sections.append(Section("Pictures", pictures))
    sections += [Section("Runs", [_rows(rows)]), Section("How these figures were made", _method(document, rows))]
    what = f"Benchmark of {suite}: {len(_instances(rows))} instances, {len(solvers)} solvers, {len(rows)} runs"
    question = f"Which of {', '.join(solvers)} comes nearest to the best known values?" if len(solvers) > 1 else ""
    answer, certainty = _answer(lines, rows), _certainty(document)
    return Page(f"Benchmark: {suite}", what, question, answer, certainty, bench.notes, sections)


def _instances(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {str(row.get("instance")) for row in rows}


def _answer(lines: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> str:
    known = [line for line in lines if isinstance(line.get("mean_gap_percent"), int | float)]
    if known:
        best = min(known, key=lambda line: float(line["mean_gap_percent"]))
        others = f", the least of {len(known)}" if len(known) > 1 else ""
        return (
            f"{best['solver']} ({best['objective']}) lies {best['mean_gap_percent']:.3g} % above the best known values "
            f"on average{others}, over {best['n_compared']} runs."
        )
    counts = Counter(str(row.get("status")) for row in rows)
    told = ", ".join(f"{n} {status}" for status, n in counts.most_common())
    return f"{len(rows)} runs are there ({told}); no best known values to compare with." if rows else "No run is there."


def _certainty(document: Mapping[str, Any]) -> str:
    if not document:
        return ""
    return (
        f"{document.get('n_seeds', 1)} seed(s) and {document.get('time_limit_s', '?')} s for each run. Gaps hold for "
        "these instances, this machine and these versions; other instances may rank solvers otherwise."
    )


def _lines(lines: Sequence[Mapping[str, Any]], group: str) -> Table:
    columns = [*(["class"] if group else []), "solver", "objective", *COLUMNS.values()]
    rows = [
        (*([str(line.get(group))] if group else []), str(line.get("solver")), str(line.get("objective")), *_cells(line))
        for line in lines
    ]
    return Table("Gaps to the best known values", columns, rows, frozenset(COLUMNS.values()))


def _cells(line: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_cell(line.get(name), name.startswith("share")) for name in COLUMNS)


def _cell(value: Any, is_share: bool = False) -> str:
    if value is None:
        return "-"
    if is_share and isinstance(value, int | float):
        return f"{value:.0%}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _pictures(summary: Mapping[str, Any]) -> list[Picture]:
    from fulfillsim.report.plots.convergence import plot_convergence
    from fulfillsim.report.plots.performance_profile import plot_performance_profile

    found = []
    if profile := summary.get("profile"):
        alt = "Share of runs in which each solver lies at most so many percent above the best value known."
        found.append(picture_of("performance_profile", plot_performance_profile(profile), alt))
    if convergence := summary.get("convergence"):
        alt = "Mean gap of each solver to the best known value over the seconds of a run."
        found.append(picture_of("convergence", plot_convergence(convergence), alt))
    return found


def _rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = ("instance", "solver", "objective", "seed", "value", "best_known", "gap_percent", "status", "time_s")
    cells = [(_short(row.get("instance")), *(_cell(row.get(c)) for c in columns[1:])) for row in rows[:MOST_ROWS]]
    shown = f" (the first {MOST_ROWS} of {len(rows)})" if len(rows) > MOST_ROWS else ""
    right = frozenset({"seed", "value", "best_known", "gap_percent", "time_s"})
    return Table(f"Every run{shown}", [column.replace("_", " ") for column in columns], cells, right)


def _short(instance: Any) -> str:
    """Folder and name: a report names no place of the machine it was made on."""
    return "/".join(PurePosixPath(str(instance)).parts[-2:])


def _method(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    told = [
        "Every plan was checked by an evaluator apart from the solver that made it.",
        "A gap is the percent by which a value lies above the best known one.",
    ]
    blocks: list[Block] = [Bullets(told)]
    if rows and isinstance(known := rows[0].get("versions"), dict):
        cells = [(str(name), str(value)) for name, value in known.items()]
        blocks.append(Table("Versions", ("what", "is"), cells))
    if rows:
        axis = AXES.get(str(document.get("suite")), "")
        asked = ",".join(dict.fromkeys(str(row.get("asked") or row.get(axis) or row.get("objective")) for row in rows))
        solvers = ",".join(dict.fromkeys(str(row.get("solver")) for row in rows))
        options = f" --{axis} {asked}" if axis else ""
        line = f"fulfillsim bench {document.get('suite', 'SUITE')} INSTANCES --solver {solvers}{options}"
        limit = f" -t {document['time_limit_s']:g}" if isinstance(document.get("time_limit_s"), int | float) else ""
        blocks.append(Code(f"{line}{limit} --seeds {document.get('n_seeds', 1)}", "The same again"))
    return blocks
