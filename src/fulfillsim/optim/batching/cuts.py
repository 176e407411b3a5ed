"""Subset-row cuts: of any three orders at most one chosen batch holds two or more, which fractions of batches break.

References
----------
Jepsen, Petersen, Spoorendonk & Pisinger (2008), Subset-row inequalities applied to the vehicle-routing problem with
time windows, Operations Research 56(2); Wahlen & Gschwind (2023) use them for batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fulfillsim.optim.batching.columns._kernels import Cuts

Triple = tuple[int, int, int]

BROKEN = 0.05
"""By how much a cut must be broken to be worth a row."""
PER_ORDER = 5
"""Cuts per order that are added at once, at most."""


def rows_cut(batch: Sequence[int], cuts_of: Sequence[Sequence[int]]) -> list[int]:
    """Numbers of the cuts of which a batch holds two orders or more."""
    held = Counter(cut for order in batch for cut in cuts_of[order])
    return [cut for cut, n_held in held.items() if n_held >= 2]


def separate(columns: Sequence[tuple[int, ...]], value: NDArray[np.float64], n_orders: int, most: int) -> list[Triple]:
    """At most ``most`` triples of orders whose cut the columns, used to the given values, break, the worst first."""
    together = np.zeros((n_orders, n_orders))
    threes: Counter[Triple] = Counter()
    for k in np.flatnonzero(value > 1e-9).tolist():
        batch = sorted(columns[k])
        for a, b in combinations(batch, 2):
            together[a, b] += value[k]
        for triple in combinations(batch, 3):
            threes[triple] += value[k]
    found = []
    for a in range(n_orders - 2):
        twice = together[a, a + 1 :, None] + together[a, None, a + 1 :] + together[a + 1 :, a + 1 :]
        for b, c in np.argwhere(np.triu(twice, 1) > 1.0 + BROKEN).tolist():
            triple = (a, a + 1 + b, a + 1 + c)
            found.append((float(twice[b, c]) - 2.0 * threes[triple] - 1.0, triple))
    return _spread([triple for broken, triple in sorted(found, reverse=True) if broken > BROKEN], most)


def _spread(ranked: list[Triple], most: int) -> list[Triple]:
    """The first ``most`` triples, no order in more than `PER_ORDER` of them."""
    kept, used = list[Triple](), Counter[int]()
    for triple in ranked:
        if len(kept) < most and all(used[order] < PER_ORDER for order in triple):
            kept.append(triple)
            used.update(triple)
    return kept


def as_kernels_read(cuts: Sequence[Triple], dual: NDArray[np.float64], n_orders: int) -> Cuts:
    """The cuts that have a price, by order."""
    from fulfillsim.optim.batching.columns._kernels import Cuts

    entries = sorted(
        (order, *(other for other in cut if other != order), price)
        for cut, price in zip(cuts, dual.tolist(), strict=True)
        if price < 0.0
        for order in cut
    )
    table = np.array(entries, np.float64).reshape(-1, 4)
    first = np.searchsorted(table[:, 0], np.arange(n_orders + 1))
    return Cuts(first.astype(np.int64), table[:, 1].astype(np.int64), table[:, 2].astype(np.int64), table[:, 3].copy())
