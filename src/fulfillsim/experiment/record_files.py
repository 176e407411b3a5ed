"""Records on disk: a line of JSON for each replication, a file for each chunk, few files in the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from fulfillsim.experiment.folder import Folder
from fulfillsim.experiment.record import Record

MOST_FILES = 64
"""More files than that are compacted into one at the end of a study."""


class RecordFiles(Folder):
    """The record files of a run directory, or of a shelf of the cache.

    A replication counts as done when its line can be read whole. Two runs into one folder do no harm: they write the
    same bits.
    """

    def read(self, by: tuple[str, ...] = ()) -> Iterator[Record]:
        """Finished replications that hold a cut; lines that were cut short are not among them."""
        for _, record in self._lines(self._files()):
            if not by or record.by == by:
                yield record

    def add(self, records: Iterable[Record]) -> None:
        """Keep the records of a chunk."""
        ordered = sorted(records, key=lambda record: record.replication)
        span = f"{ordered[0].replication:06d}-{ordered[-1].replication:06d}-{len(ordered)}"
        name = "-by-".join([span, *ordered[0].by])
        self.write(f"{name}.jsonl", "".join(f"{record.to_json()}\n" for record in ordered))

    def compact(self, most: int = MOST_FILES) -> None:
        """Make one file of many; whatever stops this, nothing that was finished is lost."""
        files = self._files()
        if len(files) <= most:
            return
        name = f"all-{sum(1 for _ in self._once(files)):06d}.jsonl"
        self.write_by(name, lambda stream: self._pour(files, stream))
        for file in files:
            if file.name != name:
                with suppress(OSError):
                    file.unlink(missing_ok=True)

    def _pour(self, files: list[Path], stream: BinaryIO) -> None:
        for line in self._once(files):
            stream.write(f"{line}\n".encode())

    def _once(self, files: list[Path]) -> Iterator[str]:
        """Whole lines, each replication and cut once."""
        seen: set[tuple[int, tuple[str, ...]]] = set()
        for line, record in self._lines(files):
            if (record.replication, record.by) not in seen:
                seen.add((record.replication, record.by))
                yield line

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))

    @staticmethod
    def _lines(files: list[Path]) -> Iterator[tuple[str, Record]]:
        for file in files:
            with file.open(encoding="utf-8", errors="replace", newline="\n") as stream:
                for line in stream:
                    with suppress(ValueError):
                        yield line.rstrip("\n"), Record.from_json(line)
