"""Running figures of a directory again from what it says of itself, and comparing the bits."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import InputError, RunDirectoryError, UnknownNameError
from fulfillsim.experiment.counting import Count, counted
from fulfillsim.experiment.progress import told
from fulfillsim.experiment.record import Record, Value
from fulfillsim.experiment.record_files import RecordFiles
from fulfillsim.experiment.records import Records
from fulfillsim.experiment.replication import ROADS
from fulfillsim.experiment.run_directory import MANIFEST, read_manifest
from fulfillsim.experiment.study_directory import STUDY, STUDY_FORMAT
from fulfillsim.experiment.versions import differing, surroundings
from fulfillsim.experiment.worker import Replicate

if TYPE_CHECKING:
    import pandas as pd

Load = Callable[[Path], Any]
"""Scenario of a file."""


@dataclass(frozen=True)
class Figure:
    """A value that was kept, and what it is when it is run again."""

    alternative: str
    replication: int
    kpi: str
    cut: str
    kept: float
    again: float

    @property
    def is_same(self) -> bool:
        """Whether all bits are equal; a figure that is not defined equals itself."""
        return _bits(self.kept) == _bits(self.again)

    def as_row(self) -> dict[str, object]:
        """With the columns of `Verification.to_frame`."""
        row: dict[str, object] = {"alternative": self.alternative, "replication": self.replication}
        return row | {"kpi": self.kpi, "cut": self.cut, "kept": self.kept, "again": self.again, "same": self.is_same}


@dataclass(frozen=True)
class Verification:
    """Figures of a directory that were run again.

    Parameters
    ----------
    folder
        The directory.
    figures
        All that were compared.
    replications
        Those that were run again, by alternative.
    notes
        What may explain a difference: other versions than those the figures were made with.
    """

    folder: Path
    figures: tuple[Figure, ...]
    replications: Mapping[str, tuple[int, ...]]
    notes: tuple[str, ...] = ()

    @property
    def differing(self) -> list[Figure]:
        """Figures that are not the same, to the bit."""
        return [figure for figure in self.figures if not figure.is_same]

    def sentence(self) -> str:
        """What was found, in words."""
        n_runs, n_off = sum(map(len, self.replications.values())), len(self.differing)
        runs = f"{n_runs} replication{'' if n_runs == 1 else 's'} run again"
        if not n_off:
            return f"{runs}: all {len(self.figures)} figures are the same to the last bit"
        return f"{runs}: {n_off} of {len(self.figures)} figures differ"

    def to_frame(self) -> pd.DataFrame:
        """One row per figure: ``alternative``, ``replication``, ``kpi``, ``cut``, ``kept``, ``again``, ``same``."""
        import pandas as pd

        columns = ["alternative", "replication", "kpi", "cut", "kept", "again", "same"]
        return pd.DataFrame([figure.as_row() for figure in self.figures], columns=columns)


def verify(
    folder: Path | str,
    replications: Iterable[int] | None = (0,),
    alternatives: Sequence[str] | None = None,
    kpis: Sequence[str] | None = None,
    *,
    files: Path | str | None = None,
    replicate: Replicate | None = None,
    load: Load | None = None,
    progress: Count | bool | None = True,
) -> Verification:
    """Run replications of a run, a comparison, a selection or a threshold study again and compare their figures.

    Parameters
    ----------
    folder
        What a command was told with ``-o``.
    replications
        Which; None for all that are kept.
    alternatives
        Names; all if not given.
    kpis
        Figures to compare; all if not given.
    files
        Where tables and histories lie that the scenario names; in the directory if not given.
    replicate
        What ran them, if it was not the journey from receipt to delivery.
    load
        Makes the scenario of a file; `fulfillsim.load_scenario` if not given.
    progress
        Called with (replications run again, all that are to be) as they finish; True shows it, False is quiet.

    Raises
    ------
    RunDirectoryError
        If the directory cannot be read, or its scenario is not the one that its manifest names.
    UnknownNameError
        If an alternative, a replication or a KPI is not there.
    """
    folder = Path(folder)
    runs = run_folders(folder)
    wanted = list(alternatives) if alternatives is not None else list(runs)
    for name in wanted:
        if name not in runs:
            raise UnknownNameError(f"alternative of {folder}", name, runs)
    asked = None if replications is None else tuple(dict.fromkeys(replications))
    found = [_Again(name, runs[name], replicate, load or _load(files)) for name in wanted]
    todo = [(again, index) for again in found for index in again.indices(asked)]
    with told("replications run again", progress) as tell:
        figures = [figure for again, index in counted(todo, tell) for figure in again.figures(index, kpis)]
    ran = {again.name: again.indices(asked) for again in found}
    return Verification(folder, tuple(figures), ran, tuple(dict.fromkeys(note for a in found for note in a.notes)))


def run_folders(folder: Path) -> dict[str, Path]:
    """Run directories by alternative: of one run, or below a study.

    Raises
    ------
    RunDirectoryError
        If there is none.
    """
    if (folder / MANIFEST).is_file():
        return {str(read_manifest(folder)["scenario"]): folder}
    if (folder / STUDY).is_file():
        told = read_manifest(folder, STUDY, STUDY_FORMAT).get("alternatives", {})
        runs = {name: folder / place for name, place in told.items() if (folder / place / MANIFEST).is_file()}
        runs |= {file.parent.name: file.parent for file in sorted(folder.glob(f"*/{MANIFEST}")) if not told}
        if runs:
            return runs
    hint = "give the folder that run or compare was told with -o"
    raise RunDirectoryError(str(folder), "holds no run and no study with runs", hint)


def parse_replications(text: str) -> list[int] | None:
    """Indices of ``0,3-5``; None for ``all``.

    Raises
    ------
    InputError
        If it is something else.

    Examples
    --------
    >>> parse_replications("0, 3-5"), parse_replications("all")
    ([0, 3, 4, 5], None)
    """
    if text.strip() == "all":
        return None
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise InputError(f"replications: must be all or indices (got {text!r}) - for example 0,3-5")
        found += range(int(first), int(last or first) + 1)
    return found


class _Again:
    """One run directory, and its scenario built again."""

    def __init__(self, name: str, folder: Path, replicate: Replicate | None, load: Load) -> None:
        self.name, self.folder = name, folder
        self.manifest = read_manifest(folder)
        self.replicate = replicate or _road(folder, self.manifest)
        self.records = Records(RecordFiles(folder / "records").read())
        self.scenario = load(folder / "scenario.yaml")
        if self.scenario.content_hash() != self.manifest.get("content_hash"):
            rule = "its scenario.yaml and the files that it names are not what its manifest says"
            hint = "name the folder that holds tables and histories with --files, as they were"
            raise RunDirectoryError(str(folder), rule, hint)
        self.notes = differing(self.manifest.get("versions", {}), surroundings())

    def indices(self, asked: tuple[int, ...] | None) -> tuple[int, ...]:
        return tuple(sorted(self.records)) if asked is None else asked

    def figures(self, index: int, kpis: Sequence[str] | None) -> list[Figure]:
        if index not in self.records:
            known = sorted(self.records)
            raise UnknownNameError(f"finished replication of {self.name!r}", str(index), map(str, known))
        kept = self.records[index]
        cut = dict.fromkeys(value.kpi for value in kept.values if value.cut)
        how = {"by": kept.by, "cut_kpis": tuple(cut)} if cut and self.replicate in ROADS.values() else {"by": kept.by}
        again = self.replicate(self.scenario.world(), self.manifest["seed"], index, **how).record
        return _compared(self.name, kept, again, kpis)


def _road(folder: Path, manifest: Mapping[str, Any]) -> Replicate:
    """What made the replications, by its name in the manifest."""
    name = str(manifest.get("replication", "journeys"))
    if name not in ROADS:
        rule = f"its replications were made by a function of the caller's ({name}), which this package does not know"
        raise RunDirectoryError(str(folder), rule, "verify it in Python with replicate=")
    return ROADS[name]


def _compared(name: str, kept: Record, again: Record, kpis: Sequence[str] | None) -> list[Figure]:
    """All figures that one of the two has, in their order."""
    one, other = _by_key(kept), _by_key(again)
    known = list(dict.fromkeys(kpi for kpi, _ in (*one, *other)))
    for kpi in kpis or ():
        if kpi not in known:
            raise UnknownNameError("kept KPI", kpi, known)
    return [
        Figure(name, kept.replication, kpi, cut, one.get((kpi, cut), math.nan), other.get((kpi, cut), math.nan))
        for kpi, cut in dict.fromkeys((*one, *other))
        if not kpis or kpi in kpis
    ]


def _by_key(record: Record) -> dict[tuple[str, str], float]:
    def key(value: Value) -> tuple[str, str]:
        return value.kpi, ", ".join(f"{name}={part}" for name, part in value.cut)

    return {key(value): value.value for value in (*record.values, *record.targets)}


def _load(files: Path | str | None) -> Load:
    def load(file: Path) -> Any:
        from fulfillsim.scenario import load_scenario

        return load_scenario(file, folder=files)

    return load


def _bits(number: float) -> bytes:
    return b"not defined" if math.isnan(number) else struct.pack("<d", number)
