"""The pictures of a run, drawn while other processes run its further replications."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Thread

from fulfillsim.experiment.counting import Count
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report import plots
from fulfillsim.scenario import Scenario


class Meanwhile:
    """Draws the pictures of replication 0 in a thread of its own, from the moment at which it is finished.

    Parameters
    ----------
    folder
        Where the files go.
    """

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario, self.folder = scenario, folder
        self._thread: Thread | None = None
        self._files: list[Path] | None = None

    def begin(self, replication: int, trace: Trace) -> None:
        """Take the trace of a replication that has come in."""
        if replication == 0 and self._thread is None:
            # a process that ends early does not wait for it: each file is there whole or not at all
            self._thread = Thread(target=self._try, args=(trace,), daemon=True)
            self._thread.start()

    def files(self, trace: Trace, progress: Count | None = None) -> list[Path]:
        """The pictures, when they are done; drawn now if that has not begun, or has failed."""
        if self._thread is not None:
            self._thread.join()
        if self._files is None:
            self._draw(trace, progress)
        return self._files or []

    def _try(self, trace: Trace) -> None:
        with suppress(Exception):  # whoever asks for the files draws them again, and hears of it
            self._draw(trace)

    def _draw(self, trace: Trace, progress: Count | None = None) -> None:
        self._files = plots.save_all(self.scenario.world(), trace, self.folder, progress)
