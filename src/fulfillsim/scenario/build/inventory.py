"""Stock levels, given or computed, suppliers and the people who receive."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import Demand
from fulfillsim.domain.stock import Inventory, Sourcing, Supplier
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build import slots
from fulfillsim.scenario.build.suppliers import (
    build_sourcing,
    build_suppliers,
    lead_days_of,
    named,
    supplier_by_share,
    usual_supplier,
)
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.cells import not_negative, whole
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import Table, read_table

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
_LEVELS = ("on_hand", "reorder_point", "order_quantity", "order_up_to")


def build_inventory(
    settings: Settings, timeline: Timeline, folder: Path, catalog: Catalog, daily: tuple[Floats, float], demand: Demand
) -> Inventory | None:
    """Stock of all SKUs.

    Parameters
    ----------
    daily
        Expected units per day of each SKU, and E[u²] / E[u] of the units of a line.
    demand
        What a usual pick takes is read off it.
    """
    plan = settings.inventory
    if plan is None:
        return None
    suppliers = build_suppliers(plan, timeline)
    sourcing = build_sourcing(plan, catalog, suppliers, folder)
    supplier = usual_supplier(sourcing, suppliers) if sourcing else supplier_by_share(plan, catalog, settings)
    given = _given(plan, catalog)
    table = read_table(plan.table, folder) if plan.table else None
    if table is not None:
        _lay_table(given, supplier, table, catalog, [s.name for s in suppliers], sourcing)
    levels = _levels(plan, given, suppliers, supplier, daily)
    unsupplied = np.full(len(catalog), plan.rule == "none") | (supplier < 0)
    _refuse_bare(unsupplied & ~(given["on_hand"] > 0) & (daily[0] > 0), catalog, plan)
    return Inventory(
        **levels,
        rule=plan.rule,
        supplier=supplier,
        suppliers=suppliers,
        shortage=plan.shortage,
        review_times_s=_reviews(plan, timeline),
        receiving=station("receiving", plan.receiving.time) if plan.receiving else None,
        putaway=station("putaway", plan.putaway.time) if plan.putaway else None,
        putaway_per_unit_s=plan.putaway.per_unit if plan.putaway else 0.0,
        start="steady" if plan.start == "steady" and settings.begin == "steady" else "given",
        holding_cost_share_per_year=plan.holding_cost,
        shortage_cost_per_order=plan.shortage_cost.amount,
        sourcing=sourcing,
        waiting=plan.waiting,
        forward=slots.build_forward(plan.forward, table, catalog, daily[0], demand) if plan.forward else None,
        records=slots.build_records(plan.records, timeline, daily[0]) if plan.records else None,
    )


def _reviews(plan: says.Inventory, timeline: Timeline) -> tuple[float, ...]:
    if plan.review is None and plan.rule != "RS":
        return ()
    review = plan.review or says.Review()
    return timeline.on_days(review.at, timeline.on_weekdays(review.days))


def _given(plan: says.Inventory, catalog: Catalog) -> dict[str, Floats]:
    """Levels that the file gives, NaN where it does not."""
    values = {name: getattr(plan, name) for name in _LEVELS}
    if plan.start == "empty" and values["on_hand"] is None:
        values["on_hand"] = 0
    return {name: np.full(len(catalog), np.nan if v is None else float(v)) for name, v in values.items()}


def _lay_table(
    given: dict[str, Floats],
    supplier: NDArray[np.int16],
    table: Table,
    catalog: Catalog,
    names: list[str],
    sourcing: Sourcing | None,
) -> None:
    """Put the figures of a table over those of the file; SKUs that it leaves out keep theirs."""
    faults: list[Fault] = table.unknown(("sku", *_LEVELS, "supplier", *slots.COLUMNS))
    if sourcing is not None and "supplier" in table.columns:
        hint = "take the column out, or sourcing: by_share"
        faults.append(table.fault(0, "supplier", f"stands beside sourcing {sourcing.policy}", hint=hint))
    rows = table.column("sku", named("SKU of the catalog", catalog.names), faults)
    for level in _LEVELS:
        if level in table.columns:
            values = table.column(level, whole if level == "reorder_point" else not_negative(whole), faults)
            if not faults:
                given[level][rows] = values
    if "supplier" in table.columns:
        found = table.column("supplier", named("supplier", names), faults)
        if not faults:
            supplier[rows] = found
    if faults:
        raise ScenarioError(faults)


def _levels(
    plan: says.Inventory,
    given: dict[str, Floats],
    suppliers: tuple[Supplier, ...],
    supplier: NDArray[np.int16],
    daily: tuple[Floats, float],
) -> dict[str, Counts]:
    """All levels; what is not given follows the formula of `says.Inventory`."""
    d, spread = daily
    lead_days, lead_var = lead_days_of(suppliers)
    lead_days, lead_var = lead_days[supplier], lead_var[supplier]
    if plan.rule == "RS" or plan.review is not None:
        review = plan.review or says.Review()
        lead_days = lead_days + 7.0 / len(review.days)
    z = NormalDist().inv_cdf(plan.service_level)
    safety = z * np.sqrt(d * spread * lead_days + d * d * lead_var)
    computed_r = np.ceil(d * lead_days + safety)
    quantity = _or(given["order_quantity"], np.maximum(np.ceil(d * plan.order_cover), 1.0))
    reorder = _or(given["reorder_point"], computed_r)
    up_to = computed_r if plan.rule in ("RS", "base_stock") else reorder + quantity
    up_to = _or(given["order_up_to"], np.maximum(up_to, 1.0 if plan.rule in ("RS", "sS") else 0.0))
    if plan.rule == "base_stock" and np.isnan(given["reorder_point"]).all():
        reorder = up_to - 1.0
    on_hand = _or(given["on_hand"], np.zeros(len(d)) if plan.rule == "none" else up_to)
    every = dict(zip(_LEVELS, (on_hand, reorder, quantity, up_to), strict=True))
    return {name: values.astype(np.int64) for name, values in every.items()}


def _refuse_bare(bare: NDArray[np.bool_], catalog: Catalog, plan: says.Inventory) -> None:
    """Refuse SKUs that are asked for and have neither stock nor anybody who would bring some."""
    names = [catalog.names[i] for i in np.flatnonzero(bare)]
    if names:
        listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        rule = f"leaves {len(names)} SKUs without stock or supplier: {listed}"
        key = "sourcing" if plan.sourcing.table else "table" if plan.table else "on_hand"
        hint = "give them stock" + (", or take another rule and suppliers" if plan.rule == "none" else " or a supplier")
        raise ScenarioError([Fault(SCENARIO, None, None, f"inventory.{key}", rule, hint=hint)])


def _or(given: Floats, computed: Floats) -> Floats:
    return np.where(np.isnan(given), computed, given)
