"""Hands replications to workers, a few at a time, and survives the death of a worker.

Chunks are sized to about half a second of work. Which replications share a chunk, and who finishes first,
changes nothing in the results.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass

from fulfillsim.experiment.record import Failure, Outcome
from fulfillsim.experiment.worker import Chunk
from fulfillsim.experiment.workers import Workers

CHUNK_SECONDS = 0.5
MAX_DEATHS = 3
"""A chunk is begun once and re-run at most twice."""

Receive = Callable[[tuple[Outcome, ...]], object]


@dataclass(frozen=True)
class _Suspect:
    """A replication that was under way when a worker died; run alone, so that the next death is its own."""

    index: int
    n_deaths: int


class _Dispatch:
    """What waits, what flies, what is under suspicion."""

    def __init__(self, workers: Workers, indices: Iterable[int], receive: Receive) -> None:
        self.workers, self.receive = workers, receive
        self.waiting = deque(indices)
        self.suspects: deque[_Suspect] = deque()
        self.flying: dict[Future[Chunk], tuple[_Suspect, ...]] = {}
        self.failures: list[Failure] = []
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
        self.flying[self.workers.submit(tuple(s.index for s in chunk))] = chunk

    def collect(self) -> None:
        """Wait for something to come back and deal with it."""
        done, _ = wait(self.flying, return_when=FIRST_COMPLETED)
        if any(isinstance(future.exception(), BrokenExecutor) for future in done):
            wait(self.flying)
            self.bury()
        else:
            for future in done:
                del self.flying[future]
                self.take(future)

    def take(self, future: Future[Chunk]) -> None:
        chunk = future.result()
        if chunk.seconds > 0.0:
            self.size = max(1, int(CHUNK_SECONDS * len(chunk.outcomes) / chunk.seconds))
        self.receive(chunk.outcomes)

    def bury(self) -> None:
        """A worker died: take what was finished, put all the rest under suspicion, begin with new workers."""
        fallen, self.flying = self.flying, {}
        for future, chunk in fallen.items():
            if isinstance(future.exception(), BrokenExecutor):
                for suspect in chunk:
                    self.suspect(suspect.index, suspect.n_deaths + 1)
            else:
                self.take(future)
        self.workers.restart()

    def suspect(self, index: int, n_deaths: int) -> None:
        if n_deaths < MAX_DEATHS:
            self.suspects.append(_Suspect(index, n_deaths))
        else:
            self.failures.append(Failure(index, f"its worker process died {n_deaths} times"))

    def rescue(self) -> None:
        """Take what has come back by now."""
        for future in [f for f in self.flying if f.done() and not f.cancelled() and not f.exception()]:
            del self.flying[future]
            self.take(future)


def run_in_chunks(workers: Workers, indices: Iterable[int], receive: Receive) -> tuple[Failure, ...]:
    """Run replications and hand over their outcomes as they come, in no particular order.

    Parameters
    ----------
    workers
        Closed at the end, and stopped if the end is an error.
    indices
        Replications to run.
    receive
        Called in this thread with the outcomes of each finished chunk.

    Returns
    -------
    tuple of Failure
        Replications whose worker died each time they were tried.

    Raises
    ------
    Exception
        Whatever a replication raised, and KeyboardInterrupt; chunks finished by then have been handed over.
    """
    dispatch = _Dispatch(workers, indices, receive)
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
    workers.close()
    return tuple(sorted(dispatch.failures, key=lambda failure: failure.replication))
