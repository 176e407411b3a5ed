"""What a problem offers so that its solvers can be compared: the protocol of a suite and the values that travel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fulfillsim.bench.harness.best_known import Best
from fulfillsim.optim.solving import Solution, Stop

COUNTS_FIRST = "counts_first"
"""Measure that is compared before the value, where an objective has one: vehicles before distance."""

Solver = Callable[[Any, str, Stop], Solution[Any]]
"""``(instance, objective, stop) -> Solution``: a method of the suite, or somebody's own function in that coat."""


@dataclass(frozen=True)
class Case:
    """One instance of a benchmark.

    Parameters
    ----------
    name
        Path of the file as it was given, with forward slashes; ``#id`` behind it where a file holds several.
    instance
        What the solvers of the suite take.
    digest
        Hash of what was read: another content is another instance.
    group
        Its class: the folder and the part of the name that its siblings share.
    best
        Best known values that the file carries itself, by objective.
    """

    name: str
    instance: Any
    digest: str
    group: str
    best: Mapping[str, Best] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgment:
    """What our evaluator says of a plan: value, every rule that it breaks, and further measures for the row."""

    value: float
    violations: tuple[str, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)


class Suite(Protocol):
    """One problem: its files, its solvers, its evaluator. Stateless, since it travels between processes."""

    name: str
    axis: str
    """What an objective is called on the command line and in rows: ``routing``, ``convention``."""
    column: str
    """Column of a table of best known values that names the objective."""
    usual: str
    """Objective where none is asked for."""

    def objective(self, asked: str) -> str:
        """One name for an objective that may have several; ``UnknownNameError`` for none."""
        ...

    def published(self, instance: Any, objective: str) -> tuple[str, ...]:
        """Names under which tables of best known values list an objective; none if there is but one."""
        ...

    def read(self, file: Path) -> list[Case]:
        """Instances of a file; ``DataError`` with file and line for what cannot be used."""
        ...

    def solvers(self) -> Mapping[str, Solver]:
        """Our own methods by name."""
        ...

    def adapt(self, function: Callable[..., Any]) -> Solver:
        """Somebody's plain function as a solver."""
        ...

    def evaluate(self, instance: Any, plan: Any, objective: str) -> Judgment:
        """Value and violations of a plan, whoever made it."""
        ...

    def kind(self, instance: Any) -> str:
        """Of instances of one kind the same has to be compiled."""
        ...

    def warm_up(self, solver: Solver, name: str, objective: str, kind: str) -> None:
        """Solve something small, untimed, before the clock runs, so that no figure contains imports and compiling."""
        ...
