"""How often equal alternatives are called different: by looking after every run, and by our procedures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator

from fulfillsim.bench.coverage.intervals import stream
from fulfillsim.bench.coverage.models import Floats
from fulfillsim.stats.best import compare_with_best
from fulfillsim.stats.comparison import Aspect, CompareUntilSettled
from fulfillsim.stats.paired import pairs_of, simultaneous_differences
from fulfillsim.stats.proportions import clopper_pearson_interval

if TYPE_CHECKING:
    import pandas as pd

N_FIRST, N_MOST = 10, 200
Draw = Callable[[Generator, tuple[int, int]], Floats]

#: Values of n replications of k equal alternatives, in their own right or tied by common random numbers.
DRAWS: dict[str, Draw] = {
    "normal, independent": lambda rng, shape: rng.standard_normal(shape),
    "normal, correlation 0.7": lambda rng, shape: (
        0.7**0.5 * rng.standard_normal((shape[0], 1)) + 0.3**0.5 * rng.standard_normal(shape)
    ),
    "exponential, independent": lambda rng, shape: rng.exponential(1.0, shape),
    "lognormal, sigma 1": lambda rng, shape: rng.lognormal(0.0, 1.0, shape),
}


def false_calls(n_experiments: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Share of studies of equal alternatives in which a difference is called.

    Returns
    -------
    DataFrame
        Columns ``values``, ``procedure``, ``k`` (alternatives), ``n`` (replications of each, on average),
        ``called``, ``low_99``, ``high_99``, ``n_experiments``.
    """
    import pandas as pd

    rows = []
    for place, (values, draw) in enumerate(DRAWS.items()):
        for at, (procedure, k, experiment) in enumerate(PROCEDURES):
            rng = stream(seed, 200 + place, at)
            found = [experiment(rng, draw, k) for _ in range(n_experiments)]
            called = clopper_pearson_interval(sum(hit for hit, _ in found), n_experiments, 0.99)
            about = {"values": values, "procedure": procedure, "k": k, "n": float(np.mean([n for _, n in found]))}
            shares = {"called": called.estimate, "low_99": called.low, "high_99": called.high}
            rows.append(about | shares | {"n_experiments": n_experiments})
    return pd.DataFrame(rows)


Experiment = Callable[[Generator, Draw, int], tuple[bool, int]]


def _peeking(rng: Generator, draw: Draw, k: int) -> tuple[bool, int]:
    """The plain 95 % interval after every replication from the tenth on, until it excludes 0."""
    values = draw(rng, (N_MOST, k))
    gaps, n = values[:, 1] - values[:, 0], np.arange(1, N_MOST + 1)
    means, squares = np.cumsum(gaps) / n, np.cumsum(gaps**2)
    errors = np.sqrt((squares - n * means**2)[N_FIRST - 1 :] / (n - 1)[N_FIRST - 1 :] / n[N_FIRST - 1 :])
    outside = np.flatnonzero(np.abs(means[N_FIRST - 1 :]) > _t_factors() * errors)
    return bool(outside.size), int(outside[0]) + N_FIRST if outside.size else N_MOST


def _t_factors() -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.arange(N_FIRST - 1, N_MOST), 0.975), dtype=np.float64)


def _looks(rng: Generator, draw: Draw, k: int) -> tuple[bool, int]:
    """Fixed looks with spent error rates, all alternatives against the first."""
    names = [str(i) for i in range(k)]
    study = CompareUntilSettled(names, [Aspect("kpi")], "0", n_first=N_FIRST, n_most=N_MOST)
    values = draw(rng, (N_MOST, k))
    while wanted := study.ask():
        n = study.n
        study.tell({name: values[n[name] : n[name] + more, int(name)] for name, more in wanted.items()})
    return any(finding.verdict != "no evidence" for finding in study.findings), max(study.n.values())


def _fixed(rng: Generator, draw: Draw, k: int) -> tuple[bool, int]:
    """All pairs after a fixed number of replications, by Holm."""
    found = simultaneous_differences(draw(rng, (30, k)), pairs_of(k))
    return any(difference.verdict() != "no evidence" for difference in found), 30


def _best(rng: Generator, draw: Draw, k: int) -> tuple[bool, int]:
    """The first alternative, a best one, is said not to be a best one, after a fixed number of replications."""
    return not compare_with_best(draw(rng, (30, k)))[0].can_be_best, 30


PROCEDURES: tuple[tuple[str, int, Experiment], ...] = (
    ("a plain interval after every replication", 2, _peeking),
    ("CompareUntilSettled", 2, _looks),
    ("CompareUntilSettled", 4, _looks),
    ("all pairs, fixed n, Holm", 4, _fixed),
    ("with the best, fixed n", 4, _best),
)
