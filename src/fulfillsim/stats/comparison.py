"""Compare alternatives until every difference of interest is settled or the budget is spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.stats.arrays import Floats, check_prob
from fulfillsim.stats.looks import look_levels, look_sizes
from fulfillsim.stats.paired import Difference, Word, paired_difference, pairs_of


@dataclass(frozen=True, slots=True)
class Aspect:
    """One KPI in which alternatives are compared.

    Parameters
    ----------
    kpi
        Its name.
    is_larger_better
        Its direction.
    equivalent
        Differences up to this size do not matter, in the KPI's unit; 0 if all do.
    """

    kpi: str
    is_larger_better: bool = True
    equivalent: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Verdict on one alternative against another in one KPI.

    Attributes
    ----------
    alternative, reference, kpi
        Names.
    difference
        Alternative minus reference, with the interval of the look at which it was settled; all intervals of all
        looks hold together with the probability of the study's level.
    verdict
        On the alternative.
    n
        Replications at that look.
    """

    alternative: str
    reference: str
    kpi: str
    difference: Difference
    verdict: Word
    n: int

    @property
    def is_settled(self) -> bool:
        """Whether more replications are of no use."""
        return self.verdict != "no evidence"


class CompareUntilSettled:
    """Procedure: paired comparisons at fixed looks in replication order, valid although it may stop early.

    Alternatives all of whose comparisons are settled are not run any further.

    Parameters
    ----------
    alternatives
        Names, two or more.
    aspects
        KPIs, in the order of the columns that are told.
    baseline
        Name of the alternative that the others are compared with; None compares all pairs.
    level
        Probability that no statement of the study is wrong, over looks, pairs and KPIs (the latter two: Bonferroni).
    n_first, n_most
        Replications at the first look, and the budget for each alternative.
    growth
        From look to look.

    Raises
    ------
    InputError
        If names repeat, there are fewer than two, or no KPI.
    UnknownNameError
        If the baseline is not among the alternatives.
    """

    def __init__(
        self,
        alternatives: Sequence[str],
        aspects: Sequence[Aspect],
        baseline: str | None = None,
        level: float = 0.95,
        n_first: int = 10,
        n_most: int = 200,
        growth: float = 1.5,
    ) -> None:
        self.names = checked_names(alternatives)
        self.aspects = tuple(aspects)
        if not self.aspects:
            raise InputError("comparison: no KPI is named - say which")
        if baseline is not None and baseline not in self.names:
            raise UnknownNameError("alternative", baseline, self.names)
        pairs = pairs_of(len(self.names), None if baseline is None else self.names.index(baseline))
        self._open = [(i, j, k) for i, j in pairs for k in range(len(self.aspects))]
        self._order = tuple(self._open)
        self._found: dict[tuple[int, int, int], Finding] = {}
        self.level = check_prob("level", level)
        self.sizes = look_sizes(n_first, n_most, growth)
        self._levels = look_levels(self.sizes, (1 - level) / len(self._open))
        self._look = 0
        self._values: dict[str, Floats] = {name: np.empty((0, len(self.aspects))) for name in self.names}

    @property
    def n(self) -> dict[str, int]:
        """Replications told of each alternative."""
        return {name: len(rows) for name, rows in self._values.items()}

    def ask(self) -> dict[str, int]:
        """Further replications of each alternative that is still of interest; empty when it is over."""
        if not self._open or self._look == len(self.sizes):
            return {}
        active = sorted({place for i, j, _ in self._open for place in (i, j)})
        return {self.names[i]: self.sizes[self._look] - len(self._values[self.names[i]]) for i in active}

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take the replications asked for, in order: alternative -> shape (n, n_aspects); NaN where undefined."""
        for name, n in self.ask().items():
            rows = np.asarray(values[name], dtype=np.float64).reshape(-1, len(self.aspects))
            if len(rows) != n:
                raise ValueError(f"tell must give the {n} replications of {name!r} asked for (got {len(rows)})")
            self._values[name] = np.concatenate((self._values[name], rows))
        for case in self._open:
            if (found := self._judge(*case)) is not None:
                self._found[case] = found
        self._open = [case for case in self._open if case not in self._found or not self._found[case].is_settled]
        self._look += 1

    def _judge(self, i: int, j: int, k: int) -> Finding | None:
        first, second = self._values[self.names[i]][:, k], self._values[self.names[j]][:, k]
        if np.count_nonzero(~np.isnan(first - second)) < 2:
            return None
        difference = paired_difference(first, second, self._levels[self._look])
        aspect = self.aspects[k]
        word = difference.verdict(aspect.is_larger_better, aspect.equivalent)
        return Finding(self.names[i], self.names[j], aspect.kpi, difference, word, len(first))

    @property
    def is_settled(self) -> bool:
        """Whether every difference has a verdict other than "no evidence"."""
        return not self._open

    @property
    def findings(self) -> list[Finding]:
        """The last finding on each pair and KPI, pair by pair; those never defined in two replications are missing."""
        return [self._found[case] for case in self._order if case in self._found]


def checked_names(alternatives: Sequence[str], n_least: int = 2) -> tuple[str, ...]:
    """Names as a tuple, after making sure that they are enough and different."""
    names = tuple(alternatives)
    if len(names) < n_least:
        raise InputError(f"alternatives: must be {n_least} or more (got {len(names)}) - add one")
    if twice := next((name for i, name in enumerate(names) if name in names[:i]), None):
        raise InputError(f"alternatives: {twice!r} is there twice - give each a name of its own")
    return names
