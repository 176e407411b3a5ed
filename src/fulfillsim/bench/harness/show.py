"""Results of a benchmark as one JSON document, rows of CSV, or tables to read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from fulfillsim.bench.harness.figures import Line, bound_gap_percent, lines, summary, target_s
from fulfillsim.bench.harness.study import Request, Result
from fulfillsim.bench.harness.suite import COUNTS_FIRST
from fulfillsim.report.tables import Row, as_csv, as_markdown, as_table

SCHEMA_VERSION = 1

N_SHOWN = 20
"""Failures that a table names before it only counts."""


def shown(request: Request, results: Sequence[Result], form: str, target_percent: float) -> str:
    """Text in the format ``table``, ``json``, ``csv`` or ``md``."""
    if form == "json":
        return json.dumps(document(request, results, target_percent), indent=1, ensure_ascii=False, allow_nan=False)
    if form == "csv":
        rows = [as_row(request, result, target_percent) for result in results]
        return as_csv([{key: value for key, value in row.items() if key not in _NESTED} for row in rows])
    layout: Callable[[Sequence[Row]], str] = as_markdown if form == "md" else as_table
    axis = request.suite.axis
    parts = [_told_table(lines(results, target_percent), axis, layout, classes=False)]
    by_group = lines(results, target_percent, by_group=True)
    if len(by_group) > len(lines(results, target_percent)):
        parts.append(_told_table(by_group, axis, layout, classes=True))
    parts.append(_conditions(request, results, target_percent))
    return "\n\n".join(parts)


_NESTED = ("incumbents", "measures", "versions")


def document(request: Request, results: Sequence[Result], target_percent: float) -> dict[str, Any]:
    """What ``--format json`` prints: one object with rows and summary."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "suite": request.suite.name,
        "time_limit_s": request.time_limit_s,
        "n_seeds": request.n_seeds,
        "rows": [as_row(request, result, target_percent) for result in results],
        "summary": summary(results, target_percent),
    }
    return {key: _finite(value) for key, value in content.items()}


def _finite(value: Any) -> Any:
    """The same with null for infinities and NaN, of which JSON has none."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_row(request: Request, result: Result, target_percent: float) -> dict[str, Any]:
    """One run, flat but for incumbents, further measures and versions."""
    setting, outcome = result.row.setting, result.row.outcome
    seconds = target_s(result, target_percent)
    return {
        "instance": setting.instance,
        "class": setting.group,
        "solver": setting.solver,
        request.suite.axis: setting.asked,
        "objective": setting.objective,
        "seed": setting.seed,
        "value": outcome.value,
        "lower_bound": outcome.lower_bound,
        "best_known": None if result.best is None else result.best.value,
        "best_known_proven": None if result.best is None else result.best.proven,
        "counts_first": outcome.measures.get(COUNTS_FIRST),
        "best_known_first": None if result.best is None else result.best.first,
        "gap_percent": result.gap_percent,
        "bound_gap_percent": bound_gap_percent(result),
        "status": outcome.status,
        "time_s": outcome.time_s,
        "cpu_s": outcome.cpu_s,
        "compile_s": outcome.compile_s,
        "target_s": seconds if math.isfinite(seconds) else None,
        "time_limit_s": setting.time_limit_s,
        "message": outcome.message,
        "digest": setting.digest,
        "measures": dict(outcome.measures),
        "incumbents": [list(pair) for pair in outcome.incumbents],
        "versions": setting.versions,
    }


def remarks(results: Sequence[Result]) -> list[str]:
    """What must not be overlooked: failures and contradicted proofs, one line each."""
    alike: dict[str, list[Result]] = {}
    for result in results:
        if result.row.failed:
            setting, outcome = result.row.setting, result.row.outcome
            what = f"{setting.solver}, {setting.asked}: {outcome.status}"
            alike.setdefault(f"{what} - {outcome.message}" if outcome.message else what, []).append(result)
    failed = [_told(what, part) for what, part in alike.items()]
    wrong = [_contradiction(result) for result in results if result.contradicts]
    more = [f"... and {len(failed) - N_SHOWN} more kinds of failure"] if len(failed) > N_SHOWN else []
    return [*failed[:N_SHOWN], *more, *wrong]


def _told(what: str, part: Sequence[Result]) -> str:
    """A failure with its instance, or how many there are alike."""
    instance = short(part[0].row.setting.instance)
    return f"{instance}, {what}" if len(part) == 1 else f"{len(part)} runs, the first {instance}, {what}"


def _contradiction(result: Result) -> str:
    value, best = result.row.outcome.value, result.best
    assert best is not None
    if best.beaten_by(value or 0.0):
        return f"{_run(result)}: {value:.10g} is below the proven optimum {best.value:.10g} - another convention?"
    return f"{_run(result)}: claims that {value:.10g} is optimal, but {best.value:.10g} is known"


def _run(result: Result) -> str:
    setting = result.row.setting
    return f"{short(setting.instance)}, {setting.solver}, {setting.asked}, seed {setting.seed}"


def short(instance: str) -> str:
    """Folder and name of an instance.

    Examples
    --------
    >>> short("some/where/henn/25s-30-30-6.txt")
    'henn/25s-30-30-6.txt'
    """
    return "/".join(PurePosixPath(instance).parts[-2:])


def _told_table(part: Sequence[Line], axis: str, layout: Callable[[Sequence[Row]], str], classes: bool) -> str:
    has_first = any(line.mean_extra_vehicles is not None for line in part)
    has_best = any(line.n_compared for line in part)
    left_out = {"mean_extra_vehicles"} if not has_first else set()
    left_out |= {"mean_value"} if has_best else set(_COMPARED)
    columns = {name: told for name, told in _COLUMNS.items() if name not in left_out}
    rows = []
    for line in part:
        fields = asdict(line)
        row: dict[str, object] = {"class": line.group} if classes else {}
        row |= {"solver": line.solver, axis: line.objective}
        row |= {title: write(fields[name]) for name, (title, write) in columns.items()}
        rows.append(row)
    return layout(rows)


def _digits(places: int) -> Callable[[float | None], str]:
    return lambda value: "-" if value is None else f"{value:.{places}f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


_COMPARED = ("mean_gap_percent", "worst_gap_percent", "share_best", "share_better", "median_target_s")
"""What there is only beside a best known value; the mean of the values stands in their place."""
_COLUMNS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "n": ("runs", str),
    "n_failed": ("failed", str),
    "mean_value": ("mean value", lambda value: "-" if value is None else f"{value:.10g}"),
    "mean_gap_percent": ("mean gap %", _digits(3)),
    "worst_gap_percent": ("worst gap %", _digits(3)),
    "mean_extra_vehicles": ("extra vehicles", _digits(2)),
    "share_best": ("best known", _percent),
    "share_better": ("better", _percent),
    "share_proven": ("proven", _percent),
    "mean_bound_gap_percent": ("bound gap %", _digits(2)),
    "median_target_s": ("to target s", _seconds),
    "mean_time_s": ("mean s", _seconds),
    "mean_cpu_s": ("mean CPU s", _seconds),
}


def _conditions(request: Request, results: Sequence[Result], target_percent: float) -> str:
    """Without these no figure means anything."""
    compared = sum(result.best is not None for result in results)
    return (
        f"{len(request.cases)} instances, {request.n_seeds} seeds, {request.time_limit_s:g} s a run; "
        f"gaps to the best known value ({compared} of {len(results)} runs have one), "
        f"target {target_percent:g} %, - is unknown"
    )
