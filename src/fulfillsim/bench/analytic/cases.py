"""Rows of a file of exact values."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fulfillsim.errors import DataError, Fault

COLUMNS = ("id", "model", "parameters_json", "metric", "exact_value")


@dataclass(frozen=True)
class Case:
    """A model, one of its figures and the exact value (times and rates in one unit: hours of the world)."""

    id: str
    model: str
    parameters: dict[str, Any]
    metric: str
    exact: float


def read_cases(path: Path) -> tuple[Case, ...]:
    """All rows of the file, in its order.

    Raises
    ------
    DataError
        With every row that cannot be read; none is left out in silence.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows, names = list(reader), reader.fieldnames or ()
    except OSError as error:
        raise DataError([_fault(path, None, "", "must be a readable file", error.strerror)]) from None
    except UnicodeDecodeError:
        raise DataError([_fault(path, None, "", "must be UTF-8 text", "other bytes")]) from None
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise DataError([_fault(path, 1, name, "must be a column", ", ".join(names)) for name in missing])
    return _parsed(path, rows)


def _parsed(path: Path, rows: Sequence[dict[str, str]]) -> tuple[Case, ...]:
    cases, faults = [], []
    for line, row in enumerate(rows, start=2):
        try:
            parameters = json.loads(row["parameters_json"])
            if not isinstance(parameters, dict):
                raise TypeError("not an object")
        except (TypeError, ValueError):
            faults.append(_fault(path, line, "parameters_json", "must be a JSON object", row["parameters_json"]))
            continue
        try:
            cases.append(Case(row["id"], row["model"], parameters, row["metric"], float(row["exact_value"])))
        except (TypeError, ValueError):
            faults.append(_fault(path, line, "exact_value", "must be a number", row["exact_value"]))
    if faults:
        raise DataError(faults)
    return tuple(cases)


def _fault(path: Path, line: int | None, column: str, rule: str, value: str | None) -> Fault:
    return Fault(str(path), line, None, column, rule, value, "see the README beside the shared analytic_cases.csv")
