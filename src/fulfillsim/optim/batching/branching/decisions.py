"""What can be decided about batches: how many have a trait, and which orders are together.

References
----------
Ryan & Foster (1981), An integer programming approach to scheduling, in: Computer Scheduling of Public Transport;
Barnhart, Johnson, Nemhauser, Savelsbergh & Vance (1998), Branch-and-price: column generation for solving huge integer
programs, Operations Research 46(3).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WHOLE = 1e-6
"""A number nearer to a whole one is one."""
LENGTHS = 10
"""Lengths above which batches are counted, at most."""
PAIRS = 12
"""Pairs that are looked at, at most."""


class Trait(NamedTuple):
    """Having at least so many orders, or metres."""

    of: Literal["orders", "metres"]
    least: float


class Count(NamedTuple):
    """At least and at most so many batches have a trait."""

    trait: Trait
    least: float
    most: float

    @property
    def subject(self) -> Subject:
        """What it is about, whatever is decided."""
        return self.trait


class Pair(NamedTuple):
    """Two orders are in one batch, or are not."""

    a: int
    b: int
    is_together: bool

    @property
    def subject(self) -> Subject:
        """What it is about, whatever is decided."""
        return self.a, self.b


Subject = Trait | tuple[int, int]
Decision = Count | Pair
Question = tuple[Decision, Decision]
"""Two decisions of which every plan keeps one."""


class Batches(NamedTuple):
    """Batches as rows.

    Attributes
    ----------
    holds
        Whether a batch holds an order, shape (n_batches, n_orders).
    n_orders, length_m
        Of each batch.
    """

    holds: Bools
    n_orders: Floats
    length_m: Floats

    def of(self, which: NDArray[np.integer]) -> Batches:
        """Some of them."""
        return Batches(self.holds[which], self.n_orders[which], self.length_m[which])

    def have(self, trait: Trait) -> Bools:
        """Which ones have a trait."""
        return (self.n_orders if trait.of == "orders" else self.length_m) >= trait.least

    def keep(self, pair: Pair) -> Bools:
        """Which ones keep a decision about a pair."""
        a, b = self.holds[:, pair.a], self.holds[:, pair.b]
        return a == b if pair.is_together else ~(a & b)


def questions(used: Batches, value: Floats, dual: Floats) -> list[Question]:
    """What fractions of batches leave undecided, what may raise the bound most first; nothing if they make a plan.

    Counts concern all batches, and raise the bound by far more than pairs where they are not whole.
    """
    counts = [*_counts(used, value, "orders", used.holds.shape[1]), *_counts(used, value, "metres", LENGTHS)]
    return [*counts, *_pairs(used.holds, value, dual)]


def _counts(used: Batches, value: Floats, of: Literal["orders", "metres"], most: int) -> list[Question]:
    """Traits that no whole number of batches has, those nearest to a half first."""
    found, seen = list[tuple[float, Question]](), set[float]()
    for least in np.unique(used.n_orders if of == "orders" else used.length_m).tolist():
        trait = Trait(of, least)
        number = float(value[used.have(trait)].sum())
        undecided = abs(number - round(number))
        if undecided > WHOLE and number not in seen:
            seen.add(number)
            low, high = Count(trait, 0.0, np.floor(number)), Count(trait, np.ceil(number), np.inf)
            found.append((undecided, (low, high)))
    return [question for _, question in sorted(found, key=lambda entry: -entry[0])[:most]]


def _pairs(holds: Bools, value: Floats, dual: Floats) -> list[Question]:
    """Pairs of orders that are partly together, the dear and undecided ones first."""
    together = (holds * value[:, None]).T @ holds
    a, b = np.triu_indices(len(together), 1)
    undecided = np.minimum(together[a, b], 1.0 - together[a, b])
    worth = undecided * np.maximum(dual[a] + dual[b], WHOLE)
    ranked = [k for k in np.argsort(-worth, kind="stable").tolist() if undecided[k] > WHOLE][:PAIRS]
    return [(Pair(int(a[k]), int(b[k]), True), Pair(int(a[k]), int(b[k]), False)) for k in ranked]
