"""What a worker process does: build each world once, run replications, send back what is kept.

Imports little, because every process of a study begins here.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.experiment.record import Outcome

Replicate = Callable[..., "Outcome"]
"""One replication, a function of (world, seed, replication index) alone; ``by=`` asks for cut KPIs beside the rest."""


class Builds(Protocol):
    """What can be simulated: a `Scenario`, or whatever else builds a world."""

    def world(self) -> World:
        """Compile it."""
        ...


class Task(NamedTuple):
    """One replication of one alternative: its place in `Work.scenarios`, and its index."""

    alternative: int
    replication: int


MAX_WORLDS = 8
"""Worlds that a worker keeps; with more alternatives than that it builds the one longest not used anew."""


@dataclass(frozen=True)
class Work:
    """All that a worker has to know; the same for every chunk.

    Parameters
    ----------
    scenarios
        Each builds a world.
    seeds
        Of each: all the same with common random numbers.
    replicate
        Runs one replication.
    keep
        Those whose trace is sent back.
    """

    scenarios: tuple[Builds, ...]
    seeds: tuple[int, ...]
    replicate: Replicate
    keep: frozenset[Task] = frozenset()


class Desk:
    """Work with its worlds, each built when the first replication of it comes."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._worlds: OrderedDict[int, World] = OrderedDict()

    def run(self, tasks: tuple[Task, ...]) -> Chunk:
        """Run the replications of one chunk."""
        seconds, outcomes = 0.0, []
        for task in tasks:
            world = self._world(task.alternative)
            began = time.perf_counter()
            outcomes.append(self._one(world, task))
            seconds += time.perf_counter() - began
        return Chunk(tuple(outcomes), seconds)

    def _world(self, alternative: int) -> World:
        if alternative not in self._worlds:
            if len(self._worlds) == MAX_WORLDS:
                self._worlds.popitem(last=False)
            self._worlds[alternative] = self.work.scenarios[alternative].world()
        self._worlds.move_to_end(alternative)
        return self._worlds[alternative]

    def _one(self, world: World, task: Task) -> Outcome:
        from fulfillsim.experiment.record import Outcome

        outcome = self.work.replicate(world, self.work.seeds[task.alternative], task.replication)
        return outcome if task in self.work.keep else Outcome(outcome.record)


@dataclass(frozen=True)
class Chunk:
    """Outcomes of a few replications and the seconds they took, the building of worlds left out."""

    outcomes: tuple[Outcome, ...]
    seconds: float


class _Here(threading.local):
    """Desks of this thread: those of an executor of threads must not share a world that is being simulated."""

    def __init__(self) -> None:
        self.desks: dict[str, Any] = {}


_here = _Here()


def start(key: str, payload: bytes) -> None:
    """Begin life as a process of ours: deaf to Ctrl-C, gone when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _here.desks[key] = payload


def run_chunk(key: str, payload: bytes | None, tasks: tuple[Task, ...]) -> Chunk:
    """Run a chunk of the work named ``key``; ``payload`` is the pickled work where `start` did not bring it."""
    desk = _here.desks.get(key, payload)
    if isinstance(desk, bytes):
        desk = Desk(pickle.loads(desk))
        _here.desks.clear()
        _here.desks[key] = desk
    assert isinstance(desk, Desk), f"no work is called {key}"
    return desk.run(tasks)


def _leave_with_parent() -> None:
    from multiprocessing import parent_process

    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
