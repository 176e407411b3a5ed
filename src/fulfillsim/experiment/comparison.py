"""What came out of a comparison: differences with intervals and verdicts, and the runs behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import UnknownNameError
from fulfillsim.experiment.estimates import estimate
from fulfillsim.experiment.record import whole_name
from fulfillsim.experiment.result import Result
from fulfillsim.kpi import find_kpi
from fulfillsim.stats.comparison import Finding
from fulfillsim.stats.intervals import Interval, format_estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLUMNS = (
    *("kpi", "alternative", "reference", "difference", "half_width", "low", "high", "unit", "verdict"),
    *("p_value", "correlation", "variance_ratio", "n"),
)
_NEUTRAL = {"better": "higher", "worse": "lower"}


@dataclass(frozen=True)
class Comparison:
    """Alternatives compared in some KPIs.

    Parameters
    ----------
    results
        Runs by alternative.
    findings
        Differences, by KPI and pair; all their statements hold together with the probability ``level``.
    kpis
        KPIs compared, in the order of the table; those of parts of the orders as ``otif[client=acme]``.
    units
        Unit by KPI.
    baseline
        What the others are compared with; None for all pairs.
    level
        Joint level of all statements.
    method
        In words: how the statements were made.
    is_settled
        False if a sequential comparison ended because its budget was spent.
    can_be_best
        By KPI, for all pairs and a fixed number of replications: the alternatives that are not shown to be worse than
        another; with the joint probability ``level`` the best of each KPI is among them.
    """

    results: Mapping[str, Result]
    findings: tuple[Finding, ...]
    kpis: tuple[str, ...]
    units: Mapping[str, str]
    baseline: str | None
    level: float
    method: str
    is_settled: bool = True
    can_be_best: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _order: tuple[str, ...] = field(default=(), repr=False)

    @property
    def names(self) -> list[str]:
        """Alternatives."""
        return list(self.results)

    def of(self, kpi: str) -> list[Finding]:
        """Differences in one KPI, pair by pair.

        Raises
        ------
        UnknownNameError
            If it was not compared; `estimates` knows all others.
        """
        if kpi not in self.kpis:
            raise UnknownNameError("compared KPI", kpi, self.kpis)
        return [found for found in self.findings if found.kpi == kpi]

    def estimates(self, kpi: str) -> dict[str, Interval]:
        """Mean of a KPI with its own t interval, by alternative."""
        return {name: estimate(values_of(result, kpi)) for name, result in self.results.items()}

    def verdict(self, found: Finding) -> str:
        """In a word; for a KPI without a direction ``higher`` or ``lower``."""
        if find_kpi(whole_name(found.kpi)).better == "neutral":
            return _NEUTRAL.get(found.verdict, found.verdict)
        return found.verdict

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary per difference, with the columns of `to_frame`."""
        return [self._row(found) for kpi in self.kpis for found in self.of(kpi)]

    def _row(self, found: Finding) -> dict[str, Any]:
        interval = found.difference.interval
        values = (
            found.kpi,
            found.alternative,
            found.reference,
            interval.estimate,
            interval.half_width,
            interval.low,
            interval.high,
            self.units.get(found.kpi, ""),
            self.verdict(found),
            found.difference.p_value,
            found.difference.correlation,
            found.difference.variance_ratio,
            found.n,
        )
        return dict(zip(COLUMNS, values, strict=True))

    def to_frame(self, name: str = "differences") -> pd.DataFrame:
        """A tidy frame.

        Parameters
        ----------
        name
            ``"differences"``: a row per KPI and pair (alternative minus reference, joint half-width, verdict).
            ``"kpis"``: a row per alternative, replication and KPI, all KPIs.
            ``"best"``: a row per KPI and alternative, ``can_be_best`` says whether none is shown to be better; empty
            unless all pairs were compared.
        """
        import pandas as pd

        if name == "best":
            pairs = [(kpi, one, one in names) for kpi, names in self.can_be_best.items() for one in self.results]
            return pd.DataFrame(pairs, columns=["kpi", "alternative", "can_be_best"])
        if name == "differences":
            return pd.DataFrame(self.rows(), columns=list(COLUMNS))
        if name != "kpis":
            raise UnknownNameError("frame", name, ("differences", "kpis", "best"))
        frames = [r.to_frame("kpis").assign(alternative=n) for n, r in self.results.items()]
        frame = pd.concat(frames, ignore_index=True)
        return frame[["alternative", *(column for column in frame.columns if column != "alternative")]]

    def headline(self) -> str:
        """What was compared, in a line."""
        counts = sorted({result.n_replications for result in self.results.values()})
        n = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        against = f"against {self.baseline}" if self.baseline is not None else "all pairs"
        return f"{len(self.results)} alternatives, {against}, {n} replications each: {self.method}"

    def sentences(self) -> list[str]:
        """Each finding as a sentence."""
        return [self._sentence(found) for kpi in self.kpis for found in self.of(kpi)]

    def _sentence(self, found: Finding) -> str:
        word, interval = self.verdict(found), found.difference.interval
        amount = format_estimate(interval.estimate, interval.half_width)
        unit = self.units.get(found.kpi, "")
        if word == "no evidence":
            return f"{found.kpi}: no evidence that {found.alternative} differs from {found.reference} ({amount} {unit})"
        if word == "equivalent":
            return f"{found.kpi}: {found.alternative} and {found.reference} are equivalent ({amount} {unit})"
        return f"{found.kpi}: {found.alternative} is {word} than {found.reference} by {amount} {unit}"

    def cells(self) -> list[tuple[str, ...]]:
        """Rows of the printed table, header first."""
        rows: list[tuple[str, ...]] = [
            ("KPI", "alternative", "mean", "difference", "", "unit", "verdict", "correlation", "variance ÷")
        ]
        for kpi in self.kpis:
            means = self.estimates(kpi)
            by_pair = {(f.alternative, f.reference): f for f in self.of(kpi)}
            if self.baseline is not None:
                unit = self.units.get(kpi, "")
                rows.append((kpi, self.baseline, str(means[self.baseline]), "", "", unit, "baseline", "", ""))
            for (alternative, reference), found in by_pair.items():
                name = alternative if self.baseline is not None else f"{alternative} - {reference}"
                rows.append(("" if self.baseline else kpi, name, str(means[alternative]), *self._told(found)))
        return rows

    def _told(self, found: Finding) -> tuple[str, ...]:
        interval = found.difference.interval
        mean, _, half = format_estimate(interval.estimate, interval.half_width).partition(" ± ")
        sign = "+" if interval.estimate > 0 and not mean.startswith("-") else ""
        unit = self.units.get(found.kpi, "")
        correlation, ratio = found.difference.correlation, found.difference.variance_ratio
        told = (f"{correlation:.2f}" if math.isfinite(correlation) else "", _times(ratio))
        return (f"{sign}{mean}", f"± {half}" if half else "", unit, self.verdict(found), *told)

    def summary(self) -> str:
        """Table of differences as text: mean, difference ± joint half-width, verdict."""
        rows = self.cells()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        right = {2, 3, 7, 8}
        body = [
            "  ".join(
                c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        ]
        return "\n".join([self.headline(), "", *(line.rstrip() for line in body), *self.notes()])

    def notes(self) -> list[str]:
        """What a reader of the table has to know."""
        said = [] if self.is_settled else ["not all differences are settled: the budget is spent"]
        said += self.best_ones()
        return said + [f"{name}: {warning}" for name, r in self.results.items() for warning in r.warnings()]

    def best_ones(self) -> list[str]:
        """A sentence per KPI: which alternatives can be the best; none unless all pairs were compared."""
        pairs = self.can_be_best.items()
        return [f"{kpi}: the best is {' or '.join(names)} ({self.level:.0%})" for kpi, names in pairs]

    @property
    def plot(self) -> ComparisonPlots:
        """Pictures: ``comparison.plot.forest()``."""
        return ComparisonPlots(self)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(map(repr, self.results))} in {', '.join(self.kpis)}>"

    def _repr_html_(self) -> str:
        head, *rows = self.cells()
        return html_table(head, rows, [self.headline()], self.notes())


class ComparisonPlots:
    """Pictures of a comparison; drawing stands to the right of this room and is fetched when asked for."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    def forest(self, kpi: str | None = None, ax: Axes | None = None) -> Axes:
        """Differences in one KPI (the first if not named) with their intervals."""
        draw = import_module("fulfillsim.report.plots.forest").plot_forest
        axes: Axes = draw(self._comparison, kpi or self._comparison.kpis[0], ax=ax)
        return axes


def _times(ratio: float) -> str:
    """A variance ratio for eyes."""
    if not math.isfinite(ratio):
        return ""
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}" if ratio < 1000 else "> 1000"


def values_of(result: Result, kpi: str) -> list[float]:
    """Values of a KPI, one per replication in the order of their index; NaN where there is none."""
    values: list[float] = result.packed.column(kpi).tolist()
    return values
