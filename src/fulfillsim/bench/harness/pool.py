"""Jobs on processes of their own, so that a solver that hangs or crashes costs its own run and no other.

Processes are spawned, use one thread each and outlive their jobs. The first compiles what there is to compile before
the others start, so that they find it done.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import perf_counter

from fulfillsim.bench.harness.find import is_own
from fulfillsim.bench.harness.job import Bench, Job, Outcome, overrun_s
from fulfillsim.experiment.workers import main_hidden
from fulfillsim.optim import compiled

PATIENCE_S = 5.0
"""A process is ended this long after its solver has overrun; less would cut off what is only a little late."""

COMPILE_S = 600.0
"""A process is ended when importing and compiling took this long."""

WARM_UP_S = 20.0
"""... and when a solver that is not ours, and may hang, has compiled nothing of ours for so long: it then runs cold,
against its clock."""

BEGIN, COMPILING, ENDED = "begin", "compiling", "ended"
"""What a process tells: the clock runs, a kernel is being compiled, the solver has ended and its plan is judged."""

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR", "VECLIB_MAXIMUM", "RAYON")
}


def run_jobs(jobs: Sequence[Job], n: int) -> Iterator[tuple[int, Outcome]]:
    """Run jobs on up to ``n`` processes and yield (index of the job, outcome) as they end.

    Closing the iterator ends the processes.
    """
    waiting, cold = deque(range(len(jobs))), set[str]()
    crew: list[_Worker] = []
    try:
        while waiting or crew:
            while waiting and len(crew) < n and all(worker.begun for worker in crew):
                crew.append(_Worker(jobs, cold, waiting.popleft()))
            wait([worker.pipe for worker in crew], max(0.0, min(worker.deadline for worker in crew) - perf_counter()))
            for worker in list(crew):
                if (outcome := worker.look()) is None:
                    continue
                if worker.hangs_cold:
                    cold.add(jobs[worker.index].solver)
                    waiting.appendleft(worker.index)
                else:
                    yield worker.index, outcome
                if worker.alive and waiting:
                    worker.give(waiting.popleft())
                else:
                    worker.end()
                    crew.remove(worker)
    finally:
        for worker in crew:
            worker.end()


class _Worker:
    """A process as its parent sees it: what it is at, and until when."""

    def __init__(self, jobs: Sequence[Job], cold: set[str], index: int) -> None:
        self._jobs, self._cold = jobs, cold
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=False)
        with main_hidden(), _environment(ONE_THREAD):
            self._process.start()
        theirs.close()
        self.begun = False
        self.alive = True
        try:
            self.give(index)
        except BaseException:  # a job that cannot travel: nobody would ever end the process that waits for it
            self.end()
            raise

    def give(self, index: int) -> None:
        """Hand over a job; a process that has died tells so when it is looked at."""
        self.index, job = index, self._jobs[index]
        self._may_hang = is_own(job.suite, job.solver) and job.solver not in self._cold
        self._patience_s = WARM_UP_S if self._may_hang else COMPILE_S
        self.deadline = perf_counter() + self._patience_s
        self._late = self.hangs_cold = False
        with suppress(OSError):
            self.pipe.send(replace(job, warm_up=job.solver not in self._cold))

    def look(self) -> Outcome | None:
        """Outcome of the job in hand, None while it goes on."""
        try:
            while self.pipe.poll():
                if isinstance(told := self.pipe.recv(), Outcome):
                    return told
                self._hear(told)
        except (EOFError, OSError):
            self.alive = False
            self._process.join()
            return Outcome("error", message=f"its process ended with code {self._process.exitcode}")
        if perf_counter() < self.deadline:
            return None
        self.alive = False
        if not self._late:
            self.hangs_cold = self._may_hang
            return Outcome("error", message=f"importing and compiling took more than {COMPILE_S:g} s; ended")
        limit_s = self._jobs[self.index].time_limit_s
        spent_s = overrun_s(limit_s) + PATIENCE_S
        return Outcome("overrun", time_s=spent_s, message=f"ended after {spent_s:.1f} s of {limit_s:g} s")

    def _hear(self, told: str) -> None:
        """Set the moment at which patience ends by what the process is at."""
        if told == BEGIN:
            self.begun = self._late = True
            self.deadline = perf_counter() + overrun_s(self._jobs[self.index].time_limit_s) + PATIENCE_S
        elif told == ENDED:  # our evaluator may have to be compiled, which is not the solver's fault
            self.deadline = perf_counter() + COMPILE_S
        elif not self._late:
            self.deadline = perf_counter() + self._patience_s

    def end(self) -> None:
        """End the process, at work or not."""
        self.pipe.close()
        self._process.kill()
        self._process.join()


def _work(pipe: Connection) -> None:
    """Do the jobs that come through a pipe until it closes."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def tell(text: str) -> None:
        compiled.to_stderr(text)
        pipe.send(COMPILING)

    compiled.tell(tell)
    os.dup2(2, 1)  # results go to stdout, and only the parent has any
    bench = Bench()
    with suppress(EOFError, BrokenPipeError):
        while True:
            job = pipe.recv()
            try:
                solver, compile_s = bench.prepare(job)
            except (Exception, KeyboardInterrupt) as error:
                pipe.send(Outcome("error", message=f"{type(error).__name__}: {error}"))
                continue
            pipe.send(BEGIN)
            try:
                pipe.send(bench.solve(solver, job, compile_s, lambda: pipe.send(ENDED)))
            except KeyboardInterrupt as error:  # nobody's but the solver's own: ours is ignored here
                pipe.send(Outcome("error", message=f"{type(error).__name__}: {error}"))


@contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    """Variables for processes that start meanwhile."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
