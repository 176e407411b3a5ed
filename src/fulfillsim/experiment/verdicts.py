"""What stands below the table of KPIs: why orders were late, and the verdicts on targets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fulfillsim.kpi.targets import Verdict


def target_lines(verdicts: Sequence[Verdict]) -> list[str]:
    """A title and a line for each target: the word, what it is about, the interval behind it, days."""
    if not verdicts:
        return []
    rows = [(v.word, _title(v), f"{v.found if _is_known(v) else _digits(v.mean)}", _days(v)) for v in verdicts]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    padded = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, [*widths, 0], strict=True)) for row in rows)
    return ["", "targets", *(f"  {line.rstrip()}" for line in padded)]


def late_line(means: Mapping[str, float]) -> list[str]:
    """One line with the causes behind most late orders and their shares; none where nobody is late.

    Parameters
    ----------
    means
        Mean over replications of each uncut KPI.
    """
    n_late = means.get("n_late", 0.0)
    causes = {name.partition(".")[2]: n for name, n in means.items() if name.startswith("late_because.") and n > 0}
    if not n_late > 0 or not causes:
        return []
    first = sorted(causes, key=lambda cause: -causes[cause])[:3]
    return ["", f"{n_late:,.0f} orders late: " + ", ".join(f"{cause} {causes[cause] / n_late:.0%}" for cause in first)]


def as_target_row(verdict: Verdict) -> dict[str, object]:
    """Machine-readable form of a verdict; a number that is not known is None."""
    target, worst = verdict.target, verdict.worst_day
    return {
        "target": target.label,
        "kpi": target.kpi,
        "bound": f"{target.sense} {target.value:g}",
        "per": target.per,
        "share": target.share,
        "where": dict(target.where),
        "verdict": verdict.word,
        "estimate": _number(verdict.mean),
        "low": _number(verdict.found.low),
        "high": _number(verdict.found.high),
        "n": verdict.n,
        "share_of_days": _number(verdict.share_of_days),
        "worst_day": worst.date if worst else None,
        "worst_day_value": _number(worst.value) if worst else None,
    }


def _title(verdict: Verdict) -> str:
    from fulfillsim.kpi.targets import describe

    target, said = verdict.target, describe(verdict.target)
    return said if target.label == target.kpi else f"{target.label}: {said}"


def _days(verdict: Verdict) -> str:
    """Share of days that keep the bound, and the worst day."""
    worst = verdict.worst_day
    if worst is None:
        return ""
    name = date.fromisoformat(worst.date).strftime("%a")
    return f"{verdict.share_of_days:.0%} of days, worst {name} {worst.date}: {_digits(worst.value)}"


def _is_known(verdict: Verdict) -> bool:
    return math.isfinite(verdict.half_width)


def _digits(number: float) -> str:
    return f"{number:.3g}"


def _number(number: float) -> float | None:
    return number if math.isfinite(number) else None
