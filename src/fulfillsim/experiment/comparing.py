"""`compare`: alternatives on the same random numbers, and what may be said of their differences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.experiment.alternatives import check_alternatives
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.comparison import Comparison
from fulfillsim.experiment.output import as_csv, write_checklist, write_study_values
from fulfillsim.experiment.record import part_name, whole_name
from fulfillsim.experiment.simulation import DEFAULT_SEED, as_subject, road
from fulfillsim.experiment.study import Progress, Setting, Study, check_replications
from fulfillsim.experiment.study_directory import StudyDirectory, folder_names
from fulfillsim.experiment.worker import Replicate
from fulfillsim.kpi import find_kpi
from fulfillsim.stats.best import compare_with_best
from fulfillsim.stats.comparison import Aspect, CompareUntilSettled, Finding
from fulfillsim.stats.paired import pairs_of, simultaneous_differences

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.experiment.result import Result
    from fulfillsim.scenario import Scenario

Floats = NDArray[np.float64]
HEADLINE = (
    *("on_time_shipment", "on_time_delivery", "promised_lead_time_mean", "promised_lead_time_p90"),
    *("throughput", "order_cycle_time_p90", "cost_per_shipped_order"),
)
"""Compared where nothing is asked for, after the KPIs that have targets; those that a scenario lacks are left out."""


def compare(
    alternatives: Mapping[str, Scenario | World],
    baseline: str | None = None,
    replications: int = 20,
    *,
    until_settled: int | None = None,
    all_pairs: bool = False,
    kpis: Sequence[str] | None = None,
    equivalent: Mapping[str, float] | None = None,
    level: float = 0.95,
    method: Literal["holm", "bonferroni"] = "holm",
    by: Sequence[str] = (),
    common: bool = True,
    seed: int | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | str | None = None,
    progress: Progress = True,
    replicate: Replicate | None = None,
    cache: Path | str | None = None,
    antithetic: bool = False,
) -> Comparison:
    """Compare alternatives in some KPIs, replication by replication on the same orders.

    All statements of the result (pairs and KPIs together) hold with the probability ``level``.

    Parameters
    ----------
    alternatives
        Scenarios by name, two or more, over the same days.
    baseline
        What the others are compared with; the first if not given.
    replications
        Of each alternative, a fixed number.
    until_settled
        Instead: replications go on, at looks fixed beforehand, until every difference has a verdict or each
        alternative has so many; the verdicts are valid although the study may stop early.
    all_pairs
        Compare every pair instead of with a baseline.
    kpis
        Names; targets and `HEADLINE` if not given.
    equivalent
        KPI -> size up to which a difference does not matter; smaller ones are called equivalent.
    level
        Joint level.
    method
        For a fixed number of replications; see `fulfillsim.stats.paired.simultaneous_differences`.
    by
        Compare the parts that the KPIs are cut into, ``["client", "day"]``, instead of the whole; for a fixed number.
    common
        Common random numbers: the same orders, draws and people for all. False gives each alternative its own.
    seed, jobs, executor, progress, replicate, cache, antithetic
        As in `simulate`.
    out
        Study directory with a run directory for each alternative; one of the same study is gone on with.

    Raises
    ------
    InputError
        If there are fewer than two alternatives, different days, or a number makes no sense.
    UnknownNameError
        If the baseline or a KPI does not exist.
    InterruptedRunError
        On Ctrl-C.

    Examples
    --------
    ``compare({"today": scenario, "two more": scenario.vary({"staff.pickers.shifts.early.headcount": 16})})``
    """
    subjects = {name: as_subject(scenario) for name, scenario in alternatives.items()}
    check_alternatives(subjects, baseline)
    if until_settled is None:
        check_replications(replications)
        if replications < 2:
            raise InputError("replications: a difference needs 2 or more (got 1) - give -n 10")
    elif by:
        raise InputError("by: parts are compared with a fixed number of replications - leave until_settled out")
    reference = None if all_pairs else baseline or next(iter(subjects))
    asked = _asked(subjects, kpis, equivalent or {})
    kept = None if cache is None else Cache(cache)
    seed = DEFAULT_SEED if seed is None else seed
    replicate = road(replicate, antithetic)
    setting = Setting(seed, jobs, executor, progress, replicate, tuple(by), common=common, cache=kept)
    if method not in ("holm", "bonferroni"):
        raise UnknownNameError("correction", method, ("holm", "bonferroni"))
    setting = replace(setting, kpi=asked[0].kpi, baseline=reference or next(iter(subjects)))
    home = None if out is None else open_study("comparison", subjects, setting, out)
    with started(subjects, setting, home) as study:
        if until_settled is None:
            made = _fixed(study, asked, kpis is None, reference, replications, level, method)
        else:
            made = _sequential(study, asked, kpis is None, reference, until_settled, level)
    if home is not None:
        write_comparison(home, made)
    return made


def _asked(subjects: Mapping[str, Any], kpis: Sequence[str] | None, equivalent: Mapping[str, float]) -> list[Aspect]:
    """KPIs with their directions; what is asked for by name must exist."""
    if kpis is None:
        targets = [target.kpi for subject in subjects.values() for target in subject.world().targets]
        kpis = [*targets, *HEADLINE]
    names = list(dict.fromkeys(kpis))
    if strangers := [name for name in equivalent if name not in names]:
        raise UnknownNameError("compared KPI", strangers[0], names)
    if bad := [name for name, size in equivalent.items() if not size > 0]:
        raise InputError(f"equivalent: the size for {bad[0]} must be above 0 (got {equivalent[bad[0]]:g})")
    return [Aspect(name, find_kpi(name).better != "lower", equivalent.get(name, 0.0)) for name in names]


def _there(study: Study, asked: Sequence[Aspect], may_lack: bool) -> tuple[list[Aspect], dict[str, str]]:
    """Those of the KPIs that every alternative has, and their units; known after the first replications."""
    units: dict[str, str] = {}
    had: list[set[str]] = []
    for name in study.names:
        values = [value for record in study.records(name)[:1] for value in record.values if not value.cut]
        units.update({value.kpi: value.unit for value in values})
        had.append({value.kpi for value in values})
    common = set.intersection(*had)
    if not may_lack:
        for aspect in asked:
            if aspect.kpi not in common:
                raise UnknownNameError("KPI of all alternatives", aspect.kpi, common)
    kept = [aspect for aspect in asked if aspect.kpi in common]
    if not kept:
        raise InputError("comparison: none of the usual KPIs is there in all alternatives - name one with --kpi")
    return kept, units


def _parts(study: Study, asked: Sequence[Aspect], may_lack: bool) -> tuple[list[Aspect], dict[str, str]]:
    """The KPIs of the parts that every alternative has, and their units."""
    units: dict[str, str] = {}
    had: list[set[str]] = []
    parts: dict[str, list[str]] = {aspect.kpi: [] for aspect in asked}
    for name in study.names:
        found = {part_name(kpi, cut): (kpi, unit) for kpi, unit, cut in study.records(name).columns(is_cut=True)}
        had.append(set(found))
        for part, (kpi, unit) in found.items():
            if kpi in parts and part not in units:
                parts[kpi].append(part)
                units[part] = unit
    common = set.intersection(*had)
    kept = [replace(aspect, kpi=part) for aspect in asked for part in parts[aspect.kpi] if part in common]
    lacking = [aspect.kpi for aspect in asked if not common.intersection(parts[aspect.kpi])]
    if not kept or (lacking and not may_lack):
        what = lacking[0] if lacking else "none of the KPIs"
        by = ", ".join(study.setting.by)
        raise InputError(f"by: {what} cannot be cut by {by} in all alternatives - name KPIs of orders or parcels")
    return kept, units


def _fixed(
    study: Study,
    asked: Sequence[Aspect],
    may_lack: bool,
    baseline: str | None,
    n: int,
    level: float,
    method: Literal["holm", "bonferroni"],
) -> Comparison:
    study.run(dict.fromkeys(study.names, n))
    aspects, units = (_parts if study.setting.by else _there)(study, asked, may_lack)
    results = study.results()
    pairs = pairs_of(len(study.names), None if baseline is None else study.names.index(baseline))
    findings: list[Finding] = []
    for aspect in aspects:
        table = _table(results, aspect.kpi)
        known = [(i, j) for i, j in pairs if np.count_nonzero(~np.isnan(table[:, i] - table[:, j])) >= 2]
        made = simultaneous_differences(table, known, level, method, len(aspects)) if known else []
        findings += [
            Finding(
                study.names[i],
                study.names[j],
                aspect.kpi,
                difference,
                difference.verdict(aspect.is_larger_better, aspect.equivalent),
                difference.interval.n,
            )
            for (i, j), difference in zip(known, made, strict=True)
        ]
    how = f"± holds for all of them together with {level:.0%} ({method})"
    best = _can_be_best(results, aspects, level) if baseline is None else {}
    kpis = tuple(aspect.kpi for aspect in aspects)
    return Comparison(results, tuple(findings), kpis, units, baseline, level, how, can_be_best=best)


def _can_be_best(results: Mapping[str, Result], aspects: Sequence[Aspect], level: float) -> dict[str, tuple[str, ...]]:
    """Alternatives that are not shown to be worse than another, by KPI with a direction; level shared by these."""
    directed = [aspect for aspect in aspects if find_kpi(whole_name(aspect.kpi)).better != "neutral"]
    found = {}
    for aspect in directed:
        table = _table(results, aspect.kpi)
        table = table[~np.isnan(table).any(axis=1)]
        if len(table) >= 2:
            gaps = compare_with_best(table, 1 - (1 - level) / len(directed), aspect.is_larger_better)
            names = zip(results, gaps, strict=True)
            found[aspect.kpi] = tuple(name for name, gap in names if gap.can_be_best)
    return found


def _table(results: Mapping[str, Result], kpi: str) -> Floats:
    """Values, shape (n, k), by replication: one that is missing somewhere is NaN there."""
    indices = sorted({index for result in results.values() for index in result.packed.replications})
    place = {index: row for row, index in enumerate(indices)}
    table = np.full((len(indices), len(results)), np.nan)
    for column, result in enumerate(results.values()):
        table[[place[index] for index in result.packed.replications], column] = result.packed.column(kpi)
    return table


def _sequential(
    study: Study, asked: Sequence[Aspect], may_lack: bool, baseline: str | None, budget: int, level: float
) -> Comparison:
    first = min(10, budget)
    study.run(dict.fromkeys(study.names, first))
    aspects, units = _there(study, asked, may_lack)
    columns = [aspect.kpi for aspect in aspects]
    procedure = CompareUntilSettled(study.names, aspects, baseline, level, first, budget)
    while wanted := procedure.ask():
        have = procedure.n
        study.run({name: have[name] + n for name, n in wanted.items()})
        procedure.tell({name: study.values(name, columns, have[name], have[name] + n) for name, n in wanted.items()})
    how = (
        f"± holds for all of them together with {level:.0%}, valid at all looks {', '.join(map(str, procedure.sizes))}"
    )
    kpis = tuple(aspect.kpi for aspect in aspects)
    found = tuple(procedure.findings)
    return Comparison(study.results(), found, kpis, units, baseline, level, how, procedure.is_settled)


def open_study(kind: str, subjects: Mapping[str, Any], setting: Setting, out: Path | str) -> StudyDirectory:
    """Study directory of alternatives that are known beforehand.

    Raises
    ------
    RunDirectoryError
        If ``out`` holds something else, or another study.
    """
    about = {"kind": kind, "seed": setting.seed, "common": setting.common, "alternatives": folder_names(list(subjects))}
    return StudyDirectory(out, about)


def started(subjects: Mapping[str, Any], setting: Setting, home: StudyDirectory | None) -> Study:
    """A study with a run directory for each alternative below ``home``, if there is one."""
    if home is None:
        return Study(subjects, setting)
    folders, seeds = folder_names(list(subjects)), setting.seeds(len(subjects))
    directories = {
        name: home.run(folders[name], subject, seed, setting.replicate)
        for (name, subject), seed in zip(subjects.items(), seeds, strict=True)
    }
    return Study(subjects, setting, directories, home)


def write_comparison(home: StudyDirectory, made: Comparison) -> None:
    """Write the table of differences, the means of all alternatives and all values."""
    document = as_document(made)
    home.write("comparison.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    home.write("comparison.csv", as_csv(document["differences"]))
    write_study_values(home, made.results)
    common = len({result.seed for result in made.results.values()}) == 1
    write_checklist(home, made.results, [f"Alternatives: {', '.join(made.names)}."], [f"{made.headline()}."], common)


def as_document(made: Comparison) -> dict[str, Any]:
    """A comparison as plain data for JSON; a number that is not known is null."""
    rows = [{k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in r.items()} for r in made.rows()]
    return {
        "schema_version": 1,
        "baseline": made.baseline,
        "level": made.level,
        "method": made.method,
        "settled": made.is_settled,
        "alternatives": {name: {"replications": r.n_replications, "seed": r.seed} for name, r in made.results.items()},
        "can_be_best": {kpi: list(names) for kpi, names in made.can_be_best.items()},
        "differences": rows,
    }
