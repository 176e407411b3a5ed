"""Sides of SKUs for packing them into cartons: from the catalog's table, else drawn so that they give the volume."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.carton import LITERS_PER_M3, Carton
from fulfillsim.domain.catalog import Catalog
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.sampling.streams import Streams
from fulfillsim.scenario.cells import not_negative, number
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.schema.fulfillment import Fulfillment
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import Table

Floats = NDArray[np.float64]
SIDES = ("length_m", "width_m", "height_m")


def given_sides(table: Table, faults: list[Fault]) -> dict[str, Floats]:
    """Sides and volume of each SKU, where the table has the sides."""
    if not any(name in table.columns for name in SIDES):
        return {}
    columns = [table.column(name, not_negative(number), faults) for name in SIDES]
    if faults:
        return {}
    sides_m = np.array(columns).T
    volume_l = {} if "volume_l" in table.columns else {"volume_l": sides_m.prod(axis=1) * LITERS_PER_M3}
    return {"sides_m": sides_m, **volume_l}


def with_sides(settings: Settings, catalog: Catalog) -> Catalog:
    """The catalog with sides, where somebody packs cartons.

    Raises
    ------
    ScenarioError
        If an SKU has no size.
    """
    if settings.fulfillment is None or not settings.fulfillment.cartons or settings.catalog is None:
        return replace(catalog, sides_m=None)
    sides_m = catalog.sides_m
    if sides_m is None:
        u = Streams(settings.catalog.seed, -1).uniforms("catalog/sku:sides", 0, (len(catalog), 2))
        shape = np.column_stack([np.ones(len(catalog)), 1.0 - settings.catalog.flatness * u])
        scale = np.cbrt(catalog.volume_l / LITERS_PER_M3 / np.maximum(shape.prod(axis=1), 1e-12))
        sides_m = shape * scale[:, None]
    flat = np.flatnonzero((sides_m <= 0).any(axis=1))
    if len(flat):
        rule = f"needs goods with a size, and {len(flat):,} SKUs have none, first {catalog.names[flat[0]]}"
        hint = "say catalog.volume, or columns length_m, width_m, height_m"
        raise ScenarioError([Fault(SCENARIO, None, None, "fulfillment.cartons", rule, hint=hint)])
    return replace(catalog, sides_m=sides_m)


def build_cartons(plan: Fulfillment) -> tuple[Carton, ...]:
    """Kinds of cartons by name."""
    return tuple(
        Carton(name, kind.inner, kind.max_weight, kind.cost.amount, kind.weight, kind.wall)
        for name, kind in sorted(plan.cartons.items())
    )
