"""Bounds on KPIs as they are written, ``on_time_shipment>=0.98``, and whether several of them can hold together."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fulfillsim.errors import InputError
from fulfillsim.kpi import find_kpi
from fulfillsim.stats.threshold import Keep


def describe(target: Keep) -> str:
    """A target as it is written: ``on_time_shipment >= 0.98``."""
    return f"{target.kpi} {'<=' if target.at_most else '>='} {target.value:g}"


def parse_target(text: str) -> Keep:
    """Target of ``on_time_shipment>=0.98`` or ``overtime_hours <= 5``; shares also as ``98 %``.

    Raises
    ------
    InputError
        If it is something else; UnknownNameError if there is no such KPI.
    """
    match = re.fullmatch(r"\s*([A-Za-z_][\w.]*)\s*(>=|<=)\s*([-+]?\d*\.?\d+)\s*(%?)\s*", text)
    if not match:
        raise InputError(
            f"target: must be KPI>=VALUE or KPI<=VALUE (got {text!r}) - for example on_time_shipment>=0.98"
        )
    kpi, sense, number, percent = match.groups()
    find_kpi(kpi)
    return Keep(kpi, float(number) / (100.0 if percent else 1.0), sense == "<=")


def check_bounds(bounds: Iterable[tuple[str, float, bool]]) -> None:
    """Refuse bounds that contradict each other.

    Parameters
    ----------
    bounds
        KPI, value, and whether it is an upper bound.

    Raises
    ------
    InputError
        If a KPI must be above what it must be below.
    """
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for kpi, value, is_upper in bounds:
        if is_upper:
            high[kpi] = min(value, high.get(kpi, value))
        else:
            low[kpi] = max(value, low.get(kpi, value))
    for kpi, least in low.items():
        if least > high.get(kpi, least):
            rule = f"targets contradict each other: {kpi} must be >= {least:g} and <= {high[kpi]:g}"
            raise InputError(f"{rule} - leave one of them out")
