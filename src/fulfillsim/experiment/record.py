"""What is kept of every replication: a few hundred numbers, as one line of JSON."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fulfillsim.sim import Trace

Cut = tuple[tuple[str, str | int], ...]
"""The part of the orders a value is about: ``(("carrier", "Swift"), ("day", "2025-03-03"))``; empty for all."""


@dataclass(frozen=True)
class Value:
    """One KPI in one replication; ``value`` is NaN where the KPI is not defined (nothing was due)."""

    kpi: str
    value: float
    unit: str
    cut: Cut = ()


@dataclass(frozen=True)
class Record:
    """What is kept of one replication.

    Parameters
    ----------
    replication
        Index, from 0.
    values
        KPIs in the order they are shown.
    n_orders, n_events
        Size of the run.
    by
        What its values are cut by, beside the uncut ones.
    """

    replication: int
    values: tuple[Value, ...]
    n_orders: int = 0
    n_events: int = 0
    by: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One line; numbers keep every bit."""
        values = [[v.kpi, _to_plain(v.value), v.unit, dict(v.cut)] for v in self.values]
        size = {"n_orders": self.n_orders, "n_events": self.n_events}
        content = {"replication": self.replication, **size, "by": self.by, "values": values}
        return json.dumps(content, allow_nan=False, ensure_ascii=False)

    @staticmethod
    def from_json(line: str) -> Record:
        """Inverse of `to_json`.

        Raises
        ------
        ValueError
            If the line is cut short or is no record.
        """
        try:
            read = json.loads(line)
            values = tuple(Value(k, _to_float(x), u, tuple(cut.items())) for k, x, u, cut in read["values"])
            return Record(read["replication"], values, read["n_orders"], read["n_events"], tuple(read["by"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a record of a replication: {line[:60]!r}") from error


@dataclass(frozen=True)
class Failure:
    """A replication that could not be finished, and why."""

    replication: int
    reason: str

    def __str__(self) -> str:
        return f"replication {self.replication}: {self.reason}"


@dataclass(frozen=True)
class Outcome:
    """A finished replication; the trace travels only where it is to be kept."""

    record: Record
    trace: Trace | None = None


def _to_plain(number: float) -> float | str | None:
    """JSON has neither NaN (here null) nor infinities (here text)."""
    if math.isnan(number):
        return None
    return float(number) if math.isfinite(number) else str(number)


def _to_float(plain: float | str | None) -> float:
    return math.nan if plain is None else float(plain)
