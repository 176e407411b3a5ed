"""Those who run chunks: this process, processes of our own, or an executor that somebody lends us."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import blake2b
from multiprocessing import get_context
from types import ModuleType
from typing import Protocol

from fulfillsim.experiment.worker import Chunk, Desk, Task, Work, run_chunk, start

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
KEPT_MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "2000000000", "MALLOC_MMAP_THRESHOLD_": "33554432"}
"""Let glibc keep what a replication freed for the next one: by default it can fault a quarter of a million pages in
anew each time, a tenth of the time of the replication. Other C libraries do not read these."""
OF_WORKERS = ONE_THREAD | KEPT_MEMORY


class Workers(Protocol):
    """The one thing `chunks` knows of those who work."""

    n: int

    def submit(self, tasks: tuple[Task, ...]) -> Future[Chunk]:
        """Begin a chunk."""
        ...

    def died(self, error: BaseException | None) -> bool:
        """Whether a chunk failed so because its worker died, not because of what it ran."""
        ...

    def load(self, work: Work) -> None:
        """Take other work from now on; nothing may be under way."""
        ...

    def restart(self) -> None:
        """Begin anew after a death; `BrokenExecutor` if that is not in our power."""
        ...

    def close(self) -> None:
        """End when nothing is under way."""
        ...

    def stop(self) -> None:
        """End now; running chunks are lost."""
        ...


class InProcess:
    """The process that asks; no start-up, no second copy of the world."""

    n = 1

    def __init__(self, work: Work) -> None:
        self.load(work)

    def load(self, work: Work) -> None:
        """Sit down at another desk."""
        self._desk = Desk(work)

    def submit(self, tasks: tuple[Task, ...]) -> Future[Chunk]:
        """Run the chunk at once."""
        future: Future[Chunk] = Future()
        try:
            future.set_result(self._desk.run(tasks))
        except Exception as error:
            future.set_exception(error)
        return future

    def died(self, error: BaseException | None) -> bool:
        """Never: whoever asks is alive."""
        return False

    def restart(self) -> None:
        """Nothing to do: whoever calls is alive."""

    def close(self) -> None:
        """Nothing to do: nothing runs besides the caller."""

    stop = close


class Processes:
    """``n`` fresh processes of this machine that import fulfillsim and never the caller's ``__main__``."""

    def __init__(self, work: Work, n: int) -> None:
        self.n = n
        self._key, self._payload = _packed(work)
        self._brought = self._key
        self._open()

    def submit(self, tasks: tuple[Task, ...]) -> Future[Chunk]:
        """Hand the chunk to the next free process."""
        try:
            with fresh_start():
                payload = None if self._key == self._brought else self._payload
                return self._pool.submit(run_chunk, self._key, payload, tasks)
        except BrokenExecutor as error:
            return _failed(error)

    def died(self, error: BaseException | None) -> bool:
        """A death breaks the pool, for all chunks that are under way."""
        return isinstance(error, BrokenExecutor)

    def load(self, work: Work) -> None:
        """The processes stay; the work travels with every chunk from now on."""
        self._key, self._payload = _packed(work)

    def restart(self) -> None:
        """Leave the broken pool behind and open another."""
        self.close()
        self._brought = self._key
        self._open()

    def close(self) -> None:
        """Let the idle processes end."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """End the processes at work."""
        # what Python 3.14 calls terminate_workers, and earlier versions do not offer
        for process in list((self._pool._processes or {}).values()):
            process.terminate()
        self.close()

    def _open(self) -> None:
        self._pool = ProcessPoolExecutor(
            self.n, mp_context=get_context("spawn"), initializer=start, initargs=(self._key, self._payload)
        )


class Borrowed:
    """An executor that belongs to somebody else; the work travels with every chunk."""

    def __init__(self, work: Work, executor: Executor, n: int | None = None) -> None:
        self.n = n or getattr(executor, "_max_workers", None) or os.cpu_count() or 1
        self.load(work)
        self._executor = executor
        self._futures: set[Future[Chunk]] = set()
        self._is_broken = False

    def submit(self, tasks: tuple[Task, ...]) -> Future[Chunk]:
        """Hand the chunk over."""
        future = self._executor.submit(run_chunk, self._key, self._payload, tasks)
        self._futures = {f for f in self._futures if not f.done()} | {future}
        return future

    def died(self, error: BaseException | None) -> bool:
        """A death breaks a pool; a Dask cluster goes on with other workers and names the chunks that were lost."""
        self._is_broken |= isinstance(error, BrokenExecutor)
        return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"

    def load(self, work: Work) -> None:
        """Other work travels from now on."""
        self._key, self._payload = _packed(work)

    def restart(self) -> None:
        """Give up if the executor is broken: only its owner can mend it."""
        if self._is_broken:
            raise BrokenExecutor("a worker of the executor died, and it takes no more work")

    def close(self) -> None:
        """Nothing to do: the executor goes on living."""

    def stop(self) -> None:
        """Take back what has not begun."""
        for future in self._futures:
            future.cancel()


def _packed(work: Work) -> tuple[str, bytes]:
    """Work as bytes; functions of a script or a notebook cell travel by value."""
    import cloudpickle

    payload = cloudpickle.dumps(work)
    return blake2b(payload, digest_size=16).hexdigest(), payload


def _failed(error: BaseException) -> Future[Chunk]:
    future: Future[Chunk] = Future()
    future.set_exception(error)
    return future


@contextmanager
def fresh_start() -> Iterator[None]:
    """Let a process be spawned without a ``__main__`` to import, with one thread, and keeping its memory.

    How many threads a library starts, it reads from the environment when it is imported, which is the first thing
    that a process does.
    """
    before = {name: os.environ.get(name) for name in OF_WORKERS}
    os.environ.update(OF_WORKERS)
    try:
        with main_hidden():
            yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def main_hidden() -> Iterator[None]:
    """Let a process be spawned without a ``__main__`` to import.

    A spawned process re-runs the script that its parent was started with, unless the parent's ``__main__``
    names no file: an unguarded script would simulate within every worker, a notebook has no script at all.
    Nothing of ours lives in ``__main__``.
    """
    main = sys.modules.get("__main__")
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        with suppress(KeyError):
            del sys.modules["__main__"]
        if main is not None:
            sys.modules["__main__"] = main
