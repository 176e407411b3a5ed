"""Stock levels, given or computed, suppliers and the people who receive."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.stock import Inventory, Supplier
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.sampling.distributions import Deterministic
from fulfillsim.sampling.streams import Streams
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.cells import not_negative, text, whole
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.schema.base import Calendar
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.units import DAY_S, UnitError, WorkingDays

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
_LEVELS = ("on_hand", "reorder_point", "order_quantity", "order_up_to")
CALENDAR_DAYS = 28
"""Days of a calendar that show how many of them are working days."""


def build_inventory(
    settings: Settings, timeline: Timeline, folder: Path, catalog: Catalog, daily: tuple[Floats, float]
) -> Inventory | None:
    """Stock of all SKUs.

    Parameters
    ----------
    daily
        Expected units per day of each SKU, and E[u²] / E[u] of the units of a line.
    """
    plan = settings.inventory
    if plan is None:
        return None
    suppliers = tuple(_supplier(timeline, name, plan.suppliers[name]) for name in sorted(plan.suppliers))
    table = read_table(plan.table, folder) if plan.table else None
    supplier = _supplier_of(plan, catalog, settings)
    given = _given(plan, catalog)
    if table is not None:
        _lay_table(given, supplier, table, catalog, [s.name for s in suppliers])
    levels = _levels(plan, given, suppliers, supplier, daily)
    if plan.rule == "none":
        _refuse_bare(levels["on_hand"], catalog, plan)
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
        start="steady" if plan.start == "steady" else "given",
        holding_cost_share_per_year=plan.holding_cost,
        shortage_cost_per_order=plan.shortage_cost.amount,
    )


def _supplier(timeline: Timeline, name: str, plan: says.Supplier) -> Supplier:
    calendar = plan.calendar
    lead = plan.lead_time
    if isinstance(lead, WorkingDays):
        lead = Deterministic(lead.n * DAY_S)
        calendar = calendar or Calendar.model_validate({"working_days": "mon-fri"})
    return Supplier(name, lead, timeline.calendar(name, calendar) if calendar else None, plan.min_order)


def _supplier_of(plan: says.Inventory, catalog: Catalog, settings: Settings) -> NDArray[np.int16]:
    """Supplier of each SKU by lot, in the given shares; the lot belongs to its name, not to its place."""
    names = sorted(plan.suppliers)
    if len(names) < 2:
        return np.full(len(catalog), 0 if names else -1, dtype=np.int16)
    seed = settings.catalog.seed if settings.catalog else 1
    u = Streams(seed, -1).hashed_uniforms("catalog/sku:supplier", catalog.keys)
    shares = np.cumsum([plan.suppliers[name].share for name in names])
    return np.searchsorted(shares[:-1] / shares[-1], u, side="right").astype(np.int16)


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
    given: dict[str, Floats], supplier: NDArray[np.int16], table: Table, catalog: Catalog, names: list[str]
) -> None:
    """Put the figures of a table over those of the file; SKUs that it leaves out keep theirs."""
    faults: list[Fault] = table.unknown(("sku", *_LEVELS, "supplier"))
    index = {name: i for i, name in enumerate(catalog.names)}

    def of_sku(cell: object) -> int:
        if text(cell) not in index:
            raise UnitError("is no SKU of the catalog", "take the row out, or add the SKU")
        return index[text(cell)]

    def of_supplier(cell: object) -> int:
        if text(cell) not in names:
            raise UnitError("is no supplier", f"there are {', '.join(names) or 'none'}")
        return names.index(text(cell))

    rows = table.column("sku", of_sku, faults)
    for level in _LEVELS:
        if level in table.columns:
            values = table.column(level, whole if level == "reorder_point" else not_negative(whole), faults)
            if not faults:
                given[level][rows] = values
    if "supplier" in table.columns:
        found = table.column("supplier", of_supplier, faults)
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
    lead_days, lead_var = _lead_days(suppliers)
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


def _refuse_bare(on_hand: Counts, catalog: Catalog, plan: says.Inventory) -> None:
    """Refuse SKUs that are ordered and have neither stock nor, under rule ``none``, a supplier."""
    bare = np.flatnonzero((on_hand == 0) & (catalog.popularity > 0))
    if len(bare):
        listed = ", ".join(catalog.names[i] for i in bare[:5]) + (", ..." if len(bare) > 5 else "")
        rule = f"leaves {len(bare)} SKUs without stock or supplier: {listed}"
        key = "table" if plan.table else "on_hand"
        hint = "give them stock, or take another rule and suppliers"
        raise ScenarioError([Fault(SCENARIO, None, None, f"inventory.{key}", rule, hint=hint)])


def _or(given: Floats, computed: Floats) -> Floats:
    return np.where(np.isnan(given), computed, given)


def _lead_days(suppliers: tuple[Supplier, ...]) -> tuple[Floats, Floats]:
    """Mean and variance of lead times in calendar days; the last entry is for SKUs without a supplier."""
    means, variances = [], []
    for supplier in suppliers:
        stretch = 1.0
        if supplier.calendar is not None:
            first = supplier.calendar.working[:CALENDAR_DAYS]  # not all: a longer run must not change its beginning
            stretch = len(first) / max(sum(first), 1)
        mean = supplier.lead_time.mean / DAY_S * stretch
        means.append(mean)
        variances.append(mean * mean * supplier.lead_time.scv)
    return np.array([*means, 0.0]), np.array([*variances, 0.0])
