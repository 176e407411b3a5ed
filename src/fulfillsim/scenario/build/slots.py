"""Forward slots: capacities and minima of all SKUs, by the file, by its table, or by expected demand; cycle counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import Demand
from fulfillsim.domain.slots import NO_LIMIT, Counting, Forward, Records
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.cells import not_negative, text, whole
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.schema import slots as says
from fulfillsim.scenario.tables import Table

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
CLASS_BOUNDS = (0.80, 0.95)
"""Shares of demand at which classes A and B end, the most wanted SKUs first."""
YEAR_DAYS = 365.0
COLUMNS = ("forward_capacity", "forward_minimum")


def largest_usual_pick(demand: Demand, catalog: Catalog) -> Counts:
    """Units of a line that 99 in 100 lines do not exceed, by SKU, shape (n_skus,)."""
    if demand.history is not None:
        return _of_history(demand.history.sku, demand.history.quantity, len(catalog))
    usual = [says.largest_usual(channel.content.units) for channel in demand.channels]
    return np.full(len(catalog), max(usual, default=1), dtype=np.int64)


def _of_history(sku: NDArray[np.int32], quantity: NDArray[np.int32], n_skus: int) -> Counts:
    order = np.lexsort((quantity, sku))
    counts = np.bincount(sku, minlength=n_skus)
    last = np.cumsum(counts) - counts + np.maximum(np.ceil(says.USUAL * counts).astype(np.int64), 1) - 1
    usual = np.ones(n_skus, dtype=np.int64)
    usual[counts > 0] = quantity[order][last[counts > 0]]
    return usual


def build_forward(plan: says.Forward, table: Table | None, catalog: Catalog, daily: Floats, demand: Demand) -> Forward:
    """Slots of all SKUs.

    Parameters
    ----------
    table
        Of the inventory.
    daily
        Expected units per day of each SKU.
    demand
        What a usual pick takes is read off it.

    Raises
    ------
    ScenarioError
        If a slot holds less than one pick, or is refilled when it is full.
    """
    usual = largest_usual_pick(demand, catalog)
    least = np.maximum(2 * usual, (plan.minimum or 0) + usual)
    covered = np.maximum(np.ceil(daily * plan.cover), least).astype(np.int64)
    capacity = covered if plan.capacity is None else np.full(len(catalog), plan.capacity, dtype=np.int64)
    given = _given(table, catalog)
    capacity = np.where(given["forward_capacity"] >= 0, given["forward_capacity"], capacity)
    minimum = capacity // 3 if plan.minimum is None else np.full(len(catalog), plan.minimum, dtype=np.int64)
    minimum = np.where(given["forward_minimum"] >= 0, given["forward_minimum"], minimum)
    _refuse_small(plan, table, catalog, capacity, minimum, usual)
    return Forward(
        capacity=np.where(capacity == 0, NO_LIMIT, capacity),
        minimum=minimum,
        replenishment=station("replenishment", plan.time, discipline="priority"),
        rule=plan.rule,
        when_empty=plan.when_empty,
        per_unit_s=plan.per_unit,
        reserve_pick_s=plan.reserve_pick,
    )


def _given(table: Table | None, catalog: Catalog) -> dict[str, Counts]:
    """Figures of the table by SKU, -1 where it has none."""
    found = {name: np.full(len(catalog), -1, dtype=np.int64) for name in COLUMNS}
    if table is None:
        return found
    number = {name: index for index, name in enumerate(catalog.names)}
    rows = [number[text(cell)] for cell in table.columns["sku"]]
    faults: list[Fault] = []
    for name in COLUMNS:
        if name in table.columns:
            values = table.column(name, not_negative(whole), faults, -1)
            if not faults:
                found[name][rows] = values
    if faults:
        raise ScenarioError(faults)
    return found


def _refuse_small(
    plan: says.Forward, table: Table | None, catalog: Catalog, capacity: Counts, minimum: Counts, usual: Counts
) -> None:
    small = np.flatnonzero((capacity > 0) & (capacity < usual))
    full = np.flatnonzero((capacity > 0) & (minimum >= capacity))
    faults = []
    if len(small):
        name, most = catalog.names[small[0]], usual[small[0]]
        rule = f"is below one pick for {len(small)} SKUs: {name} fits {capacity[small[0]]}, a pick takes up to {most}"
        hint = f"at least {usual[small].max()}, or 0 in a table for SKUs without a slot of their own"
        faults.append(_fault(plan, table, small, catalog, 0, rule, hint))
    if len(full):
        name = catalog.names[full[0]]
        rule = f"is not below the capacity for {len(full)} SKUs: {name} fits {capacity[full[0]]}"
        faults.append(_fault(plan, table, full, catalog, 1, rule, "leave it out for a third of the capacity"))
    if faults:
        raise ScenarioError(faults)


def _fault(
    plan: says.Forward, table: Table | None, skus: Counts, catalog: Catalog, place: int, rule: str, hint: str
) -> Fault:
    """A fault at the cell of the first SKU, or at the key of the file."""
    column, key = COLUMNS[place], ("capacity", "minimum")[place]
    if table is not None and column in table.columns:
        rows = {text(cell): row for row, cell in enumerate(table.columns["sku"])}
        for sku in skus.tolist():
            row = rows.get(catalog.names[sku])
            if row is not None and table.columns[column][row] is not None:
                return table.fault(row, column, rule, table.columns[column][row], hint)
    key = key if getattr(plan, key) is not None else "capacity" if plan.capacity is not None else "cover"
    return Fault(SCENARIO, None, None, f"inventory.forward.{key}", rule, hint=hint)


def build_records(plan: says.Records, timeline: Timeline, daily: Floats) -> Records:
    """How records differ, and who counts; ``daily`` are the expected units per day of each SKU."""
    return Records(
        wrong_share=plan.wrong,
        error_cv=plan.error,
        misbooked_prob=plan.misbooked,
        shrinkage_per_year=plan.shrinkage,
        when_short=plan.when_short,
        is_corrected=plan.after_short == "correct",
        counting=_counting(plan.counts, timeline, daily) if plan.counts else None,
    )


def _counting(plan: says.Counts, timeline: Timeline, daily: Floats) -> Counting:
    rounds_per_year = YEAR_DAYS * len(plan.days) / 7.0
    per_year = np.array([plan.classes.get("A", 0.0), plan.classes.get("B", 0.0), plan.classes.get("C", 0.0)])[
        abc_class(daily)
    ]
    with np.errstate(divide="ignore"):
        between = np.maximum(rounds_per_year / per_year, 1.0)
    return Counting(
        station=station("counting", plan.time, discipline="priority"),
        rounds_s=timeline.on_days(plan.at, timeline.on_weekdays(plan.days)),
        rounds_between=between,
        per_round=plan.per_day,
        per_unit_s=plan.per_unit,
    )


def abc_class(daily: Floats) -> Counts:
    """Class of each SKU, 0 for A: it belongs to A if those wanted more have less than 80 % of all demand.

    Examples
    --------
    >>> abc_class(np.array([1.0, 70.0, 4.0, 25.0])).tolist()
    [2, 0, 2, 0]
    """
    order = np.argsort(-daily, kind="stable")
    total = daily.sum() or 1.0
    before = (np.cumsum(daily[order]) - daily[order]) / total
    found = np.empty(len(daily), dtype=np.int64)
    found[order] = np.searchsorted(CLASS_BOUNDS, before, side="right")
    return found
