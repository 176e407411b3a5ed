"""Hands replications to workers, a few at a time, and survives the death of a worker.

Chunks are sized to about half a second of work. Which replications share a chunk, and who finishes first,
changes nothing in the results.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass

from fulfillsim.experiment.record import Outcome
from fulfillsim.experiment.worker import Chunk, Task
from fulfillsim.experiment.workers import Workers

CHUNK_SECONDS = 0.5
MAX_DEATHS = 3
"""A chunk is begun once and re-run at most twice."""

Receive = Callable[[Mapping[Task, Outcome]], object]


@dataclass(frozen=True)
class _Suspect:
    """A replication that was under way when a worker died; run alone, so that the next death is its own."""

    task: Task
    n_deaths: int


class _Dispatch:
    """What waits, what flies, what is under suspicion."""

    def __init__(self, workers: Workers, tasks: Iterable[Task], receive: Receive) -> None:
        self.workers, self.receive = workers, receive
        self.waiting = deque(tasks)
        self.suspects: deque[_Suspect] = deque()
        self.flying: dict[Future[Chunk], tuple[_Suspect, ...]] = {}
        self.failures: dict[Task, str] = {}
        self.size = 1

    def busy(self) -> bool:
        return bool(self.waiting or self.suspects or self.flying)

    def fill(self) -> None:
        """Keep every worker supplied with one chunk at work and one at hand."""
        if self.suspects:
            if not self.flying:
                self.submit((self.suspects.popleft(),))
            return
        at_once = 1 if self.workers.n == 1 else 2 * self.workers.n
        while self.waiting and len(self.flying) < at_once:
            n = min(self.size, max(1, len(self.waiting) // (2 * self.workers.n)))
            self.submit(tuple(_Suspect(self.waiting.popleft(), 0) for _ in range(n)))

    def submit(self, chunk: tuple[_Suspect, ...]) -> None:
        self.flying[self.workers.submit(tuple(suspect.task for suspect in chunk))] = chunk

    def collect(self) -> None:
        """Wait for something to come back and deal with it."""
        done, _ = wait(self.flying, return_when=FIRST_COMPLETED)
        if any(self.workers.died(_error(future)) for future in done):
            wait(self.flying)
            self.bury()
        else:
            for future in done:
                self.take(future, self.flying.pop(future))

    def take(self, future: Future[Chunk], suspects: tuple[_Suspect, ...]) -> None:
        chunk = future.result()
        if chunk.seconds > 0.0:
            self.size = max(1, int(CHUNK_SECONDS * len(chunk.outcomes) / chunk.seconds))
        self.receive({suspect.task: outcome for suspect, outcome in zip(suspects, chunk.outcomes, strict=True)})

    def bury(self) -> None:
        """A worker died: take what was finished, put all the rest under suspicion, begin with new workers."""
        fallen, self.flying = self.flying, {}
        for future, chunk in fallen.items():
            if self.workers.died(_error(future)):
                for suspect in chunk:
                    self.suspect(suspect.task, suspect.n_deaths + 1)
            else:
                self.take(future, chunk)
        self.workers.restart()

    def suspect(self, task: Task, n_deaths: int) -> None:
        if n_deaths < MAX_DEATHS:
            self.suspects.append(_Suspect(task, n_deaths))
        else:
            self.failures[task] = f"its worker process died {n_deaths} times"

    def rescue(self) -> None:
        """Take what has come back by now."""
        for future in [f for f in self.flying if f.done() and not f.cancelled() and not f.exception()]:
            self.take(future, self.flying.pop(future))


def _error(future: Future[Chunk]) -> BaseException | None:
    """What a finished future failed with; a scheduler that goes away cancels what it had."""
    try:
        return future.exception()
    except CancelledError as error:
        return error


def run_in_chunks(workers: Workers, tasks: Iterable[Task], receive: Receive) -> dict[Task, str]:
    """Run replications and hand over their outcomes as they come, in no particular order.

    Parameters
    ----------
    workers
        Stopped if the end is an error; else they are ready for more.
    tasks
        Replications to run.
    receive
        Called in this thread with the outcomes of each finished chunk.

    Returns
    -------
    dict
        Replications whose worker died each time they were tried, with the reason in words.

    Raises
    ------
    Exception
        Whatever a replication raised, and KeyboardInterrupt; chunks finished by then have been handed over.
    """
    dispatch = _Dispatch(workers, tasks, receive)
    try:
        while dispatch.busy():
            dispatch.fill()
            dispatch.collect()
    except BaseException:
        try:
            dispatch.rescue()
        finally:
            workers.stop()
        raise
    return dispatch.failures
