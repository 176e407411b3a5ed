"""SKUs, made or from a table, and their slots in the layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import Demand, History
from fulfillsim.domain.layout import GraphLayout, Layout
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.sampling.streams import Streams
from fulfillsim.scenario.build.building import (
    WHERE,
    Places,
    build_layout,
    build_places,
    given_slots,
    one_of,
    repeated,
)
from fulfillsim.scenario.build.history import lines_by_sku
from fulfillsim.scenario.build.sizes import SIDES, given_sides, with_sides
from fulfillsim.scenario.cells import not_negative, number, text
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.names import client_names, pick_zone_names, sku_names
from fulfillsim.scenario.schema import goods as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.terms import first_skus
from fulfillsim.scenario.units import DAY_S, UnitError

if TYPE_CHECKING:
    from fulfillsim.io.orders import OrderTable

Floats = NDArray[np.float64]
_COLUMNS = (
    "sku",
    "popularity",
    "weight_kg",
    "volume_l",
    "price",
    "hazmat",
    "zone",
    "client",
    *WHERE,
)


def build_catalog(settings: Settings, folder: Path, orders: OrderTable | None = None) -> Catalog | None:
    """SKUs as columns; what a table lacks is made from the catalog's own seed.

    Parameters
    ----------
    orders
        Of a replayed history, whose SKUs are the catalog where it names none itself; a slotting may look at what they
        ask for together.
    """
    if settings.catalog is None:
        return None
    return with_sides(settings, _catalog(settings, settings.catalog, folder, orders))


def _catalog(settings: Settings, plan: says.Catalog, folder: Path, orders: OrderTable | None) -> Catalog:
    places = None if settings.layout is None else build_places(settings.layout, folder)
    sold = lines_by_sku(orders)
    if plan.table is None and plan.skus is None and sold is not None:
        return _made(settings, plan, places, tuple(sold), np.array(list(sold.values())), orders)
    if plan.items:
        return _said(settings, plan, places)
    if plan.table is None:
        return _made(settings, plan, places, sku_names(settings) or ())
    return _from_table(settings, plan, places, read_table(plan.table, folder), orders)


def _said(settings: Settings, plan: says.Catalog, places: Places | None) -> Catalog:
    """SKUs said one by one; what one leaves out is made."""
    names = sku_names(settings) or ()
    items = [plan.items[name] for name in names]
    made = _made(settings, plan, places, names, np.array([item.popularity for item in items]))

    def given(field: str, otherwise: Floats) -> Floats:
        values = [getattr(item, field) for item in items]
        return np.array([other if value is None else value for value, other in zip(values, otherwise, strict=True)])

    return replace(
        made,
        weight_kg=given("weight", made.weight_kg),
        volume_l=given("volume", made.volume_l),
        price=given("price", made.price),
        hazmat=np.array([item.hazmat for item in items]),
        client=_owners(settings, items, made.client),
    )


def _owners(settings: Settings, items: Sequence[says.Item], dealt: NDArray[np.int16]) -> NDArray[np.int16]:
    """Client of each SKU: the one it names, else the one that it was dealt to."""
    clients = client_names(settings)
    named = [item.client for item in items]
    pairs = zip(named, dealt.tolist(), strict=False)  # without clients nothing is dealt
    return np.array([owner if name is None else clients.index(name) for name, owner in pairs], np.int16)


def _made(
    settings: Settings,
    plan: says.Catalog,
    places: Places | None,
    names: tuple[str, ...],
    popularity: Floats | None = None,
    orders: OrderTable | None = None,
) -> Catalog:
    """Popularity, if not given, falls along the names: the first is the most popular."""
    streams, n = Streams(plan.seed, -1), len(names)

    def u(what: str) -> Floats:
        return streams.uniforms(f"catalog/sku:{what}", 0, n)

    if popularity is None:
        popularity = np.arange(1.0, n + 1.0) ** -plan.zipf
    aisle, position = _slots(settings, plan, places, popularity, _wanted(orders, names))
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
        client=_clients(settings, u("client"), names, orders),
    )


def _clients(settings: Settings, u: Floats, names: tuple[str, ...], orders: OrderTable | None) -> NDArray[np.int16]:
    """Client of each SKU: whoever orders it first in a history that says so, else by the clients' shares."""
    clients = client_names(settings)
    if not settings.clients:
        return np.zeros(0, np.int16)
    if orders is not None and (asking := orders.client) is not None:
        by_line = np.repeat(np.array([max(0, _place(clients, name)) for name in asking]), np.diff(orders.line_start))
        sku, first = np.unique(orders.sku, return_index=True)
        owner = dict(zip((orders.sku_names[i] for i in sku.tolist()), by_line[first].tolist(), strict=True))
        return np.array([owner.get(name, 0) for name in names], np.int16)
    dealt = np.empty(len(names), np.int16)
    dealt[np.argsort(u, kind="stable")] = np.searchsorted(
        first_skus(settings, len(names)), np.arange(len(names)), side="right"
    )
    return np.minimum(dealt, len(clients) - 1)


