"""Feasibility first, then the best among the feasible, on the same replications."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.stats.arrays import Floats, check_prob
from fulfillsim.stats.selection.feasibility import Constraint, Feasibility
from fulfillsim.stats.selection.procedure import Procedure, Selection

Select = Callable[[Sequence[str], float], Procedure]


class BestFeasible:
    """Procedure: the best of the alternatives that keep all constraints; half of the error rate for each question.

    The objective of replications run for feasibility is remembered and used again for the choice. That is sound: each
    of both statements is one about the sequence of replications of an alternative, wherever the other stops, and
    error rates add up whatever the dependence.

    Parameters
    ----------
    alternatives
        Names.
    constraints
        In the order of the columns after the first one.
    select
        Makes the selection procedure from the names of the feasible and a level:
        ``lambda names, level: KN(names, delta=0.5, level=level)``.
    level
        Probability that everything is right.
    n_first, batch
        Of the feasibility stage.
    """

    def __init__(
        self,
        alternatives: Sequence[str],
        constraints: Sequence[Constraint],
        select: Select,
        level: float = 0.95,
        n_first: int = 10,
        batch: int = 5,
    ) -> None:
        self.level, self._half = level, 1 - (1 - check_prob("level", level)) / 2
        self.feasibility = Feasibility(alternatives, constraints, self._half, n_first, batch)
        self._select = select
        self._objective: dict[str, Floats] = dict.fromkeys(alternatives, np.empty(0))
        self._used = dict.fromkeys(alternatives, 0)
        self._chooser: Procedure | None = None

    def ask(self) -> dict[str, int]:
        """Further replications, by alternative; empty when the choice is made or nothing is feasible."""
        if wanted := self.feasibility.ask():
            return wanted
        return {} if self._chooser is None else self._missing(self._chooser.ask())

    def _missing(self, wanted: Mapping[str, int]) -> dict[str, int]:
        """What of the chooser's wishes is not in memory."""
        short = {name: self._used[name] + n - self._objective[name].size for name, n in wanted.items()}
        return {name: n for name, n in short.items() if n > 0}

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the replications asked for: shape (n, 1 + n_constraints), objective first."""
        wanted = self.ask()
        rows = {name: np.asarray(values[name], dtype=np.float64).reshape(n, -1) for name, n in wanted.items()}
        for name, table in rows.items():
            self._objective[name] = np.concatenate((self._objective[name], table[:, 0]))
        if self.feasibility.ask():
            self.feasibility.tell({name: table[:, 1:] for name, table in rows.items()})
        if not self.feasibility.ask():
            self._choose()

    def _choose(self) -> None:
        """Begin the choice if it has not begun, and feed it from memory as far as that goes."""
        if self._chooser is None and len(self.feasibility.feasible) > 1:
            self._chooser = self._select(self.feasibility.feasible, self._half)
        while self._chooser is not None and (wanted := self._chooser.ask()) and not self._missing(wanted):
            fed = {name: self._objective[name][self._used[name] : self._used[name] + n] for name, n in wanted.items()}
            for name, n in wanted.items():
                self._used[name] += n
            self._chooser.tell(fed)

    @property
    def result(self) -> Selection | None:
        """The choice, with the replications of both stages; None where no alternative is feasible."""
        n_used = {name: seen.size for name, seen in self._objective.items()}
        means = {name: float(seen.mean()) if seen.size else float("nan") for name, seen in self._objective.items()}
        feasible = self.feasibility.feasible
        if not feasible:
            return None
        kept = f"keeps all constraints with probability >= {self._half:g}"
        if self._chooser is None:
            return Selection(feasible[0], feasible, n_used, means, f"the only one that {kept}")
        chosen = self._chooser.result
        return replace(chosen, n_used=n_used, means=means, guarantee=f"{kept}; among those, {chosen.guarantee}")
