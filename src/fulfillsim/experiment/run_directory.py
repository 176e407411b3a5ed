"""The folder of a run: everything needed to trust its figures, repeat them, or go on after a stop.

::

    DIR/scenario.yaml      the scenario as it was given, layers and --set merged
        resolved.json      the scenario as it was understood, every default written out
        manifest.json      format, content hash, seed, versions, CPU level; written last of the three
        records/*.jsonl    one line per replication, one file per chunk
        frames/*.parquet   tables of replication 0
        kpis.csv .json     means and half-widths

A replication counts as done when its line can be read whole. Two runs into one folder do no harm: they
write the same bits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fulfillsim.errors import RunDirectoryError
from fulfillsim.experiment.files import PART, write_by, write_whole
from fulfillsim.experiment.record import Record
from fulfillsim.experiment.versions import surroundings

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
_BEFORE_THE_MANIFEST = {"scenario.yaml", "resolved.json"}


@dataclass(frozen=True)
class Manifest:
    """What the figures of a run directory depend on; names no place of any machine."""

    scenario: str
    content_hash: str
    seed: int
    versions: Mapping[str, str] = field(default_factory=surroundings)
    format_version: int = FORMAT_VERSION


class RunDirectory:
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
        self.folder, self.manifest = Path(folder), manifest
        if (self.folder / MANIFEST).is_file():
            self._check(self._read_manifest())
        else:
            self._lay_down(texts or {})

    def records(self, by: tuple[str, ...] = ()) -> dict[int, Record]:
        """Finished replications by index that hold a cut; lines that were cut short are not among them."""
        found: dict[int, Record] = {}
        for file in sorted((self.folder / "records").glob("*.jsonl")):
            for line in file.read_text("utf-8", errors="replace").splitlines():
                try:
                    record = Record.from_json(line)
                except ValueError:
                    continue
                if not by or record.by == by:
                    found[record.replication] = record
        return found

    def add(self, records: Iterable[Record]) -> None:
        """Keep the records of a chunk."""
        ordered = sorted(records, key=lambda record: record.replication)
        span = f"{ordered[0].replication:06d}-{ordered[-1].replication:06d}-{len(ordered)}"
        name = "-by-".join([span, *ordered[0].by])
        self.write(f"records/{name}.jsonl", "".join(f"{record.to_json()}\n" for record in ordered))

    def write(self, name: str, text: str) -> None:
        """Write a text file below the folder, whole or not at all."""
        self._write(name, lambda file: write_whole(file, text.encode()))

    def write_frame(self, name: str, frame: Any) -> None:
        """Write a pandas frame as ``frames/<name>.parquet``."""
        self._write(
            f"frames/{name}.parquet",
            lambda file: write_by(file, lambda stream: frame.to_parquet(stream, index=False)),
        )

    def has_frame(self, name: str) -> bool:
        """Whether the frame has been written."""
        return (self.folder / "frames" / f"{name}.parquet").is_file()

    def _write(self, name: str, write: Any) -> None:
        file = self.folder / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write(file)
        except OSError as error:
            why = error.strerror or str(error)
            hint = "finished replications are safe; mend this and run the same command again to go on"
            raise RunDirectoryError(str(self.folder), f"cannot write {name}: {why}", hint) from error

    def _lay_down(self, texts: Mapping[str, str]) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise RunDirectoryError(str(self.folder), "is a file", "give the name of a folder")
        there = {item.name for item in self.folder.iterdir()} if self.folder.exists() else set()
        strangers = sorted(name for name in there - _BEFORE_THE_MANIFEST if not name.endswith(PART))
        if strangers:
            rule = f"must be empty or hold a {MANIFEST} (it holds {', '.join(strangers[:3])})"
            raise RunDirectoryError(str(self.folder), rule, "choose another folder with -o")
        for name, text in texts.items():
            self.write(name, text)
        self.write(MANIFEST, json.dumps(asdict(self.manifest), indent=2, ensure_ascii=False) + "\n")

    def _read_manifest(self) -> dict[str, Any]:
        try:
            read = json.loads((self.folder / MANIFEST).read_text("utf-8"))
            assert isinstance(read["format_version"], int)
        except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
            hint = "choose another folder with -o, or delete this one"
            raise RunDirectoryError(str(self.folder), f"its {MANIFEST} cannot be read", hint) from error
        return dict(read)

    def _check(self, there: Mapping[str, Any]) -> None:
        if there["format_version"] > FORMAT_VERSION:
            rule = f"was written in format {there['format_version']} (this version knows up to {FORMAT_VERSION})"
            raise RunDirectoryError(str(self.folder), rule, "upgrade fulfillsim, or choose another folder with -o")
        for key, what in (("content_hash", "scenario"), ("seed", "seed")):
            if there.get(key) != getattr(self.manifest, key):
                mine = self.manifest.scenario if what == "scenario" else self.manifest.seed
                rule = f"holds a run of another {what} ({there.get(what)}; this one is {mine})"
                hint = "choose another folder with -o, or go back to the scenario and seed it was begun with"
                raise RunDirectoryError(str(self.folder), rule, hint)
        self._check_versions(there.get("versions", {}))

    def _check_versions(self, there: Mapping[str, str]) -> None:
        here = self.manifest.versions
        other = [
            f"{name} {there.get(name, 'missing')}, here {here.get(name, 'missing')}"
            for name in sorted({*there, *here})
            if there.get(name) != here.get(name)
        ]
        if other:
            rule = f"was begun with other versions ({'; '.join(other)}), whose bits may differ"
            hint = "go on with those versions, or start anew in another folder with -o"
            raise RunDirectoryError(str(self.folder), rule, hint)
