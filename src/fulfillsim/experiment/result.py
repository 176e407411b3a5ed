"""What came out of a run, and the ways to look at it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import UnknownNameError
from fulfillsim.experiment.estimates import LEVEL, estimate
from fulfillsim.experiment.record import Cut, Failure, Record, Value
from fulfillsim.experiment.worker import Builds, Replicate
from fulfillsim.stats.intervals import Interval

if TYPE_CHECKING:
    import pandas as pd

    from fulfillsim.domain.world import World
    from fulfillsim.kpi.targets import Verdict
    from fulfillsim.sim import Trace


@dataclass(frozen=True)
class KpiLine:
    """One KPI over all replications, with its target if it has one."""

    kpi: str
    unit: str
    cut: Cut
    estimate: Interval
    target: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Result:
    """Replications of one scenario.

    Parameters
    ----------
    scenario
        What was run.
    name
        Its name.
    seed
        Of the study.
    records
        Finished replications in the order of their index.
    failures
        Replications that could not be finished.
    traces
        Traces that were kept, by replication.
    rerun
        Runs one replication again: a trace that was not kept is made anew, bit by bit the same.
    directory
        The run directory, if there is one.
    """

    scenario: Builds
    name: str
    seed: int
    records: tuple[Record, ...]
    rerun: Replicate = field(repr=False)
    failures: tuple[Failure, ...] = ()
    traces: dict[int, Trace] = field(default_factory=dict, repr=False)
    directory: Path | None = None
    _frames: dict[int, dict[str, pd.DataFrame]] = field(default_factory=dict, repr=False)
    _cuts: dict[tuple[str, ...], tuple[Record, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def world(self) -> World:
        """The compiled operation."""
        return self.scenario.world()

    @property
    def n_replications(self) -> int:
        """Finished replications."""
        return len(self.records)

    def trace(self, replication: int = 0) -> Trace:
        """Everything that happened in one replication; run again if it was not kept."""
        if replication not in self.traces:
            known = [str(record.replication) for record in self.records]
            if str(replication) not in known:
                raise UnknownNameError("finished replication", str(replication), known)
            trace = self.rerun(self.world, self.seed, replication).trace
            assert trace is not None, "a replication gives its trace"
            self.traces[replication] = trace
        return self.traces[replication]

    def lines(self, by: Sequence[str] = ()) -> list[KpiLine]:
        """KPIs over all replications, uncut or cut; targets stand beside uncut values.

        Parameters
        ----------
        by
            What to cut by: ``["carrier", "day"]``. Cuts that `simulate` was not asked for run the
            replications again.
        """
        values: dict[tuple[str, str, Cut], list[float]] = {}
        for record in self._records_by(tuple(by)):
            for value in record.values:
                if bool(value.cut) == bool(by):
                    values.setdefault((value.kpi, value.unit, value.cut), []).append(value.value)
        lines = [KpiLine(*key, estimate(found)) for key, found in values.items()]
        return lines if by else self._judged(lines, {key[0]: found for key, found in values.items()})

    def _judged(self, lines: list[KpiLine], values: Mapping[str, Sequence[float]]) -> list[KpiLine]:
        """Lines with the verdicts on the scenario's targets beside their KPIs."""
        from fulfillsim.kpi.targets import judge

        told: dict[str, list[Verdict]] = {}
        for verdict in judge(self.world, values, LEVEL) if values else ():
            told.setdefault(verdict.target.kpi, []).append(verdict)
        return [_with_verdicts(line, told.get(line.kpi, [])) for line in lines]

    def kpis(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """KPIs over all replications as a tidy frame.

        Columns: ``kpi``, one per entry of ``by``, ``mean``, ``half_width`` (95 %, t), ``unit``, ``n`` (replications
        in which the KPI is defined), ``target``, ``verdict``.
        """
        import pandas as pd

        columns = ["kpi", *by, "mean", "half_width", "unit", "n", "target", "verdict"]
        return pd.DataFrame([as_row(line) for line in self.lines(by)], columns=columns)

    def to_frame(self, name: str = "kpis", replication: int = 0) -> pd.DataFrame:
        """A tidy frame with units in its column names.

        Parameters
        ----------
        name
            ``"kpis"`` (one row per replication, KPI and cut), or a table of one replication: ``"orders"``,
            ``"visits"``, ``"parcels"``, ``"stock"`` ...
        replication
            Which one; ignored for ``"kpis"``.
        """
        import pandas as pd

        if name == "kpis":
            rows = [_value_row(record, value) for record in self.records for value in record.values]
            return pd.DataFrame(rows, columns=["replication", "kpi", *_cut_names(self.records), "value", "unit"])
        tables = self.frames(replication)
        if name not in tables:
            raise UnknownNameError("frame", name, ("kpis", *tables))
        return tables[name]

    def frames(self, replication: int = 0) -> dict[str, pd.DataFrame]:
        """All tables of one replication by name; those of the last one asked for are remembered."""
        from fulfillsim.experiment.frames import frames_of

        if replication not in self._frames:
            made = frames_of(self.world, self.trace(replication))
            self._frames.clear()
            self._frames[replication] = made
        return self._frames[replication]

    def summary(self, by: Sequence[str] = ()) -> str:
        """Table of the KPIs as text: mean, half-width, unit, and for targets met, missed or not sure.

        Parameters
        ----------
        by
            What to cut by, as in `lines`.
        """
        rows = [_text_row(line) for line in self.lines(by)]
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
        body = [
            f"{kpi:<{widths[0]}}  {mean:>{widths[1]}}  {half:<{widths[2]}}  {unit:<{widths[3]}}  {target}".rstrip()
            for kpi, mean, half, unit, target in rows
        ]
        return "\n".join([self.headline(), *self._history_lines(), "", *body, *self.warnings()])

    def imported(self) -> dict[str, int]:
        """What the import of a replayed history kept, dropped and merged, rule by rule; empty for drawn orders."""
        history = self.world.demand.history
        return dict(history.counts) if history else {}

    def _history_lines(self) -> list[str]:
        counts = self.imported()
        return [f"history: {', '.join(f'{name} {count:,}' for name, count in counts.items())}"] if counts else []

    def headline(self) -> str:
        """What was run, in a line."""
        n = self.n_replications
        runs = f"{n} replication" + ("" if n == 1 else "s")
        interval = f", ± is the {LEVEL:.0%} half-width" if n > 1 else ", no intervals: ask for 2 or more with -n"
        return f"{self.name}: {runs}, seed {self.seed}{interval}"

    def warnings(self) -> list[str]:
        """What a reader of the table has to know: replications that failed."""
        return [f"failed, not in the figures: {failure}" for failure in self.failures]

    @property
    def plot(self) -> Plots:
        """Pictures: ``result.plot.utilization()``; ``dir(result.plot)`` lists them."""
        return Plots(self)

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return f"<Result of {self.name!r}: {self.n_replications} replications, seed {self.seed}{failed}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{title}</th>" for title in ("KPI", "mean", "", "unit", "target"))
        cells = ("".join(f"<td>{escape(cell)}</td>" for cell in _text_row(line)) for line in self.lines())
        rows = "".join(f"<tr>{row}</tr>" for row in cells)
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.warnings())
        return f"<p>{escape(self.headline())}</p><table><tr>{head}</tr>{rows}</table>{notes}"

    def _records_by(self, by: tuple[str, ...]) -> tuple[Record, ...]:
        """Records that hold the cut; made by running again where they do not."""
        if not by or all(record.by == by for record in self.records):
            return self.records
        if by not in self._cuts:
            again = partial(self.rerun, self.world, self.seed, by=by)
            self._cuts[by] = tuple(again(record.replication).record for record in self.records)
        return self._cuts[by]


