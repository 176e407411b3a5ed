"""What is kept of every replication: a few hundred numbers, as one line of JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fulfillsim.sim import Trace

Cut = tuple[tuple[str, str | int], ...]
"""The part of the orders a value is about: ``(("carrier", "Swift"), ("day", "2025-03-03"))``; empty for all."""


def part_name(kpi: str, cut: Cut = ()) -> str:
    """Name of a KPI of a part of the orders.

    >>> part_name("otif", (("client", "acme"), ("day", "2026-03-02")))
    'otif[client=acme,day=2026-03-02]'
    """
    return f"{kpi}[{','.join(f'{key}={label}' for key, label in cut)}]" if cut else kpi


def whole_name(name: str) -> str:
    """Name of the KPI that a part's name is about."""
    return name.partition("[")[0]


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
    targets
        What the scenario's targets are judged by: cut by ``target``, then by run, week or day.
    """

    replication: int
    values: tuple[Value, ...]
    n_orders: int = 0
    n_events: int = 0
    by: tuple[str, ...] = ()
    targets: tuple[Value, ...] = ()

    def spans(self, target: str) -> dict[tuple[str, str], float]:
        """Values of a target by (``run`` | ``week`` | ``day``, label)."""
        mine = (value for value in self.targets if value.cut[:1] == (("target", target),))
        return {(value.cut[1][0], str(value.cut[1][1])): value.value for value in mine}

    def to_json(self) -> str:
        """One line; numbers keep every bit."""
        size = {"n_orders": self.n_orders, "n_events": self.n_events}
        content = {"replication": self.replication, **size, "by": self.by, "values": _to_lists(self.values)}
        content |= {"targets": _to_lists(self.targets)} if self.targets else {}
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
            values, targets = _from_lists(read["values"]), _from_lists(read.get("targets", ()))
            return Record(read["replication"], values, read["n_orders"], read["n_events"], tuple(read["by"]), targets)
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


def _to_lists(values: Iterable[Value]) -> list[list[object]]:
    return [[v.kpi, _to_plain(v.value), v.unit, dict(v.cut)] for v in values]


def _from_lists(rows: Iterable[Any]) -> tuple[Value, ...]:
    return tuple(Value(kpi, _to_float(number), unit, tuple(cut.items())) for kpi, number, unit, cut in rows)


def _to_plain(number: float) -> float | str | None:
    """JSON has neither NaN (here null) nor infinities (here text)."""
    if math.isnan(number):
        return None
    return float(number) if math.isfinite(number) else str(number)


def _to_float(plain: float | str | None) -> float:
    return math.nan if plain is None else float(plain)
