"""What a replication yields for a row, and how replications become an estimate and a verdict.

Rules: ``inside`` = the exact value lies in the 99.9 % t interval of independent replications, and the 99 % half-width
is at most 1 % of it (2 % where 1 % would take more than 10^7 customers); too little precision is ``too_wide`` and no
pass; else ``outside``. The best of several alternatives is ``inside`` if every other one is excluded with 99.9 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.world import World
from fulfillsim.sim.trace import Trace
from fulfillsim.stats.intervals import half_width

Floats = NDArray[np.float64]
Verdict = Literal["inside", "outside", "too_wide", "not_mapped"]
CLOSE, FAR = 0.01, 0.02
MOST_CUSTOMERS = 1e7


class Run(NamedTuple):
    """One replication of one alternative."""

    world: World
    trace: Trace


class Estimate(NamedTuple):
    """Value, its 99 % half-width, the verdict, and how many times more replications precision asks for."""

    value: float
    half_width: float
    verdict: Verdict
    more: float


class Measure(Protocol):
    """A figure of a row."""

    def observe(self, runs: Sequence[Run]) -> list[float]:
        """Numbers of one replication, given all alternatives of the setting."""
        ...

    def judge(self, values: Floats, exact: float, n_customers: float) -> Estimate:
        """Estimate from replications, shape (n, k), each of ``n_customers`` per alternative."""
        ...


def judge_mean(values: Floats, exact: float, n_customers: float) -> Estimate:
    """Judge the mean of replications by the rules above."""
    mean, close = float(values.mean()), half_width(values, 0.99)
    needed = (close / (CLOSE * abs(exact))) ** 2
    allowed = FAR if needed * len(values) * n_customers > MOST_CUSTOMERS else CLOSE
    more = (close / (allowed * abs(exact))) ** 2
    verdict: Verdict = "inside"
    if abs(mean - exact) > half_width(values, 0.999):
        verdict = "outside"
    elif more > 1.0:
        verdict = "too_wide"
    return Estimate(mean, close, verdict, more)


@dataclass(frozen=True)
class Mean:
    """A figure that replications estimate without detour: the mean of ``of(run)`` of one alternative."""

    of: Callable[[Run], float]
    alternative: int = 0

    def observe(self, runs: Sequence[Run]) -> list[float]:
        """Return one number."""
        return [self.of(runs[self.alternative])]

    def judge(self, values: Floats, exact: float, n_customers: float) -> Estimate:
        """Judge the mean."""
        return judge_mean(values[:, 0], exact, n_customers)


@dataclass(frozen=True)
class Ranked:
    """The ``rank``-th least score of the alternatives (0 is the least), which one it is being settled by all means."""

    of: Callable[[Run], float]
    rank: int = 0

    def observe(self, runs: Sequence[Run]) -> list[float]:
        """Return the score of every alternative."""
        return [self.of(run) for run in runs]

    def judge(self, values: Floats, exact: float, n_customers: float) -> Estimate:
        """Judge the score of the alternative at that rank."""
        column = int(np.argsort(values.mean(axis=0), kind="stable")[self.rank])
        return judge_mean(values[:, column], exact, n_customers)


@dataclass(frozen=True)
class Best:
    """The name (a number) of the alternative with the least score; alternatives may share names.

    Compared by paired differences under common random numbers, at 99.9 % for all together (Bonferroni).
    """

    of: Callable[[Run], float]
    names: tuple[float, ...]

    def observe(self, runs: Sequence[Run]) -> list[float]:
        """Return the score of every alternative."""
        return [self.of(run) for run in runs]

    def judge(self, values: Floats, exact: float, n_customers: float) -> Estimate:
        """Name the best, and those that cannot be told from it."""
        best = int(values.mean(axis=0).argmin())
        rivals = [j for j, name in enumerate(self.names) if name != self.names[best]]
        gaps = {j: values[:, j] - values[:, best] for j in rivals}
        return _decided(self.names, best, gaps, exact)


@dataclass(frozen=True)
class First:
    """The name of the first alternative whose figure reaches ``level``; alternatives in rising order of the figure."""

    of: Callable[[Run], float]
    names: tuple[float, ...]
    level: float

    def observe(self, runs: Sequence[Run]) -> list[float]:
        """Return the figure of every alternative."""
        return [self.of(run) for run in runs]

    def judge(self, values: Floats, exact: float, n_customers: float) -> Estimate:
        """Name the first that reaches the level, and those whose side of it is open."""
        reached = np.flatnonzero(values.mean(axis=0) >= self.level)
        first = int(reached[0]) if len(reached) else len(self.names) - 1
        gaps = {first: np.abs(values.mean(axis=0)[first] - self.level) + (values[:, first] - values[:, first].mean())}
        if first > 0:
            gaps[first - 1] = self.level - values[:, first - 1]
        return _decided(self.names, first, gaps, exact)


def _decided(names: tuple[float, ...], best: int, gaps: dict[int, Floats], exact: float) -> Estimate:
    """Whether each gap is positive beyond doubt; an open one widens the interval to its alternative's name."""
    level = 1.0 - 0.001 / max(len(gaps), 1)
    # a gap that never varies has no interval; a hair keeps 0 / 0 away
    ratios = {j: half_width(gap, level) / max(float(gap.mean()), 1e-300) for j, gap in gaps.items()}
    open_names = [names[j] for j, ratio in ratios.items() if ratio > 1.0]
    spread = max((max(abs(name - names[best]), 0.5) for name in open_names), default=0.0)
    verdict: Verdict = "too_wide" if open_names else ("inside" if names[best] == exact else "outside")
    return Estimate(names[best], spread, verdict, max((r * r for r in ratios.values()), default=0.0))
