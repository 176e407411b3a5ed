"""What all selection procedures share: the protocol, the bookkeeping and the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.errors import InputError
from fulfillsim.stats.arrays import Floats, all_finite, check_prob
from fulfillsim.stats.comparison import checked_names

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Selection:
    """The outcome of a selection.

    Attributes
    ----------
    best
        Name of the alternative chosen.
    survivors
        Those that were not screened out, the best first, in the order of their means.
    n_used
        Replications of each alternative.
    means
        Of everything told, in the KPI's own direction.
    guarantee
        What may be claimed, in a sentence.
    """

    best: str
    survivors: tuple[str, ...]
    n_used: dict[str, int]
    means: dict[str, float]
    guarantee: str

    @property
    def n_total(self) -> int:
        """Replications of all alternatives together."""
        return sum(self.n_used.values())


class Procedure(Protocol):
    """A selection procedure as a state machine: whoever runs it asks, runs replications and tells.

    Replications of an alternative are told in the order of their index, beginning at 0. Under common random numbers
    the same index means the same random numbers for all alternatives.
    """

    def ask(self) -> dict[str, int]:
        """Further replications wanted, by alternative; empty when the choice is made."""

    def tell(self, values: Mapping[str, ArrayLike]) -> None:
        """Take exactly the replications asked for, by alternative: shape (n,)."""

    @property
    def result(self) -> Selection:
        """The choice; before the end, the best so far without a guarantee."""


class Samples:
    """Sums of what was told, alternatives as rows, larger always better inside.

    Parameters
    ----------
    alternatives
        Names, two or more.
    is_larger_better
        Direction of the KPI; values are kept with their sign turned if not.
    """

    def __init__(self, alternatives: Sequence[str], is_larger_better: bool = True) -> None:
        self.names = checked_names(alternatives)
        self.sign = 1.0 if is_larger_better else -1.0
        self.k = len(self.names)
        self._place = {name: i for i, name in enumerate(self.names)}
        self.n = np.zeros(self.k, dtype=np.int64)
        self.sums: Floats = np.zeros(self.k)

    def take(self, values: Mapping[str, ArrayLike], wanted: Mapping[str, int]) -> list[tuple[int, Floats]]:
        """Check and add what was asked for; rows that were told, sign turned where less is better."""
        told = []
        for name, n in wanted.items():
            row = self.sign * all_finite(np.asarray(values[name], dtype=np.float64))
            if row.shape != (n,):
                raise ValueError(f"tell must give the {n} replications of {name!r} asked for (got shape {row.shape})")
            i = self._place[name]
            self.n[i] += n
            self.sums[i] += row.sum()
            told.append((i, row))
        return told

    def asked(self, alternatives: Iterable[int], n: Iterable[int]) -> dict[str, int]:
        """Positive numbers of replications by name."""
        return {self.names[i]: int(count) for i, count in zip(alternatives, n, strict=True) if count > 0}

    @property
    def means(self) -> Floats:
        """Shape (k,), larger better; minus infinity where nothing is told."""
        means: Floats = np.divide(self.sums, self.n, out=np.full(self.k, -np.inf), where=self.n > 0)
        return means

    def chosen(self, survivors: Indices, guarantee: str, scores: Floats | None = None) -> Selection:
        """Choice among survivors by their means, or by other scores; of equal ones the first."""
        scores = self.means if scores is None else scores
        order = survivors[np.argsort(-scores[survivors], kind="stable")]
        ranked = tuple(self.names[i] for i in order)
        n_used = dict(zip(self.names, self.n.tolist(), strict=True))
        known = self.sign * self.means
        return Selection(ranked[0], ranked, n_used, dict(zip(self.names, known.tolist(), strict=True)), guarantee)


def check_numbers(delta: float, level: float, n_first: int, n_least: int = 2) -> None:
    """Refuse an indifference zone, a level or a first stage that make no sense."""
    if not delta > 0:
        raise InputError(f"indifference zone: must be > 0 (got {delta}) - name the least difference worth detecting")
    check_prob("level", level)
    if n_first < n_least:
        raise InputError(f"first stage: must be {n_least} replications or more (got {n_first}) - 10 to 20 serve")


def refuse_crn(procedure: str, crn: bool) -> None:
    """Refuse common random numbers where the guarantee rests on independence."""
    if crn:
        rule = f"{procedure} assumes independent alternatives, and common random numbers make them dependent"
        raise InputError(f"selection: {rule} - take KN or KN++, or run alternatives with seeds of their own")


def correct(level: float, delta: float, crn: bool, asymptotic: bool = False) -> str:
    """Guarantee of a correct selection, in a sentence."""
    how = ", for many replications" if asymptotic else ", for normal values"
    numbers = "common random numbers" if crn else "independent alternatives"
    return f"the best with probability >= {level:g} if no other is within {delta:g} of it{how} and {numbers}"


def good(level: float, delta: float) -> str:
    """Guarantee of a good selection, in a sentence."""
    return f"within {delta:g} of the best with probability >= {level:g}, for normal values and independent alternatives"
