"""Tables of ways between places: kilometers and minutes from one name to another, in either direction."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, isnan, nan

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.cells import not_negative, number, text
from fulfillsim.scenario.tables import Table

Matrix = NDArray[np.float64]
KM_M, MIN_S = 1000.0, 60.0
FIGURES = ("km", "min")


def listed_ways(
    table: Table, names: Sequence[str], neither: str, speed_m_per_s: float | None = None
) -> tuple[Matrix, Matrix]:
    """Meters and seconds between places, shape (n, n), row = from; one that is not listed is as long as the way back.

    Parameters
    ----------
    names
        Of all places that the table may name.
    neither
        What a place that has another name is not: ``neither a depot nor a stop``.
    speed_m_per_s
        Tells kilometers from minutes and minutes from kilometers where a row has but one; None: it must have both.

    Returns
    -------
    tuple
        Infinite where neither a way nor the one back is listed.

    Raises
    ------
    ScenarioError
        With every fault of the table.
    """
    place, default = {name: n for n, name in enumerate(names)}, None if speed_m_per_s is None else nan
    faults: list[Fault] = table.unknown(("from", "to", *FIGURES))
    ends = [table.cells(word, text, faults) for word in ("from", "to")]
    figures = [table.cells(word, not_negative(number), faults, default) for word in FIGURES]
    known = np.full((2, len(names), len(names)), inf)
    for row, (one, other, km, minutes) in enumerate(zip(*ends, *figures, strict=True)):
        for word, name in (("from", one), ("to", other)):
            if name is not None and name not in place:
                rule = f"names the place {name}, which is {neither}"
                faults.append(table.fault(row, word, rule, hint="correct it, or leave the row out"))
        if one in place and other in place and km is not None and minutes is not None:
            at = place[one], place[other]
            if isfinite(known[0][at]):
                faults.append(table.fault(row, "to", f"says the way from {one} to {other} twice", hint="leave one out"))
            way = _way(km * KM_M, minutes * MIN_S, speed_m_per_s or 1.0)
            if isnan(way[0]):
                faults.append(table.fault(row, "km", "must be said, or the minutes", hint="km: 3.5"))
            known[:, at[0], at[1]] = way
    if faults:
        raise ScenarioError(faults)
    both = np.where(np.isfinite(known), known, known.transpose(0, 2, 1))
    return both[0], both[1]


def _way(metres: float, seconds: float, speed_m_per_s: float) -> tuple[float, float]:
    """Both figures of a way, one of which may be missing."""
    if isnan(metres):
        return seconds * speed_m_per_s, seconds
    return metres, metres / speed_m_per_s if isnan(seconds) else seconds
