"""Stock levels, given or computed, suppliers and the people who receive."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.assembly import Assembly
from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import Demand
from fulfillsim.domain.stock import Inventory, Sourcing
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build import slots
from fulfillsim.scenario.build.building import repeated
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
from fulfillsim.scenario.cells import not_negative, text, whole
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.units import DAY_S

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
_LEVELS = ("on_hand", "reorder_point", "order_quantity", "order_up_to")


def build_inventory(
    settings: Settings,
    timeline: Timeline,
    folder: Path,
    catalog: Catalog,
    daily: tuple[Floats, float],
    demand: Demand,
    assembly: Assembly | None = None,
) -> Inventory | None:
    """Stock of all SKUs.

    Parameters
    ----------
    daily
        Expected units per day of each SKU as orders ask for it, and E[u²] / E[u] of the units of a line.
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
    _lay_said(given, supplier, plan, catalog, [s.name for s in suppliers])
    lead_days, lead_var = lead_days_of(suppliers)
    lead_days, lead_var = lead_days[supplier], lead_var[supplier]
    is_kit = np.zeros(len(catalog), np.bool_)
    if assembly is not None:
        daily = assembly.dependent(daily[0]), daily[1]
        for kit in assembly.kits:
            supplier[kit.sku], lead_days[kit.sku], lead_var[kit.sku] = -1, kit.lead_s / DAY_S, 0.0
            is_kit[kit.sku] = True
    levels = _levels(plan, given, lead_days, lead_var, daily)
    if assembly is not None:
        _no_stock(levels, sorted(assembly.to_order), catalog, table)
    unsupplied = (np.full(len(catalog), plan.rule == "none") | (supplier < 0)) & ~is_kit
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
    faults += repeated(table, "sku", tuple(table.column("sku", text, [])))
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


def _lay_said(
    given: dict[str, Floats], supplier: NDArray[np.int16], plan: says.Inventory, catalog: Catalog, names: list[str]
) -> None:
    """Put what the scenario says of single SKUs over all else."""
    index = {name: place for place, name in enumerate(catalog.names)}
    faults: list[Fault] = []
    for name, said in plan.levels.items():
        if name not in index:
            faults.append(Fault(SCENARIO, None, None, f"inventory.levels.{name}", "is no SKU of the catalog", name))
        elif said.supplier is not None and said.supplier not in names:
            at, hint = f"inventory.levels.{name}.supplier", f"there are {', '.join(names) or 'none'}"
            faults.append(Fault(SCENARIO, None, None, at, "is no supplier", said.supplier, hint))
        else:
            for level in _LEVELS:
                if (value := getattr(said, level)) is not None:
                    given[level][index[name]] = value
            if said.supplier is not None:
                supplier[index[name]] = names.index(said.supplier)
    if faults:
        raise ScenarioError(faults)


def _no_stock(levels: dict[str, Counts], skus: list[int], catalog: Catalog, table: Table | None) -> None:
    """Take the levels off kits that are made to order: they never lie on the shelf, and a table gives them none."""
    names = {catalog.names[sku] for sku in skus}
    rule, hint = "is a kit made to order, which has no stock of its own", "take the row out, or make: to_stock"
    cells = enumerate(map(text, table.columns["sku"])) if table is not None else ()
    faults = [table.fault(row, "sku", rule, name, hint) for row, name in cells if table is not None and name in names]
    if faults:
        raise ScenarioError(faults)
    for level, value in (("on_hand", 0), ("reorder_point", -1), ("order_quantity", 1), ("order_up_to", 0)):
        levels[level][skus] = value


def _levels(
    plan: says.Inventory,
    given: dict[str, Floats],
    lead_days: Floats,
    lead_var: Floats,
    daily: tuple[Floats, float],
) -> dict[str, Counts]:
    """All levels; what is not given follows the formula of `says.Inventory`."""
    d, spread = daily
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
