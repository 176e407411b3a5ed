"""The reports of a comparison and of a selection: what is better, by how much, how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fulfillsim.experiment.comparison import Comparison
from fulfillsim.report.html.changed import changes, told_changes
from fulfillsim.report.html.figures import all_kpis, side_by_side
from fulfillsim.report.html.how import method, versions
from fulfillsim.report.html.page import Block, Bullets, Code, Page, Section, Table
from fulfillsim.report.html.pictures import picture_of
from fulfillsim.report.html.run import scenario_section
from fulfillsim.report.reading import RunRead, StudyRead

MOST_FORESTS = 8
"""KPIs with a picture of their own."""

SILENT = ("no evidence", "equivalent")


def comparison_page(study: StudyRead) -> Page:
    """Everything that the directory of a study tells."""
    made = study.comparison
    names = list(study.runs)
    first = study.runs[names[0]] if names else None
    question = str(first.resolved.get("question") or "") if first else ""
    sections = [
        *([Section("Differences", _differences(made))] if made is not None else []),
        *([_chosen(study.selection)] if study.selection else []),
        *_side_by_side(study),
        _changed(study.runs, made.baseline if made is not None else None),
    ]
    if first is not None:
        crn = "Alternatives met the same orders and draws (common random numbers), so that differences are their own."
        sections += [section for section in (method(first, (crn,) if _is_common(study) else ()),) if section]
        sections += [section for section in (scenario_section(first),) if section]
        sections.append(Section("How to get the same figures again", _again(study)))
    title = " or ".join(names) if 1 < len(names) <= 4 else f"{len(names)} alternatives"
    what = f"Comparison of {len(names)} alternatives, {_replications(study.runs)}"
    return Page(title, what, question, _answer(study), _certainty(study), study.notes, sections)


def _is_common(study: StudyRead) -> bool:
    return bool(study.study.get("common", True))


def _replications(runs: Mapping[str, RunRead]) -> str:
    counts = sorted({run.result.n_replications for run in runs.values()}) or [0]
    return f"{counts[0]} replications each" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} replications each"


def _answer(study: StudyRead) -> str:
    if isinstance(told := study.selection.get("answer"), str):
        return f"{told}."
    if study.comparison is None:
        return "The alternatives are not compared yet, so nothing can be said of their differences."
    settled = [
        sentence
        for kpi in study.comparison.kpis
        for found, sentence in zip(study.comparison.of(kpi), _sentences(study.comparison, kpi), strict=True)
        if study.comparison.verdict(found) not in SILENT
    ]
    if not settled:
        return "No difference is settled in any KPI compared: more replications, or a larger change, would tell."
    more = f" {len(settled) - 3} more differences are settled, see below." if len(settled) > 3 else ""
    return " ".join(f"{sentence}." for sentence in settled[:3]) + more


def _sentences(made: Comparison, kpi: str) -> list[str]:
    everything = made.sentences()
    start = sum(len(made.of(name)) for name in made.kpis[: made.kpis.index(kpi)])
    return everything[start : start + len(made.of(kpi))]


def _certainty(study: StudyRead) -> str:
    made = study.comparison
    if made is None:
        return ""
    spent = "" if made.is_settled else " The budget was spent before everything was settled."
    return f"In the table of differences, {made.method}.{spent}"


def _differences(made: Comparison) -> list[Block]:
    titles, *rows = made.cells()
    columns = [title or "±" for title in titles]
    wide = Table("Means, and differences with their joint half-widths", columns, rows, frozenset((*_RIGHT, "±")))
    said = [f"{sentence}." for sentence in (*made.best_ones(), *made.sentences())]
    blocks: list[Block] = [Bullets(said), wide]
    for kpi in [kpi for kpi in made.kpis if made.of(kpi)][:MOST_FORESTS]:
        alt = f"Differences in {kpi} with their intervals. {'. '.join(_sentences(made, kpi))}."
        blocks.append(picture_of(f"forest_{kpi}", _forest(made, kpi), alt))
    return blocks


_RIGHT = ("mean", "difference", "correlation", "variance ÷")


def _forest(made: Comparison, kpi: str) -> Any:
    """The forest with a value behind each mark."""
    from fulfillsim.report.plots.forest import forest_frame, plot_forest
    from fulfillsim.report.plots.svg import hint

    ax = plot_forest(made, kpi)
    frame = forest_frame(made, kpi)
    hint(ax, frame["difference"], range(len(frame)), _sentences(made, kpi))
    return ax


def _chosen(selection: Mapping[str, Any]) -> Section:
    rows = [row for row in selection.get("rows", ()) if isinstance(row, dict)]
    columns = list(rows[0]) if rows else ["alternative"]
    cells = [tuple(_cell(row.get(column)) for column in columns) for row in rows]
    return Section("The choice", [Table("What the choice rests on", columns, cells, frozenset({"mean", "n"}))])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)


def _side_by_side(study: StudyRead) -> list[Section]:
    results = {name: run.result for name, run in study.runs.items() if run.result.records}
    if not results:
        return []
    kpis, units = all_kpis(results)
    return [Section("All figures", [side_by_side(results, kpis, units)])]


def _changed(runs: Mapping[str, RunRead], baseline: str | None) -> Section:
    """What each alternative changes against the baseline, or against the first."""
    reference = baseline if baseline in runs else next(iter(runs), None)
    blocks: list[Block] = [
        told_changes(changes(runs[reference].resolved, run.resolved), f"{reference}: {name}")
        for name, run in runs.items()
        if reference is not None and name != reference and run.resolved and runs[reference].resolved
    ]
    return Section("What was changed", blocks)


def _again(study: StudyRead) -> Sequence[Block]:
    lines = [
        f"fulfillsim run {run.folder.name}/scenario.yaml -n {max(1, run.result.n_replications)} "
        f"--seed {run.manifest.get('seed', 1)} -o again/{run.folder.name}"
        for run in study.runs.values()
    ]
    table = versions(next(iter(study.runs.values())).manifest)
    return [Code("\n".join(lines), "In the folder of the study"), *([table] if table else [])]
