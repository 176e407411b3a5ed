"""Which alternatives keep their constraints, decided before the best is looked for.

Two kinds, never mixed: a mean constraint bounds an expected value; a chance constraint bounds the probability that the
value of a day, a week or a run is good enough. Both take one value per replication. Where a replication has many days,
the share of good days is a mean constraint.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats, all_finite, check_prob
from fulfillsim.stats.comparison import checked_names
from fulfillsim.stats.selection.constants import kn_eta

Answer = Literal["feasible", "infeasible"]


@dataclass(frozen=True, slots=True)
class MeanConstraint:
    """The expected value must be ``at_least`` so much (or at most, with ``is_upper``).

    Who violates it is called feasible with no more than the error rate; who exceeds it by ``tolerance`` or more is
    called infeasible with no more than the error rate; in between either answer may come.

    Parameters
    ----------
    kpi
        Name.
    bound, tolerance
        In the KPI's unit; tolerance > 0.
    is_upper
        Whether the bound must not be exceeded.
    """

    kpi: str
    bound: float
    tolerance: float
    is_upper: bool = False

    def __post_init__(self) -> None:
        _check_tolerance(self.kpi, self.tolerance)

    def __str__(self) -> str:
        return f"expected {self.kpi} {'<=' if self.is_upper else '>='} {self.bound:g}"

    def answer(self, values: Floats, n_first: int, error: float) -> Answer | None:
        """Decide from all values so far, or None where more are needed (a triangular region around the middle)."""
        half = self.tolerance / 2
        away = values - (self.bound + (-half if self.is_upper else half))
        total = -float(away.sum()) if self.is_upper else float(away.sum())
        h_squared = 2 * kn_eta(2, error, n_first) * (n_first - 1)
        region = max(h_squared * float(values[:n_first].var(ddof=1)) / half - half * values.size, 0.0) / 2
        if abs(total) <= region and region > 0:
            return None
        return "feasible" if total > 0 else "infeasible"


@dataclass(frozen=True, slots=True)
class ChanceConstraint:
    """A replication's value must reach ``bound`` (or stay below, with ``is_upper``) with probability ``prob`` or more.

    Errors as with `MeanConstraint`, in terms of the probability: decided by Wald's ratio between ``prob`` and ``prob +
    tolerance``, whose error rates hold for every number of replications and every distribution.

    Parameters
    ----------
    kpi
        Name.
    bound
        In the KPI's unit.
    prob, tolerance
        ``prob + tolerance`` must lie below 1.
    is_upper
        Whether values must stay at or below the bound.
    """

    kpi: str
    bound: float
    prob: float
    tolerance: float
    is_upper: bool = False

    def __post_init__(self) -> None:
        _check_tolerance(self.kpi, self.tolerance)
        check_prob("prob", self.prob)
        if self.prob + self.tolerance >= 1:
            least = f"P({self.kpi}): probability {self.prob:g} and tolerance {self.tolerance:g} must sum to less than 1"
            raise InputError(f"{least} - take a smaller tolerance")

    def __str__(self) -> str:
        return f"P({self.kpi} {'<=' if self.is_upper else '>='} {self.bound:g}) >= {self.prob:g}"

    def answer(self, values: Floats, n_first: int, error: float) -> Answer | None:
        """Decide at the first replication at which the ratio leaves its bounds, or None."""
        is_good = values <= self.bound if self.is_upper else values >= self.bound
        high = self.prob + self.tolerance
        steps = np.where(is_good, math.log(high / self.prob), math.log((1 - high) / (1 - self.prob)))
        ratio = np.cumsum(steps)
        # bounds from one error rate for both sides; Ville's inequality makes them hold without an approximation
        over, under = ratio >= -math.log(error), ratio <= math.log(error)
        outside = np.flatnonzero(over | under)
        if not outside.size:
            return None
        return "feasible" if over[outside[0]] else "infeasible"


Constraint = MeanConstraint | ChanceConstraint


class Feasibility:
    """Procedure: which alternatives keep all constraints, each answer of all right with the probability ``level``.

    An alternative is out at its first broken constraint and in when all are decided. Common random numbers are
    allowed: the error rate is shared out among alternatives and constraints (Bonferroni), whatever their dependence.

    Parameters
    ----------
    alternatives
        Names.
    constraints
        In the order of the columns that are told.
    level
        Probability that all answers are right, outside the tolerances.
    n_first
        Replications before the first answer.
    batch
        Replications of each undecided alternative from look to look.
    n_most
        Replications after which an undecided alternative is called infeasible: it is not shown to keep them.

    References
    ----------
    Andradottir, Kim (2010), Fully sequential procedures for comparing constrained systems via simulation, Naval
    Research Logistics 57 (mean constraints). Wald (1945), Sequential tests of statistical hypotheses (chance).
    """

    def __init__(
        self,
        alternatives: Sequence[str],
        constraints: Sequence[Constraint],
        level: float = 0.95,
        n_first: int = 10,
        batch: int = 5,
        n_most: int = 100_000,
    ) -> None:
        self.names, self.constraints = checked_names(alternatives, 1), tuple(constraints)
        if not self.constraints:
            raise InputError("feasibility: no constraint is named - leave feasibility out, or name one")
        self.error = (1 - check_prob("level", level)) / (len(self.names) * len(self.constraints))
        self.n_first, self.batch, self.n_most = max(n_first, 2), max(batch, 1), n_most
        self._values = dict.fromkeys(self.names, np.empty((0, len(self.constraints))))
        self._answers: dict[str, list[Answer | None]] = {name: [None] * len(self.constraints) for name in self.names}

    def ask(self) -> dict[str, int]:
        """Further replications of each undecided alternative; empty when all are decided."""
        wanted = {}
        for name in self.names:
            n = len(self._values[name])
            step = min(self.batch if n else self.n_first, self.n_most - n)
            if self._undecided(name) and step > 0:
                wanted[name] = step
        return wanted

    def _undecided(self, name: str) -> bool:
        answers = self._answers[name]
        return None in answers and "infeasible" not in answers

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the replications asked for: alternative -> shape (n, n_constraints), or (n,) for one."""
        for name, n in self.ask().items():
            rows = all_finite(np.asarray(values[name], dtype=np.float64).reshape(-1, len(self.constraints)))
            if len(rows) != n:
                raise ValueError(f"tell must give the {n} replications of {name!r} asked for (got {len(rows)})")
            self._values[name] = np.concatenate((self._values[name], rows))
            columns = self._values[name].T
            self._answers[name] = [
                known or constraint.answer(column, self.n_first, self.error)
                for known, constraint, column in zip(self._answers[name], self.constraints, columns, strict=True)
            ]

    @property
    def feasible(self) -> tuple[str, ...]:
        """Alternatives that keep all constraints."""
        return tuple(name for name in self.names if set(self._answers[name]) == {"feasible"})

    @property
    def broken(self) -> dict[str, str]:
        """The first constraint that an infeasible alternative breaks, in words."""
        found: dict[str, str] = {}
        for name, answers in self._answers.items():
            for constraint, answer in zip(self.constraints, answers, strict=True):
                if answer == "infeasible":
                    found.setdefault(name, str(constraint))
        return found

    @property
    def undecided(self) -> tuple[str, ...]:
        """Alternatives whose budget ended before an answer."""
        return tuple(name for name in self.names if self._undecided(name))

    @property
    def n_used(self) -> dict[str, int]:
        """Replications told of each alternative."""
        return {name: len(rows) for name, rows in self._values.items()}


def _check_tolerance(kpi: str, tolerance: float) -> None:
    if not tolerance > 0:
        raise InputError(f"tolerance of {kpi}: must be > 0 (got {tolerance}) - 0 would take replications without end")
