"""Run replications until every KPI is known as precisely as asked for.

Looks are few and grow from below: a rule that looks after every replication stops too often in a lucky moment, where
the spread seems small, and its intervals cover less than they say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats, check_prob
from fulfillsim.stats.bounds import Bounds
from fulfillsim.stats.intervals import Interval
from fulfillsim.stats.proportions import wilson_interval
from fulfillsim.stats.quantiles import least_n_for_quantile, quantile_interval
from fulfillsim.stats.skewness import skewed_mean_interval

Estimand = Literal["mean", "proportion", "quantile"]


@dataclass(frozen=True, slots=True)
class Goal:
    """How precisely one KPI is to be known.

    Parameters
    ----------
    kpi
        Its name, for messages.
    half_width
        Greatest half-width wanted: in the KPI's unit, or as a share of the estimate.
    is_relative
        Whether it is a share.
    of
        What is estimated from one value per replication: their mean; the probability that a value is not 0; their
        quantile.
    prob
        Which quantile.
    """

    kpi: str
    half_width: float
    is_relative: bool = False
    of: Estimand = "mean"
    prob: float = 0.95

    def __post_init__(self) -> None:
        if not self.half_width > 0:
            raise InputError(f"precision of {self.kpi}: must be > 0 (got {self.half_width}) - for ± 5 % say 0.05")

    def interval(self, values: Floats, level: float) -> Interval | Bounds:
        """Estimate from values of independent replications; NaN is left out."""
        known = values[~np.isnan(values)]
        if self.of == "proportion":
            return wilson_interval(int(np.count_nonzero(known)), known.size, level)
        return (
            quantile_interval(known, self.prob, level) if self.of == "quantile" else skewed_mean_interval(known, level)
        )

    def excess(self, found: Interval | Bounds) -> float:
        """Half-width over the one wanted; at most 1 when the goal is reached."""
        wanted = self.half_width * (abs(found.estimate) if self.is_relative else 1.0)
        if found.half_width == 0:
            return 0.0
        return found.half_width / wanted if wanted > 0 else math.inf

    def least_n(self, level: float) -> int:
        """Replications before the first look: for a quantile so many that ten values are expected beyond it."""
        if self.of != "quantile":
            return 3
        return max(least_n_for_quantile(self.prob, level), math.ceil(10 / min(self.prob, 1 - self.prob) - 1e-9))

    def noise(self, n: int) -> float:
        """About how far a squared half-width from n replications may be off, as a share of it.

        One standard error of a variance; for quantiles half of that of the sum of spacings between their ranks.
        """
        if self.of != "quantile":
            return math.sqrt(2 / n)
        return 0.5 * math.pow(n * self.prob * (1 - self.prob), -0.25)


class UntilPrecise:
    """Procedure: replications of one scenario until all goals are reached or the budget is spent.

    The number of replications depends on the values in the order of their index alone. A KPI that never varies among
    the first replications counts as known.

    Parameters
    ----------
    goals
        One per column of the values that are told.
    level
        Coverage of each interval, or of all of them together with ``is_joint`` (Bonferroni).
    n_first
        Replications before the first look; 30 keep the loss of coverage by looking below a point.
    n_most
        Budget.
    name
        Of the scenario, the key of `ask` and `tell`.

    References
    ----------
    Hall (1981), Asymptotic theory of triple sampling for sequential estimation of a mean, Annals of Statistics 9(6):
    approach from below, half the predicted number first. Chow, Robbins (1965) for the limit.

    Examples
    --------
    >>> study = UntilPrecise([Goal("flow time", 0.5)], n_first=5)
    >>> study.ask()
    {'scenario': 5}
    >>> study.tell({"scenario": [10.0, 12.0, 11.0, 9.0, 13.0]})
    >>> study.ask(), study.is_settled
    ({'scenario': 58}, False)
    """

    def __init__(
        self,
        goals: Sequence[Goal],
        level: float = 0.95,
        n_first: int = 30,
        n_most: int = 100_000,
        is_joint: bool = False,
        name: str = "scenario",
    ) -> None:
        if not goals:
            raise InputError("precision: no KPI is named - say which, such as flow_time=0.05")
        self.goals, self.name, self.n_most = tuple(goals), name, n_most
        self.level = 1 - (1 - check_prob("level", level)) / (len(self.goals) if is_joint else 1)
        least = max(goal.least_n(self.level) for goal in self.goals)
        if n_most < least:
            raise InputError(f"budget: must be {least} replications or more (got {n_most}) - raise it, or ask for less")
        self.n_looks = 0
        self._n_next = min(max(n_first, least), n_most)
        self._values: Floats = np.empty((0, len(self.goals)))

    @property
    def n(self) -> int:
        """Replications told."""
        return len(self._values)

    def ask(self) -> dict[str, int]:
        """Further replications wanted; empty when it is over."""
        return {self.name: self._n_next - self.n} if self._n_next > self.n else {}

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the values of the replications asked for: shape (n, n_goals), or (n,) for one goal; NaN if undefined."""
        rows = np.asarray(values[self.name], dtype=np.float64).reshape(-1, len(self.goals))
        if len(rows) != self._n_next - self.n:
            raise ValueError(f"tell must give the {self._n_next - self.n} replications asked for (got {len(rows)})")
        self._values = np.concatenate((self._values, rows))
        self.n_looks += 1
        self._n_next = min(max(self._wanted(), self.n), self.n_most)

    def intervals(self) -> list[Interval | Bounds]:
        """One per goal, from everything told; the half-width is NaN where fewer than two values are defined."""
        return [self._interval(goal, column) for goal, column in zip(self.goals, self._values.T, strict=True)]

    def _interval(self, goal: Goal, column: Floats) -> Interval | Bounds:
        n = int(np.count_nonzero(~np.isnan(column)))
        if n < goal.least_n(self.level):
            return Interval(float("nan"), float("nan"), self.level, n)
        return goal.interval(column, self.level)

    @property
    def excesses(self) -> list[float]:
        """Half-width over the one wanted, goal by goal; infinite where nothing is known."""
        pairs = zip(self.goals, self.intervals(), strict=True)
        ratios = [goal.excess(found) for goal, found in pairs]
        return [ratio if not math.isnan(ratio) else math.inf for ratio in ratios]

    @property
    def is_settled(self) -> bool:
        """Whether every goal is reached."""
        return self.n > 0 and max(self.excesses) <= 1

    def _wanted(self) -> int:
        """Total that the present spread calls for, approached by half of it where it is far away.

        A half-width may be small by luck, and a rule that stops on luck covers too little: it has to be smaller than
        wanted by as much as it may be off.
        """
        ratios = [excess**2 * (1 + goal.noise(self.n)) for goal, excess in zip(self.goals, self.excesses, strict=True)]
        if max(ratios) <= 1:
            return self.n
        needed = self.n * max(ratios)
        if needed > 2 * self.n:
            needed = max(2 * self.n, min(needed / 2, 16 * self.n))
        return math.ceil(max(needed, 1.03 * self.n))
