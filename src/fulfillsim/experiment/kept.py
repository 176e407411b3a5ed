"""What there is of one alternative while a study runs: in memory, in its run directory, on its shelf of the cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fulfillsim.experiment.record import Outcome
from fulfillsim.experiment.record_files import RecordFiles
from fulfillsim.experiment.records import Records
from fulfillsim.experiment.run_directory import RunDirectory

if TYPE_CHECKING:
    from fulfillsim.sim import Trace


@dataclass
class Kept:
    """Replications of one alternative.

    Parameters
    ----------
    directory
        Its run directory, if there is one; what that holds is read at once.
    shelf
        Its part of the cache, if there is one; what that holds is taken when it is wanted.
    by
        What the records must be cut by.
    """

    directory: RunDirectory | None = None
    shelf: RecordFiles | None = None
    by: tuple[str, ...] = ()
    records: Records = field(default_factory=Records)
    traces: dict[int, Trace] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    n_wanted: int = 0
    n_done: int = 0

    def __post_init__(self) -> None:
        if self.directory is not None:
            self.records.add(self.directory.records.read(self.by))
        self._cached = Records(self.shelf.read(self.by) if self.shelf is not None else ())

    def has(self, replication: int) -> bool:
        """Whether nothing more is to be done for a replication."""
        return replication in self.records or replication in self.failures

    def want(self, n: int) -> None:
        """Ask for the first ``n`` replications: those in the cache are taken."""
        found = [self._cached[index] for index in range(n) if index in self._cached and not self.has(index)]
        if found and self.directory is not None:
            self.directory.records.add(found)
        self.records.add(found)
        self.n_wanted, self.n_done = n, sum(index in self.records for index in range(n))

    def take(self, outcomes: Mapping[int, Outcome]) -> None:
        """Keep finished replications, on disk before in memory."""
        records = [outcome.record for outcome in outcomes.values()]
        for files in self._files():
            files.add(records)
        self.n_done += sum(index < self.n_wanted and index not in self.records for index in outcomes)
        self.records.add(records)
        self.traces.update({index: o.trace for index, o in outcomes.items() if o.trace is not None})

    def compact(self) -> None:
        """Make few files of many."""
        for files in self._files():
            files.compact()

    def _files(self) -> Iterator[RecordFiles]:
        if self.directory is not None:
            yield self.directory.records
        if self.shelf is not None:
            yield self.shelf
