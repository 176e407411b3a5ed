"""The report of a run: targets and what became of them, pictures of replication 0, all KPIs, the scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from fulfillsim.experiment.counting import Count
from fulfillsim.experiment.estimates import LEVEL
from fulfillsim.experiment.kpi_lines import KpiLine
from fulfillsim.report.html.changed import told_changes
from fulfillsim.report.html.figures import kpi_lines, kpi_table, target_table, told_interval
from fulfillsim.report.html.how import method, reproduction, shipped_changes, versions
from fulfillsim.report.html.page import Block, Code, Page, Section, Text
from fulfillsim.report.html.pictures import drawn, pictures_in
from fulfillsim.report.reading import RunRead

HEADLINE = (
    *("on_time_shipment", "on_time_delivery", "promised_lead_time_mean", "promised_lead_time_p90"),
    *("throughput", "order_cycle_time_p90", "cost_per_shipped_order"),
)
"""Told where a scenario has no targets."""


def run_page(run: RunRead, progress: Count | None = None) -> Page:
    """Everything that a run directory tells."""
    lines = kpi_lines(run.result, run.kpis)
    n = run.result.n_replications
    known = run.manifest.get("seed")
    what = f"{n} replication{'' if n == 1 else 's'}, seed {'not known' if known is None else known}"
    failed = [row for row in run.kpis.get("failed", ()) if isinstance(row, dict)]
    notes = [*run.notes, *(f"failed: replication {row.get('replication')}: {row.get('reason')}" for row in failed)]
    sections = [
        _targets(lines, run.kpis),
        _pictures(run, progress),
        _figures(lines),
        scenario_section(run),
        method(run),
    ]
    sections.append(_again(run))
    question = str(run.resolved.get("question") or "")
    kept = [section for section in sections if section is not None]
    return Page(run.result.name, f"Run: {what}", question, answer(lines, run.kpis), _certainty(n), notes, kept)


def answer(lines: Sequence[KpiLine], told: Mapping[str, Any]) -> str:
    """Targets met and missed, and who is busiest, in sentences."""
    if not lines:
        return "No replication is finished, so nothing can be said yet."
    said = [*_on_targets(lines, told), *_busiest(lines)]
    return " ".join(f"{text}." for text in said) or "The run has no targets; its figures are below."


def _on_targets(lines: Sequence[KpiLine], told: Mapping[str, Any]) -> list[str]:
    rows = [(str(r["target"]), told_interval(r), str(r["bound"]), str(r["verdict"])) for r in told.get("targets", ())]
    if not rows:
        rows = [(line.kpi, str(line.estimate), line.target, line.verdict) for line in lines if line.target]
    if not rows:
        by_name = {line.kpi: line for line in lines}
        return [f"{kpi} is {by_name[kpi].estimate} {by_name[kpi].unit}" for kpi in HEADLINE if kpi in by_name]
    words = [word for *_, word in rows]
    n_met = words.count("met")
    opening = f"{n_met} of {len(rows)} targets " + ("is met" if n_met == 1 else "are met")
    verbs = {"met": "keeps", "missed": "misses", "not sure": "may or may not keep"}
    each = [f"{name} is {value} and {verbs.get(word, word)} {bound}" for name, value, bound, word in rows]
    return [opening, *each]


def _busiest(lines: Sequence[KpiLine]) -> list[str]:
    """The role with the highest utilization."""
    busy = [line for line in lines if line.kpi.startswith("utilization.") and math.isfinite(line.estimate.estimate)]
    if not busy:
        return []
    most = max(busy, key=lambda line: line.estimate.estimate)
    return [f"The busiest role is {most.kpi.partition('.')[2]}: {most.estimate} of their time is work"]


def _certainty(n: int) -> str:
    if n < 2:
        return "One replication says nothing of chance: run 2 or more for half-widths, 10 or more for a decision."
    return (
        f"Each ± is the {LEVEL:.0%} half-width over {n} replications. A target is called met or missed only where its "
        "whole interval lies on one side; after not sure, more replications tell."
    )


def _targets(lines: Sequence[KpiLine], told: Mapping[str, Any]) -> Section | None:
    table = target_table(lines, told)
    return Section("Targets", [table]) if table else None


def _pictures(run: RunRead, progress: Count | None) -> Section | None:
    pictures = pictures_in(run.folder / "pictures") or (drawn(run.result, progress) if run.result.records else [])
    if not pictures:
        return None
    told = Text("One replication, the first, as an example; figures over all replications are in the tables.")
    return Section("Pictures", [told, *pictures])


def _figures(lines: Sequence[KpiLine]) -> Section | None:
    return Section("All figures", [kpi_table(lines)]) if lines else None


def scenario_section(run: RunRead) -> Section | None:
    """What was changed against the shipped scenario of that name, and the scenario as it was given."""
    blocks: list[Block] = []
    found = shipped_changes(run)
    if found is not None:
        blocks.append(told_changes(found, f"the shipped scenario {run.result.name}"))
    if run.scenario_text:
        blocks.append(Code(run.scenario_text, "The scenario as it was run"))
    return Section("The scenario", blocks) if blocks else None


def _again(run: RunRead) -> Section:
    blocks: list[Block] = [*reproduction(run)]
    if table := versions(run.manifest):
        blocks.append(table)
    return Section("How to get the same figures again", blocks)
