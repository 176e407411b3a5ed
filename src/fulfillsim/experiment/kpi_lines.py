"""Lines of a table of KPIs: what each says, for people and for machines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fulfillsim.experiment.record import Cut
from fulfillsim.stats.intervals import Interval

if TYPE_CHECKING:
    from fulfillsim.kpi.targets import Verdict


@dataclass(frozen=True)
class KpiLine:
    """One KPI over all replications, with its target if it has one."""

    kpi: str
    unit: str
    cut: Cut
    estimate: Interval
    target: str = ""
    verdict: str = ""


def as_row(line: KpiLine) -> dict[str, object]:
    """Machine-readable form of a line; a number that is not known is None."""
    found = line.estimate
    numbers = {"mean": _known(found.estimate), "half_width": _known(found.half_width), "unit": line.unit, "n": found.n}
    return {"kpi": line.kpi, **dict(line.cut), **numbers, "target": line.target, "verdict": line.verdict}


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None


def with_verdicts(line: KpiLine, verdicts: Sequence[Verdict]) -> KpiLine:
    """Return the line with what its targets say of it."""
    targets = ", ".join(f"{v.target.sense} {v.target.value:g}" for v in verdicts)
    return replace(line, target=targets, verdict=", ".join(v.word for v in verdicts))


def text_row(line: KpiLine) -> tuple[str, str, str, str, str]:
    """Name and cut, mean, half-width, unit, and target with its verdict."""
    mean, _, half_width = str(line.estimate).partition(" ± ")
    half = f"± {half_width}" if half_width not in ("", "?") else ""
    name = " ".join([line.kpi, *(str(part) for _, part in line.cut)])
    return name, mean, half, line.unit, f"{line.target} {line.verdict}".strip()
