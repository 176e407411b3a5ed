"""Directories as run, compare and bench leave them, made of a handful of numbers: what reports are written of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fulfillsim.experiment.record import Record, Value

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>&\"'"
RESOLVED = {"schema": 1, "name": "tiny", "question": "Is it enough?", "start": "2026-03-02", "days": 7, "zone": "UTC"}


def write_run(
    folder: Path,
    *,
    name: str = "tiny",
    n: int = 4,
    shift: float = 0.0,
    resolved: Mapping[str, Any] | None = None,
    is_done: bool = True,
    version: int = 1,
) -> Path:
    """A run directory with two KPIs, the first with a target."""
    (folder / "records").mkdir(parents=True)
    manifest = {"scenario": name, "content_hash": "ab12", "seed": 7, "versions": {"numpy": "2"}}
    write(folder / "manifest.json", manifest | {"format_version": version})
    write(folder / "resolved.json", {**(resolved or RESOLVED), "name": name})
    (folder / "scenario.yaml").write_text(f"name: {json.dumps(name)}\n", "utf-8")
    lines = []
    for index in range(n):
        values = (
            Value("on_time_shipment", 0.9 + 0.01 * index + shift, "share"),
            Value("throughput", 100.0, "orders/day"),
        )
        lines.append(Record(index, values).to_json())
    (folder / "records" / "0.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    if is_done:
        row = {"kpi": "on_time_shipment", "target": ">= 0.98", "verdict": "missed", "mean": 0.9}
        write(folder / "kpis.json", {"replications": n, "failed": [], "kpis": [row]})
    return folder


def write(file: Path, content: object) -> None:
    """Write JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), "utf-8")


def difference(alternative: str, reference: str) -> dict[str, Any]:
    """A row of ``comparison.json``."""
    numbers = {"difference": 0.02, "half_width": 0.005, "low": 0.015, "high": 0.025, "p_value": 0.001}
    names = {"kpi": "on_time_shipment", "alternative": alternative, "reference": reference, "unit": "share"}
    return {**names, **numbers, "verdict": "better", "correlation": 0.9, "variance_ratio": None, "n": 4}


def write_study(folder: Path, *, names: Sequence[str] = ("today", "two more"), is_done: bool = True) -> Path:
    """A study directory; the alternatives differ in the number of pickers."""
    folders = {name: f"{place:02d}-x" for place, name in enumerate(names, 1)}
    for place, name in enumerate(names):
        resolved = RESOLVED | {"staff": {"pickers": 8 + 2 * place}}
        write_run(folder / folders[name], name="tiny", shift=0.02 * place, resolved=resolved, is_done=False)
    write(folder / "study.json", {"format_version": 1, "seed": 7, "common": True, "alternatives": folders})
    if is_done:
        told: dict[str, Any] = {
            "schema_version": 1,
            "baseline": names[0],
            "level": 0.95,
            "method": "holm",
            "settled": True,
        }
        told |= {"alternatives": {name: {} for name in names}}
        rows = [difference(name, names[0]) for name in names[1:]]
        write(folder / "comparison.json", told | {"differences": rows})
    return folder


def write_threshold(folder: Path, *, is_done: bool = True) -> Path:
    """The directory of a search for a threshold, in three settings."""
    write(folder / "threshold.json", {"format_version": 1, "path": "demand.factor"})
    write_run(folder / "factor=1.0", is_done=False)
    if is_done:
        rows = [
            {"setting": setting, "kpi": "on_time_shipment", "margin": 0.01 - (setting - 1) / 10, "holds": setting < 1.1}
            | {"n": 4}
            for setting in (1.0, 1.1, 1.2)
        ]
        told: dict[str, Any] = {
            "answer": "on_time_shipment >= 0.98 holds up to demand.factor = 1.10 ± 0.05",
            "path": "demand.factor",
        }
        told |= {"targets": ["on_time_shipment >= 0.98"], "level": 0.95, "monotone": True, "rows": rows}
        write(folder / "answer.json", told)
    return folder


def write_bench(folder: Path, *, is_done: bool = True) -> Path:
    """The directory of a benchmark of two solvers on one instance."""
    row: dict[str, Any] = {
        "suite": "batching",
        "instance": "some/where/henn/a.txt",
        "objective": "s_shape",
        "asked": "s_shape",
        "seed": 1,
    }
    row |= {"status": "feasible", "value": 93.0, "time_s": 0.5, "versions": {"numpy": "2"}, "best_known": 90.0}
    rows = [row | {"solver": solver} for solver in ("cw2", "first_come")]
    folder.mkdir(parents=True)
    (folder / "rows.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    if is_done:
        by_solver = [
            {"solver": r["solver"], "objective": "s_shape", "group": "", "n": 1, "n_failed": 0, "n_compared": 1}
            | {"mean_gap_percent": gap, "share_best": 0.5}
            for r, gap in zip(rows, (3.25, 16.0), strict=True)
        ]
        profile = [
            {"solver": s, "ratio": 1.0 + step, "share": step} for s in ("cw2", "first_come") for step in (0.0, 1.0)
        ]
        summary = {"by_solver": by_solver, "by_class": by_solver, "profile": profile, "convergence": []}
        write(folder / "result.json", {"suite": "batching", "time_limit_s": 1, "rows": rows, "summary": summary})
    return folder


def write_sensitivity(folder: Path, *, is_done: bool = True) -> Path:
    """The directory of a sensitivity analysis of two settings."""
    write(folder / "study.json", {"format_version": 1, "kind": "sensitivity", "seed": 7})
    write_run(folder / "point-1", is_done=False)
    if is_done:
        effects = {"demand.factor": -0.031, "staff.pickers": 0.012}
        rows = [
            {"kpi": "on_time_shipment", "factor": factor, "low": 1, "high": 2, "size": size, "half_width": 0.004}
            | {"direct": None, "unit": "share"}
            for factor, size in effects.items()
        ]
        write(folder / "sensitivity.json", {"method": "morris", "settings": 12, "replications": 4, "rows": rows})
    return folder


WRITERS: dict[str, Callable[..., Path]] = {
    "run": write_run,
    "study": write_study,
    "threshold": write_threshold,
    "sensitivity": write_sensitivity,
    "bench": write_bench,
}
"""Kind of directory -> what writes one; ``is_done=False`` leaves it as a stop would."""
