"""Suppliers, what they offer, and whom each SKU is ordered from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.stock import Lateness, Shortfall, Sourcing, Supplier, Weights
from fulfillsim.errors import ScenarioError, nearest
from fulfillsim.sampling.distributions import Deterministic
from fulfillsim.sampling.streams import Streams
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.cells import not_negative, number, text
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.schema.base import Calendar
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import read_table
from fulfillsim.scenario.units import DAY_S, UnitError, WorkingDays

Floats = NDArray[np.float64]
CALENDAR_DAYS = 28
"""Days of a calendar that show how many of them are working days."""
_MOST_COMPARED = 1000  # looking for the nearest of more names takes too long
Offers = tuple[tuple[tuple[int, float], ...], ...]


def build_suppliers(plan: says.Inventory, timeline: Timeline) -> tuple[Supplier, ...]:
    """All suppliers, in the order of their names."""
    return tuple(_supplier(timeline, name, plan.suppliers[name]) for name in sorted(plan.suppliers))


def _supplier(timeline: Timeline, name: str, plan: says.Supplier) -> Supplier:
    calendar = plan.calendar
    lead = plan.lead_time
    if isinstance(lead, WorkingDays):
        lead = Deterministic(lead.n * DAY_S)
        calendar = calendar or Calendar.model_validate({"working_days": "mon-fri"})
    short = plan.short
    follows_s = short.after if short is not None and short.rest == "follows" else None
    parts = sorted((part.after, part.share) for part in plan.parts.values())
    return Supplier(
        name,
        lead,
        timeline.calendar(name, calendar) if calendar else None,
        plan.min_order,
        late=Lateness(plan.late.prob, plan.late.by, plan.late.together) if plan.late else None,
        short=Shortfall(short.prob, short.missing, follows_s) if short else None,
        parts=tuple((share, after_s) for after_s, share in parts) or ((1.0, 0.0),),
        price_factor=plan.price,
    )


def supplier_by_share(plan: says.Inventory, catalog: Catalog, settings: Settings) -> NDArray[np.int16]:
    """Supplier of each SKU by lot, in the given shares; the lot belongs to its name, not to its place."""
    names = sorted(plan.suppliers)
    if len(names) < 2:
        return np.full(len(catalog), 0 if names else -1, dtype=np.int16)
    seed = settings.catalog.seed if settings.catalog else 1
    u = Streams(seed, -1).hashed_uniforms("catalog/sku:supplier", catalog.keys)
    shares = np.cumsum([plan.suppliers[name].share for name in names])
    return np.searchsorted(shares[:-1] / shares[-1], u, side="right").astype(np.int16)


def build_sourcing(
    plan: says.Inventory, catalog: Catalog, suppliers: tuple[Supplier, ...], folder: Path
) -> Sourcing | None:
    """Who offers each SKU for what, and how one is chosen; None where every SKU has one supplier."""
    from fulfillsim.policies.supplier_choice import SUPPLIER_CHOICE

    wanted = plan.sourcing
    if SUPPLIER_CHOICE[wanted.policy] is None or not suppliers:
        return None
    prices = np.array([supplier.price_factor for supplier in suppliers])[:, None] * catalog.price
    if wanted.table is None:
        offers: Offers = tuple(tuple(enumerate(of_sku)) for of_sku in prices.T.tolist())
    else:
        offers = _read_offers(wanted.table, folder, catalog, suppliers, prices)
    weights = wanted.weights
    return Sourcing(wanted.policy, offers, Weights(weights.price, weights.lead_time, weights.reliability))


def _read_offers(file: str, folder: Path, catalog: Catalog, suppliers: tuple[Supplier, ...], prices: Floats) -> Offers:
    table = read_table(file, folder)
    faults = table.unknown(("sku", "supplier", "price"))
    skus = table.column("sku", named("SKU of the catalog", catalog.names), faults)
    by = table.column("supplier", named("supplier", [supplier.name for supplier in suppliers]), faults)
    given = table.column("price", not_negative(number), faults, -1.0)
    found: dict[int, dict[int, float]] = {}
    for row, (sku, supplier, price) in enumerate(zip(skus, by, given, strict=False)):
        if supplier in found.setdefault(sku, {}):
            rule = f"is offered by {suppliers[supplier].name} a second time"
            faults.append(table.fault(row, "sku", rule, catalog.names[sku], "keep one of the rows"))
        found[sku][supplier] = price if price >= 0.0 else float(prices[supplier, sku])
    if faults:
        raise ScenarioError(faults)
    return tuple(tuple(sorted(found.get(sku, {}).items())) for sku in range(len(catalog)))


def named(kind: str, names: Sequence[str]) -> Callable[[object], int]:
    """Parser of a cell that must hold one of some names: its index."""
    index = {name: place for place, name in enumerate(names)}
    known = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")

    def parse(cell: object) -> int:
        if text(cell) not in index:
            near = nearest(text(cell), names) if len(names) <= _MOST_COMPARED else None
            there_are = f"there are {known}" if known else "there is none"
            raise UnitError(f"is no {kind}", f"did you mean {near}?" if near else there_are)
        return index[text(cell)]

    return parse


def usual_supplier(sourcing: Sourcing, suppliers: tuple[Supplier, ...]) -> NDArray[np.int16]:
    """Whom the policy takes for each SKU by mean figures; -1 where nobody offers it."""
    from fulfillsim.policies.supplier_choice import SUPPLIER_CHOICE, Offer

    choose = SUPPLIER_CHOICE[sourcing.policy]
    assert choose is not None, "there is a sourcing only where somebody chooses"
    lead_days, _ = lead_days_of(suppliers)

    def usual(offers: tuple[tuple[int, float], ...]) -> int:
        made = [Offer(i, price, float(lead_days[i]) * DAY_S, suppliers[i].reliability) for i, price in offers]
        return choose(made, sourcing.weights).supplier if made else -1

    return np.array([usual(offers) for offers in sourcing.offers], dtype=np.int16)


def lead_days_of(suppliers: tuple[Supplier, ...]) -> tuple[Floats, Floats]:
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
