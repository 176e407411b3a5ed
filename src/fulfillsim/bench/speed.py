"""Speed and memory of the engine: the five-stage tandem against the same tandem in plain SimPy.

Both get the same pre-sampled arrays, run in turns in one process like those that run replications, and are timed in CPU
seconds of that process, so that other work on the machine does not count. What counts is the ratio; rates belong to the
machine.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, TypeVar

import numpy as np

from fulfillsim.domain.world import World
from fulfillsim.experiment.counting import Count, counted
from fulfillsim.experiment.workers import fresh_start
from fulfillsim.tape import Tape, draw_tape

T = TypeVar("T")
SCHEMA_VERSION = 1
GROWTH_DAYS = (1, 3, 10, 30, 100)
ORDERS_PER_DAY = 10_000
TANDEM = (8, 12, 24, 16, 10)


@dataclass(frozen=True)
class Turn:
    """CPU seconds of one turn on one tape."""

    n_orders: int
    tape_s: float
    sim_s: float
    kpi_s: float
    plain_s: float

    @property
    def flow_ratio(self) -> float:
        """Plain SimPy over the engine, both from pre-sampled arrays to time stamps."""
        return self.plain_s / self.sim_s

    @property
    def whole_ratio(self) -> float:
        """Plain SimPy over everything: drawing the tape, the run, the KPIs."""
        return self.plain_s / (self.tape_s + self.sim_s + self.kpi_s)


@dataclass(frozen=True)
class Growth:
    """A run of so many orders: microseconds of CPU per order, and bytes at the peak."""

    n_orders: int
    tape_us: float
    sim_us: float
    trace_bytes: float
    peak_bytes: float


@dataclass(frozen=True)
class Speed:
    """All turns, whether the time stamps agree, and how cost grows with the number of orders."""

    turns: tuple[Turn, ...]
    largest_difference_s: float
    growth: tuple[Growth, ...]

    @property
    def summary(self) -> dict[str, float]:
        """Medians with their least and largest values, and memory per order beyond the trace."""
        found: dict[str, float] = {"n_orders": self.turns[0].n_orders}
        for name, of in _FIGURES.items():
            values = [of(turn) for turn in self.turns]
            found |= {name: median(values), f"{name}_least": min(values), f"{name}_most": max(values)}
        found["largest_difference_s"] = self.largest_difference_s
        if len(self.growth) > 1:
            first, last = self.growth[0], self.growth[-1]
            n = last.n_orders - first.n_orders
            found["bytes_per_order"] = (last.peak_bytes - first.peak_bytes) / n
            found["trace_bytes_per_order"] = last.trace_bytes / last.n_orders
            found["growth_of_time_per_order"] = last.sim_us / first.sim_us
        return found

    def as_json(self) -> dict[str, Any]:
        """What ``--format json`` prints."""
        return {
            "schema_version": SCHEMA_VERSION,
            "turns": [asdict(turn) for turn in self.turns],
            "growth": [asdict(row) for row in self.growth],
            "summary": self.summary,
        }


_FIGURES: dict[str, Callable[[Turn], float]] = {
    "flow_ratio": lambda turn: turn.flow_ratio,
    "whole_ratio": lambda turn: turn.whole_ratio,
    "flow_orders_per_s": lambda turn: turn.n_orders / turn.sim_s,
    "whole_orders_per_s": lambda turn: turn.n_orders / (turn.tape_s + turn.sim_s + turn.kpi_s),
    "plain_orders_per_s": lambda turn: turn.n_orders / turn.plain_s,
}


def measure(n_turns: int = 5, seed: int = 1, growth: bool = True, progress: Count | None = None) -> Speed:
    """Run the turns, then the growth series, each size in a process of its own.

    Parameters
    ----------
    n_turns
        Each with another replication of the tandem; a first one, not counted, warms everything up.
    """
    from fulfillsim.testing.worlds import shift_tandem

    world = shift_tandem(1)
    with _one_process(hold_one_core) as process:
        process(_turn, world, seed, -1)
        found = [process(_turn, world, seed, number) for number in counted(range(n_turns), progress)]
    rows = tuple(_alone(_grown, days, seed) for days in counted(GROWTH_DAYS, progress)) if growth else ()
    return Speed(tuple(turn for turn, _ in found), max(difference for _, difference in found), rows)


@contextmanager
def _one_process(begin: Callable[[], None]) -> Iterator[Callable[..., Any]]:
    """A process like those that run replications; calls what it is given there and waits for the answer."""
    with fresh_start(), ProcessPoolExecutor(1, get_context("spawn"), begin) as executor:
        yield lambda function, *arguments: executor.submit(function, *arguments).result()


def hold_one_core() -> None:
    """Stay on one of the cores that this process may use, where the system allows it."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _timed(function: Callable[[], T]) -> tuple[T, float]:
    begin = process_time()
    result = function()
    return result, process_time() - begin


