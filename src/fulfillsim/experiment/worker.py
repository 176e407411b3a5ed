"""What a worker process does: build the world once, run replications, send back what is kept.

Imports little, because every process of a study begins here.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.experiment.record import Outcome

Replicate = Callable[..., "Outcome"]
"""One replication, a function of (world, seed, replication index) alone; ``by=`` asks for cut KPIs beside the rest."""

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class Builds(Protocol):
    """What can be simulated: a `Scenario`, or whatever else builds a world."""

    def world(self) -> World:
        """Compile it."""
        ...


@dataclass(frozen=True)
class Work:
    """All that a worker has to know; the same for every chunk.

    Parameters
    ----------
    scenario
        Builds the world.
    seed
        Of the study.
    replicate
        Runs one replication.
    keep
        Replications whose trace is sent back.
    """

    scenario: Builds
    seed: int
    replicate: Replicate
    keep: frozenset[int] = frozenset()


class Desk:
    """Work with its world, which is built when the first chunk comes."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._world: World | None = None

    def run(self, indices: tuple[int, ...]) -> Chunk:
        """Run the replications of one chunk."""
        if self._world is None:
            self._world = self.work.scenario.world()
        began = time.perf_counter()
        outcomes = tuple(self._one(self._world, index) for index in indices)
        return Chunk(outcomes, time.perf_counter() - began)

    def _one(self, world: World, index: int) -> Outcome:
        from fulfillsim.experiment.record import Outcome

        outcome = self.work.replicate(world, self.work.seed, index)
        return outcome if index in self.work.keep else Outcome(outcome.record)


@dataclass(frozen=True)
class Chunk:
    """Outcomes of a few replications and the seconds they took, the building of the world left out."""

    outcomes: tuple[Outcome, ...]
    seconds: float


_desks: dict[str, Any] = {}


def start(key: str, payload: bytes) -> None:
    """Begin life as a process of ours: one thread, deaf to Ctrl-C, gone when its parent is gone."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _desks[key] = payload


def run_chunk(key: str, payload: bytes | None, indices: tuple[int, ...]) -> Chunk:
    """Run a chunk of the work named ``key``; ``payload`` is the pickled work where `start` did not bring it."""
    desk = _desks.get(key, payload)
    if isinstance(desk, bytes):
        desk = Desk(pickle.loads(desk))
        _desks.clear()
        _desks[key] = desk
    assert isinstance(desk, Desk), f"no work is called {key}"
    return desk.run(indices)


def _leave_with_parent() -> None:
    from multiprocessing import parent_process

    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
