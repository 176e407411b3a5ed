"""From the distinct texts of a column to times, numbers and flags, with faults for what cannot be read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import Fault
from fulfillsim.io.mapping import as_number
from fulfillsim.io.tables import Column

Times = NDArray[np.datetime64]
_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0", ""}
_OFFSET = r"\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$"
_LARGEST = 2**31 - 1


def filled(column: Column, what: str) -> list[Fault]:
    """Fault the empty cells of a column that every row needs."""
    name = f"no_{what.replace(' ', '_')}".lower()
    hint = f"complete them, or drop them by a rule: {name}: {{column: {column.name}, missing: true}}"
    return column.fault(column.codes < 0, f"must name the {what}", hint)


def whole_numbers(column: Column, least: int) -> tuple[NDArray[np.int64], list[Fault]]:
    """Whole numbers from ``least`` per entry, and what is not one; empty cells are faults too."""
    numbers = np.array([*map(as_number, column.texts), np.nan])
    bad = ~((numbers >= least) & (numbers <= _LARGEST) & (numbers == np.floor(numbers)))
    below = bool((numbers < least).any())
    rule = f": too_small: {{column: {column.name}, below: {least}}}" if below else ""
    hint = f"correct them, or drop them by a rule{rule}"
    faults = column.fault(bad[column.codes], f"must be a whole number of at least {least}", hint)
    return np.where(bad, least, numbers).astype(np.int64)[column.codes], faults


def flags(column: Column) -> tuple[NDArray[np.bool_], list[Fault]]:
    """Yes or no per entry; an empty cell is no."""
    texts = [*(text.casefold() for text in column.texts), ""]
    bad = np.array([text not in _YES | _NO for text in texts])
    faults = column.fault(bad[column.codes], "must be yes or no", "true, false, 1 and 0 will do")
    return np.array([text in _YES for text in texts])[column.codes], faults


def times(column: Column, time_format: str, zone: str | None) -> tuple[Times, list[Fault]]:
    """Local times per entry, shape (n,), ``datetime64[us]``; times with an offset are taken to ``zone``."""
    import pandas as pd

    stamps = _stamps(column, time_format)
    if stamps.tz is not None:
        if zone is None:
            everywhere = np.ones(len(column.codes), np.bool_)
            hint = "give the scenario's start a time zone"
            return _no_times(column), column.fault(everywhere, "has a UTC offset: a zone must be known", hint)
        stamps = stamps.tz_convert(zone).tz_localize(None)
    local = np.append(stamps.to_numpy().astype("datetime64[us]"), np.datetime64("NaT", "us"))[column.codes]
    example = pd.Timestamp(2011, 5, 12, 8, 36).strftime(
        "%Y-%m-%d %H:%M:%S" if time_format == "ISO8601" else time_format
    )
    rule = f"must be a time such as {example}"
    return local, column.fault(np.isnat(local), rule, f"time_format is {time_format}")


def _no_times(column: Column) -> Times:
    return np.full(len(column.codes), "NaT", "datetime64[us]")


def _stamps(column: Column, time_format: str) -> Any:
    import pandas as pd

    if pd.api.types.infer_dtype(column.values) in {"datetime64", "datetime", "date"}:
        return pd.DatetimeIndex(pd.to_datetime(column.values))
    texts = pd.Series(column.texts, dtype="str")
    utc = bool(texts.str.contains(_OFFSET, regex=True).any())
    return pd.DatetimeIndex(pd.to_datetime(texts, format=time_format, errors="coerce", utc=utc))
