"""KPI values of a run, whole or cut by day, hour, and what orders are or meet with (`CUTS`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi.definitions import KPIS, find_kpi
from fulfillsim.kpi.facts import Cohort, Facts
from fulfillsim.kpi.measure import FamilyKpi, Kpi, RowKpi, RunKpi
from fulfillsim.kpi.protocols import Trace
from fulfillsim.kpi.why_late import causes

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Ints = NDArray[np.int64]
CUTS = ("day", "hour", "channel", "client", "carrier", "service", "zone", "priority", "path", "late_because")
"""What KPIs can be cut by. ``day`` takes each day of the window for a window of its own, so every KPI can be had."""


@dataclass(frozen=True)
class KpiValue:
    """One figure.

    Parameters
    ----------
    name
        ``"otif"``, ``"utilization.pickers"``.
    value
        NaN where there is nothing to say (an empty cohort), infinite where the run does not tell how long.
    unit
        See `fulfillsim.kpi.measure.Kpi`; money has the scenario's currency.
    cut
        What it was cut by: ``{"day": "2026-03-02", "carrier": "north"}``.
    """

    name: str
    value: float
    unit: str
    cut: dict[str, str | int] = field(default_factory=dict)


def compute(
    world: World, trace: Trace, by: Sequence[str] = (), kpis: Iterable[Kpi] = KPIS, facts: Facts | None = None
) -> list[KpiValue]:
    """Return all KPIs that the scenario has.

    Parameters
    ----------
    world, trace
        What was simulated, and what happened.
    by
        Names in `CUTS`; the KPIs of the operation as a whole can be cut by day only, and are left out otherwise.
    kpis
        Which, in the order of the result.
    facts
        Of this run, where somebody has them already.

    Raises
    ------
    UnknownNameError
        If there is no such cut.
    """
    for key in by:
        if key not in CUTS:
            raise UnknownNameError("cut", key, CUTS)
    wanted = [kpi for kpi in kpis if kpi.applicable(world)]
    rest = tuple(key for key in by if key != "day")
    facts = facts or Facts(world, trace)
    if "day" not in by:
        return list(_values(facts, wanted, rest, {}))
    return [v for day, part in each_day(facts) for v in _values(part, wanted, rest, {"day": day})]


def each_day(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """Each day of the window, by date."""
    days = facts.world.days
    for day in range(days.n_warm_up, days.n_warm_up + days.n_window):
        yield days.date(day).isoformat(), facts.within(days.midnight_s[day], days.midnight_s[day + 1])


def value_of(facts: Facts, name: str, where: Sequence[tuple[str, str]] = ()) -> float:
    """One KPI through a window, of those rows that bear the labels; NaN where there is nothing to say.

    Parameters
    ----------
    name
        As in tables: ``"otif"``, ``"utilization.pickers"``.
    where
        Cut and label: ``(("carrier", "north"),)``; for KPIs of orders or parcels only.
    """
    kpi = find_kpi(name)
    if isinstance(kpi, RowKpi):
        return kpi.formula(facts, _rows_where(facts, facts.cohort(kpi.cohort), where))
    if isinstance(kpi, FamilyKpi):
        return kpi.formula(facts).get(name.partition(".")[2], float("nan"))
    assert isinstance(kpi, RunKpi)
    return kpi.formula(facts)


def _rows_where(facts: Facts, cohort: Cohort, where: Sequence[tuple[str, str]]) -> Ints:
    if not where:
        return cohort.rows
    kept = np.ones(len(cohort.rows), dtype=np.bool_)
    for key, label in where:
        codes = _codes(facts, cohort, key)
        kept &= np.isin(codes, [code for code in np.unique(codes) if str(_label(facts.world, key, code)) == label])
    return cohort.rows[kept]


def _values(facts: Facts, kpis: list[Kpi], by: tuple[str, ...], cut: dict[str, str | int]) -> Iterator[KpiValue]:
    groups: dict[str, list[tuple[dict[str, str | int], Ints]]] = {}
    for kpi in kpis:
        unit = facts.world.currency if kpi.unit == "currency" else kpi.unit
        if isinstance(kpi, RowKpi):
            if kpi.cohort not in groups:
                groups[kpi.cohort] = _groups(facts, facts.cohort(kpi.cohort), by)
            for part, rows in groups[kpi.cohort]:
                yield KpiValue(kpi.name, kpi.formula(facts, rows), unit, {**cut, **part})
        elif isinstance(kpi, RunKpi) and not by:
            yield KpiValue(kpi.name, kpi.formula(facts), unit, cut)
        elif isinstance(kpi, FamilyKpi) and not by:
            for member, value in kpi.formula(facts).items():
                yield KpiValue(f"{kpi.name}.{member}", value, unit, cut)


def _groups(facts: Facts, cohort: Cohort, by: tuple[str, ...]) -> list[tuple[dict[str, str | int], Ints]]:
    """Rows of a cohort by the combinations of labels that occur, in their order."""
    if not by:
        return [({}, cohort.rows)]
    if not len(cohort.rows):
        return []
    codes = [_codes(facts, cohort, key) for key in by]
    lows = [int(code.min()) for code in codes]
    shape = tuple(int(code.max()) - low + 1 for code, low in zip(codes, lows, strict=True))
    cell = np.ravel_multi_index([code - low for code, low in zip(codes, lows, strict=True)], shape)
    counts = np.bincount(cell)
    kinds = np.flatnonzero(counts)
    parts = np.split(np.argsort(cell, kind="stable"), np.cumsum(counts[kinds])[:-1])
    labels = [
        {
            key: _label(facts.world, key, low + int(code))
            for key, low, code in zip(by, lows, np.unravel_index(kind, shape), strict=True)
        }
        for kind in kinds
    ]
    return [(label, cohort.rows[part]) for label, part in zip(labels, parts, strict=True)]


def _codes(facts: Facts, cohort: Cohort, key: str) -> Ints:
    """Return the index by which each row of a cohort is cut."""
    if key == "hour":
        run = facts.run
        since_midnight_s = cohort.time_s - run.midnight_s[run.day_of(cohort.time_s)]
        return np.asarray(since_midnight_s // 3600.0, dtype=np.int64)
    if cohort.of == "parcel":
        if key == "carrier":
            delivery = facts.world.delivery
            carriers = np.array([s.carrier for s in delivery.services] if delivery is not None else [-1])
            return carriers[facts.index("parcels", "carrier_service")[cohort.rows]].astype(np.int64)
        orders = facts.index("parcels", "order")[cohort.rows]
    else:
        orders = cohort.rows
    if key == "late_because":
        return facts.run.why_late.code[orders].astype(np.int64)
    return np.asarray(getattr(facts.journeys, key)[orders], dtype=np.int64)


def _label(world: World, key: str, code: int) -> str | int:
    """Return what people call it."""
    if key == "channel":
        return world.demand.channels[code].name
    if key == "client":
        return world.demand.clients[code]
    if key == "zone":
        return world.demand.zones[code]
    if key == "service":
        return world.demand.services[code]
    if key == "carrier":
        return world.delivery.carriers[code].name if world.delivery is not None and code >= 0 else "none yet"
    if key == "path":
        plan = world.fulfillment
        return plan.paths[code].name if plan is not None and code >= 0 else "others"
    if key == "late_because":
        return causes(world)[code] if code >= 0 else "not late"
    return code
