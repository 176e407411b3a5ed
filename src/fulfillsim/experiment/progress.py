"""Progress of long work: a bar on terminals, a line below the cell in notebooks, now and then a plain line elsewhere.

All say what is done, how much time is left, and how precise the main KPI is by now (or what came out last);
what is quick says nothing.
"""

from __future__ import annotations

import math
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from threading import Event, Thread, Timer
from typing import TYPE_CHECKING, Any

from fulfillsim.experiment.counting import Count

if TYPE_CHECKING:
    from rich.progress import Progress

    from fulfillsim.experiment.result import Result

SECONDS_BEFORE = 2.0
"""What takes less shows nothing."""

SECONDS_BETWEEN_LINES = 10.0

FirstLook = Callable[["Result"], str]
"""The table of a result that is not complete."""


@contextmanager
def progress_on_stderr(
    quiet: bool, first_look: FirstLook | None = None, what: str = "replications"
) -> Iterator[Tell | None]:
    """A function (finished, wanted) to be called as work is done; None if nothing is to be shown.

    What is compiled meanwhile is told as well. On a terminal ``first_look`` shows what the first replications tell
    while the others go on.
    """
    if quiet:
        yield None
        return
    from fulfillsim.optim import compiled

    compiled.tell(compiled.to_stderr)
    shown = _Cell(what) if _in_notebook() else _Bar(what, first_look) if sys.stderr.isatty() else _Lines(what)
    try:
        yield shown
    finally:
        shown.close()


@contextmanager
def told(what: str, progress: Count | bool | None) -> Iterator[Count | None]:
    """The function that hears of progress: the one given, one that shows it for True, none for False."""
    if callable(progress):
        yield progress
        return
    with progress_on_stderr(quiet=not progress, what=what) as tell:
        yield tell


def _in_notebook() -> bool:
    """Whether the code runs in a cell that can show more than text."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")


@contextmanager
def clock_on_stderr(quiet: bool, what: str, limit_s: float) -> Iterator[None]:
    """Show the seconds that went by, of those that work without steps may take at most."""
    with progress_on_stderr(quiet, what=f"seconds of {what}") as tell:
        if tell is None:
            yield
            return
        over, begun = Event(), time.monotonic()

        def tick() -> None:
            while not over.wait(1.0):
                tell(int(time.monotonic() - begun), math.ceil(limit_s))

        ticking = Thread(target=tick, daemon=True)
        ticking.start()
        try:
            yield
        finally:
            over.set()
            ticking.join()


class Tell(ABC):
    """What both kinds share: the figure to be shown, see `fulfillsim.experiment.study.Onlooker`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._figure: Callable[[], str] = lambda: ""
        self._result: Callable[[], Result] | None = None

    def look(self, figure: Callable[[], str], first: Callable[[], Result] | None = None) -> None:
        """Take the functions that tell the main KPI and the result so far."""
        self._figure, self._result = figure, first

    def note(self, text: str) -> None:
        """Show a text in the place of the main KPI: what came out last."""
        self._figure = lambda: text

    @abstractmethod
    def __call__(self, done: int, total: int) -> None:
        """Show that so many are done."""

    def close(self) -> None:  # noqa: B027 (a line that was written stays)
        """Take away what is shown, if it can be."""


class _Bar(Tell):
    """A bar that appears when the work has taken a while, and leaves nothing behind."""

    def __init__(self, what: str, first_look: FirstLook | None = None) -> None:
        super().__init__(what)
        self._done, self._total = 0, 0
        self._first_look, self._begun = first_look, time.monotonic()
        self._bar: Progress | None = None
        self._timer = Timer(SECONDS_BEFORE, self._show)
        self._timer.daemon = True
        self._timer.start()

    def __call__(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        self._update()
        if self._first_look is not None and self._result is not None and 0 < done < total:
            if time.monotonic() - self._begun >= SECONDS_BEFORE:
                self._print(
                    f"A first look, after {done} of {total} replications:\n{self._first_look(self._result())}\n"
                )
            self._first_look = None

    def _print(self, text: str) -> None:
        """Write above the bar."""
        if self._bar is None:
            sys.stderr.write(text + "\n")
        else:
            self._bar.console.print(text, markup=False, highlight=False)

    def close(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        self._timer.join()
        if self._bar is not None:
            self._bar.stop()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        figure = TextColumn("{task.fields[figure]}", markup=False)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            figure,
        )
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        bar.add_task(self._what, total=None, figure="")
        bar.start()
        self._bar = bar
        self._update()

    def _update(self) -> None:
        if self._bar is not None:
            figure = self._figure() if self._done else ""
            self._bar.update(self._bar.task_ids[0], completed=self._done, total=self._total or None, figure=figure)


class _Said(Tell):
    """What shows a line of text: how far the work is, time left at its pace, the figure."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self._begun = self._last = time.monotonic()
        self._first_done: int | None = None

    def _line(self, now: float, done: int, total: int) -> str:
        return ", ".join(
            filter(None, (f"{done} of {total} {self._what}", self._left(now, done, total), self._figure()))
        )

    def _start(self, now: float, done: int) -> None:
        """What an earlier run had finished already counts for nothing in the pace."""
        if self._first_done is None:
            self._first_done = 0 if now - self._begun >= 1.0 else done

    def _left(self, now: float, done: int, total: int) -> str:
        worked = done - (self._first_done or 0)
        return f"about {_span((now - self._begun) / worked * (total - done))} left" if worked > 0 else ""


class _Lines(_Said):
    """A line at most every ten seconds, none for what is quick."""

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        self._start(now, done)
        if now - self._last >= SECONDS_BETWEEN_LINES and done < total:
            self._last = now
            sys.stderr.write(self._line(now, done, total) + "\n")
            sys.stderr.flush()


class _Cell(_Said):
    """A line below the cell of a notebook, replaced as the work goes on and taken away at its end."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self._notebook: Any = import_module("IPython.display")
        self._handle: Any = None

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        self._start(now, done)
        if now - self._begun < SECONDS_BEFORE or done >= total:
            return
        self._show(self._line(now, done, total))

    def close(self) -> None:
        if self._handle is not None:
            self._show("")

    def _show(self, text: str) -> None:
        data = {"text/plain": text, "text/html": f"<small>{escape(text)}</small>"}
        if self._handle is None:
            self._handle = self._notebook.display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


def _span(seconds: float) -> str:
    """A time in words.

    Examples
    --------
    >>> _span(42.3), _span(150.0), _span(7500.0)
    ('42 s', '2 min', '2.1 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