class Plots:
    """Pictures of a result, found by name in `fulfillsim.report.plots`.

    Drawing stands to the right of this room, so it is fetched when the first picture is asked for.
    """

    def __init__(self, result: Result) -> None:
        self._result = result

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        plots = _known_plots()
        if name not in plots:
            raise AttributeError(str(UnknownNameError("plot", name, plots)))
        return partial(self._draw, plots[name])

    def _draw(self, plot: Callable[..., Any], replication: int = 0, ax: Any = None) -> Any:
        """Draw one replication on ``ax``, or on axes of its own, and return the axes."""
        return plot(self._result.world, self._result.trace(replication), ax=ax)

    def __dir__(self) -> list[str]:
        return sorted(_known_plots())

    def __iter__(self) -> Iterator[str]:
        return iter(_known_plots())


def _known_plots() -> Mapping[str, Callable[..., Any]]:
    plots: Mapping[str, Callable[..., Any]] = import_module("fulfillsim.report.plots").PLOTS
    return plots


def as_row(line: KpiLine) -> dict[str, object]:
    """Machine-readable form of a line; a number that is not known is None."""
    found = line.estimate
    numbers = {"mean": _known(found.estimate), "half_width": _known(found.half_width), "unit": line.unit, "n": found.n}
    return {"kpi": line.kpi, **dict(line.cut), **numbers, "target": line.target, "verdict": line.verdict}


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _with_verdicts(line: KpiLine, verdicts: Sequence[Verdict]) -> KpiLine:
    targets = ", ".join(f"{v.target.sense} {v.target.value:g}" for v in verdicts)
    return replace(line, target=targets, verdict=", ".join(v.word for v in verdicts))


def _text_row(line: KpiLine) -> tuple[str, str, str, str, str]:
    mean, _, half_width = str(line.estimate).partition(" ± ")
    half = f"± {half_width}" if half_width not in ("", "?") else ""
    name = " ".join([line.kpi, *(str(part) for _, part in line.cut)])
    return name, mean, half, line.unit, f"{line.target} {line.verdict}".strip()


def _cut_names(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record.by))


def _value_row(record: Record, value: Value) -> dict[str, object]:
    row = {"replication": record.replication, "kpi": value.kpi, **dict(value.cut)}
    return {**row, "value": value.value, "unit": value.unit}
