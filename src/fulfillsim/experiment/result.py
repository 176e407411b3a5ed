"""What came out of a run, and the ways to look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import UnknownNameError
from fulfillsim.experiment.counting import counted
from fulfillsim.experiment.estimates import LEVEL, estimate
from fulfillsim.experiment.kpi_lines import KpiLine, as_row, text_row, with_verdicts
from fulfillsim.experiment.pictures import Plots
from fulfillsim.experiment.policy_cost import PolicyCost
from fulfillsim.experiment.progress import told
from fulfillsim.experiment.record import Failure, Record
from fulfillsim.experiment.records import RecordList
from fulfillsim.experiment.replication import road_of
from fulfillsim.experiment.tidy import tidy_frame
from fulfillsim.experiment.worker import Builds, Replicate

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from fulfillsim.domain.world import World
    from fulfillsim.experiment.beginning import Beginning
    from fulfillsim.experiment.interval_methods import Estimated
    from fulfillsim.kpi.targets import Verdict
    from fulfillsim.sim import Trace


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
    shows
        Whether replications that are run again show how far they are.
    """

    scenario: Builds
    name: str
    seed: int
    records: Sequence[Record]
    rerun: Replicate = field(repr=False)
    failures: tuple[Failure, ...] = ()
    traces: dict[int, Trace] = field(default_factory=dict, repr=False)
    directory: Path | None = None
    shows: bool = False
    _frames: dict[int, dict[str, pd.DataFrame]] = field(default_factory=dict, repr=False)
    _cuts: dict[tuple[str, ...], RecordList] = field(default_factory=dict, repr=False)

    @cached_property
    def packed(self) -> RecordList:
        """The same records, with whole columns of numbers."""
        return RecordList.of(self.records)

    @cached_property
    def world(self) -> World:
        """The compiled operation."""
        return self.scenario.world()

    @property
    def n_replications(self) -> int:
        """Finished replications."""
        return len(self.records)

    @property
    def of_what(self) -> str:
        """What a record is of, in words."""
        return "antithetic pair" if road_of(self.rerun) == "antithetic" else "replication"

    def trace(self, replication: int = 0) -> Trace:
        """Everything that happened in one replication; run again if it was not kept."""
        if replication not in self.traces:
            known = [str(index) for index in self.packed.replications]
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
        columns = self.records_by(tuple(by)).columns(bool(by))
        lines = [KpiLine(*label, estimate(values.tolist())) for label, values in columns.items()]
        return lines if by else self._judged(lines)

    def _judged(self, lines: list[KpiLine]) -> list[KpiLine]:
        """Lines with the verdicts on the scenario's plain targets beside their KPIs."""
        told: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts():
            if verdict.target.is_plain:
                told.setdefault(verdict.target.kpi, []).append(verdict)
        return [with_verdicts(line, told.get(line.kpi, [])) for line in lines]

    def verdicts(self) -> tuple[Verdict, ...]:
        """What the replications say of each target of the scenario; see `fulfillsim.kpi.targets`."""
        from fulfillsim.kpi.targets import judge

        if not self.records:
            return ()
        values = {label[0]: column.tolist() for label, column in self.packed.columns().items()}
        spans = {target.label: self.packed.spans(target.label) for target in self.world.targets}
        return judge(self.world, values, LEVEL, spans)

    def kpis(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """KPIs over all replications as a tidy frame.

        Columns: ``kpi``, one per entry of ``by``, ``mean``, ``half_width`` (95 %, t), ``unit``, ``n`` (replications
        in which the KPI is defined), ``target``, ``verdict``.
        """
        import pandas as pd

        columns = ["kpi", *by, "mean", "half_width", "unit", "n", "target", "verdict"]
        return pd.DataFrame([as_row(line) for line in self.lines(by)], columns=columns)

    def unit(self, kpi: str) -> str:
        """Unit of a KPI.

        Raises
        ------
        UnknownNameError
            If this result has no such KPI.
        """
        units = {label[0]: label[1] for label in self.packed.columns()}
        if kpi not in units:
            raise UnknownNameError("KPI of this result", kpi, units)
        return units[kpi]

    def interval(self, kpi: str, method: str = "t", level: float = LEVEL, **options: Any) -> Estimated:
        """One KPI with an interval by a method of choice.

        Parameters
        ----------
        kpi
            Its name.
        method
            ``t``, ``skewed``, ``quantile`` (``prob``), ``share`` and ``share_exact`` (``at_least`` or ``at_most``) and
            ``controlled`` (``controls``) look at the replications; ``batch_means``, ``overlapping_batch_means``
            (``n_batches``) and ``batch_quantile`` (``prob``) at the days of one long run (``replication``), in whole
            weeks unless all days are alike (``cycle``, days); ``replication_deletion`` (``cut``) at the days of all.
            ``fulfillsim list intervals`` tells when to take which.
        level
            Coverage, in (0, 1).

        Raises
        ------
        UnknownNameError
            If there is no such KPI, method or option.
        InputError
            If the method cannot be used on what there is: too few replications, days that are no whole cycles.

        Examples
        --------
        ``result.interval("order_cycle_time_p95", "quantile", prob=0.9)``
        """
        from fulfillsim.experiment.interval_methods import interval_of

        return interval_of(self, kpi, method, level, options)

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
        if name == "kpis":
            return tidy_frame(self.packed)
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

    def to_excel(self, file: str | Path, by: Sequence[str] = ()) -> Path:
        """Write an .xlsx workbook: KPIs, by day, by hour and role, orders, and KPIs cut by ``by``.

        Raises
        ------
        InputError
            If the file is not to end in .xlsx.
        """
        written: Path = import_module("fulfillsim.report.workbook").write_workbook(self, file, by)
        return written

    def snapshot(self, at: str | datetime, folder: str | Path | None = None, replication: int = 0) -> Beginning:
        """What was open at a local time of one replication: the beginning of another run.

        Parameters
        ----------
        at
            Local time inside the run, ``"2026-03-04T10:00"``.
        folder
            Where its tables are written; the working directory's ``snapshot`` if not given.

        Returns
        -------
        Beginning
            The frames, and the settings with which a scenario begins there: ``scenario.vary(made.changes)``.

        Raises
        ------
        InputError
            If the time does not lie inside the run.
        """
        from fulfillsim.experiment.beginning import begin_at

        return begin_at(self.world, self.trace(replication), at, Path("snapshot" if folder is None else folder))

    def summary(self, by: Sequence[str] = ()) -> str:
        """Table of the KPIs as text: mean, half-width, unit, and for targets met, missed or not sure.

        Parameters
        ----------
        by
            What to cut by, as in `lines`.
        """
        rows = [text_row(line) for line in self.lines(by)]
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
        body = [
            f"{kpi:<{widths[0]}}  {mean:>{widths[1]}}  {half:<{widths[2]}}  {unit:<{widths[3]}}  {target}".rstrip()
            for kpi, mean, half, unit, target in rows
        ]
        ends = [*self._lines_below(), *self.warnings()]
        return "\n".join([self.headline(), *self._history_lines(), "", *body, *ends])

    def _lines_below(self) -> list[str]:
        """Why orders were late, and a line for each target with its worst day."""
        from fulfillsim.experiment.verdicts import late_line, target_lines

        means = {label[0]: float(column.mean()) for label, column in self.packed.columns().items()}
        return [*late_line(means), *target_lines(self.verdicts())]

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
        runs = f"{n} {self.of_what}" + ("" if n == 1 else "s")
        interval = f", ± is the {LEVEL:.0%} half-width" if n > 1 else ", no intervals: ask for 2 or more with -n"
        return f"{self.name}: {runs}, seed {self.seed}{interval}"

    def warnings(self) -> list[str]:
        """What a reader of the table has to know: replications that failed."""
        return [f"failed, not in the figures: {failure}" for failure in self.failures]

    @property
    def plot(self) -> Plots:
        """Pictures: ``result.plot.utilization()``; ``dir(result.plot)`` lists them."""
        return Plots(self)

    def policy_cost(self) -> PolicyCost:
        """What batching and routing cost this machine in the replications whose trace is in memory."""
        return PolicyCost.of(trace.computing for trace in self.traces.values())

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return f"<Result of {self.name!r}: {self.n_replications} replications, seed {self.seed}{failed}>"

    def _repr_html_(self) -> str:
        titles = ("KPI", "mean", "", "unit", "target")
        return html_table(titles, map(text_row, self.lines()), [self.headline()], self.warnings())

    def records_by(self, by: tuple[str, ...]) -> RecordList:
        """Records that hold KPIs cut so; made by running again where they do not."""
        if not by or all(row.by == by for row in self.packed.rows):
            return self.packed
        if by not in self._cuts:
            again = partial(self.rerun, self.world, self.seed, by=by)
            with told("replications run again", self.shows) as tell:
                indices = counted(self.packed.replications, tell)
                self._cuts[by] = RecordList.of([again(replication).record for replication in indices])
        return self._cuts[by]
