"""SKUs, made or from a table, and their slots in the layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import Demand, History
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.sampling.streams import Streams
from fulfillsim.scenario.cells import not_negative, number, text, whole
from fulfillsim.scenario.names import pick_zone_names
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.units import DAY_S, UnitError

Floats = NDArray[np.float64]
_COLUMNS = ("sku", "popularity", "weight_kg", "volume_l", "price", "hazmat", "aisle", "position_m", "zone")


def build_layout(plan: says.Layout) -> RectangularLayout:
    """The layout in metres."""
    return RectangularLayout(plan.aisles, plan.cells, plan.aisle_spacing, plan.cell, plan.end, plan.depot_aisle)


def build_catalog(settings: Settings, folder: Path, sold: dict[str, float] | None = None) -> Catalog | None:
    """SKUs as columns; what a table lacks is made from the catalog's own seed.

    Parameters
    ----------
    sold
        Lines by SKU of a replayed history, whose SKUs are the catalog where it names none itself.
    """
    plan = settings.catalog
    if plan is None:
        return None
    if plan.table is None and plan.skus is None and sold is not None:
        return _made(settings, plan, tuple(sold), np.array(list(sold.values())))
    if plan.table is None:
        n = plan.skus or 0
        width = len(str(n))
        return _made(settings, plan, tuple(f"SKU-{i:0{width}d}" for i in range(1, n + 1)))
    return _from_table(settings, plan, read_table(plan.table, folder))


def _made(settings: Settings, plan: says.Catalog, names: tuple[str, ...], popularity: Floats | None = None) -> Catalog:
    """Popularity, if not given, falls along the names: the first is the most popular."""
    streams, n = Streams(plan.seed, -1), len(names)

    def u(what: str) -> Floats:
        return streams.uniforms(f"catalog/sku:{what}", 0, n)

    if popularity is None:
        popularity = np.arange(1.0, n + 1.0) ** -plan.zipf
    aisle, position = _slots(settings, plan, popularity, u("slot"))
    return Catalog(
        names=names,
        popularity=popularity,
        weight_kg=plan.weight.quantile(u("weight")),
        volume_l=plan.volume.quantile(u("volume")),
        price=plan.price.quantile(u("price")),
        hazmat=u("hazmat") < plan.hazmat,
        aisle=aisle,
        position_m=position,
        zone=_zones(settings, aisle, u("zone")),
    )


def _slots(settings: Settings, plan: says.Catalog, popularity: Floats, u: Floats) -> tuple[NDArray[np.int32], Floats]:
    """Places in the layout, nearest to the depot for the most popular SKU, or anywhere.

    With fewer SKUs than places the random rule spreads them over all, the other fills the nearest.
    """
    n, layout = len(popularity), settings.layout
    if layout is None:
        return np.zeros(n, dtype=np.int32), np.zeros(n)
    n_places = 2 * layout.aisles * layout.cells
    aisles = np.repeat(np.arange(layout.aisles, dtype=np.int32), 2 * layout.cells)
    positions = layout.end + layout.cell * np.tile(np.repeat(np.arange(layout.cells), 2), layout.aisles)
    if plan.slots == "random":
        rank = np.argsort(np.argsort(u, kind="stable"), kind="stable")
        place = rank * n_places // n
    else:
        distance = np.abs(aisles - layout.depot_aisle) * layout.aisle_spacing + positions
        near_first = np.argsort(distance, kind="stable")
        rank = np.argsort(np.argsort(-popularity, kind="stable"), kind="stable")
        place = near_first[rank // -(-n // n_places)]
    return aisles[place], np.asarray(positions[place], dtype=np.float64)


def _zones(settings: Settings, aisle: NDArray[np.int32], u: Floats) -> NDArray[np.int16]:
    """Picking zone of each SKU: neighboring aisles together, or by lot without a layout."""
    names = pick_zone_names(settings)
    if len(names) < 2:
        return np.zeros(len(aisle), dtype=np.int16)
    assert settings.fulfillment is not None and settings.fulfillment.picking is not None
    shares = [settings.fulfillment.picking.zones[name].share for name in names]
    where = (aisle + 0.5) / settings.layout.aisles if settings.layout else u
    bounds = np.cumsum(shares)[:-1] / sum(shares)
    return np.searchsorted(bounds, where, side="right").astype(np.int16)


def _from_table(settings: Settings, plan: says.Catalog, table: Table) -> Catalog:
    faults: list[Fault] = table.unknown(_COLUMNS)
    names = tuple(table.column("sku", text, faults))
    faults += _repeated(table, names)
    if faults:
        raise ScenarioError(faults)
    made = _made(settings, plan, names)
    parsers = {c: not_negative(number) for c in ("popularity", "weight_kg", "volume_l", "price", "position_m")}
    given = {c: np.array(table.column(c, parse, faults)) for c, parse in parsers.items() if c in table.columns}
    if "hazmat" in table.columns:
        given["hazmat"] = np.array(table.column("hazmat", _flag, faults, False), dtype=np.bool_)
    if "aisle" in table.columns:
        given["aisle"] = np.array(table.column("aisle", _aisle(settings), faults), dtype=np.int32)
    if "zone" in table.columns:
        given["zone"] = np.array(table.column("zone", _one_of(pick_zone_names(settings)), faults), dtype=np.int16)
    if faults:
        raise ScenarioError(faults)
    if "popularity" not in given:
        given["popularity"] = np.ones(len(names))
    elif not given["popularity"].any():
        raise ScenarioError([table.fault(0, "popularity", "must be above 0 for some SKU")])
    return Catalog(**{**{c: getattr(made, c) for c in Catalog.__dataclass_fields__}, **given})


def _repeated(table: Table, names: tuple[str, ...]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for row, name in enumerate(names):
        if name in seen:
            faults.append(table.fault(row, "sku", "is written twice", name, "keep one row per SKU"))
        seen.add(name)
    return faults[:20]


def _flag(cell: object) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    word = text(cell).lower()
    if word not in words:
        raise UnitError("must be true or false")
    return words[word]


def _aisle(settings: Settings) -> Callable[[object], int]:
    def parse(cell: object) -> int:
        aisle = whole(cell)
        if settings.layout is None or not 0 <= aisle < settings.layout.aisles:
            n = settings.layout.aisles if settings.layout else 0
            raise UnitError(f"must be an aisle from 0 to {n - 1}" if n else "needs a layout")
        return aisle

    return parse


def _one_of(names: tuple[str, ...]) -> Callable[[object], int]:
    def parse(cell: object) -> int:
        name = text(cell)
        if name not in names:
            near = nearest(name, names)
            raise UnitError(f"must be one of {', '.join(names)}", f"did you mean {near}?" if near else "")
        return names.index(name)

    return parse


def daily_units(demand: Demand, catalog: Catalog, orders_per_day: tuple[float, ...]) -> tuple[Floats, float]:
    """Expected units per day of each SKU, shape (n_skus,), and E[u²] / E[u] of the units of a line."""
    if demand.history is not None:
        return _replayed_units(demand.history, catalog)
    per_day, squares = 0.0, 0.0
    for channel, orders in zip(demand.channels, orders_per_day, strict=True):
        content = channel.content
        units = orders * (content.lines.mean if content.lines else 0.0) * content.units.mean
        per_day += units
        squares += units * content.units.mean * (1.0 + content.units.scv)
    share = catalog.popularity / catalog.popularity.sum()
    return share * per_day, squares / per_day if per_day else 1.0


def _replayed_units(history: History, catalog: Catalog) -> tuple[Floats, float]:
    days = max((history.arrival_s[-1] - history.arrival_s[0]) / DAY_S, 1.0)
    quantity = history.quantity.astype(np.float64)
    units = np.bincount(history.sku, weights=quantity, minlength=len(catalog)) / days
    return units, float((quantity**2).sum() / quantity.sum()) if len(quantity) else 1.0
