"""The folder of a study: what it is about, and a run directory for each alternative.

::

    DIR/study.json              format, kind of study, seed; the alternatives where they are known beforehand
        01-today/, 02-.../      a run directory for each alternative
        comparison.json .csv    ... or answer.json, selection.json, sensitivity.json: what came out
        kpis.csv .parquet       means by alternative, and every value of every replication
        stress_des.md           what a reader of a study has to be told
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fulfillsim.errors import RunDirectoryError
from fulfillsim.experiment.folder import Folder
from fulfillsim.experiment.run_directory import MANIFEST, RunDirectory, read_manifest
from fulfillsim.experiment.worker import Replicate

STUDY, STUDY_FORMAT = "study.json", 1


class StudyDirectory(Folder):
    """A study directory that is ready for runs.

    Parameters
    ----------
    folder
        Made if it does not exist; if it does, it must be empty or belong to the same study.
    about
        What makes it the same study, as plain data: ``kind``, ``seed``, ``alternatives`` ...

    Raises
    ------
    RunDirectoryError
        If the folder holds something else, another study or a newer format, or cannot be written.
    """

    def __init__(self, folder: Path | str, about: Mapping[str, Any]) -> None:
        super().__init__(folder)
        mine = json.loads(json.dumps({"format_version": STUDY_FORMAT, **about}))
        if (self.folder / STUDY).is_file():
            self._check(read_manifest(self.folder, STUDY, STUDY_FORMAT), mine)
            return
        if (self.folder / MANIFEST).is_file():
            rule = "holds the run of one scenario, not a study of several"
            raise RunDirectoryError(str(self.folder), rule, "choose another folder with -o")
        self.check_free(STUDY)
        self.write(STUDY, json.dumps(mine, indent=2, ensure_ascii=False) + "\n")

    def run(self, name: str, subject: Any, seed: int, replicate: Replicate | None = None) -> RunDirectory:
        """Run directory ``name`` of an alternative, new or gone on with."""
        from fulfillsim.experiment.simulation import open_directory

        return open_directory(subject, seed, self.folder / name, replicate)

    def _check(self, there: Mapping[str, Any], mine: Mapping[str, Any]) -> None:
        for key, wanted in mine.items():
            if there.get(key) != wanted:
                rule = f"holds a study of other {key} ({_short(there.get(key))}; this one has {_short(wanted)})"
                hint = "choose another folder with -o, or repeat the command it was begun with"
                raise RunDirectoryError(str(self.folder), rule, hint)


def folder_names(alternatives: Sequence[str]) -> dict[str, str]:
    """Names of run directories by alternative, in their order: ``01-today``."""
    return {name: f"{place:02d}-{slug(name)}" for place, name in enumerate(alternatives, 1)}


def slug(name: str) -> str:
    """A name as a file may bear it."""
    return re.sub(r"[^A-Za-z0-9.=]+", "-", name).strip("-.")[:60] or "alternative"


def _short(value: Any) -> str:
    told = ", ".join(map(str, value)) if isinstance(value, list | dict) else str(value)
    return told if len(told) <= 60 else f"{told[:57]}..."
