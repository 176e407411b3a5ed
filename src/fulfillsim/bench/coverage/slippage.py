"""How often selection procedures choose the best at the slippage configuration, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from fulfillsim.bench.coverage.intervals import stream
from fulfillsim.stats.proportions import clopper_pearson_interval
from fulfillsim.stats.selection import GSP, KN, NSGS, DudewiczDalal, KNpp, Procedure, Rinott

if TYPE_CHECKING:
    import pandas as pd

#: Indifference zone in standard deviations of a replication: the others lie just so far below the best.
DELTA = 1 / 3
Make = Callable[[Sequence[str]], Procedure]

#: Procedure, correlation between alternatives, and how it is made.
CASES: tuple[tuple[str, float, Make], ...] = (
    ("KN", 0.0, lambda names: KN(names, DELTA, n_first=10, crn=False)),
    ("KN, crn", 0.7, lambda names: KN(names, DELTA, n_first=10)),
    ("KN++", 0.0, lambda names: KNpp(names, DELTA, n_first=10, crn=False)),
    ("KN++, crn", 0.7, lambda names: KNpp(names, DELTA, n_first=10)),
    ("Rinott", 0.0, lambda names: Rinott(names, DELTA, n_first=10)),
    ("Dudewicz-Dalal", 0.0, lambda names: DudewiczDalal(names, DELTA, n_first=10)),
    ("NSGS", 0.0, lambda names: NSGS(names, DELTA, n_first=10)),
    ("GSP", 0.0, lambda names: GSP(names, DELTA, n_first=20)),
)


class Sampler:
    """Normal replications, variance 1, the first alternative ahead of the others by `DELTA`.

    Replication r of all alternatives shares a part of its value, as common random numbers make them do.
    """

    def __init__(self, rng: Generator, correlation: float) -> None:
        self.rng, self.correlation = rng, correlation
        self._shared = np.empty(0)
        self._n: dict[str, int] = {}

    def __call__(self, wanted: dict[str, int]) -> dict[str, Any]:
        """Next replications of each alternative."""
        own = self.rng.standard_normal(sum(wanted.values())) * (1 - self.correlation) ** 0.5
        parts = dict(zip(wanted, np.split(own, np.cumsum(list(wanted.values()))[:-1]), strict=True))
        return {name: part + DELTA * (name == "0") + self._common(name, part.size) for name, part in parts.items()}

    def _common(self, name: str, n: int) -> Any:
        if not self.correlation:
            return 0.0
        begin = self._n.get(name, 0)
        self._n[name] = begin + n
        if self._shared.size < begin + n:
            more = self.rng.standard_normal(max(1000, n)) * self.correlation**0.5
            self._shared = np.concatenate((self._shared, more))
        return self._shared[begin : begin + n]


def guarantee(n_runs: int = 2000, seed: int = 1, ks: Sequence[int] = (10, 100)) -> pd.DataFrame:
    """Probability of correct selection for P* = 0.95, with its one-sided lower 99 % bound, and replications used.

    Returns
    -------
    DataFrame
        Columns ``procedure``, ``correlation``, ``k``, ``pcs``, ``low_99``, ``n_total`` (on average), ``n_runs``.
    """
    import pandas as pd

    rows = []
    for k in ks:
        for place, (name, correlation, make) in enumerate(CASES):
            rng = stream(seed, 300 + place, k)
            found = [_selected(make, k, Sampler(rng, correlation)) for _ in range(n_runs)]
            hits = clopper_pearson_interval(sum(hit for hit, _ in found), len(found), 0.98)
            n_total = float(np.mean([n for _, n in found]))
            about = {"procedure": name, "correlation": correlation, "k": k, "pcs": hits.estimate, "low_99": hits.low}
            rows.append(about | {"n_total": n_total, "n_runs": n_runs})
    return pd.DataFrame(rows)


def _selected(make: Make, k: int, sample: Sampler) -> tuple[bool, int]:
    """Whether the best was chosen, and how many replications it took."""
    procedure = make([str(i) for i in range(k)])
    while wanted := procedure.ask():
        procedure.tell(sample(wanted))
    return procedure.result.best == "0", procedure.result.n_total
