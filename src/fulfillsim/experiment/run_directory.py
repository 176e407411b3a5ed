"""The folder of a run: everything needed to trust its figures, repeat them, or go on after a stop.

::

    DIR/scenario.yaml      the scenario as it was given, layers and --set merged
        resolved.json      the scenario as it was understood, every default written out
        manifest.json      format, content hash, seed, versions, CPU level; written last of the three
        records/*.jsonl    one line per replication, one file per chunk, few files in the end
        frames/*.parquet   tables of replication 0
        kpis.csv .json     means and half-widths
        kpis.parquet       every value of every replication
        stress_des.md      what a reader of a study has to be told
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fulfillsim.errors import RunDirectoryError
from fulfillsim.experiment.folder import Folder
from fulfillsim.experiment.record_files import RecordFiles
from fulfillsim.experiment.versions import differing, surroundings

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
_BEFORE_THE_MANIFEST = frozenset({"scenario.yaml", "resolved.json"})


@dataclass(frozen=True)
class Manifest:
    """What the figures of a run directory depend on; names no place of any machine."""

    scenario: str
    content_hash: str
    seed: int
    versions: Mapping[str, str] = field(default_factory=surroundings)
    format_version: int = FORMAT_VERSION
    replication: str = "journeys"


class RunDirectory(Folder):
    """A run directory that is ready for records.

    Parameters
    ----------
    folder
        Made if it does not exist; if it does, it must be empty or belong to the same run.
    manifest
        Of the run that wants to write here.
    texts
        Files to lay down beside it: name -> content.

    Raises
    ------
    RunDirectoryError
        If the folder holds something else, another scenario, seed or set of versions, or a newer format, or
        cannot be written.
    """

    def __init__(self, folder: Path | str, manifest: Manifest, texts: Mapping[str, str] | None = None) -> None:
        super().__init__(folder)
        self.manifest = manifest
        self.records = RecordFiles(self.folder / "records")
        if (self.folder / MANIFEST).is_file():
            self._check(read_manifest(self.folder))
        else:
            self._lay_down(texts or {})

    def write_frame(self, name: str, frame: Any) -> None:
        """Write a pandas frame as ``frames/<name>.parquet``."""
        self.write_by(f"frames/{name}.parquet", lambda stream: frame.to_parquet(stream, index=False))

    def has_frame(self, name: str) -> bool:
        """Whether the frame has been written."""
        return (self.folder / "frames" / f"{name}.parquet").is_file()

    def _lay_down(self, texts: Mapping[str, str]) -> None:
        self.check_free(MANIFEST, _BEFORE_THE_MANIFEST)
        for name, text in texts.items():
            self.write(name, text)
        self.write(MANIFEST, json.dumps(asdict(self.manifest), indent=2, ensure_ascii=False) + "\n")

    def _check(self, there: Mapping[str, Any]) -> None:
        there = {"replication": "journeys", **there}
        for key, what in (("content_hash", "scenario"), ("seed", "seed"), ("replication", "replication")):
            if there.get(key) != getattr(self.manifest, key):
                mine = getattr(self.manifest, what)
                rule = f"holds a run of another {what} ({there.get(what)}; this one is {mine})"
                hint = "choose another folder with -o, or go back to the scenario and seed it was begun with"
                raise RunDirectoryError(str(self.folder), rule, hint)
        self._check_versions(there.get("versions", {}))

    def _check_versions(self, there: Mapping[str, str]) -> None:
        other = differing(there, self.manifest.versions)
        if other:
            rule = f"was begun with other versions ({'; '.join(other)}), whose bits may differ"
            hint = "go on with those versions, or start anew in another folder with -o"
            raise RunDirectoryError(str(self.folder), rule, hint)


def read_manifest(folder: Path, name: str = MANIFEST, newest: int = FORMAT_VERSION) -> dict[str, Any]:
    """What a run directory, or another folder with a format version, says of itself.

    Raises
    ------
    RunDirectoryError
        If it cannot be read, or its format is newer than ``newest``.
    """
    try:
        read = json.loads((folder / name).read_text("utf-8"))
        assert isinstance(read["format_version"], int)
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        hint = "choose another folder with -o, or delete this one"
        raise RunDirectoryError(str(folder), f"its {name} cannot be read", hint) from error
    if read["format_version"] > newest:
        rule = f"was written in format {read['format_version']} (this version knows up to {newest})"
        raise RunDirectoryError(str(folder), rule, "upgrade fulfillsim, or choose another folder with -o")
    return dict(read)
