"""Best known values from a table, found by the end of an instance's path."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fulfillsim.errors import DataError, Fault

ENDING = re.compile(r"\.[A-Za-z]\w*$")
ROUNDED = "rounded to integer"
"""In a row's source: its value was printed without decimals, so that ours may lie half a meter beside it."""

VEHICLES_FIRST = "vehicles_then"
"""How objectives begin whose column ``vehicles`` counts before the value."""

EXACT_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Best:
    """A best known value.

    Parameters
    ----------
    proven
        Whether nothing better exists, says the table.
    tolerance
        Differences up to this are none: what the table rounds away.
    lower_bound
        As published.
    first
        What counts before the value, where the objective has such a thing: the number of vehicles.
    """

    value: float
    proven: bool = False
    tolerance: float = EXACT_TOLERANCE
    lower_bound: float | None = None
    first: float | None = None

    @property
    def rank(self) -> tuple[float, float]:
        """By which values of one objective are ordered."""
        return (0.0 if self.first is None else self.first, self.value)

    def gap_percent(self, value: float) -> float:
        """Percent by which a value lies above; below 0 where it is better, 0 within the tolerance."""
        above = value - self.value
        if abs(above) <= self.tolerance:
            return 0.0
        return 100.0 * above / abs(self.value) if self.value else math.inf

    def beaten_by(self, value: float) -> bool:
        """Whether a value is below a proven one, which means another convention or a mistake."""
        return self.proven and value < self.value - self.tolerance


class BestKnown:
    """Rows of a table by instance and objective; of several for one key the smallest value counts.

    A row's instance is the end of a path, with or without the file's ending, in any case:
    ``henn_uniform_ss/25s-30-30-6.txt``, ``C102``. Where rows fit at different lengths, the longest counts.
    """

    def __init__(self, rows: Iterable[tuple[str, str, Best]] = ()) -> None:
        self._rows: dict[str, dict[str, Best]] = {}
        self._without_ending: dict[str, dict[str, Best]] = {}
        for instance, objective, best in rows:
            whole, stem = _spelled(instance)
            for index, name in ((self._rows, whole), (self._without_ending, stem)):
                known = index.setdefault(name, {})
                if objective not in known or best.rank < known[objective].rank:
                    known[objective] = best

    def find(self, instance: str, objectives: tuple[str, ...]) -> Best | None:
        """Best known value of an instance.

        Parameters
        ----------
        instance
            Its path as given.
        objectives
            Names under which tables list the objective; empty: whatever the table has. A row that names none fits all.
        """
        for whole, stem in zip(*map(_ends, _spelled(instance)), strict=True):
            spellings = (self._rows, whole), (self._rows, stem), (self._without_ending, whole)
            known = [pair for index, name in spellings for pair in index.get(name, {}).items()]
            fitting = [best for name, best in known if not (objectives and name) or name in objectives]
            if fitting:
                return min(fitting, key=lambda best: best.rank)
        return None

    def __len__(self) -> int:
        return len(self._rows)


def _spelled(instance: str) -> tuple[str, str]:
    """A path as it is compared, with and without the file's ending."""
    path, hash_sign, part = instance.replace("\\", "/").partition("#")
    whole = path.removeprefix("./").rstrip("/").casefold()
    return whole + hash_sign + part, ENDING.sub("", whole) + hash_sign + part


def _ends(path: str) -> Iterator[str]:
    """All ends of a path at a slash, the longest first."""
    yield path
    while "/" in path:
        path = path.partition("/")[2]
        yield path


def read_best_known(file: Path, column: str) -> BestKnown:
    """Read a table with the columns ``instance`` and ``value``.

    Parameters
    ----------
    file
        CSV. Further columns that are used: ``proven_optimal`` (``yes``), ``lower_bound``, ``source``,
        and ``vehicles`` for objectives where these count first.
    column
        The one that names the objective; without it the rows count for every objective.

    Raises
    ------
    DataError
        If columns are missing or a value is no number; with all lines.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError([Fault(str(file), None, None, "", f"cannot be read: {reason}")]) from error
    table = csv.DictReader(text.splitlines())
    missing = {"instance", "value"} - set(table.fieldnames or ())
    if missing:
        rule = f"must have the columns instance and value; there is no {' and no '.join(sorted(missing))}"
        raise DataError([Fault(str(file), 1, None, "", rule)])
    rows, faults = [], []
    for cells in table:
        value = _number(cells["value"])
        if value is None or not cells["instance"]:
            hint = "complete the row or delete it"
            faults.append(Fault(str(file), table.line_num, None, "value", "must be a number", cells["value"], hint))
            continue
        rows.append((cells["instance"], cells.get(column) or "", _best(value, cells, cells.get(column) or "")))
    if faults:
        raise DataError(faults)
    return BestKnown(rows)


def _best(value: float, cells: dict[str, str], objective: str) -> Best:
    tolerance = 0.5 if ROUNDED in (cells.get("source") or "") else EXACT_TOLERANCE * max(1.0, abs(value))
    proven = (cells.get("proven_optimal") or "").casefold() in ("yes", "true", "1")
    first = _number(cells.get("vehicles")) if objective.startswith(VEHICLES_FIRST) else None
    return Best(value, proven, tolerance, _number(cells.get("lower_bound")), first)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "nan")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
