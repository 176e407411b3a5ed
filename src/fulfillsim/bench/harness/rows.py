"""The record of one run: a line of JSON, appended when the run ends, found again when a benchmark goes on."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from time import monotonic
from typing import Any

from fulfillsim.bench.harness.job import Outcome
from fulfillsim.errors import RunDirectoryError

JOURNAL = "rows.jsonl"

FAILED = ("error", "invalid", "overrun")
"""What the harness says of a run besides the four statuses of a solution."""

SYNC_S = 1.0
"""The disk is made to have the lines at most this often, since runs may take microseconds; a crash of the machine,
unlike one of ours, costs what came since."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """What a run was asked to do, all of it: an equal setting is not run again.

    Parameters
    ----------
    instance, digest, group
        As in `Case`.
    objective
        Its one name; ``asked`` as the user wrote it.
    versions
        Of Python and the packages that results depend on; ``solver`` is the digest of a solver from a file.
    """

    suite: str
    instance: str
    digest: str
    group: str
    solver: str
    objective: str
    asked: str
    seed: int
    time_limit_s: float
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Equal for equal runs; how the objective was spelled does not matter."""
        versions = json.dumps(self.versions, sort_keys=True)
        content = self.digest, self.solver, self.objective, str(self.seed), f"{self.time_limit_s:g}", versions
        return self.suite, self.instance, *content


@dataclass(frozen=True)
class Row:
    """A run and what came of it."""

    setting: Setting
    outcome: Outcome

    @property
    def failed(self) -> bool:
        """Whether it is no result at all."""
        return self.outcome.status in FAILED or self.outcome.value is None

    def to_json(self) -> str:
        """One line of JSON; numbers keep every bit."""
        content = asdict(self.setting) | asdict(self.outcome)
        return json.dumps({key: _plain(value) for key, value in content.items()}, ensure_ascii=False)

    @staticmethod
    def from_json(line: str) -> Row:
        """Inverse of `to_json`.

        Raises
        ------
        ValueError
            If the line is cut short or is no row.
        """
        try:
            read: dict[str, Any] = json.loads(line)
            read["incumbents"] = tuple((t, v) for t, v in read.get("incumbents", ()))
            return Row(_of(Setting, read), _of(Outcome, read))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a row of a benchmark: {line[:60]!r}") from error


def _of(kind: type[Any], read: dict[str, Any]) -> Any:
    return kind(**{part.name: read[part.name] for part in fields(kind) if part.name in read})


def _plain(value: Any) -> Any:
    """JSON has no infinities and no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


class Journal:
    """The lines of a folder: read once, appended one by one, each whole or not at all.

    Raises
    ------
    RunDirectoryError
        If the folder or its file cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / JOURNAL
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.rows = read_journal(self._file) if self._file.exists() else []
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._handle = os.open(self._file, flags, 0o644)
            self._close_last_line()
            self._synced_s = monotonic()
        except OSError as error:
            raise RunDirectoryError(str(folder), f"cannot be used: {error.strerror}", "choose another -o") from error

    def append(self, row: Row) -> None:
        """Write a row to the disk with one call, so that a stop leaves at most an unfinished last line."""
        data = (row.to_json() + "\n").encode()
        while data:
            data = data[os.write(self._handle, data) :]
        if monotonic() - self._synced_s > SYNC_S:
            os.fsync(self._handle)
            self._synced_s = monotonic()

    def close(self) -> None:
        """Let go of the file."""
        os.fsync(self._handle)
        os.close(self._handle)

    def _close_last_line(self) -> None:
        """After a stop in the middle of a line the next one begins a new line; the broken one is skipped for good."""
        content = self._file.read_bytes()
        if content and not content.endswith(b"\n"):
            os.write(self._handle, b"\n")


def read_journal(file: Path) -> list[Row]:
    """Rows of a journal in the order they were written; lines cut short by a stop are left out."""
    rows = []
    for line in file.read_text("utf-8", errors="replace").splitlines():
        try:
            rows.append(Row.from_json(line))
        except ValueError:
            continue
    return rows


def by_key(rows: Iterable[Row]) -> dict[Key, Row]:
    """The last row of each setting."""
    return {row.setting.key: row for row in rows}