def _place(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1


def _slots(
    settings: Settings,
    plan: says.Catalog,
    places: Places | None,
    popularity: Floats,
    wanted: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[NDArray[np.int32], Floats]:
    """Places in the layout by the slotting that the catalog names, of draws by the catalog's own seed."""
    n = len(popularity)
    if settings.layout is None or places is None:
        return np.zeros(n, dtype=np.int32), np.zeros(n)
    n_places = len(places.aisle)
    if n > n_places * places.depth:
        rule = f"holds {n_places * places.depth:,} SKUs, the catalog has {n:,}"
        raise ScenarioError([Fault(SCENARIO, None, None, "layout", rule, hint="add aisles, cells, levels or slots")])
    from fulfillsim.optim.slotting import SLOTTING, SlottingInstance
    from fulfillsim.optim.solving import Stop

    layout = build_layout(settings.layout)
    instance = SlottingInstance(layout, places.aisle, places.position_m, places.depth, popularity, *wanted)
    place = SLOTTING[plan.slots](instance, Stop(seed=plan.seed)).plan
    return places.aisle[place], places.position_m[place]


def _wanted(orders: OrderTable | None, names: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Orders of a history as SKUs of the catalog in compressed rows; lines of other SKUs are left out."""
    if orders is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    index = {name: number for number, name in enumerate(names)}
    number_of = np.array([index.get(name, -1) for name in orders.sku_names], np.int64)
    sku = number_of[orders.sku]
    first = np.concatenate([[0], np.cumsum(sku >= 0)])[orders.line_start]
    return first.astype(np.int64), sku[sku >= 0]


def _zones(settings: Settings, aisle: NDArray[np.int32], u: Floats) -> NDArray[np.int16]:
    """Picking zone of each SKU: neighboring aisles (or vertices) together, or by lot without a layout."""
    names = pick_zone_names(settings)
    if len(names) < 2:
        return np.zeros(len(aisle), dtype=np.int16)
    assert settings.fulfillment is not None and settings.fulfillment.picking is not None
    shares = [settings.fulfillment.picking.zones[name].share for name in names]
    where = (aisle + 0.5) / _n_numbered(build_layout(settings.layout)) if settings.layout else u
    bounds = np.cumsum(shares)[:-1] / sum(shares)
    return np.searchsorted(bounds, where, side="right").astype(np.int16)


def _n_numbered(layout: Layout) -> int:
    """Aisles, or vertices of a graph: neighbors have numbers next to each other."""
    return layout.n_vertices if isinstance(layout, GraphLayout) else layout.n_aisles


def _from_table(
    settings: Settings, plan: says.Catalog, places: Places | None, table: Table, orders: OrderTable | None
) -> Catalog:
    faults: list[Fault] = table.unknown((*_COLUMNS, *SIDES))
    names = tuple(table.column("sku", text, faults))
    faults += repeated(table, "sku", names)
    if faults:
        raise ScenarioError(faults)
    has_slots = bool({"slot", "vertex"} & table.columns.keys()) or {"aisle", "position_m"} <= table.columns.keys()
    parsers = {c: not_negative(number) for c in ("popularity", "weight_kg", "volume_l", "price")}
    given = {c: np.array(table.column(c, parse, faults)) for c, parse in parsers.items() if c in table.columns}
    if "hazmat" in table.columns:
        given["hazmat"] = np.array(table.column("hazmat", _flag, faults, False), dtype=np.bool_)
    if "zone" in table.columns:
        given["zone"] = np.array(table.column("zone", one_of(pick_zone_names(settings)), faults), dtype=np.int16)
    if "client" in table.columns:
        given["client"] = np.array(table.column("client", one_of(tuple(sorted(settings.clients))), faults), np.int16)
    given |= given_slots(settings.layout, places, table, faults)
    given |= given_sides(table, faults)
    if faults:
        raise ScenarioError(faults)
    made = _made(settings, plan, None if has_slots else places, names, given.get("popularity"), orders)
    owner, popularity = given.get("client", made.client), given.get("popularity", np.ones(len(names)))
    for index, name in enumerate(client_names(settings)):
        orders_goods = any(c.client == name and c.lines for c in settings.demand.channels.values())
        if settings.clients and orders_goods and not popularity[owner == index].any():
            rule = f"must be {name} for some SKU that is popular: a channel orders for this client"
            raise ScenarioError([table.fault(0, "client" if "client" in given else "sku", rule)])
    if "popularity" not in given:
        given["popularity"] = np.ones(len(names))
    elif not given["popularity"].any():
        raise ScenarioError([table.fault(0, "popularity", "must be above 0 for some SKU")])
    return Catalog(**{**{c: getattr(made, c) for c in Catalog.__dataclass_fields__}, **given})


def _flag(cell: object) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    word = text(cell).lower()
    if word not in words:
        raise UnitError("must be true or false")
    return words[word]


def daily_units(demand: Demand, catalog: Catalog, orders_per_day: tuple[float, ...]) -> tuple[Floats, float]:
    """Expected units per day of each SKU, shape (n_skus,), and E[u²] / E[u] of the units of a line."""
    if demand.history is not None:
        return _replayed_units(demand.history, catalog)
    per_day, squares, by_sku = 0.0, 0.0, np.zeros(len(catalog))
    for channel, orders in zip(demand.channels, orders_per_day, strict=True):
        content = channel.content
        units = orders * (content.lines.mean if content.lines else 0.0) * content.units.mean
        per_day += units
        squares += units * content.units.mean * (1.0 + content.units.scv)
        if len(catalog.client):
            wanted = catalog.wanted_by(channel.client)
            by_sku += units * wanted / (wanted.sum() or 1.0)
    share = catalog.popularity / catalog.popularity.sum()
    return by_sku if len(catalog.client) else share * per_day, squares / per_day if per_day else 1.0


def _replayed_units(history: History, catalog: Catalog) -> tuple[Floats, float]:
    days = max((history.arrival_s[-1] - history.arrival_s[0]) / DAY_S, 1.0)
    quantity = history.quantity.astype(np.float64)
    units = np.bincount(history.sku, weights=quantity, minlength=len(catalog)) / days
    return units, float((quantity**2).sum() / quantity.sum()) if len(quantity) else 1.0
