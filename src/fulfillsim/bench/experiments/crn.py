"""How much common random numbers spare when neighbouring staffing plans of ``baseline`` are compared.

For every headcount of the scenario, one person less and one more against the plan as it is. Replication by replication
the alternatives ran on the same orders; what independent runs would have given is the sum of the two variances.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.study import Progress, Setting, Study
from fulfillsim.kpi import find_kpi

if TYPE_CHECKING:
    from fulfillsim.scenario import Scenario

Floats = NDArray[np.float64]

#: Headcounts of `baseline`, fixed here: each is compared at one less and one more, where one less is still somebody.
HEADCOUNTS: tuple[str, ...] = tuple(
    f"staff.{role}.shifts.{shift}.headcount"
    for role, shifts in {
        "pickers": ("early", "late", "monday"),
        "packers": ("early", "late", "monday"),
        "receivers": ("early", "late"),
        "clerks": ("early", "late"),
        "agents": ("early", "late"),
    }.items()
    for shift in shifts
)
ON_TIME, HALF_WIDTH = "on_time_shipment", 0.01


@dataclass(frozen=True)
class Saving:
    """Common random numbers in one KPI, over all pairs.

    Parameters
    ----------
    kpi
        Its name.
    n_pairs
        Pairs whose difference varies.
    ratio, least, most
        Variance of the difference of independent runs over that of paired ones: median and range over the pairs.
    """

    kpi: str
    n_pairs: int
    ratio: float
    least: float
    most: float


@dataclass(frozen=True)
class Savings:
    """All KPIs, and those left out because no difference varies.

    Parameters
    ----------
    rows
        By KPI.
    left_out
        KPIs in which no pair's difference has a variance.
    on_time
        Pair -> replications of each alternative until on-time shipment differs by ± 1 point: paired, independent.
    n
        Replications that all this was estimated from.
    """

    rows: tuple[Saving, ...]
    left_out: tuple[str, ...]
    on_time: Mapping[str, tuple[int, int]]
    n: int

    @property
    def median(self) -> float:
        """Of the ratios over the KPIs."""
        return float(np.median([row.ratio for row in self.rows])) if self.rows else math.nan

    @property
    def on_time_share(self) -> float:
        """Paired replications over independent ones, median over the pairs."""
        shares = [paired / apart for paired, apart in self.on_time.values()]
        return float(np.median(shares)) if shares else math.nan


def neighbours(scenario: Scenario, only: str = "") -> dict[str, Scenario]:
    """The plan as it is, and each headcount that contains ``only`` one less and one more."""
    paths = [path for path in HEADCOUNTS if only in path]
    if not paths:
        raise InputError(f"bench crn: no headcount contains {only!r} - there are {', '.join(HEADCOUNTS)}")
    staff, made = scenario.resolved()["staff"], {"as it is": scenario}
    for path in paths:
        _, role, _, shift, _ = path.split(".")
        heads = staff[role]["shifts"][shift]["headcount"]
        for other in (heads - 1, heads + 1):
            if other > 0:
                made[f"{role} {shift} {other - heads:+d}"] = scenario.vary({path: other})
    return made


def savings(
    alternatives: Mapping[str, Any],
    n: int = 10,
    seed: int = 1,
    jobs: int | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
    replicate: Any = None,
) -> Savings:
    """Run all alternatives on common random numbers and compare each with the first."""
    if n < 3:
        raise InputError(f"bench crn: variances need 3 replications or more (got {n}) - give -n 10")
    setting = Setting(seed, jobs, None, progress, replicate, cache=None if cache is None else Cache(cache))
    with Study(alternatives, setting) as study:
        study.run(dict.fromkeys(study.names, n))
        tables = {name: result.packed for name, result in study.results().items()}
    first, *others = tables
    kpis = [kpi for kpi, _, _ in tables[first].columns()]
    pairs = {kpi: [(tables[name].column(kpi), tables[first].column(kpi)) for name in others] for kpi in kpis}
    rows = [row for kpi in kpis if (row := _saving(kpi, pairs[kpi])) is not None]
    kept = {row.kpi for row in rows}
    left_out = tuple(kpi for kpi in kpis if kpi not in kept)
    on_time = dict(zip(others, map(_needed, pairs.get(ON_TIME, [])), strict=False))
    return Savings(tuple(rows), left_out, {k: v for k, v in on_time.items() if v is not None}, n)


def _saving(kpi: str, pairs: Sequence[tuple[Floats, Floats]]) -> Saving | None:
    ratios = []
    for one, other in pairs:
        known = np.isfinite(one) & np.isfinite(other)
        if known.sum() < 3:
            continue
        paired, apart = _variances(one[known], other[known])
        if paired > 0:
            ratios.append(apart / paired)
    return Saving(kpi, len(ratios), float(np.median(ratios)), min(ratios), max(ratios)) if ratios else None


def _variances(one: Floats, other: Floats) -> tuple[float, float]:
    """Of the difference: paired and as independent runs would have had it; rounding is no variance."""
    scale = max(float(np.abs(one).max()), float(np.abs(other).max()), 1e-300)
    paired = float((one - other).var(ddof=1))
    return paired if paired > (1e-12 * scale) ** 2 else 0.0, float(one.var(ddof=1) + other.var(ddof=1))


def _needed(pair: tuple[Floats, Floats]) -> tuple[int, int] | None:
    """Replications until the 95 % half-width of the difference is one point: paired, independent."""
    if not all(np.isfinite(side).all() for side in pair):
        return None
    paired, apart = _variances(*pair)
    return replications_for(paired, HALF_WIDTH), replications_for(apart, HALF_WIDTH)


def replications_for(variance: float, half_width: float, level: float = 0.95) -> int:
    """Least number of replications whose t interval is so narrow, for a known variance of one of them."""
    from scipy.special import stdtrit

    n = 2
    while float(stdtrit(n - 1, (1 + level) / 2)) * math.sqrt(variance / n) > half_width:
        n += max(1, n // 1000)
    return n


def better_first(made: Savings) -> list[Saving]:
    """Rows, the KPIs that have a direction first, then by how much is spared."""
    return sorted(made.rows, key=lambda row: (find_kpi(row.kpi).better == "neutral", -row.ratio))
