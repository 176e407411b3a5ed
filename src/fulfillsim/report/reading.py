"""Directories of runs and studies read back, also unfinished, damaged or newer ones: what can be read is told.

Whoever goes on with a run must be strict (`fulfillsim.experiment.run_directory`); whoever looks at one must not be.
Everything that was missing or could not be read stands in ``notes``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fulfillsim.errors import RunDirectoryError
from fulfillsim.experiment.comparison import Comparison
from fulfillsim.experiment.record import Record
from fulfillsim.experiment.replication import ROADS, replicate
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.run_directory import FORMAT_VERSION, MANIFEST
from fulfillsim.stats.comparison import Finding
from fulfillsim.stats.intervals import Interval
from fulfillsim.stats.paired import Difference

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

STUDY, THRESHOLD = "study.json", "threshold.json"
ANSWER, SELECTION, SENSITIVITY = "answer.json", "selection.json", "sensitivity.json"
STEADY = "steady.json"
ROWS, BENCH = "rows.jsonl", "result.json"
COMPARISON = "comparison.json"


@dataclass(frozen=True)
class WrittenScenario:
    """The scenario of a run directory; it is built again only when somebody needs its world."""

    name: str
    folder: Path

    def world(self) -> World:
        """The operation, from the directory's ``scenario.yaml``.

        Raises
        ------
        InputError
            If a table or history that it names is not there any more.
        """
        from fulfillsim.scenario import load_scenario

        return load_scenario(self.folder / "scenario.yaml").world()


@dataclass(frozen=True)
class Directory:
    """What every directory has: a folder, and what is wrong with it."""

    folder: Path
    notes: tuple[str, ...]


@dataclass(frozen=True)
class RunRead(Directory):
    """A run directory.

    Parameters
    ----------
    result
        Its finished replications.
    manifest, resolved, kpis
        Files of these names; empty where they cannot be read.
    scenario_text
        As it was given.
    """

    result: Result
    manifest: Mapping[str, Any]
    resolved: Mapping[str, Any]
    kpis: Mapping[str, Any]
    scenario_text: str = ""


@dataclass(frozen=True)
class StudyRead(Directory):
    """A study of several alternatives; ``comparison`` is None where none was written."""

    runs: Mapping[str, RunRead]
    study: Mapping[str, Any]
    comparison: Comparison | None = None
    selection: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ThresholdRead(Directory):
    """A search for a threshold; ``answer`` is empty where it is not finished."""

    runs: Mapping[str, RunRead]
    search: Mapping[str, Any]
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class SteadyRead(Directory):
    """A steady state; ``answer`` is empty where its run is not long enough yet."""

    runs: Mapping[str, RunRead]
    search: Mapping[str, Any]
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class SensitivityRead(Directory):
    """A sensitivity analysis; ``document`` is empty where it is not finished."""

    runs: Mapping[str, RunRead]
    document: Mapping[str, Any]


Found = RunRead | StudyRead | ThresholdRead | SteadyRead | SensitivityRead


@dataclass(frozen=True)
class BenchRead(Directory):
    """A benchmark: its whole document, or of an unfinished one the rows so far."""

    document: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]


def read_directory(folder: Path) -> Found | BenchRead:
    """Whatever a directory holds.

    Raises
    ------
    RunDirectoryError
        If it does not exist, is empty or holds nothing of ours; the message says what there is.
    """
    if not folder.is_dir():
        rule = "is a file" if folder.exists() else "does not exist"
        raise RunDirectoryError(str(folder), rule, "give the folder that was named with -o")
    there = {item.name for item in folder.iterdir()}
    if {THRESHOLD, ANSWER} & there or _kind(folder) == "threshold":
        about = STUDY if (folder / STUDY).is_file() else THRESHOLD
        return ThresholdRead(folder, *_read_search(folder, about, ANSWER))
    if STEADY in there or _kind(folder) == "steady":
        return SteadyRead(folder, *_read_search(folder, STUDY, STEADY))
    if SENSITIVITY in there or _kind(folder) == "sensitivity":
        return _read_sensitivity(folder)
    if STUDY in there or COMPARISON in there:
        return _read_study(folder)
    if {ROWS, BENCH} & there:
        return _read_bench(folder)
    if {MANIFEST, "records", "kpis.json", "resolved.json"} & there:
        return read_run(folder)
    hint = "give the folder that run, compare or bench was told with -o"
    if not there:
        raise RunDirectoryError(str(folder), "is empty: no replication was finished", hint)
    what = ", ".join(sorted(there)[:5])
    raise RunDirectoryError(str(folder), f"holds no run, comparison or benchmark (it holds {what})", hint)


def _kind(folder: Path) -> str:
    """What ``study.json`` says that it is about."""
    return str(_read_json(folder / STUDY, [], "").get("kind", ""))


def read_run(folder: Path) -> RunRead:
    """A run directory, as far as it can be read."""
    notes: list[str] = []
    manifest = _read_json(folder / MANIFEST, notes, "seed and versions are not known")
    resolved = _read_json(folder / "resolved.json", notes, "settings and changes are not known")
    records, n_broken = _read_records(folder)
    if n_broken:
        notes.append(f"damaged: {n_broken} lines of records cannot be read and are left out")
    version = manifest.get("format_version", FORMAT_VERSION)
    if not isinstance(version, int) or version > FORMAT_VERSION:
        rule = f"written in format {version}, of which this version knows up to {FORMAT_VERSION}"
        notes.append(f"newer format: {rule}; what it understands is shown - upgrade fulfillsim for the rest")
    may_lack = not records
    kpis = _read_json(folder / "kpis.json", [] if may_lack else notes, "targets are judged anew", is_result=True)
    notes += _unfinished(len(records), kpis)
    name = str(manifest.get("scenario") or resolved.get("name") or folder.name)
    scenario = WrittenScenario(name, folder)
    seed = manifest.get("seed", -1)
    road = ROADS.get(str(manifest.get("replication", "journeys")), replicate)
    result = Result(scenario, name, seed if isinstance(seed, int) else -1, records, road, directory=folder)
    text = _read_text(folder / "scenario.yaml")
    return RunRead(folder, tuple(notes), result, manifest, resolved, kpis, text)


def _unfinished(n: int, kpis: Mapping[str, Any]) -> list[str]:
    how = "the command that began it goes on from there"
    if not n:
        return [f"unfinished: no replication is there - {how}"]
    told = kpis.get("replications")
    if not kpis or (isinstance(told, int) and told < n):
        return [f"unfinished: the run was stopped after {n} replications - {how}"]
    if isinstance(told, int) and told > n:
        return [f"damaged: {told} replications were summed up, {n} can be read"]
    return []


def _read_records(folder: Path) -> tuple[tuple[Record, ...], int]:
    """Finished replications in order, and how many lines could not be read."""
    found: dict[int, Record] = {}
    n_broken = 0
    for file in sorted((folder / "records").glob("*.jsonl")):
        for line in _read_text(file).splitlines():
            try:
                record = Record.from_json(line)
                found[int(record.replication)] = record
            except (ValueError, TypeError):
                n_broken += 1
    return tuple(found[index] for index in sorted(found)), n_broken


def _read_study(folder: Path) -> StudyRead:
    notes: list[str] = []
    study = _read_json(folder / STUDY, notes, "the order of alternatives is not known")
    folders = study.get("alternatives")
    if not isinstance(folders, dict):
        folders = _run_folders(folder)
    runs = _read_runs(folder, folders, notes)
    selection = _read_json(folder / SELECTION, [], "") if (folder / SELECTION).is_file() else {}
    comparison = None
    if (folder / COMPARISON).is_file():
        told = _read_json(folder / COMPARISON, notes, "differences are not known")
        try:
            comparison = _comparison(told, runs) if told else None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            notes.append(f"damaged: {COMPARISON} cannot be understood ({type(error).__name__}: {error})")
    elif not selection:
        notes.append("unfinished: no differences are there yet - the command that began the study goes on with it")
    return StudyRead(folder, tuple(notes), runs, study, comparison, selection)


def _comparison(told: Mapping[str, Any], runs: Mapping[str, RunRead]) -> Comparison:
    """The comparison that a document was written of."""
    rows = told["differences"]
    level = float(told["level"])
    findings = tuple(_finding(row, level) for row in rows)
    names = told["alternatives"]
    lacking = {name: _nobody(name) for name in names if name not in runs}
    results = {name: runs[name].result if name in runs else lacking[name] for name in names}
    units = {row["kpi"]: row["unit"] for row in rows}
    settled = bool(told.get("settled", True))
    best = {str(kpi): tuple(map(str, names)) for kpi, names in dict(told.get("can_be_best", {})).items()}
    return Comparison(results, findings, tuple(units), units, told["baseline"], level, told["method"], settled, best)


def _finding(row: Mapping[str, Any], level: float) -> Finding:
    numbers = {name: math.nan if row[name] is None else float(row[name]) for name in _NUMBERS}
    interval = Interval(numbers["difference"], numbers["half_width"], level, int(row["n"]))
    difference = Difference(interval, numbers["p_value"], numbers["correlation"], numbers["variance_ratio"])
    word = {"higher": "better", "lower": "worse"}.get(row["verdict"], row["verdict"])
    return Finding(row["alternative"], row["reference"], row["kpi"], difference, word, int(row["n"]))


_NUMBERS = ("difference", "half_width", "p_value", "correlation", "variance_ratio")


def _nobody(name: str) -> Result:
    return Result(WrittenScenario(name, Path(name)), name, -1, (), replicate)


Searched = tuple[tuple[str, ...], Mapping[str, RunRead], Mapping[str, Any], Mapping[str, Any]]


def _read_search(folder: Path, about: str, written: str) -> Searched:
    """Notes, runs, what was searched, and the answer that was written of it."""
    notes: list[str] = []
    search = _read_json(folder / about, notes, "what was searched is not known")
    answer: Mapping[str, Any] = {}
    if (folder / written).is_file():
        answer = _read_json(folder / written, notes, "the answer is not known")
    else:
        notes.append("unfinished: there is no answer yet - the command that began the search goes on with it")
    runs = _read_runs(folder, _run_folders(folder), notes)
    return tuple(notes), runs, search, answer


def _read_sensitivity(folder: Path) -> SensitivityRead:
    notes: list[str] = []
    document: Mapping[str, Any] = {}
    if (folder / SENSITIVITY).is_file():
        document = _read_json(folder / SENSITIVITY, notes, "effects are not known")
    else:
        notes.append("unfinished: there are no effects yet - the command that began the analysis goes on with it")
    runs = _read_runs(folder, _run_folders(folder), notes)
    return SensitivityRead(folder, tuple(notes), runs, document)


def _run_folders(folder: Path) -> dict[str, str]:
    """Run directories below a folder, by their names."""
    return {item.name: item.name for item in sorted(folder.iterdir()) if (item / MANIFEST).is_file()}


def _read_runs(folder: Path, names: Mapping[str, str], notes: list[str]) -> dict[str, RunRead]:
    """Runs below a folder; what is wrong with one of them is said with its name.

    A study writes no table for each alternative, so that one is not missed.
    """
    runs = {}
    for name, below in names.items():
        place = folder / Path(str(below)).name  # never outside of the study
        if not place.is_dir():
            notes.append(f"damaged: the run of {name} is not there ({place.name})")
            continue
        runs[name] = read_run(place)
        notes += [f"{name}: {note}" for note in runs[name].notes if not _is_of_the_table(note, runs[name])]
    return runs


def _is_of_the_table(note: str, run: RunRead) -> bool:
    return not run.kpis and bool(run.result.records) and note.startswith("unfinished")


def _read_bench(folder: Path) -> BenchRead:
    notes: list[str] = []
    document: Mapping[str, Any] = {}
    if (folder / BENCH).is_file():
        document = _read_json(folder / BENCH, notes, "gaps and summary are not known")
        if not isinstance(document.get("rows", []), list) or not isinstance(document.get("summary", {}), dict):
            notes.append(f"damaged: {BENCH} is not the document of a benchmark")
            document = {}
    else:
        notes.append("unfinished: the benchmark was stopped - the command that began it goes on with it")
    rows, n_broken = _read_lines(folder / ROWS)
    if n_broken:
        notes.append(f"damaged: {n_broken} lines of {ROWS} cannot be read and are left out")
    return BenchRead(folder, tuple(notes), document, rows)


def _read_lines(file: Path) -> tuple[tuple[Mapping[str, Any], ...], int]:
    rows: list[Mapping[str, Any]] = []
    n_broken = 0
    for line in _read_text(file).splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if isinstance(row, dict) and "instance" in row:
            rows.append(row)
        else:
            n_broken += 1
    return tuple(rows), n_broken


def _read_json(file: Path, notes: list[str], so: str, is_result: bool = False) -> dict[str, Any]:
    """An object; empty with a note where it cannot be read. What comes with the end of a run may be missing."""
    try:
        read = json.loads(file.read_text("utf-8"))
        if isinstance(read, dict):
            return cast("dict[str, Any]", read)
        why = "it holds no object"
    except FileNotFoundError:
        if is_result:
            return {}
        why = "it is not there"
    except (OSError, ValueError) as error:
        why = str(error)
    notes.append(f"damaged: {file.name} cannot be read ({why}): {so}")
    return {}


def _read_text(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""