def _turn(world: World, seed: int, replication: int) -> tuple[Turn, float]:
    """One turn each, and the largest difference of their time stamps."""
    from fulfillsim.kpi import compute
    from fulfillsim.sim import run
    from fulfillsim.testing.plain_simpy import run_plain, work_contents

    tape, tape_s = _timed(lambda: draw_tape(world, seed, replication))
    contents = work_contents(world, tape)
    trace, sim_s = _timed(lambda: run(world, tape))
    _, kpi_s = _timed(lambda: compute(world, trace))
    plain, plain_s = _timed(lambda: run_plain(world, tape, contents))
    return Turn(len(tape), tape_s, sim_s, kpi_s, plain_s), _difference(trace, tape, plain)


def _difference(trace: Any, tape: Tape, plain: Any) -> float:
    """Largest difference between the time stamps of both roads (seconds)."""
    visits = trace.columns("visits")
    row, station = visits["item"].astype(np.int64), visits["station"].astype(np.int64)
    names = [info.name for info in trace.stations]
    place = np.array([int(name.removeprefix("stage")) - 1 for name in names])[station]
    ours = np.stack([visits["started_s"], visits["ended_s"]], axis=1)
    theirs = plain[row, place]
    if len(row) != int(np.isfinite(plain[..., 1]).sum()):
        return float("inf")
    return float(np.abs(ours - theirs).max())


def growing(n_days: int) -> World:
    """The tandem at constant staff and load 0.85, 10,000 orders a day, so that only its length differs."""
    from fulfillsim.testing.worlds import network

    per_hour = ORDERS_PER_DAY / 24.0
    return network(per_hour, [(0.85 * servers * 3600.0 / per_hour, servers) for servers in TANDEM], n_days)


def _grown(n_days: int, seed: int) -> Growth:
    """Time and memory of one length; best in a fresh process, whose peak it reads."""
    from fulfillsim.sim import run

    world, small = growing(n_days), growing(1)
    run(small, draw_tape(small, seed, 0))
    tape, tape_s = _timed(lambda: draw_tape(world, seed, 0))
    trace, sim_s = _timed(lambda: run(world, tape))
    peak = _peak_bytes()
    held = sum(len(table.data) for table in trace.tables.values())
    n = len(tape)
    return Growth(n, tape_s / n * 1e6, sim_s / n * 1e6, float(held), peak)


def _peak_bytes() -> float:
    """Largest resident size of this process so far; Linux's own count, since getrusage inherits the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text("utf-8").splitlines()
        return 1024.0 * next(float(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    import resource

    peak = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return peak if sys.platform == "darwin" else peak * 1024.0


def _alone(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a process of its own."""
    with _one_process(hold_one_core) as process:
        found: T = process(function, *arguments)
        return found


def shown(speed: Speed, form: str) -> str:
    """Text in the format ``table``, ``md``, ``csv`` or ``json``."""
    if form == "json":
        return json.dumps(speed.as_json(), indent=1)
    rows = [("figure", "median", "least", "most"), *_figure_rows(speed.summary)]
    growth = [
        ("orders", "tape us/order", "run us/order", "trace bytes/order", "peak MB"),
        *map(_growth_row, speed.growth),
    ]
    tables = [rows, growth] if speed.growth else [rows]
    return "\n\n".join(_LAYOUT[form](table) for table in tables) + "\n\n" + _said(speed.summary)


def _figure_rows(summary: dict[str, float]) -> list[tuple[str, ...]]:
    def digits(name: str, value: float) -> str:
        return f"{value:.2f}" if name.endswith("ratio") else f"{value:,.0f}"

    return [
        (name.replace("_", " "), *(digits(name, summary[key]) for key in (name, f"{name}_least", f"{name}_most")))
        for name in _FIGURES
    ]


def _growth_row(row: Growth) -> tuple[str, ...]:
    return (
        f"{row.n_orders:,}",
        f"{row.tape_us:.2f}",
        f"{row.sim_us:.2f}",
        f"{row.trace_bytes / row.n_orders:,.0f}",
        f"{row.peak_bytes / 1e6:,.0f}",
    )


def _said(summary: dict[str, float]) -> str:
    text = f"{summary['n_orders']:,.0f} orders a turn; "
    text += f"largest difference of time stamps {summary['largest_difference_s']:.2g} s"
    if "bytes_per_order" in summary:
        text += f"; {summary['bytes_per_order']:,.0f} bytes per order at the peak, trace included"
    return text


def _plain_table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _markdown(rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _csv(rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(",".join(cell.replace(",", "") for cell in row) for row in rows)


_LAYOUT = {"table": _plain_table, "md": _markdown, "csv": _csv}
